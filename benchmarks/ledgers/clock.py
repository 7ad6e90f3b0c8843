"""CPU seconds, memory, and a machine whose pages have been touched once."""

import hashlib
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all its threads, for one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def least(work: Callable[[], object], times: int = 3) -> float:
    """The least CPU seconds of several calls: what a neighbour on the machine disturbs least."""
    return min(cpu(work) for _ in range(times))


def wall(work: Callable[[], object], times: int = 3) -> float:
    """The least wall seconds of several calls."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def hashing(threads: int, size: int = 30_000_000) -> float:
    """Wall seconds in which so many threads hash `size` bytes each: they share nothing, so that is the machine."""
    data = bytes(size)
    return wall(lambda: _together(threads, lambda: hashlib.sha256(data)), 1)


def _together(threads: int, work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()


def peak() -> int:
    """Bytes of memory this process has held at most, pages of files it mapped included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def touched(size: int) -> None:
    """`size` bytes of memory written once and given back, so that no side pays for a virtual machine's first touch."""
    np.empty(size, np.uint8)[::4096] = 1


def row(
    what: str, value: float | None, unit: str, against: str, ratio: float | None, floor: float
) -> dict[str, str | float | None]:
    """One row of the table; `ratio` is better when higher."""
    return {
        "what": what,
        "value": None if value is None else round(value, 4),
        "unit": unit,
        "against": against,
        "ratio": None if ratio is None else round(ratio, 3),
        "floor": floor,
    }
