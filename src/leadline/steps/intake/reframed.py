"""Pictures and videos of a media folder framed anew, in runs of their own beside the one that took the folder in."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.media import hash_crops
from leadline.errors import EvidenceError
from leadline.kinds.codecs.manifest import path_of
from leadline.kinds.hashers import pdq
from leadline.kinds.reader import Source, read_bytes
from leadline.kinds.readers.folder import listed
from leadline.model.evidence import CROP
from leadline.model.progress import Progress
from leadline.model.tables import DIGEST, from_columns

METHOD = "crops-2"
"""Method of these runs: the set of crops and the hash kind; another set is another method."""


def at_hand(source: Source, root: Path, lines: Iterable[int]) -> list[int]:
    """Those of the manifest's `lines` whose file lies under `root` with the size the manifest states."""
    wanted = set(lines)
    rows = (row for row in listed(read_bytes(source)) if isinstance(row, tuple))
    return [number for number, _, size, name in rows if number in wanted and _size(root / path_of(name)) == size]


def read(
    source: Source, root: Path, lines: Sequence[int], progress: Progress, video: str = "off", *, demanded: bool = False
) -> tuple[pa.Table, list[int]]:
    """(model.evidence.CROP of the files on these lines of a manifest, the lines that could be framed).

    `video`: dense or keyframes for videos, without their bars; off for pictures. `demanded`: CaseError where a worker
    cannot be wholly confined.

    Left out are files that are not what the manifest says, and those that a decoder refuses.
    """
    wanted = set(lines)
    rows = [row for row in listed(read_bytes(source)) if isinstance(row, tuple) and row[0] in wanted]
    made = hash_crops([root / path_of(name) for *_, name in rows], progress, video=video, demanded=demanded)
    at = made["index"].combine_chunks()
    stated = pa.array([bytes.fromhex(digest) for _, digest, _, _ in rows], DIGEST).take(at)
    same = pc.equal(made["sha256"].combine_chunks(), stated)
    made, at = made.filter(same), at.filter(same)
    number = pa.array([row[0] for row in rows], pa.int64()).take(at)
    table = from_columns(
        CROP,
        {
            "media": pa.array([f"media:{digest}" for _, digest, _, _ in rows], pa.string()).take(at),
            "hasher": pa.repeat(pa.scalar(pdq.NAME, pa.string()), made.num_rows),
            **{name: made[name] for name in ("crop", "value", "quality", "frame", "t_ms", "until_ms")},
            "exhibit": pa.repeat(pa.scalar(source.digest, DIGEST), made.num_rows),
            "locator": pa.array([f"line:{n}" for n in number.to_pylist()], pa.string()),
        },
    )
    return table, sorted(set(number.to_pylist()))


def spans(lines: Iterable[int]) -> str:
    """Line numbers as a sorted text of spans: ``2-5,9``."""
    found: list[list[int]] = []
    for line in sorted(set(lines)):
        if found and found[-1][1] == line - 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def lines_of(text: str) -> list[int]:
    """The line numbers that `spans` wrote; EvidenceError for another text."""
    found: list[int] = []
    for part in text.split(",") if text else []:
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if match is None:
            raise EvidenceError(
                "a run of crops does not say which lines it read",
                remedy="leadline verify CASE names all that is damaged; put it back from a copy",
            )
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
