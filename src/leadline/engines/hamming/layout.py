"""How an index is laid out: in how many chunks, which of them a radius asks, and what a search is expected to cost."""

from math import comb

import numpy as np
import numpy.typing as npt

from leadline.engines.hamming.search_kernels import LOW

BITS = 256
RADIUS = 31
"""The radius an index is laid out for; any other up to MAX_RADIUS is answered as exactly, only slower."""
CHUNKS = range(11, 25)
"""Numbers of chunks to choose from: fewer would make bucket tables larger than the hashes of most lists."""
COST_COMPARE, COST_PROBE, COST_ROW, COST_SORT, COST_BUCKET = 2, 3, 11, 15, 1
"""Nanoseconds, measured: one comparison in a plain loop, one word of 64 buckets, one row of a bucket, one row sorted by
a chunk, one bucket laid out."""
PLAIN = 1_000_000
"""Nanoseconds of a plain loop below which nothing else is weighed: the weighing takes as long."""


def chunk_starts(chunks: int) -> npt.NDArray[np.int64]:
    """The bit at which each of `chunks` chunks begins, and the end; the wider ones come first."""
    widths = [BITS // chunks + (1 if i < BITS % chunks else 0) for i in range(chunks)]
    return np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)


def reach_of(chunks: int, radius: int) -> npt.NDArray[np.int64]:
    """Bits that may differ in each chunk (below 0: not searched) so that no pair within the radius is missed."""
    s, a = divmod(radius, chunks)
    return np.array([s if i <= a else s - 1 for i in range(chunks)], np.int64)


def query_cost(chunks: int, rows: int, radius: int) -> int:
    """Nanoseconds that one query of an index of `rows` hashes in so many chunks is expected to take."""
    total = 0
    widths = np.diff(chunk_starts(chunks)).tolist()
    for width, reach in zip(widths, reach_of(chunks, radius).tolist(), strict=True):
        words = sum(comb(width - LOW, r) for r in range(reach + 1))
        buckets = sum(comb(width, r) for r in range(reach + 1))
        total += words * COST_PROBE + (buckets * rows * COST_ROW >> width)
    return total


def index_cost(chunks: int, rows: int) -> int:
    """Nanoseconds that an index of `rows` hashes in so many chunks is expected to take."""
    buckets = int((1 << np.diff(chunk_starts(chunks))).sum())
    return rows * chunks * COST_SORT + buckets * COST_BUCKET


def cheapest(asked: int, rows: int, radius: int) -> tuple[int, int]:
    """The cheapest way to ask so many hashes of so many: (chunks of an index, 0 for a plain loop; nanoseconds)."""
    plain = asked * rows * COST_COMPARE
    if plain <= PLAIN:
        return 0, plain
    costs = {m: index_cost(m, rows) + asked * query_cost(m, rows, radius) for m in CHUNKS}
    best = min(costs, key=lambda m: costs[m])
    return (0, plain) if plain <= costs[best] else (best, costs[best])
