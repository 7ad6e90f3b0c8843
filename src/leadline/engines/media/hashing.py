"""The face of the media engine: files in, two tables out."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.confinement.confine import CLOSED, worst
from leadline.engines.media import pool
from leadline.engines.media.decoded import SHOWN
from leadline.engines.media.tasks import Answer, Tasks
from leadline.kinds.hashers import md5, pdq, sha1
from leadline.model.progress import Progress

FILES = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("sha256", pa.binary(32)),
        pa.field("size", pa.int64()),
        pa.field("media_type", pa.string()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("decoded_ms", pa.int64()),
        pa.field("stated_ms", pa.int64()),
        pa.field("decoded_rows", pa.int64()),
        pa.field("stated_rows", pa.int64()),
        pa.field("place", pa.string(), nullable=False),
    ]
)
"""One row a file, and one a film or picture of its own that lies in a picture's file: its number in the call, and the
place in the file where it lies (empty for the file itself); sha256, size (bytes) and media_type null only when it
could not be read;
status decoded, undecodable or timeout; reason a word of decoded.REASONS or null; of films the milliseconds decoded and
those the file states, of pictures that end early the rows, null where unknown."""
SIGNATURES = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("hasher", pa.string(), nullable=False),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("quality", pa.int16()),
        pa.field("frame", pa.int32(), nullable=False),
        pa.field("t_ms", pa.int64()),
        pa.field("until_ms", pa.int64()),
        pa.field("place", pa.string(), nullable=False),
        pa.field("view", pa.string(), nullable=False),
    ]
)
"""One row a hash: md5 and sha1 of the whole file (frame -1) and the perceptual hash of each kept frame, which speaks
for all frames from t_ms until before until_ms (both null for stills); place as in FILES, and decoded.Frame's view."""

FACTS = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
    ]
)
"""One row a fact that a file states of its own making (engines.media.facts); place as in FILES."""
CROPS = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("sha256", pa.binary(32), nullable=False),
        pa.field("crop", pa.string(), nullable=False),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("quality", pa.int16()),
        pa.field("frame", pa.int32(), nullable=False),
        pa.field("t_ms", pa.int64()),
        pa.field("until_ms", pa.int64()),
    ]
)
"""One row a picture and crop (engines.media.crops), or a film's frame without its bars: the perceptual hash, with
the digest of the file that was read; frame 0 without times for pictures."""

PART = 2_000
"""Files whose answers are turned into columns at once: few enough that their rows as objects weigh little."""
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Hashed:
    """What became of the files: `files` (FILES, a row a path, in order), `signatures` (SIGNATURES), `facts` (FACTS).

    `confined`: what was closed to every worker and what was open to one of them, as confinement.State says it.
    """

    files: pa.Table
    signatures: pa.Table
    facts: pa.Table
    confined: dict[str, str]


def hash_files(
    paths: Sequence[Path],
    progress: Progress,
    workers: int = pool.WORKERS,
    video: str = "dense",
    table: Path | None = None,
    *,
    demanded: bool = False,
) -> Hashed:
    """Digests, type by content and perceptual hashes of every file, decoded in confined child processes.

    `video`: what is done with videos, see frames.VIDEO; `table`: where what is done is kept (engines.media.tasks), so
    that a call after a kill carries on; the caller removes it. Every path has a row in `files`, whatever it holds; the
    order and the values do not depend on `workers`. `demanded`: CaseError where a worker cannot be wholly confined.
    """
    files: list[pa.Table] = []
    signatures: list[pa.Table] = []
    facts: list[pa.Table] = []
    states: list[dict[str, str]] = []
    with _answered(paths, progress, workers, table, video=video, demanded=demanded) as answers:
        while part := list(islice(answers, PART)):
            each = [(i, *one) for i, answer in part for one in _with_inside(answer)]
            files.append(_table(FILES, [_file(*one) for one in each]))
            signatures.append(_table(SIGNATURES, [row for one in each for row in _hashes(*one)]))
            states.extend(seen.get("confined", {}) for _, (_, seen) in part)
            facts.append(
                _table(FACTS, [(i, *fact, place) for i, place, _, seen in each for fact in seen.get("facts", ())])
            )
    return Hashed(_all(FILES, files), _all(SIGNATURES, signatures), _all(FACTS, facts), worst(states))


def _all(schema: pa.Schema, parts: list[pa.Table]) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *parts])


def hash_crops(
    paths: Sequence[Path],
    progress: Progress,
    workers: int = pool.WORKERS,
    video: str = "off",
    *,
    demanded: bool = False,
) -> pa.Table:
    """CROPS of every file that can be decoded, for those that nothing else matches; the rest as for hash_files."""
    with _answered(paths, progress, workers, None, video=video, framed=True, demanded=demanded) as answers:
        rows: list[Row] = [
            (i, bytes.fromhex(known["sha256"]), crop, bytes.fromhex(value), quality, number, t_ms, until_ms)
            for i, (known, seen) in answers
            if known is not None
            for number, t_ms, until_ms, quality, value, crop in seen["frames"]
        ]
    return _table(CROPS, rows)


@contextmanager
def _answered(
    paths: Sequence[Path],
    progress: Progress,
    workers: int,
    table: Path | None,
    *,
    video: str = "off",
    framed: bool = False,
    demanded: bool = False,
) -> Iterator[Iterator[tuple[int, Answer]]]:
    """The answers of every file, in order, once all are there."""
    with closing(Tasks(paths, table, _confined if demanded else None)) as tasks:
        pool.run(tasks, progress, workers, video=video, framed=framed, demanded=demanded)
        yield tasks.answers()


def _confined(answer: Answer) -> bool:
    """Whether the worker that gave the answer was wholly confined."""
    return set(worst([answer[1].get("confined", {})]).values()) == {CLOSED}


def _with_inside(answer: Answer) -> Iterator[tuple[str, dict[str, Any] | None, dict[str, Any]]]:
    """Place, digests and what was seen: of the file, then of what lies in it."""
    known, seen = answer
    yield "", known, seen
    for inside in seen.get("inside", ()):
        yield inside["place"], inside, inside


def _file(i: int, place: str, known: dict[str, Any] | None, seen: dict[str, Any]) -> Row:
    """The row of FILES."""
    if known is None:
        return i, None, None, None, seen["status"], seen["reason"], None, None, None, None, place
    what = bytes.fromhex(known["sha256"]), known["size"], known["media_type"]
    much = (seen.get(name) for name in ("decoded_ms", "stated_ms", "decoded_rows", "stated_rows"))
    return i, *what, seen["status"], seen["reason"], *much, place


def _hashes(i: int, place: str, known: dict[str, Any] | None, seen: dict[str, Any]) -> Iterator[Row]:
    """The rows of SIGNATURES."""
    if known is None:
        return
    for one in (md5, sha1):
        yield i, one.NAME, bytes.fromhex(known[one.NAME]), None, -1, None, None, place, SHOWN
    for number, t_ms, until_ms, quality, value, *view in seen["frames"]:
        yield i, pdq.NAME, bytes.fromhex(value), quality, number, t_ms, until_ms, place, *(view or (SHOWN,))


def _table(schema: pa.Schema, rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
