"""Kernels over open-addressing tables: one 64-bit slot holds a 32-bit tag and a position plus one; 0 is free.

A tag only saves reading what cannot be equal; equality is always decided on the full bytes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Slots = npt.NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@njit(nogil=True, cache=True)
def hash_bytes(b: Bytes, at: Int, n: Int) -> Int:
    """A 64-bit hash of b[at:at + n]: eight bytes at a time, multiply and fold."""
    h = np.uint64(n) * _ODD
    end = at + n
    p = at
    while p < end:
        word = _ZERO
        for j in range(min(8, end - p)):
            word |= np.uint64(b[p + j]) << np.uint64(8 * j)
        h = (h ^ word) * _MIX
        h ^= h >> _S32
        p += 8
    return h


@njit(nogil=True, cache=True)
def same_bytes(a: Bytes, at: Int, b: Bytes, bt: Int, n: Int) -> bool:
    """Whether n bytes of `a` at `at` equal those of `b` at `bt`."""
    j = 0
    while j < n and a[at + j] == b[bt + j]:
        j += 1
    return bool(j == n)


@njit(nogil=True, cache=True)
def put(slots: Slots, h: Int, position: Int) -> None:
    """Position filed under hash `h` in the first free slot; the table is never more than half full."""
    mask = np.uint64(slots.size - 1)
    k = (h >> _S32) & mask if mask < _LOW else h & mask
    while slots[k] != _ZERO:
        k = (k + _ONE) & mask
    slots[k] = ((h & _LOW) << _S32) | np.uint64(position + 1)


@njit(nogil=True, cache=True)
def find_script(slots: Slots, blob: Bytes, offsets: Any, b: Bytes, at: Int, n: Int) -> Int:
    """Id of the script equal to b[at:at + n] in full, or -1."""
    h = hash_bytes(b, at, n)
    mask = np.uint64(slots.size - 1)
    k = (h >> _S32) & mask if mask < _LOW else h & mask
    while slots[k] != _ZERO:
        if slots[k] >> _S32 == h & _LOW:
            i = np.int64(slots[k] & _LOW) - 1
            if offsets[i + 1] - offsets[i] == n and same_bytes(blob, offsets[i], b, at, n):
                return i
        k = (k + _ONE) & mask
    return -1


@njit(nogil=True, cache=True)
def refill_scripts(slots: Slots, blob: Bytes, offsets: Any, count: Int) -> None:
    """An empty table filled with the first `count` scripts."""
    for i in range(count):
        put(slots, hash_bytes(blob, offsets[i], offsets[i + 1] - offsets[i]), i)


@njit(nogil=True, cache=True)
def intern_scripts(slots: Slots, blob: Bytes, offsets: Any, count: Int, b: Bytes, outs: Any, ids: Any) -> Int:
    """ids[o] = id of the script at outs[o] (offset, length in columns 1, 2); new ones are added; the new count."""
    for o in range(ids.size):
        at, n = outs[o, 1], outs[o, 2]
        i = find_script(slots, blob, offsets, b, at, n)
        if i < 0:
            i = count
            start = offsets[i]
            for j in range(n):
                blob[start + j] = b[at + j]
            offsets[i + 1] = start + n
            put(slots, hash_bytes(b, at, n), i)
            count += 1
        ids[o] = i
    return count


@njit(nogil=True, cache=True)
def fill_txids(slots: Slots, ids: Any) -> None:
    """An empty table filled with every transaction id; repeated ids stand twice."""
    for t in range(ids.shape[0]):
        put(slots, hash_bytes(ids[t], 0, 32), t)


@njit(nogil=True, cache=True)
def find_tx(slots: Slots, ids: Any, wanted: Bytes, before: Int) -> Int:
    """The last transaction before position `before` whose id equals the 32 bytes `wanted` in full, or -1."""
    h = hash_bytes(wanted, 0, 32)
    mask = np.uint64(slots.size - 1)
    k = (h >> _S32) & mask if mask < _LOW else h & mask
    found = np.int64(-1)
    while slots[k] != _ZERO:
        if slots[k] >> _S32 == h & _LOW:
            t = np.int64(slots[k] & _LOW) - 1
            if found < t < before and same_bytes(ids[t], 0, wanted, 0, 32):
                found = t
        k = (k + _ONE) & mask
    return found


@njit(nogil=True, cache=True)
def find_scripts(slots: Slots, blob: Bytes, offsets: Any, b: Bytes, ends: Any, ids: Any) -> None:
    """ids[k] = id of the script b[ends[k]:ends[k + 1]], or -1."""
    for k in range(ids.size):
        ids[k] = find_script(slots, blob, offsets, b, ends[k], ends[k + 1] - ends[k])
