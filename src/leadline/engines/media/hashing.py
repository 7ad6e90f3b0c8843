"""The face of the media engine: files in, two tables out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from leadline.engines.media import pool
from leadline.kinds.hashers import md5, pdq, sha1

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
    ]
)
"""One row a file: its number in the call; sha256, size (bytes) and media_type null only when it could not be read;
status decoded, undecodable or timeout; reason a word of decoded.REASONS or null; of films the milliseconds decoded and
those the file states, null where unknown."""
SIGNATURES = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("hasher", pa.string(), nullable=False),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("quality", pa.int16()),
        pa.field("frame", pa.int32(), nullable=False),
        pa.field("t_ms", pa.int64()),
        pa.field("until_ms", pa.int64()),
    ]
)
"""One row a hash: md5 and sha1 of the whole file (frame -1) and the perceptual hash of each kept frame, which speaks
for all frames from t_ms until before until_ms (both null for stills)."""

FRAMINGS = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("sha256", pa.binary(32), nullable=False),
        pa.field("framing", pa.string(), nullable=False),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("quality", pa.int16()),
    ]
)
"""One row a file and framing (engines.media.framings): the perceptual hash of its first picture framed so, with the
digest of the file that was read."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """What became of the files: `files` (FILES, one row a path, in order) and their `signatures` (SIGNATURES)."""

    files: pa.Table
    signatures: pa.Table


def hash_files(
    paths: Sequence[Path], progress: pool.Progress, workers: int = pool.WORKERS, video: str = "dense"
) -> Hashed:
    """Digests, type by content and perceptual hashes of every file, decoded in confined child processes.

    `video`: what is done with videos, see frames.VIDEO.
    Every path has a row in `files`, whatever it holds; the order and the values do not depend on `workers`.
    """
    answers = pool.run(paths, progress, workers, video=video) if paths else pool.Answers()
    files: list[tuple[object, ...]] = []
    signatures: list[tuple[object, ...]] = []
    for i in range(len(paths)):
        known = answers.digests.get(i)
        seen = answers.frames[i]
        if known is None:
            files.append((i, None, None, None, seen["status"], seen["reason"], None, None))
            continue
        covered = seen.get("decoded_ms"), seen.get("stated_ms")
        what = bytes.fromhex(known["sha256"]), known["size"], known["media_type"]
        files.append((i, *what, seen["status"], seen["reason"], *covered))
        signatures.extend((i, h.NAME, bytes.fromhex(known[h.NAME]), None, -1, None, None) for h in (md5, sha1))
        signatures.extend(
            (i, pdq.NAME, bytes.fromhex(value), quality, number, t_ms, until_ms)
            for number, t_ms, until_ms, quality, value in seen["frames"]
        )
    return Hashed(_table(FILES, files), _table(SIGNATURES, signatures))


def hash_framings(paths: Sequence[Path], progress: pool.Progress, workers: int = pool.WORKERS) -> pa.Table:
    """FRAMINGS of the first picture of every file that can be decoded; for files that nothing else has matched."""
    answers = pool.run(paths, progress, workers, framed=True) if paths else pool.Answers()
    rows: list[tuple[object, ...]] = [
        (i, bytes.fromhex(answers.digests[i]["sha256"]), framing, bytes.fromhex(value), quality)
        for i in range(len(paths))
        if i in answers.digests
        for _, _, _, quality, value, framing in answers.frames[i]["frames"]
    ]
    return _table(FRAMINGS, rows)


def _table(schema: pa.Schema, rows: list[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema]
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
