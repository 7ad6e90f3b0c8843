"""The dictionary of scripts of a whole history: memory, time and disk of as many distinct scripts as years hold."""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from leadline.engines.ledger.scripts.dictionary import Scripts
from ledgers.clock import cpu, peak, row
from ledgers.growth import mixed, watched

SCRIPT = 25
STEP = 200_000
"""Outputs taken at once."""
RECENT = 300_000
"""Most outputs that pay a script again pay one of these latest."""


@njit(nogil=True)
def _fill(first: Any, count: Any, b: Any, expected: Any) -> Any:
    """Scripts of the next outputs, p2pkh with a drawn hash, and the ids they must get; the new number of scripts."""
    for o in range(expected.size):
        r = mixed(np.uint64(first + o))
        if count < 100 or r % np.uint64(100) < np.uint64(52):
            script, count = count, count + 1
        elif r % np.uint64(100) < np.uint64(97):
            script = count - 1 - np.int64((r >> np.uint64(32)) % np.uint64(min(count, RECENT)))
        else:
            script = np.int64((r >> np.uint64(16)) % np.uint64(count))
        expected[o] = script
        at = SCRIPT * o
        b[at], b[at + 1], b[at + 2], b[at + 23], b[at + 24] = 0x76, 0xA9, 20, 0x88, 0xAC
        for j in range(0, 20, 4):
            word = mixed(np.uint64(5 * script + j // 4) ^ np.uint64(0x5EED << 40)) >> np.uint64(32)
            for i in range(4):
                b[at + 3 + j + i] = (word >> np.uint64(8 * i)) & np.uint64(255)
    return count


def run(options: Any) -> list[dict[str, Any]]:
    """The row; every id is held to the one its drawing gives."""
    where = Path("build/bench")
    where.mkdir(parents=True, exist_ok=True)
    b, expected = np.empty(STEP * SCRIPT, np.uint8), np.empty(STEP, np.int64)
    starts, sizes = np.arange(STEP) * SCRIPT, np.full(STEP, SCRIPT, np.int32)
    spent = [0.0]
    with tempfile.TemporaryDirectory(dir=where) as name, ThreadPoolExecutor(1) as watcher:
        over = threading.Event()
        most = watcher.submit(watched, Path(name), over)
        try:
            start, count, outputs = time.perf_counter(), 0, 0
            scripts = Scripts(Path(name), 1 << 40)
            while count < options.distinct:
                count = int(_fill(outputs, count, b, expected))

                def interned() -> None:
                    assert (scripts.intern(b, starts, sizes) == expected).all()

                spent[0] += cpu(interned)
                outputs += STEP
            spent[0] += cpu(lambda: scripts.write(Path(name)))
            assert scripts.count == count
            took = time.perf_counter() - start
        finally:
            over.set()
        disk, memory = most.result()
    against = (
        f"{outputs:,} outputs over {count:,} scripts, {took / 60:.1f} minutes with their drawing: {memory / 1e9:.1f} GB"
        f" of memory, {peak() / 1e9:.1f} with pages of mapped files, {disk / 1e9:.1f} GB of disk"
    )
    return [row("dictionary", outputs / spent[0] / 1e6, "M outputs/s", against, None, 0)]
