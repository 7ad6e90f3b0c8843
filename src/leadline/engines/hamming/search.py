"""Every pair of 256-bit hashes within a radius, exactly: no pair is missed and none is invented.

Method: multi-index hashing with the refined bound (Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with
Multi-Index Hashing", 2014): of m disjoint chunks, with radius = m * s + a, one of the first a + 1 differs by at most s
bits or one of the others by at most s - 1. The bits are permuted first, because neighbouring bits of a picture's hash
agree; the hashes that ask are taken in order of each chunk, so that what they read lies close together. Which buckets
hold rows stands in a bit each: 64 neighbours, that is every change of the lowest six bits, are asked at once.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from leadline.engines.hamming import search_kernels as kernels
from leadline.engines.hamming.layout import BITS, CHUNKS, RADIUS, cheapest, chunk_starts, query_cost, reach_of
from leadline.errors import UsageError

MAX_RADIUS = 64
"""Above this two unrelated pictures come within reach (smallest distance seen among 27 million pairs: 58)."""
ROW_LIMIT = (1 << 31) - 1
"""Rows are numbered in 32 bits; larger lists are several indexes."""
ORDER_BITS = 16
"""Leading bits of a chunk by which asking hashes are ordered: enough to read close together, quick to sort by."""
PERMUTATION = np.random.Generator(np.random.PCG64(256)).permutation(BITS)
"""A fixed shuffle of the bits: it takes the chunk collisions of natural hashes from 1.5 times chance to 1.0 to 1.1."""
THREADS = 2
"""Chunks searched at once; the result does not depend on it."""

Words = npt.NDArray[np.uint64]
Chunk = tuple[Words, npt.NDArray[np.uint32], npt.NDArray[np.uint32]]
"""`filled`, `first` and `order` of one chunk of an Index."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows (a, b) within the radius, sorted by a then b, with their distances in bits."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Hashes:
    """256-bit hashes made ready for searches: four words a row, their bits permuted."""

    words: Words


@dataclass(frozen=True, slots=True)
class Index:
    """Hashes with their rows sorted by each chunk.

    `starts` (m + 1): the bit at which each chunk begins; `filled[c]`: as `kernels.fill` says which buckets hold rows
    (uint64); `first[c]`, `order[c]`: as `kernels.sort_by_chunk` fills them (uint32). `base` is the number of its first
    row among several indexes that make one list.
    """

    words: Words
    starts: npt.NDArray[np.int64]
    filled: tuple[Words, ...]
    first: tuple[npt.NDArray[np.uint32], ...]
    order: tuple[npt.NDArray[np.uint32], ...]
    base: int = 0


def ready(values: npt.NDArray[np.uint8]) -> Hashes:
    """Hashes (n x 32 uint8) made ready once for several searches; UsageError for another shape."""
    if values.ndim != 2 or values.shape[1] * 8 != BITS or values.dtype != np.uint8:
        raise UsageError("a Hamming search takes arrays of 32-byte hashes")
    if len(values) > ROW_LIMIT:
        raise UsageError("too many hashes for one Hamming search", remedy=f"give at most {ROW_LIMIT} at once")
    words = np.empty((len(values), 4), np.uint64)
    kernels.permute(np.ascontiguousarray(values), _moves(), words)
    return Hashes(words)


@cache
def changes(width: int, reach: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every change of at most `reach` of the upper bits of a chunk, and how many bits may still differ below them.

    They rise, so that neighbours share their high bits; the lowest kernels.LOW of the `width` bits are left out.
    """
    above = width - kernels.LOW
    found = [
        (sum(1 << bit for bit in c), min(reach - r, kernels.LOW))
        for r in range(reach + 1)
        for c in combinations(range(above), r)
    ]
    return tuple(np.array(column, np.int64) for column in zip(*sorted(found), strict=True))  # type: ignore[return-value]


@cache
def balls() -> Words:
    """balls[r, x]: the set, as 64 bits, of the values of kernels.LOW bits that differ from x in at most r of them."""
    values = range(1 << kernels.LOW)
    sets = [[sum(1 << y for y in values if (x ^ y).bit_count() <= r) for x in values] for r in range(kernels.LOW + 1)]
    return np.array(sets, np.uint64)


def index(hashes: Hashes, chunks: int | None = None, base: int = 0) -> Index:
    """An index of `hashes`; in so many chunks, or in those quickest for many queries at RADIUS."""
    rows = len(hashes.words)
    chunks = chunks or min(CHUNKS, key=lambda m: query_cost(m, rows, RADIUS))
    starts = chunk_starts(chunks)
    sorted_by = [sort_by_chunk(hashes.words, starts, c) for c in range(chunks)]
    filled, first, order = zip(*sorted_by, strict=True)
    return Index(hashes.words, starts, filled, first, order, base)


def search(queries: Hashes, indexes: Sequence[Index], radius: int, threads: int = THREADS) -> Pairs:
    """Every pair of a row of `queries` and a row of the indexes (numbered from each one's `base`) within the radius."""
    _check(radius)
    parts = [part for one in indexes for part in _search_one(queries.words, one, radius, threads)]
    return _pairs(parts)


def join(a: Hashes, b: Hashes, radius: int, threads: int = THREADS) -> Pairs:
    """Every pair of a row of `a` and a row of `b` that differ in at most `radius` bits, by the cheapest way."""
    return join_each([a], b, radius, threads)[0]


def join_each(sides: Sequence[Hashes], b: Hashes, radius: int, threads: int = THREADS) -> list[Pairs]:
    """The join of each side with `b`: what they share is made once; of its index `threads` chunks stand at a time."""
    _check(radius)
    asked, rows = sum(len(side.words) for side in sides), len(b.words)
    if not asked or not rows:
        return [_pairs([]) for _ in sides]
    chunks, _ = cheapest(asked, rows, radius)
    if not chunks:
        return [_pairs([_trim(*kernels.brute(side.words, b.words, radius, _room()))]) for side in sides]
    starts, reach = chunk_starts(chunks), reach_of(chunks, radius)

    def by_chunk(which: int) -> list[npt.NDArray[np.int64]]:
        made = sort_by_chunk(b.words, starts, which)
        return [_probe(side.words, b.words, starts, radius, which, reach, made) for side in sides]

    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(by_chunk, np.flatnonzero(reach >= 0).tolist()))
    return [_pairs(list(found)) for found in zip(*parts, strict=True)]


def sort_by_chunk(words: Words, starts: npt.NDArray[np.int64], which: int) -> Chunk:
    """`filled`, `first` and `order` of one chunk of an Index."""
    width = int(starts[which + 1] - starts[which])
    first = np.empty((1 << width) + 1, np.uint32)
    order = np.empty(len(words), np.uint32)
    kernels.sort_by_chunk(words, int(starts[which]), width, first, order)
    filled = np.empty(1 << width - kernels.LOW, np.uint64)
    kernels.fill(first, filled)
    return filled, first, order


def _search_one(asked: Words, one: Index, radius: int, threads: int) -> list[npt.NDArray[np.int64]]:
    """The parts of the pairs of one index, one a chunk."""
    if not len(asked) or not len(one.words):
        return []
    reach = reach_of(len(one.order), radius)
    chunks = list(zip(one.filled, one.first, one.order, strict=True))

    def by_chunk(which: int) -> npt.NDArray[np.int64]:
        found = _probe(asked, one.words, one.starts, radius, which, reach, chunks[which])
        return found + np.array([0, one.base, 0], np.int64)

    with ThreadPoolExecutor(max(1, threads)) as pool:
        return list(pool.map(by_chunk, np.flatnonzero(reach >= 0).tolist()))


def _probe(
    asked: Words,
    listed: Words,
    starts: npt.NDArray[np.int64],
    radius: int,
    which: int,
    reach: npt.NDArray[np.int64],
    chunk: Chunk,
) -> npt.NDArray[np.int64]:
    """The pairs that agree first in one chunk of `listed`, in no order."""
    start, end = int(starts[which]), int(starts[which + 1])
    lead = min(ORDER_BITS, end - start)
    order = np.empty(len(asked), np.uint32)
    kernels.sort_by_chunk(asked, end - lead, lead, np.empty((1 << lead) + 1, np.uint32), order)
    return _trim(
        *kernels.probe(
            asked, order, listed, radius, which, starts, reach, *changes(end - start, int(reach[which])), balls(),
            *chunk, _room(),
        )
    )  # fmt: skip


@cache
def _moves() -> Words:
    """For each byte of a hash and each of its values, the four permuted words with its bits in their places."""
    table = np.zeros((BITS // 8, 256, BITS // 8), np.uint8)
    for place, bit in enumerate(PERMUTATION.tolist()):
        has = (np.arange(256) >> (7 - bit % 8)) & 1
        table[bit // 8, :, place // 8] |= (has << (7 - place % 8)).astype(np.uint8)
    return table.view("<u8").astype(np.uint64)


def _check(radius: int) -> None:
    if not 0 <= radius <= MAX_RADIUS:
        raise UsageError(f"the radius of a Hamming search lies between 0 and {MAX_RADIUS}")


def _room() -> npt.NDArray[np.int32]:
    return np.empty((1024, 3), np.int32)


def _trim(pairs: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    return pairs[:count].astype(np.int64)


def _pairs(parts: list[npt.NDArray[np.int64]]) -> Pairs:
    rows = np.concatenate(parts) if parts else np.empty((0, 3), np.int64)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Pairs(rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].astype(np.int32))
