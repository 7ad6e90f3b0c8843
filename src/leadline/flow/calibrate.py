"""What matching finds again of an agency's own lawful pictures, and how near unrelated ones come: histograms only."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.media import pool
from leadline.engines.media.edit_distances import EDITS, distances
from leadline.engines.media.tasks import Tasks
from leadline.errors import UsageError
from leadline.kinds.hashers import pdq
from leadline.model.progress import Progress, silent
from leadline.steps.validation import wilson
from leadline.store import export
from leadline.store.layout import outside

WORKER = "leadline.engines.media.edit_distance_worker"
APART = 60
"""Bits within which two files count as copies of one picture, so that only one of them is tried."""
STEP = 4
"""Bits a bar of the histogram of unrelated pairs."""
RADII = (pdq.RADIUS, pdq.AGREE, pdq.LEAD)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What became of the files, recall an edit, and distances of unrelated pairs.

    `files` counts by tried, copy, low_quality, no_picture. `recall` gives, an edit, (found as it comes, found by its
    crops) at each radius of RADII. `least` holds, of every ordered pair of unrelated pictures, the least distance of
    any crop in any form of the one to the other, sorted; `comparisons` is how many hashes were compared.
    """

    files: Mapping[str, int]
    recall: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    least: tuple[int, ...]
    comparisons: int

    @property
    def unrelated(self) -> dict[int, int]:
        """Pairs by bar: the distance at which the bar of STEP bits begins."""
        bars: dict[int, int] = {}
        for distance in self.least:
            bars[distance // STEP * STEP] = bars.get(distance // STEP * STEP, 0) + 1
        return bars

    def within(self, radius: int) -> int:
        """Pairs of unrelated pictures within so many bits."""
        return sum(distance <= radius for distance in self.least)

    def rows(self) -> list[dict[str, Any]]:
        """One row an edit and radius: n independent pictures, how many were found, with Wilson's interval."""
        n = self.files["tried"]
        rows = []
        for edit, (plain, best) in self.recall.items():
            for radius, as_it_comes, framed in zip(RADII, plain, best, strict=True):
                low, high = wilson(framed, n)
                rows.append(
                    {
                        "edit": edit, "radius": radius, "n": n, "found_plain": as_it_comes, "found": framed,
                        "recall_ppm": framed * 1_000_000 // n, "low_ppm": low, "high_ppm": high,
                    }
                )  # fmt: skip
        return rows

    def facts(self) -> dict[str, Any]:
        """Everything, as one JSON object holds it."""
        return {
            "files": dict(self.files),
            "recall": self.rows(),
            "unrelated": [{"from": bar, "to": bar + STEP - 1, "pairs": n} for bar, n in self.unrelated.items()],
            "comparisons": self.comparisons,
            "nearest_unrelated": self.least[0],
        }

    def lines(self) -> list[str]:
        """The figures as a table."""
        n, pairs = self.files["tried"], len(self.least)
        lines = [
            f"{n:,} independent pictures tried; {self.files['copy']:,} copies, {self.files['low_quality']:,} of low "
            f"quality and {self.files['no_picture']:,} that are no picture were left out",
            f"{'found again, in 100':28}{'as it comes':>13}{'framed anew':>24}{'to 42 bits':>12}{'to 50':>8}",
        ]
        rows = {(row["edit"], row["radius"]): row for row in self.rows()}
        for edit in self.recall:
            near, agree, lead = (rows[edit, radius] for radius in RADII)
            interval = f"({near['low_ppm'] / 1e4:.0f} to {near['high_ppm'] / 1e4:.0f})"
            lines.append(
                f"  {edit:26}{near['found_plain'] * 100 / n:13.0f}{near['recall_ppm'] / 1e4:13.0f} {interval:>10}"
                f"{agree['recall_ppm'] / 1e4:12.0f}{lead['recall_ppm'] / 1e4:8.0f}"
            )
        lines.append(f"{pairs:,} pairs of unrelated pictures ({self.comparisons:,} hashes compared)")
        lines.append(f"  the nearest at {self.least[0]} bits")
        lines += [f"  {bar:3} to {bar + STEP - 1:3} bits: {count:,} pairs" for bar, count in self.unrelated.items()]
        return lines


def calibrated(folder: Path, out: Path | None, progress: Progress = silent) -> Calibration:
    """The calibration of the pictures below a folder, every figure written to `out` too where it is named.

    Raises:
        UsageError: no folder lies there, or `out` does not end in .json.
        CaseError: `out` lies in a case.
    """
    if not folder.is_dir():
        raise UsageError("no folder lies here", where=str(folder), remedy="name a folder of lawful photographs")
    if out is not None:
        if out.suffix != ".json":
            raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
        outside(out)
    found = calibrate(files_below(folder), progress)
    if out is not None:
        export.write(out, json.dumps({"ok": True, **found.facts()}, indent=1).encode() + b"\n")
    return found


def files_below(folder: Path) -> list[Path]:
    """Every plain file below a folder, in order of path."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def calibrate(paths: Sequence[Path], progress: Progress = silent, workers: int = pool.WORKERS) -> Calibration:
    """The calibration on these files; UsageError when fewer than two of them are independent pictures.

    A picture of quality under 50 is not tried, as match compares none; of copies the first is tried.
    """
    with closing(Tasks(paths)) as tasks:
        pool.run(tasks, progress, workers, module=WORKER)
        answers = [seen["frames"] for _, (_, seen) in tasks.answers()]
    files = {"tried": 0, "copy": 0, "low_quality": 0, "no_picture": 0}
    kept: list[list[Any]] = []
    values: list[npt.NDArray[np.uint8]] = []
    for rows in answers:
        if not rows:
            files["no_picture"] += 1
            continue
        quality, value = rows[0][0], np.frombuffer(bytes.fromhex(rows[0][1]), np.uint8)
        if quality < pdq.QUALITY:
            files["low_quality"] += 1
        elif values and any(distances(np.array(values), turned).min() <= APART for turned in _forms(value)):
            files["copy"] += 1
        else:
            files["tried"] += 1
            values.append(value)
            kept.append(rows[0])
    if len(kept) < 2:
        raise UsageError("fewer than two independent pictures lie here", remedy="name a folder of lawful photographs")
    plain, best = (np.array([row[k] for row in kept]) for k in (2, 3))
    recall = {edit: (_within(plain[:, k]), _within(best[:, k])) for k, edit in enumerate(EDITS)}
    return Calibration(files, recall, *_unrelated(values, [_hashes(row[4]) for row in kept]))


def _forms(value: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    return [pdq.turned(value[None], form)[0] for form in pdq.FORMS]


def _hashes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex(text), np.uint8).reshape(-1, pdq.SIZE)


def _within(found: npt.NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int((found <= radius).sum()) for radius in RADII)


def _unrelated(values: list[npt.NDArray[np.uint8]], framed: list[npt.NDArray[np.uint8]]) -> tuple[tuple[int, ...], int]:
    """(least distance of each ordered pair, sorted; hashes compared) of pictures' crops against other pictures."""
    others = [(query, value) for a, query in enumerate(framed) for b, value in enumerate(values) if a != b]
    least = sorted(int(distances(query, value).min()) for query, value in others)
    return tuple(least), sum(len(query) for query, _ in others)
