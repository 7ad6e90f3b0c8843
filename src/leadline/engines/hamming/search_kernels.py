"""The inner loops of the exact Hamming join, in numba."""

import numpy as np
from numba import njit


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
            if count == pairs.shape[0]:
                wider = np.empty((2 * count, 3), np.int32)
                wider[:count] = pairs
                pairs = wider
            pairs[count, 0] = i
            pairs[count, 1] = j
            pairs[count, 2] = np.int32(d)
            count += 1
    return pairs, count


@njit(cache=True, nogil=True)
def join_chunk(a, b, radius, which, starts, reach, masks, first_a, order_a, first_b, order_b, pairs):  # type: ignore[no-untyped-def]
    """The pairs within `radius` whose chunks agree first at chunk `which`: (pairs, count), as `brute` gives them.

    `starts` (m + 1): bit at which each chunk begins; `reach` (m): bits that may differ in it; `masks`: every change of
    at most reach[which] bits. A pair that an earlier chunk finds is left to it, so each pair comes once.
    """
    count = 0
    limit = np.uint64(radius)
    near = np.empty((b.shape[0], 4), np.uint64)
    for j in range(b.shape[0]):
        near[j] = b[order_b[j]]
    for v in range(first_a.shape[0] - 1):
        if first_a[v] == first_a[v + 1]:
            continue
        for f in range(masks.shape[0]):
            w = v ^ masks[f]
            low = first_b[w]
            high = first_b[w + 1]
            if low == high:
                continue
            for p in range(first_a[v], first_a[v + 1]):
                i = order_a[p]
                a0, a1, a2, a3 = a[i, 0], a[i, 1], a[i, 2], a[i, 3]
                for q in range(low, high):
                    d = bits_set(a0 ^ near[q, 0]) + bits_set(a1 ^ near[q, 1])
                    if d > limit:
                        continue
                    d += bits_set(a2 ^ near[q, 2]) + bits_set(a3 ^ near[q, 3])
                    if d > limit:
                        continue
                    j = order_b[q]
                    earlier = False
                    for c in range(which):
                        width = starts[c + 1] - starts[c]
                        change = chunk(a, i, starts[c], width) ^ chunk(b, j, starts[c], width)
                        if np.int64(bits_set(np.uint64(change))) <= reach[c]:
                            earlier = True
                            break
                    if earlier:
                        continue
                    if count == pairs.shape[0]:
                        wider = np.empty((2 * count, 3), np.int32)
                        wider[:count] = pairs
                        pairs = wider
                    pairs[count, 0] = i
                    pairs[count, 1] = j
                    pairs[count, 2] = np.int32(d)
                    count += 1
    return pairs, count
