"""The inner loops of the exact Hamming search, in numba."""

from typing import Any

import numpy as np

from leadline.compiled import intrinsic, njit

LOW = 6
"""Bits of a chunk that choose a bucket within one word of `filled`; the rest choose the word."""
ROWS = 4096
"""Rows asked of memory before they are compared; their 32 bytes each fit the second cache."""


def _fetch(_context, array, _index):  # type: ignore[no-untyped-def]
    from llvmlite import ir  # noqa: PLC0415
    from numba import types  # noqa: PLC0415

    def build(target, builder, signature, arguments):  # type: ignore[no-untyped-def]
        made = target.make_array(signature.args[0])(target, builder, arguments[0])
        stride = builder.extract_value(made.strides, 0)
        start = builder.bitcast(made.data, ir.IntType(8).as_pointer())
        place = builder.gep(start, [builder.mul(arguments[1], stride)])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(call, [place, number(0), number(3), number(1)])
        return target.get_dummy_value()

    return types.void(array, types.int64), build


fetch: Any = intrinsic(_fetch)
"""``fetch(array, i)`` asks for row i to be brought into the cache; it reads nothing, so that any i is harmless."""


@njit(cache=True, nogil=True, inline="always")
def bits_set(x):  # type: ignore[no-untyped-def]
    """The number of ones in a uint64 (the classic sum of fields; LLVM makes it one instruction)."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True, inline="always")
def chunk(words, row, start, width):  # type: ignore[no-untyped-def]
    """Bits [start, start + width) of a row of four uint64, as an integer; width at most 32."""
    word = start >> 6
    offset = np.uint64(start & 63)
    value = words[row, word] >> offset
    if (start & 63) + width > 64:
        value |= words[row, word + 1] << (np.uint64(64) - offset)
    return np.int64(value & np.uint64((1 << width) - 1))


@njit(cache=True, nogil=True)
def permute(values, table, out):  # type: ignore[no-untyped-def]
    """Fill `out` (n, 4 uint64) with the rows of `values` (n, 32 uint8), `table` (32, 256, 4) saying where bits go."""
    for i in range(values.shape[0]):
        a = b = c = d = np.uint64(0)
        for at in range(values.shape[1]):
            byte = values[i, at]
            a |= table[at, byte, 0]
            b |= table[at, byte, 1]
            c |= table[at, byte, 2]
            d |= table[at, byte, 3]
        out[i, 0] = a
        out[i, 1] = b
        out[i, 2] = c
        out[i, 3] = d


@njit(cache=True, nogil=True)
def sort_by_chunk(words, start, width, first, order):  # type: ignore[no-untyped-def]
    """Fill `first` (2**width + 1) and `order` (n): rows with chunk value v are order[first[v]:first[v + 1]], rising."""
    n = words.shape[0]
    first[:] = 0
    for i in range(n):
        first[chunk(words, i, start, width) + 1] += 1
    for v in range(first.shape[0] - 1):
        first[v + 1] += first[v]
    place = first[:-1].copy()
    for i in range(n):
        v = chunk(words, i, start, width)
        order[place[v]] = i
        place[v] += 1


@njit(cache=True, nogil=True)
def fill(first, filled):  # type: ignore[no-untyped-def]
    """Bit v & 63 of `filled[v >> 6]` (2**width / 64 uint64) says whether a row has chunk value v."""
    for at in range(filled.shape[0]):
        word = np.uint64(0)
        for bit in range(64):
            if first[(at << LOW) + bit] < first[(at << LOW) + bit + 1]:
                word |= np.uint64(1) << np.uint64(bit)
        filled[at] = word


@njit(cache=True, nogil=True)
def add_pair(pairs, count, i, j, distance):  # type: ignore[no-untyped-def]
    """`pairs` (n, 3 int32), grown when full, with (i, j, distance) at `count`."""
    if count == pairs.shape[0]:
        wider = np.empty((2 * count, 3), np.int32)
        wider[:count] = pairs
        pairs = wider
    pairs[count, 0] = i
    pairs[count, 1] = j
    pairs[count, 2] = distance
    return pairs


@njit(cache=True, nogil=True)
def brute(a, b, radius, pairs):  # type: ignore[no-untyped-def]
    """Every (row of a, row of b, distance) within `radius`, and how many; grows `pairs` (n, 3 int32) as needed."""
    count = 0
    limit = np.uint64(radius)
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            d = bits_set(a[i, 0] ^ b[j, 0]) + bits_set(a[i, 1] ^ b[j, 1])
            if d > limit:
                continue
            d += bits_set(a[i, 2] ^ b[j, 2]) + bits_set(a[i, 3] ^ b[j, 3])
            if d > limit:
                continue
            pairs = add_pair(pairs, count, i, j, np.int32(d))
            count += 1
    return pairs, count


@njit(cache=True, nogil=True)
def found_before(a, i, b, j, which, starts, reach):  # type: ignore[no-untyped-def]
    """Whether a chunk before `which` is within its reach, so that its own search has found the pair (i, j) already."""
    for c in range(which):
        width = starts[c + 1] - starts[c]
        change = chunk(a, i, starts[c], width) ^ chunk(b, j, starts[c], width)
        if np.int64(bits_set(np.uint64(change))) <= reach[c]:
            return True
    return False


@njit(cache=True, nogil=True)
def buckets_near(v, changes, left, balls, filled, first, words, places, bucket):  # type: ignore[no-untyped-def]
    """How many buckets near chunk value `v` hold rows; `bucket` begins with them, each asked of memory.

    changes[f] alters the bits above the lowest LOW, and balls[left[f], low] are the low bits still within reach. The
    words that hold anything are gathered without a branch (places, words), then taken apart.
    """
    above, low = v >> LOW, v & ((1 << LOW) - 1)
    held = np.int64(0)
    for f in range(changes.shape[0]):
        at = above ^ changes[f]
        word = filled[at] & balls[left[f], low]
        places[held], words[held] = at, word
        held += np.int64(word != np.uint64(0))
    count = 0
    for z in range(held):
        word = words[z]
        while word:
            least = word & (~word + np.uint64(1))
            bucket[count] = (places[z] << LOW) + np.int64(bits_set(least - np.uint64(1)))
            fetch(first, bucket[count])
            count += 1
            word ^= least
    return count


@njit(cache=True, nogil=True)
def probe(a, order_a, b, radius, which, starts, reach, changes, left, balls, filled, first, order, pairs):  # type: ignore[no-untyped-def]
    """The pairs within `radius` whose chunks agree first at chunk `which`: (pairs, count), as `brute` gives them.

    `order_a`: the rows of `a` in the order to ask them; `starts` (m + 1): bit at which each chunk begins; `reach` (m):
    bits that may differ in it; `changes`, `left`, `balls`: every change of at most reach[which] bits, as
    `buckets_near` takes them; `filled`, `first` and `order`: the rows of `b` by this chunk, as `fill` and
    `sort_by_chunk` make them. Buckets and rows are fetched ahead, since each lies elsewhere.
    """
    count = 0
    limit = np.uint64(radius)
    start = starts[which]
    width = starts[which + 1] - start
    places = np.empty(changes.shape[0] + 1, np.int64)
    words = np.empty(changes.shape[0] + 1, np.uint64)
    low = np.empty(changes.shape[0] << LOW, np.int64)
    high = np.empty(changes.shape[0] << LOW, np.int64)
    rows = np.empty(ROWS, np.int64)
    for x in range(order_a.shape[0]):
        i = np.int64(order_a[x])
        v = chunk(a, i, start, width)
        a0, a1, a2, a3 = a[i, 0], a[i, 1], a[i, 2], a[i, 3]
        buckets = buckets_near(v, changes, left, balls, filled, first, words, places, low)
        for z in range(buckets):
            w = low[z]
            low[z] = first[w]
            high[z] = first[w + 1]
            fetch(order, low[z])
        z = 0
        p = low[0] if buckets else 0
        while z < buckets:
            taken = 0
            while taken < ROWS and z < buckets:
                if p < high[z]:
                    rows[taken] = order[p]
                    fetch(b, rows[taken])
                    taken += 1
                    p += 1
                else:
                    z += 1
                    p = low[z] if z < buckets else 0
            for y in range(taken):
                j = rows[y]
                d = bits_set(a0 ^ b[j, 0]) + bits_set(a1 ^ b[j, 1])
                if d > limit:
                    continue
                d += bits_set(a2 ^ b[j, 2]) + bits_set(a3 ^ b[j, 3])
                if d > limit or found_before(a, i, b, j, which, starts, reach):
                    continue
                pairs = add_pair(pairs, count, i, j, np.int32(d))
                count += 1
    return pairs, count
