"""Recall by edit and distances of unrelated pictures, on benign photographs: writes build/accuracy/match.json.

    LEADLINE_PHOTOS=build/photos/pictures python -m benchmarks.matching.accuracy [--docs] [--videos]

With `--docs` the figures also go into docs/matching.json and docs/matching.md, with `--videos` those of videos are
taken anew and the others from there: pictures take ten minutes. Outside truth: each edit is made here, so what is the
same picture is known. Recall and chance on photographs presuppose that seized media resemble them.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.matching import barred

from leadline.flow.calibrate import RADII, Calibration, calibrate, files_below
from leadline.steps.validation import wilson

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "accuracy" / "match.json"
FIGURES, PAGE = ROOT / "docs" / "matching.json", ROOT / "docs" / "matching.md"
BEGIN, END = "<!-- figures of benchmarks/matching/accuracy.py -->", "<!-- end of figures -->"
DATA = Path(os.environ.get("LEADLINE_DATA", ROOT.parent / "shared" / "data"))
FILMS = "videos with"
"""How rows of videos begin."""
FLOORS = {
    ("cut by 2.5 % on every side", 31): 830_000,
    ("cut by 2.5 % on every side", 42): 940_000,
    ("turned by 2 degrees", 31): 800_000,
    ("white border of 5 %", 31): 960_000,
    ("black bars of 12 %", 31): 1_000_000,
    ("mirrored", 31): 1_000_000,
}
"""Least share found again, in millionths, by edit and radius."""


def main() -> int:
    """Calibrates on every photograph there is, and writes one row an edit and radius, and the unrelated pairs."""
    if "--videos" in sys.argv:
        rows = [row for row in json.loads(FIGURES.read_text("utf-8")) if not row["what"].startswith(FILMS)]
    else:
        rows = pictures()
    rows += films()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if "--docs" in sys.argv:
        document(rows)
    for row in rows:
        if row["floor_ppm"] is not None:
            print(f"{row['what']}: {row['value_ppm'] / 1e4:.1f} % (floor {row['floor_ppm'] / 1e4:.0f} %, n {row['n']})")
    return 0


def pictures() -> list[dict[str, Any]]:
    """The rows of pictures."""
    places = [
        DATA / "media" / "te_images" / "labelme-subset",
        *map(Path, os.environ.get("LEADLINE_PHOTOS", "").split()),
    ]
    paths = [path for place in places for path in files_below(place)]
    found = calibrate(paths, lambda _what, done, total: print(f"\r{done}/{total}", end="", file=sys.stderr))
    print("\n".join(found.lines()))
    return rows_of(found)


def films() -> list[dict[str, Any]]:
    """Rows of videos with bars: n videos, the share of them of which four fifths of the listed frames are found."""
    made: dict[str, list[barred.Trial]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for trial in barred.trials(DATA / "media" / "te_videos", Path(scratch)):
            made.setdefault(trial.edit, []).append(trial)
    rows = []
    for edit, trials in made.items():
        n = len(trials)
        counts = [sum(found * 5 >= t.listed * 4 for t, found in zip(trials, each, strict=True)) for each in
                  ([t.framed for t in trials], [t.plain for t in trials])]  # fmt: skip
        low, high = wilson(counts[0], n)
        rows.append(
            {
                "what": f"{FILMS} {edit}", "n": n, "value_ppm": counts[0] * 1_000_000 // n, "low_ppm": low,
                "high_ppm": high, "floor_ppm": None, "plain_ppm": counts[1] * 1_000_000 // n,
                "frames": sum(t.listed for t in trials), "frames_plain": sum(t.plain for t in trials),
                "frames_found": sum(t.framed for t in trials), "frames_unrelated": sum(t.unrelated for t in trials),
            }
        )  # fmt: skip
    return rows


def document(rows: list[dict[str, Any]]) -> None:
    """Writes the figures and their section of the page."""
    FIGURES.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{section(rows)}{rest.partition(END)[2]}", encoding="utf-8")


def section(rows: list[dict[str, Any]]) -> str:
    """The figures as the page shows them: one line an edit with every radius, then unrelated pairs."""
    moving = [row for row in rows if row["what"].startswith(FILMS)]
    rows = [row for row in rows if row not in moving]
    by = {row["what"]: row for row in rows}
    edits = list(dict.fromkeys(row["what"].rpartition(" within ")[0] for row in rows))
    lines = [
        BEGIN,
        "",
        "| picture | as it comes, within 31 bits | framed anew, within 31 | within 42 | within 50 |",
        "|---|---|---|---|---|",
    ]
    for edit in edits[:-1]:
        cells = [by[f"{edit} within {radius} bits"] for radius in RADII]
        plain = f"{cells[0]['plain_ppm'] / 1e4:.1f} %"
        lines.append(f"| {edit} | {plain} | " + " | ".join(map(_share, cells)) + " |")
    unrelated = [by[f"{edits[-1]} within {radius} bits"] for radius in RADII]
    lines += ["", "False alarms: pairs of different pictures, every crop of the one against the other:", ""]
    lines += [f"- within {radius} bits: {_share(row)}" for radius, row in zip(RADII, unrelated, strict=True)]
    lines += [
        "",
        "| video with | as it comes | without bars | listed frames found as it comes, without | of another video |",
        "|---|---|---|---|---|",
    ]
    for row in moving:
        shown = f"{row['frames_plain']} and {row['frames_found']} of {row['frames']}"
        lines.append(
            f"| {row['what'].removeprefix(FILMS).strip()} | {row['plain_ppm'] / 1e4:.1f} % | {_share(row)} | {shown} "
            f"| {row['frames_unrelated']} |"
        )
    return "\n".join([*lines, "", END])


def _share(row: dict[str, Any]) -> str:
    interval = f"{row['low_ppm'] / 1e4:.1f} to {row['high_ppm'] / 1e4:.1f}"
    part = round(row["value_ppm"] * row["n"] / 1e6)
    return f"{row['value_ppm'] / 1e4:.1f} % ({part:,} of {row['n']:,}; {interval})"


def rows_of(found: Calibration) -> list[dict[str, Any]]:
    """One row an edit and radius (recall by crops), and one a radius of unrelated pairs within it."""
    rows = [
        {
            "what": f"{row['edit']} within {row['radius']} bits", "n": row["n"], "value_ppm": row["recall_ppm"],
            "low_ppm": row["low_ppm"], "high_ppm": row["high_ppm"],
            "floor_ppm": FLOORS.get((row["edit"], row["radius"])),
            "plain_ppm": row["found_plain"] * 1_000_000 // row["n"],
        }
        for row in found.rows()
    ]  # fmt: skip
    pairs = sum(found.unrelated.values())
    for radius in RADII:
        near = found.within(radius)
        low, high = wilson(near, pairs)
        rows.append(
            {
                "what": f"unrelated pairs within {radius} bits", "n": pairs,
                "value_ppm": round(near * 1_000_000 / pairs), "low_ppm": low, "high_ppm": high,
                "floor_ppm": None, "plain_ppm": None,
            }
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    sys.exit(main())
