"""Digests of a ledger's columns, segment by segment: what ledger.json says of them, and where a file is not that."""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from leadline.engines.ledger.storage.columns import file_of, size_of
from leadline.errors import IntegrityError
from leadline.model.ledger import BY_NAME
from leadline.model.progress import Progress, silent

SEGMENT = 64 << 20
"""Bytes of a column under one digest: a column that grows keeps the digests of those it had whole."""
PIECE = 1 << 18
"""Bytes read at once: they are still in the cache when they are hashed."""

MEND = "build it again in a new folder, from all of its block files"
"""What helps against damage: nothing else knows what stood there."""


class Digests(TypedDict):
    """By column the SHA-256 of each of its segments of `segment` bytes, the last one shorter, in hex."""

    segment: int
    sha256: dict[str, list[str]]


class Damage(TypedDict):
    """A place that is not as it was written: bytes at .. at + size of a file, and in what way."""

    file: str
    at: int
    size: int
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of a column: its number and its bytes at .. end; `size` are those of the whole column."""

    name: str
    number: int
    at: int
    end: int
    size: int


def of(
    folder: Path, rows: Mapping[str, int], threads: int, progress: Progress = silent, known: Digests | None = None
) -> Digests:
    """The digests of the columns of `folder`, those of whole segments that `known` tells not computed again."""
    told = known["sha256"] if known and known["segment"] == SEGMENT else {}
    found: dict[str, list[str]] = {name: [] for name in sorted(BY_NAME)}

    def digest(part: Part) -> str:
        if part.number < len(told.get(part.name, ())):
            return told[part.name][part.number]
        return _digest(folder, part)

    for part, text in _each(list(_parts(rows, SEGMENT)), digest, threads, "sealing columns", progress):
        found[part.name].append(text)
    return Digests(segment=SEGMENT, sha256=found)


def whole(digests: Digests, rows: Mapping[str, int], names: Collection[str]) -> Digests:
    """Those of the columns `names` and of segments that end where a segment does: they stay when a column grows."""
    sizes = {n: size_of(n, rows) for n in names}
    kept = {n: digests["sha256"][n][: size // digests["segment"]] for n, size in sizes.items()}
    return Digests(segment=digests["segment"], sha256=kept)


def damaged(
    folder: Path,
    rows: Mapping[str, int],
    digests: Digests,
    threads: int,
    progress: Progress = silent,
    wanted: Callable[[Part], bool] = lambda _: True,
) -> list[Damage]:
    """Where the columns of `folder` are not what `digests` say of their `rows`, of the segments `wanted`.

    What stands behind the rows is of a ledger that has grown on from this one, and is not looked at.
    """
    found = [
        Damage(file=_name(folder, name), at=0, size=size_of(name, rows), why="missing")
        for name in sorted(BY_NAME)
        if not file_of(folder, name).is_file()
    ]
    gone = {d["file"] for d in found}

    def why(part: Part) -> str:
        try:
            there = file_of(folder, part.name).stat().st_size
            if there < part.end:
                return f"cut: {part.end - max(there, part.at):,} of its bytes are missing"
            told = digests["sha256"][part.name][part.number]
            return "" if _digest(folder, part) == told else "not the bytes that were written"
        except OSError as error:
            return f"cannot be read: {(os.strerror(error.errno) if error.errno else 'reading failed').lower()}"

    parts = [p for p in _parts(rows, digests["segment"]) if wanted(p) and _name(folder, p.name) not in gone]
    for part, said in _each(parts, why, threads, "checking columns", progress):
        if said:
            found.append(Damage(file=_name(folder, part.name), at=part.at, size=part.end - part.at, why=said))
    return found


def size(rows: Mapping[str, int]) -> int:
    """Bytes of all columns of a ledger of `rows`."""
    return sum(size_of(name, rows) for name in BY_NAME)


def error(ledger: Path, bad: Sequence[Damage]) -> IntegrityError:
    """The error for a ledger that has damaged places: the first of them, and how to learn and mend the rest."""
    first, more = bad[0], f", and {len(bad) - 1:,} more" if len(bad) > 1 else ""
    return IntegrityError(
        f"a column of the ledger is damaged ({first['why']}){more}",
        where=f"{ledger.name}/{first['file']} byte:{first['at']}-{first['at'] + first['size']}",
        remedy=f"run `leadline ledger check {ledger.name}`, then {MEND}",
    )


def _parts(rows: Mapping[str, int], segment: int) -> Iterator[Part]:
    """Every segment of every column, by name and in order."""
    for name in sorted(BY_NAME):
        size = size_of(name, rows)
        for number, at in enumerate(range(0, size, segment)):
            yield Part(name, number, at, min(at + segment, size), size)


def _each(
    parts: list[Part], work: Callable[[Part], Any], threads: int, what: str, progress: Progress
) -> Iterator[tuple[Part, Any]]:
    """Each part with what `work` says of it, in order; hashing lets other threads run."""
    total, done = sum(p.end - p.at for p in parts), 0
    pool = ThreadPoolExecutor(threads)
    try:
        for part, said in zip(parts, pool.map(work, parts), strict=True):
            yield part, said
            done += part.end - part.at
            progress(what, done, total)
    finally:
        pool.shutdown(cancel_futures=True)


def _digest(folder: Path, part: Part) -> str:
    """The digest of a part's bytes as they are read, not mapped: a bad spot of a disk is an error, not a signal."""
    state, piece = hashlib.sha256(), memoryview(bytearray(min(PIECE, part.end - part.at)))
    with file_of(folder, part.name).open("rb", buffering=0) as file:
        file.seek(part.at)
        left = part.end - part.at
        while left:
            got = file.readinto(piece[: min(left, len(piece))])
            if not got:
                break
            state.update(piece[:got])
            left -= got
    return state.hexdigest()


def _name(folder: Path, name: str) -> str:
    path = file_of(folder, name)
    return f"{path.parent.name}/{path.name}"
