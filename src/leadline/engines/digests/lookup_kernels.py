"""The inner loops of the digest lookup, in numba."""

from typing import Any

import numpy as np

from leadline.compiled import intrinsic, njit

KEY = 8
"""Bytes of a digest that are compared first."""


def _key_at(_context, data, _low):  # type: ignore[no-untyped-def]
    from llvmlite import ir  # noqa: PLC0415
    from numba import types  # noqa: PLC0415

    def build(target, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = target.make_array(signature.args[0])(target, builder, arguments[0])
        start = builder.bitcast(array.data, ir.IntType(8).as_pointer())
        place = builder.bitcast(builder.gep(start, [arguments[1]]), ir.IntType(64).as_pointer())
        return builder.load(place, align=1)

    return types.uint64(data, types.int64), build


key_at: Any = intrinsic(_key_at)
"""``key_at(data, low)``: the KEY bytes at `low` of `data` (uint8) as one number, wherever they stand."""


@njit(cache=True, nogil=True)
def keys_of(data, offsets, size, keys, rows):  # type: ignore[no-untyped-def]
    """How many values have `size` bytes; fills `keys` (uint64) with their first bytes and `rows` with their places."""
    count = 0
    for i in range(offsets.shape[0] - 1):
        if offsets[i + 1] - offsets[i] == size:
            keys[count] = key_at(data, np.int64(offsets[i]))
            rows[count] = i
            count += 1
    return count


@njit(cache=True, nogil=True)
def mark(keys, shift, first, seen_shift, seen):  # type: ignore[no-untyped-def]
    """Fill `first` (where the rising `keys` with leading bits v begin) and `seen` (a bit for each longer lead)."""
    first[:] = 0
    for key in keys:
        first[(key >> shift) + np.uint64(1)] += 1
        v = key >> seen_shift
        seen[v >> np.uint64(3)] |= np.uint8(1 << (v & np.uint64(7)))
    for v in range(first.shape[0] - 1):
        first[v + 1] += first[v]


@njit(cache=True, nogil=True)
def scan(data, offsets, size, keys, rows, shift, first, seen_shift, seen, asked, asked_offsets, found):  # type: ignore[no-untyped-def]
    """The pairs (asked row, list row) of equal values of `size` bytes, and how many; grows `found` (n, 2 int64).

    `keys` (rising) and `rows` are the asked values by their first bytes; `first` and `seen` as `mark` fills them: most
    rows of a list are told from all of those by one bit of `seen`.
    """
    count = 0
    for j in range(offsets.shape[0] - 1):
        low = np.int64(offsets[j])
        if offsets[j + 1] - low != size:
            continue
        key = key_at(data, low)
        v = key >> seen_shift
        if not (seen[v >> np.uint64(3)] >> (v & np.uint64(7))) & 1:
            continue
        v = key >> shift
        for p in range(first[v], first[v + np.uint64(1)]):
            if keys[p] != key:
                continue
            start = asked_offsets[rows[p]]
            same = True
            for at in range(KEY, size):
                if asked[start + at] != data[low + at]:
                    same = False
                    break
            if not same:
                continue
            if count == found.shape[0]:
                wider = np.empty((2 * count, 2), np.int64)
                wider[:count] = found
                found = wider
            found[count, 0] = rows[p]
            found[count, 1] = j
            count += 1
    return found, count
