"""Kernels over open-addressing tables: one 64-bit slot holds a 32-bit tag and a position plus one; 0 is free.

A tag only saves reading what cannot be equal; equality is always decided on the full bytes. Tables are far larger than
the caches, so keys are taken `BATCH` at a time: every slot is asked for, then every row the slots point to, and only
then read.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from leadline.engines.ledger.memory_kernels import fold, load64, prefetch, store64

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Slots = npt.NDArray[np.uint64]
Key = npt.NDArray[np.uint64]
"""Two words that the hash of scripts depends on."""
BATCH = 64
"""Keys looked up together: enough to hide memory behind each other, few enough for the first-level cache."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@njit(nogil=True, cache=True)
def hash_bytes(b: Bytes, at: Int, n: Int, key: Key) -> Int:
    """A 64-bit hash of b[at:at + n] under `key`, two words at a time: multiplied to 128 bits and folded.

    Both factors hold what whoever made the bytes did not know, so that equal hashes cannot be made on purpose.
    """
    h = key[0] ^ np.uint64(n)
    one, two = _ZERO, _ZERO
    if n < 8:
        for j in range(n):
            one |= np.uint64(b[at + j]) << np.uint64(8 * j)
    elif n <= 16:
        one, two = load64(b, at), load64(b, at + n - 8)
    else:
        for p in range(at, at + n - 16, 16):
            h = fold(load64(b, p) ^ key[1], load64(b, p + 8) ^ h)
        one, two = load64(b, at + n - 16), load64(b, at + n - 8)
    return fold(fold(one ^ key[1], two ^ h) ^ key[0], _ODD)


@njit(nogil=True, cache=True)
def same_bytes(a: Bytes, at: Int, b: Bytes, bt: Int, n: Int) -> bool:
    """Whether n bytes of `a` at `at` equal those of `b` at `bt`."""
    if n < 8:
        j = 0
        while j < n and a[at + j] == b[bt + j]:
            j += 1
        return bool(j == n)
    j = 0
    while j < n - 8:
        if load64(a, at + j) != load64(b, bt + j):
            return False
        j += 8
    return bool(load64(a, at + n - 8) == load64(b, bt + n - 8))


@njit(nogil=True, cache=True)
def home(h: Int, mask: Int) -> Int:
    """The slot where the search for hash `h` begins."""
    return (h >> _S32) & mask if mask < _LOW else h & mask


@njit(nogil=True, cache=True)
def put(slots: Slots, h: Int, position: Int) -> None:
    """Position filed under hash `h` in the first free slot; the table is never more than half full."""
    mask = np.uint64(slots.size - 1)
    k = home(h, mask)
    while slots[k] != _ZERO:
        k = (k + _ONE) & mask
    slots[k] = ((h & _LOW) << _S32) | np.uint64(position + 1)


@njit(nogil=True, cache=True)
def _copy(b: Bytes, at: Int, to: Bytes, start: Int, n: Int) -> None:
    """to[start:start + n] = b[at:at + n]."""
    if n < 8:
        for j in range(n):
            to[start + j] = b[at + j]
        return
    j = 0
    while j < n - 8:
        store64(to, start + j, load64(b, at + j))
        j += 8
    store64(to, start + n - 8, load64(b, at + n - 8))


@njit(nogil=True, cache=True)
def _find(slots: Slots, blob: Bytes, offsets: Any, b: Bytes, at: Int, n: Int, h: Int) -> Int:
    mask = np.uint64(slots.size - 1)
    k = home(h, mask)
    while slots[k] != _ZERO:
        if slots[k] >> _S32 == h & _LOW:
            i = np.int64(slots[k] & _LOW) - 1
            if offsets[i + 1] - offsets[i] == n and same_bytes(blob, offsets[i], b, at, n):
                return i
        k = (k + _ONE) & mask
    return np.int64(-1)


@njit(nogil=True, cache=True)
def find_script(slots: Slots, blob: Bytes, offsets: Any, key: Key, b: Bytes, at: Int, n: Int) -> Int:
    """Id of the script equal to b[at:at + n] in full, or -1."""
    return _find(slots, blob, offsets, b, at, n, hash_bytes(b, at, n, key))


@njit(nogil=True, cache=True)
def refill_scripts(slots: Slots, blob: Bytes, offsets: Any, key: Key, count: Int) -> None:
    """An empty table filled with the first `count` scripts."""
    hashes = np.empty(BATCH, np.uint64)
    mask = np.uint64(slots.size - 1)
    for start in range(0, count, BATCH):
        end = min(start + BATCH, count)
        for i in range(start, end):
            hashes[i - start] = hash_bytes(blob, offsets[i], offsets[i + 1] - offsets[i], key)
            prefetch(slots, np.int64(home(hashes[i - start], mask) << np.uint64(3)))
        for i in range(start, end):
            put(slots, hashes[i - start], i)


@njit(nogil=True, cache=True)
def intern_scripts(
    slots: Slots, blob: Bytes, offsets: Any, key: Key, count: Int, b: Bytes, starts: Any, sizes: Any, ids: Any
) -> Int:
    """ids[o] = id of the script b[starts[o]:starts[o] + sizes[o]]; new ones are added; the new count.

    A size below zero stands for an unknown script, whose id is -1.
    """
    hashes, place = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    mask = np.uint64(slots.size - 1)
    for start in range(0, ids.size, BATCH):
        width = min(BATCH, ids.size - start)
        for j in range(width):
            n = np.int64(sizes[start + j])
            hashes[j] = hash_bytes(b, starts[start + j], n, key) if n >= 0 else _ZERO
            prefetch(slots, np.int64(home(hashes[j], mask) << np.uint64(3)))
        for j in range(width):
            k = home(hashes[j], mask)
            slot = slots[k]
            while slot != _ZERO and slot >> _S32 != hashes[j] & _LOW:
                k = (k + _ONE) & mask
                slot = slots[k]
            place[j] = k
            if slot != _ZERO:
                prefetch(offsets, (np.int64(slot & _LOW) - 1) * 8)
                prefetch(offsets, np.int64(slot & _LOW) * 8)
        for j in range(width):
            slot = slots[place[j]]
            if slot != _ZERO:
                at = offsets[np.int64(slot & _LOW) - 1]
                prefetch(blob, at)
                prefetch(blob, at + np.int64(sizes[start + j]) - 1)
        for j in range(width):
            at, n = starts[start + j], np.int64(sizes[start + j])
            if n < 0:
                ids[start + j] = -1
                continue
            k = place[j]
            slot = slots[k]
            while slot != _ZERO:
                i = np.int64(slot & _LOW) - 1
                same = slot >> _S32 == hashes[j] & _LOW and offsets[i + 1] - offsets[i] == n
                if same and same_bytes(blob, offsets[i], b, at, n):
                    break
                k = (k + _ONE) & mask
                slot = slots[k]
            if slot == _ZERO:
                i = np.int64(count)
                _copy(b, at, blob, offsets[i], n)
                offsets[i + 1] = offsets[i] + n
                slots[k] = ((hashes[j] & _LOW) << _S32) | np.uint64(i + 1)
                count += 1
            ids[start + j] = i
    return count


@njit(nogil=True, cache=True)
def find_scripts(slots: Slots, blob: Bytes, offsets: Any, key: Key, b: Bytes, ends: Any, ids: Any) -> None:
    """ids[k] = id of the script b[ends[k]:ends[k + 1]], or -1."""
    for k in range(ids.size):
        ids[k] = find_script(slots, blob, offsets, key, b, ends[k], ends[k + 1] - ends[k])
