"""The rows of `make bench-match`: each measures ours and the peer in one run, in processor seconds where that can be.

Hashes are drawn; half of the queries lie 0 to 31 bits from a listed hash, and every one of those must be found. The
picture is a drawn pattern. Nothing is read from a case.
"""

import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from PIL import Image

from leadline.engines import hamming
from leadline.engines.digests import lookup
from leadline.engines.media import hash_files
from leadline.engines.media.pool import COMMAND, ONE_THREAD
from leadline.kinds.hashers import pdq

CASE = Path(__file__).with_name("case.py")
PEER = Path(__file__).with_name("peer.py")
RADIUS = 31
Row = dict[str, Any]


def row(what: str, value: float | None, unit: str, against: str, ratio: float | None, floor: float) -> Row:
    """One row, its figures rounded to what repeats."""
    short = [None if x is None else float(f"{x:.3g}") for x in (value, ratio)]
    return {"what": what, "value": short[0], "unit": unit, "against": against, "ratio": short[1], "floor": floor}


def exact_30m() -> Row:
    """1 M digests, half of them listed, in a list of 30 M."""
    rng = np.random.Generator(np.random.PCG64(1))
    values = rng.integers(0, 256, (30_000_000, 16), dtype=np.uint8)
    asked = _binary(np.concatenate([values[::60], rng.integers(0, 256, (500_000, 16), dtype=np.uint8)]))
    listed = _binary(values)
    del values
    lookup(asked.slice(0, 9), listed.slice(0, 9), 16)
    start = time.process_time()
    found = len(lookup(asked, listed, 16))
    ours = time.process_time() - start
    base = duckdb.connect()
    base.register("asked", pa.table({"v": asked}))
    base.register("listed", pa.table({"v": listed}))
    start = time.process_time()
    theirs_found = base.sql("SELECT asked.v FROM asked JOIN listed USING (v)").to_arrow_table().num_rows
    theirs = time.process_time() - start
    assert found == theirs_found
    against = f"duckdb {duckdb.__version__} join"
    return row("exact_30m", 1e6 / ours, "digests a processor second", against, theirs / ours, 1.0)


def hamming_flat(what: str, rows: int, asked: int, floor: float, scratch: Path) -> Row:
    """Queries of an index of `rows` hashes, beside a plain scan by faiss of some of them."""
    listed, queries = _hashes(scratch, rows, asked)
    rate = _rate(listed, queries)
    few = scratch / "few.npy"
    np.save(few, queries[:: max(1, asked * rows // 500_000_000)])
    theirs = peer("flat", scratch / "listed.npy", few)
    unit = "queries a processor second"
    peer_rate = len(np.load(few)) / theirs["seconds"]
    return row(what, rate, unit, f"{theirs['version']} IndexBinaryFlat", rate / peer_rate, floor)


def hamming_tx(scratch: Path) -> Row:
    """Queries of an index of 1 M hashes, beside threatexchange's: the better of its own setting and of one thread.

    By itself it starts a thread a core for each query, whose waiting takes most of its processor time.
    """
    listed, queries = _hashes(scratch, 1_000_000, 400_000)
    rate = _rate(listed, queries)
    few = scratch / "few.npy"
    np.save(few, queries[::800])
    listed_at, unit = scratch / "listed.npy", "queries a processor second"
    theirs = peer("exchange", listed_at, few)
    asked = len(np.load(few))
    own, single = (asked / said["seconds"] for said in (theirs, peer("exchange", listed_at, few, threads="1")))
    against = f"{theirs['version']} PDQIndex: {own:.0f} as it comes, {single:.0f} with one thread"
    return row("hamming_tx", rate, unit, against, rate / max(own, single), 100)


def hamming_100m(scratch: Path) -> Row:
    """9 GB to the peak memory of one process that builds an index file of 100 M hashes and queries it."""
    done = subprocess.run(
        [sys.executable, __file__, "large", str(scratch / "large.hamming")], capture_output=True, check=True, text=True
    )
    said = json.loads(done.stdout)
    print(f"hamming_100m: built in {said['build']:.0f} processor seconds, {said['rate']:.0f} queries a second")
    against = f"9 GB; {said['rate']:.0f} queries a processor second"
    return row("hamming_100m", said["peak"] / 1e9, "GB at the peak", against, 9e9 / said["peak"], 1.0)


def build_large(path: Path, rows: int = 100_000_000) -> None:
    """The child of hamming_100m: prints processor seconds, queries a second and peak bytes."""
    start = time.process_time()
    hamming.write(path, (_drawn(n, min(1 << 20, rows - n)) for n in range(0, rows, 1 << 20)))
    built = time.process_time() - start
    opened = hamming.open_index(path)
    bits = np.unpackbits(_drawn(0, 4000), axis=1)
    bits[:, :RADIUS] ^= 1
    asked = hamming.ready(np.packbits(bits, axis=1))
    hamming.search(hamming.Hashes(asked.words[:200]), opened, RADIUS)
    start = time.process_time()
    pairs = hamming.search(asked, opened, RADIUS)
    spent = time.process_time() - start
    assert set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) >= {(i, i) for i in range(4000)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"build": built, "rate": 4000 / spent, "peak": peak}))


def record(scratch: Path, share: float = 1.0) -> list[Row]:
    """15 minutes and 8 GB to what the match step takes for a whole case on two cores, by processor seconds."""
    env = {**os.environ, "XDG_CACHE_HOME": str(scratch / "cache")}
    folder = scratch / "case"
    folder.mkdir()
    subprocess.run([sys.executable, str(CASE), "draw", str(folder), str(share)], check=True, env=env)
    done = subprocess.run(
        [sys.executable, str(CASE), "run", str(folder)], stdout=subprocess.PIPE, check=True, text=True, env=env
    )
    said = json.loads(done.stdout)
    minutes = said["cpu"] / 2 / 60
    against = f"15 minutes; tables in, tables out, {said['files']:,} files, {said['wall']:.0f} s of the clock"
    return [
        row("record", minutes, "minutes of two cores", against, 15 / minutes, 1.0),
        row("record_memory", said["peak"] / 1e9, "GB at the peak", "8 GB", 8e9 / said["peak"], 1.0),
    ]


def pdq_arrays(scratch: Path) -> Row:
    """One 512 x 512 array hashed many times."""
    array = _pattern(512, 512)
    np.save(scratch / "array.npy", array)
    pdq.hash_rgb(array)
    start = time.process_time()
    for _ in range(400):
        pdq.hash_rgb(array)
    rate = 400 / (time.process_time() - start)
    theirs = peer("pdq", scratch / "array.npy", 100)
    unit = "arrays a processor second"
    return row("pdq", rate, unit, theirs["version"], rate * theirs["seconds"] / 100, 4)


def jpeg(scratch: Path) -> Row:
    """Files through two workers (digests, decoding, PDQ, answers), beside decoding them alone.

    Processor seconds of two processes each, from the difference of a long and a short run: starting is left out.
    """
    data = io.BytesIO()
    Image.fromarray(_pattern(1004, 1600)).save(data, "JPEG", quality=88)
    files = [scratch / f"{n}.jpg" for n in range(260)]
    for file in files:
        file.write_bytes(data.getvalue())
    hash_files(files[:2], lambda *_: None, workers=2)  # on a machine where nothing was compiled yet
    spent = []
    for count in (20, 260):
        before = _children()
        hash_files(files[:count], lambda *_: None, workers=2)
        spent.append(_children() - before)
    ours = (spent[1] - spent[0]) / 240
    spent = []
    for count in (10, 130):
        before = _children()
        both = [subprocess.Popen([sys.executable, __file__, "decode", str(files[0]), str(count)]) for _ in range(2)]
        for child in both:
            assert child.wait() == 0
        spent.append(_children() - before)
    alone = (spent[1] - spent[0]) / 240
    against = f"decoding alone in two processes, {len(data.getvalue()) >> 10} KB a file"
    return row("jpeg", 1 / ours, "files a processor second", against, alone / ours, 0.6)


def worker_memory(scratch: Path) -> Row:
    """A worker's resident memory after 1,000 files to that after 10,000."""
    data = io.BytesIO()
    Image.fromarray(_pattern(240, 320)).save(data, "JPEG", quality=80)
    path = scratch / "small.jpg"
    path.write_bytes(data.getvalue())
    worker = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ONE_THREAD},
        text=True,
    )
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdout.readline()
    seen = []
    for n in range(10_000):
        worker.stdin.write(json.dumps({"i": n, "path": str(path), "video": "off"}) + "\n")
        worker.stdin.flush()
        worker.stdout.readline()
        worker.stdout.readline()
        if n + 1 in (1_000, 10_000):
            status = Path(f"/proc/{worker.pid}/status").read_text()
            seen.append(int(status.split("VmRSS:")[1].split()[0]) * 1024)
    worker.stdin.close()
    worker.wait()
    worker.stdout.close()
    against = "its memory after 1,000 files"
    return row("worker_memory", seen[1] / 1e6, "MB after 10,000 files", against, seen[0] / seen[1], 0.95)


def peer(what: str, *arguments: object, threads: str = "") -> dict[str, Any]:
    """What peer.py says, run by the interpreter of the peers; `threads` for OpenMP."""
    from sides import peers

    command = [str(peers.python()), str(PEER), what, *map(str, arguments)]
    env = {**os.environ, **({"OMP_NUM_THREADS": threads} if threads else {})}
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=env)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def decode(path: Path, times: int) -> None:
    """The child of jpeg: decodes a file so many times."""
    for _ in range(times):
        with Image.open(path) as image:
            image.convert("RGB").load()


def _rate(listed: np.ndarray, queries: np.ndarray) -> float:
    """Queries a processor second; every planted pair must be found."""
    index = hamming.index(hamming.ready(listed))
    asked = hamming.ready(queries)
    hamming.search(hamming.Hashes(asked.words[:9]), [index], RADIUS)
    start = time.process_time()
    pairs = hamming.search(asked, [index], RADIUS)
    spent = time.process_time() - start
    half = len(queries) // 2
    assert set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) >= {(i, i) for i in range(half)}, "recall"
    return len(queries) / spent


def _hashes(scratch: Path, rows: int, asked: int) -> tuple[np.ndarray, np.ndarray]:
    """Drawn hashes (kept as listed.npy) and queries, query i of the first half within RADIUS of row i."""
    rng = np.random.Generator(np.random.PCG64(1))
    listed = rng.integers(0, 256, (rows, 32), dtype=np.uint8)
    np.save(scratch / "listed.npy", listed)
    bits = np.unpackbits(listed[: asked // 2], axis=1)
    for i, changes in enumerate(rng.integers(0, RADIUS + 1, asked // 2)):
        bits[i, rng.choice(256, changes, replace=False)] ^= 1
    return listed, np.concatenate([np.packbits(bits, axis=1), rng.integers(0, 256, (asked // 2, 32), dtype=np.uint8)])


def _drawn(start: int, rows: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(start + 7)).integers(0, 256, (rows, 32), dtype=np.uint8)


def _binary(values: np.ndarray) -> pa.Array:
    data = pa.py_buffer(np.ascontiguousarray(values))
    offsets = pa.py_buffer(np.arange(len(values) + 1, dtype=np.int32) * values.shape[1])
    return pa.Array.from_buffers(pa.binary(), len(values), [None, offsets, data])


def _pattern(height: int, width: int) -> np.ndarray:
    """A drawn pattern of waves and noise."""
    rng = np.random.Generator(np.random.PCG64(2))
    y, x = np.mgrid[:height, :width].astype(np.float64)
    planes = [128 + 90 * np.sin(x / 31 + y / 17), 128 + 80 * np.cos(x * y / 9000), 255 * y / height]
    return np.clip(np.stack(planes, 2) + rng.normal(0, 9, (height, width, 3)), 0, 255).astype(np.uint8)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def quick(scratch: Path) -> Iterator[Row]:
    """The rows that take seconds to a minute."""
    yield exact_30m()
    yield hamming_flat("hamming_1m", 1_000_000, 40_000, 15, scratch)
    yield hamming_flat("hamming_10m", 10_000_000, 20_000, 80, scratch)
    yield hamming_tx(scratch)
    yield pdq_arrays(scratch)
    yield jpeg(scratch)
    yield worker_memory(scratch)


if __name__ == "__main__":
    if sys.argv[1] == "large":
        build_large(Path(sys.argv[2]))
    else:
        decode(Path(sys.argv[2]), int(sys.argv[3]))
