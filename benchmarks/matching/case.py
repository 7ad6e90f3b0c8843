"""The match step on a whole case, tables in and tables out: 250,000 files of 16 frames against a list of 10 M.

    case.py draw FOLDER SHARE   draws the tables and the list, a SHARE of that size, into FOLDER
    case.py run FOLDER          runs the step on them; prints one JSON object: processor and wall seconds, peak bytes

One file in ten has a frame near a listed one, one in ten four frames in a row near another file's.
Frames are compared in the form in which they are stored. The list lies in the cache as a case finds it from its second
run on: parsed.
"""

import hashlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.engines.sql import duck
from leadline.kinds.codecs.entries import LIST
from leadline.kinds.hashers import pdq
from leadline.model import findings
from leadline.model.catalog import TABLES
from leadline.model.tables import empty, from_columns
from leadline.steps.match import SPEC, parsed
from leadline.steps.step import Pin

FILES = 250_000
FRAMES = 16
LISTED = 10_000_000
RADIUS = 31
SHARED = 4
"""Frames in a row, a second apart, that two files of a series share: as few as make a clip."""
EXHIBIT = bytes(31) + b"\x01"


class Inputs:
    """steps.step.Inputs over the tables in a folder."""

    withdrawn: frozenset[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        self.settings = {"forms": "stored"}
        self._folder = folder
        self._tables: dict[str, pa.Table] = {}

    def progress(self, what: str, done: int, total: int) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{time.process_time():8.1f} s {peak:6} MB  {what} {done}/{total}", file=sys.stderr)

    def table(self, name: str) -> pa.Table:
        path = self._folder / f"{name}.parquet"
        if name not in self._tables:
            self._tables[name] = pq.read_table(path) if path.exists() else empty(TABLES[name])
        return self._tables[name]

    def pins(self, kind: str) -> list[Pin]:
        return [Pin(kind, "drawn", self._folder / "list.csv", "ab" * 32)]

    def decisions(self) -> pa.Table:
        return empty(findings.DECISION)

    def sql(self, text: str, **extra: pa.Table) -> pa.Table:
        return duck.query(text, {**{name: self.table(name) for name in SPEC.reads}, **extra})


def draw(folder: Path, share: float) -> None:
    """Writes media, signature and event, and the parsed list into the cache that XDG_CACHE_HOME names."""
    rng = np.random.Generator(np.random.PCG64(5))
    files, listed = int(FILES * share), int(LISTED * share)
    theirs = rng.integers(0, 256, (listed, 32), dtype=np.uint8)
    own = rng.integers(0, 256, (files * FRAMES, 32), dtype=np.uint8)
    firsts = np.arange(0, len(own), FRAMES)
    own[firsts[::10]] = _near(rng, theirs[: len(firsts[::10])])
    for k in range(SHARED):
        own[firsts[1::10] + k] = _near(rng, own[firsts[2::10] + 3 + k][: len(firsts[1::10])])
    form = hashlib.sha256(f"{parsed.CACHED} {LIST.schema}".encode()).hexdigest()[:16]
    rows = {
        "entry": np.arange(listed), "hasher": pa.repeat(pa.scalar(pdq.NAME), listed), "value": _binary(theirs),
        "quality": np.full(listed, 90, np.int16), "category": pa.repeat(pa.scalar("1"), listed),
        "scheme": pa.repeat(pa.scalar("x"), listed),
    }  # fmt: skip
    kept = Path(os.environ["XDG_CACHE_HOME"]) / "leadline" / "lists" / f"{'ab' * 32}-{form}.parquet"
    parsed.keep(kept, from_columns(LIST, rows))
    del theirs, rows
    names = pa.array([f"media:{hashlib.sha256(n.to_bytes(4)).hexdigest()}" for n in range(files)])
    lines = pa.array([f"line:{n}" for n in range(files)])
    source: dict[str, Any] = {"exhibit": pa.repeat(pa.scalar(EXHIBIT, pa.binary(32)), files), "locator": lines}
    _write(folder, "media", {
        "media": names, "media_type": pa.repeat(pa.scalar("video/mp4"), files),
        "status": pa.repeat(pa.scalar("decoded"), files), **source,
    })  # fmt: skip
    _write(folder, "event", {
        "event": pa.array([f"event:site/upload/{n}" for n in range(files)]),
        "subject": pa.repeat(pa.scalar("account:site/1"), files), "kind": pa.repeat(pa.scalar("upload"), files),
        "object": names, "utc_low": np.arange(files), "utc_high": np.arange(files),
        "doubt": pa.repeat(pa.scalar("none"), files), **source,
    })  # fmt: skip
    at = np.repeat(np.arange(files), FRAMES)
    number = np.tile(np.arange(FRAMES), files)
    _write(folder, "signature", {
        "media": names.take(at), "hasher": pa.repeat(pa.scalar(pdq.NAME), len(at)), "value": _binary(own),
        "quality": np.full(len(at), 90, np.int16), "frame": number.astype(np.int32), "t_ms": number * 1000,
        "until_ms": number * 1000 + 900, "exhibit": pa.repeat(pa.scalar(EXHIBIT, pa.binary(32)), len(at)),
        "locator": lines.take(at),
    })  # fmt: skip


def run(folder: Path) -> dict[str, Any]:
    """Seconds and peak of the step, and what it found."""
    inputs = Inputs(folder)
    started, spent = time.monotonic(), time.process_time()
    tables = SPEC.run(inputs)
    said = {
        "cpu": time.process_time() - spent,
        "wall": time.monotonic() - started,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "files": inputs.table("media").num_rows,
    }
    rules = tables["match"]["other"].to_pylist()
    said["listed"] = sum(other.startswith("entry:") for other in rules)
    said["pairs"] = len(rules) - said["listed"]
    expected = -(-said["files"] // 10)
    assert said["listed"] == expected and abs(said["pairs"] - expected) <= 1, said
    return said


def _write(folder: Path, name: str, columns: dict[str, Any]) -> None:
    pq.write_table(from_columns(TABLES[name], columns), folder / f"{name}.parquet")


def _binary(values: np.ndarray) -> pa.Array:
    offsets = pa.py_buffer(np.arange(len(values) + 1, dtype=np.int32) * 32)
    return pa.Array.from_buffers(pa.binary(), len(values), [None, offsets, pa.py_buffer(np.ascontiguousarray(values))])


def _near(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The hashes with 0 to 31 bits turned."""
    bits = np.unpackbits(values, axis=1)
    for row, changes in zip(bits, rng.integers(0, RADIUS + 1, len(bits)), strict=True):
        row[rng.choice(256, changes, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def main() -> int:
    """What the command line names."""
    if sys.argv[1] == "draw":
        draw(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        print(json.dumps(run(Path(sys.argv[2]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
