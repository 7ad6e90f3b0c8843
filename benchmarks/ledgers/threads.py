"""Row threads: what a build does with blocks, on two threads and on one."""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.blocks.blockfiles import HEAD, NO_KEY, BlockFile, Record
from leadline.engines.ledger.blocks.chunks import Block, Files
from leadline.engines.ledger.building.grow import nothing
from leadline.engines.ledger.building.ingest import ingest
from leadline.model.progress import silent
from ledgers.blocks import repeated
from ledgers.clock import hashing, row

TIMES = 9
"""Runs of each side, in turn: the best of each is what the machine gives when its neighbours are quiet."""
MEMORY = Path("/dev/shm")
"""A disk in memory, where there is one, so that the columns' way to a disk is not measured."""


def run(options: Any) -> list[dict[str, Any]]:
    """The row: blocks to all their columns, scripts numbered and columns written, as a build does it."""
    data, edges, blocks = repeated(options.bytes)
    files = Files([(BlockFile(Path("blocks"), len(data), NO_KEY, "none"), data)], {}, sha256.libcrypto())
    places = zip(edges.tolist(), blocks, strict=False)
    chain = [Block(Record(0, at, len(b), b[:HEAD]), bytes(32), n) for n, (at, b) in enumerate(places)]

    def build(threads: int) -> None:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            base = nothing(Path(folder), len(data))
            ingest(Path(folder), chain, files, base.rows, base.scripts, [0], silent, threads)

    build(2)
    took, spent, hashed = np.zeros((3, 2, TIMES))
    for n in range(TIMES):
        for threads in (1, 2):
            hashed[threads - 1, n] = hashing(threads)
            start, used = time.perf_counter(), time.process_time()
            build(threads)
            took[threads - 1, n], spent[threads - 1, n] = time.perf_counter() - start, time.process_time() - used
    one, two = took.min(axis=1)
    alone = 2 * hashed[0].min() / hashed[1].min()
    used = spent.min(axis=1)
    against = (
        f"one thread, wall seconds, the best of {TIMES}; the same runs gave threads that only hash {alone:.2f};"
        f" processor seconds {used[0]:.2f} on one thread, {used[1]:.2f} on two"
    )
    return [row("threads", len(data) / two / 1e6, "MB/s", against, one / two, 1.7)]
