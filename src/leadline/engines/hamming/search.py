"""Every pair of 256-bit hashes within a radius, exactly: no pair is missed and none is invented.

Method: multi-index hashing with the refined bound (Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with
Multi-Index Hashing", 2014): of m disjoint chunks, with radius = m * s + a, one of the first a + 1 differs by at most s
bits or one of the others by at most s - 1. Here both sides are sorted by each chunk in turn and joined by bucket,
so that memory is read in order; the bits are permuted first, because neighbouring bits of a picture's hash agree.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from leadline.engines.hamming import search_kernels as kernels
from leadline.errors import UsageError

BITS = 256
MAX_RADIUS = 64
"""Above this two unrelated pictures come within reach (smallest distance seen among 27 million pairs: 58)."""
BRUTE = 20_000_000
"""Comparisons up to which the plain loop is quicker than sorting; half a billion a second were measured."""
PERMUTATION = np.random.Generator(np.random.PCG64(256)).permutation(BITS)
"""A fixed shuffle of the bits: it takes the chunk collisions of natural hashes from 1.5 times chance to 1.0 to 1.1."""
THREADS = 2
"""Chunks joined at once; the result does not depend on it."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows (a, b) within the radius, sorted by a then b, with their distances in bits."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each chunk begins (m + 1) and how many of its bits may differ (m; below 0: not searched)."""

    starts: npt.NDArray[np.int64]
    reach: npt.NDArray[np.int64]


def plan(rows: int, radius: int) -> Plan:
    """Chunks for a search of `rows` hashes: about log2(rows) bits each, so that a bucket holds about one row."""
    wide = min(24, max(8, int(np.ceil(np.log2(max(2, rows)))) - 2))
    m = BITS // wide
    s, a = divmod(radius, m)
    widths = [BITS // m + (1 if i < BITS % m else 0) for i in range(m)]
    starts = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    return Plan(starts, np.array([s if i <= a else s - 1 for i in range(m)], np.int64))


def masks(width: int, reach: int) -> npt.NDArray[np.int64]:
    """Every change of at most `reach` of `width` bits, fewest first."""
    changes = [c for r in range(reach + 1) for c in combinations(range(width), r)]
    return np.array([sum(1 << bit for bit in c) for c in changes], np.int64)


@dataclass(frozen=True, slots=True)
class Hashes:
    """256-bit hashes made ready for joins: four words a row, their bits permuted."""

    words: npt.NDArray[np.uint64]


def ready(values: npt.NDArray[np.uint8]) -> Hashes:
    """Hashes (n x 32 uint8) made ready once for several joins; UsageError for another shape."""
    if values.ndim != 2 or values.shape[1] * 8 != BITS or values.dtype != np.uint8:
        raise UsageError("a Hamming join takes arrays of 32-byte hashes")
    return Hashes(np.ascontiguousarray(_permuted(values)).view("<u8"))


def join(a: Hashes, b: Hashes, radius: int, threads: int = THREADS) -> Pairs:
    """Every pair of a row of `a` and a row of `b` that differ in at most `radius` bits."""
    left, right = a.words, b.words
    if not 0 <= radius <= MAX_RADIUS:
        raise UsageError(f"the radius of a Hamming join lies between 0 and {MAX_RADIUS}")
    if not len(left) or not len(right):
        return _pairs([])
    if len(left) * len(right) <= BRUTE:
        return _pairs([_trim(*kernels.brute(left, right, radius, _room()))])
    chunks = plan(max(len(left), len(right)), radius)
    searched = [c for c in range(len(chunks.reach)) if chunks.reach[c] >= 0]
    with ThreadPoolExecutor(max(1, threads)) as pool:
        return _pairs(list(pool.map(lambda c: _join_one(left, right, radius, c, chunks), searched)))


def _join_one(
    a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64], radius: int, which: int, chunks: Plan
) -> npt.NDArray[np.int32]:
    start = int(chunks.starts[which])
    width = int(chunks.starts[which + 1]) - start
    sides = []
    for words in (a, b):
        first = np.empty((1 << width) + 1, np.int64)
        order = np.empty(len(words), np.int64)
        kernels.sort_by_chunk(words, start, width, first, order)
        sides += [first, order]
    change = masks(width, int(chunks.reach[which]))
    first_a, order_a, first_b, order_b = sides
    return _trim(
        *kernels.join_chunk(
            a, b, radius, which, chunks.starts, chunks.reach, change, first_a, order_a, first_b, order_b, _room()
        )
    )


def _room() -> npt.NDArray[np.int32]:
    return np.empty((1024, 3), np.int32)


def _trim(pairs: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int32]:
    return pairs[:count]


def _permuted(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The hashes with their bits in the order of PERMUTATION, a block at a time."""
    out = np.empty_like(values)
    for low in range(0, len(values), 1 << 16):
        block = np.unpackbits(values[low : low + (1 << 16)], axis=1)
        out[low : low + len(block)] = np.packbits(block[:, PERMUTATION], axis=1)
    return out


def _pairs(parts: list[npt.NDArray[np.int32]]) -> Pairs:
    rows = np.concatenate(parts) if parts else np.empty((0, 3), np.int32)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Pairs(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2].copy())
