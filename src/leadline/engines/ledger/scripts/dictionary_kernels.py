"""Kernels over the table of scripts (layout in slots_kernels): scripts hashed, looked up in full, added."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import LINE, fold, line_like, load64, prefetch, store64
from leadline.engines.ledger.slots_kernels import AHEAD, Slots, home, put, shift_of

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Key = npt.NDArray[np.uint64]
"""Two words that the hash of scripts depends on."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_ZERO = np.uint64(0)


@njit(nogil=True, cache=True, forceinline=True)
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


@njit(nogil=True, cache=True, forceinline=True)
def _differ(a: Bytes, at: Int, b: Bytes, bt: Int) -> Int:
    return load64(a, at) ^ load64(b, bt)


@njit(nogil=True, cache=True, forceinline=True)
def same_bytes(a: Bytes, at: Int, b: Bytes, bt: Int, n: Int) -> bool:
    """Whether n bytes of `a` at `at` equal those of `b` at `bt`, by whole words that may overlap: rarely a loop."""
    if n < 8:
        j = 0
        while j < n and a[at + j] == b[bt + j]:
            j += 1
        return bool(j == n)
    unlike = _differ(a, at, b, bt) | _differ(a, at + n - 8, b, bt + n - 8)
    if n > 16:
        unlike |= _differ(a, at + 8, b, bt + 8) | _differ(a, at + n - 16, b, bt + n - 16)
        j = 16
        while j < n - 16 and unlike == _ZERO:
            unlike |= _differ(a, at + j, b, bt + j)
            j += 8
    return bool(unlike == _ZERO)


@njit(nogil=True, cache=True, forceinline=True)
def _copy(b: Bytes, at: Int, to: Bytes, start: Int, n: Int) -> None:
    """to[start:start + n] = b[at:at + n], which do not overlap: whole words that may, nearly always no loop."""
    if n < 8:
        for j in range(n):
            to[start + j] = b[at + j]
        return
    store64(to, start, load64(b, at))
    if n > 16:
        store64(to, start + 8, load64(b, at + 8))
        j = 16
        while j < n - 16:
            store64(to, start + j, load64(b, at + j))
            j += 8
        store64(to, start + n - 16, load64(b, at + n - 16))
    store64(to, start + n - 8, load64(b, at + n - 8))


@njit(nogil=True, cache=True, forceinline=True)
def _find(slots: Slots, blob: Bytes, offsets: Any, b: Bytes, at: Int, n: Int, h: Int) -> Int:
    mask = np.uint64(slots.size - 1)
    k = home(h, shift_of(slots))
    for _ in range(slots.size):  # a damaged table may have no empty slot
        if slots[k] == _ZERO:
            break
        if slots[k] ^ h <= mask:
            i = np.int64(slots[k] & mask) - 1
            if 0 <= i < offsets.size - 1 and offsets[i + 1] - offsets[i] == n:
                start = offsets[i]  # of a damaged ledger it may lie anywhere
                if 0 <= start <= blob.size - n and same_bytes(blob, start, b, at, n):
                    return i
        k = (k + 1) & (slots.size - 1)
    return np.int64(-1)


@njit(nogil=True, cache=True)
def refill_scripts(slots: Slots, blob: Bytes, offsets: Any, key: Key, count: Int) -> None:
    """An empty table filled with the first `count` scripts."""
    hashes = np.empty(AHEAD, np.uint64)
    shift = shift_of(slots)
    for i in range(-AHEAD, count):
        next = i + AHEAD
        h = hashes[next % AHEAD]
        if next < count:
            at = offsets[next]
            hashes[next % AHEAD] = hash_bytes(blob, at, offsets[next + 1] - at, key)
            prefetch(slots, home(hashes[next % AHEAD], shift) * 8)
        if i >= 0:
            put(slots, shift, h, i)


@njit(nogil=True, cache=True)
def intern_scripts(
    slots: Slots, blob: Bytes, offsets: Any, key: Key, count: Int, b: Bytes, starts: Any, sizes: Any, ids: Any
) -> Int:
    """ids[o] = id of the script b[starts[o]:starts[o] + sizes[o]]; new ones are added; the new count.

    A size below zero stands for an unknown script, whose id is -1.
    """
    shift, mask = shift_of(slots), np.uint64(slots.size - 1)
    hashes = np.empty(ids.size, np.uint64)
    for o in range(ids.size):
        hashes[o] = hash_bytes(b, starts[o], np.int64(max(sizes[o], 0)), key)
    for o in range(-3 * AHEAD, ids.size):
        if o + 3 * AHEAD < ids.size:
            prefetch(slots, home(hashes[o + 3 * AHEAD], shift) * 8)
        next = o + 2 * AHEAD
        if 0 <= next < ids.size:
            i, like, _ = line_like(slots, home(hashes[next], shift), hashes[next], mask)
            ids[next] = i - 1 if like == 1 else -1
            if like == 1:
                prefetch(offsets, 8 * (i - 1))
                prefetch(offsets, 8 * i)
        next = o + AHEAD
        if 0 <= next < ids.size and ids[next] >= 0:
            prefetch(blob, offsets[ids[next]])
            prefetch(blob, offsets[ids[next] + 1] - 1)
        if o < 0:
            continue
        i, at, n = np.int64(ids[o]), starts[o], np.int64(sizes[o])
        if i >= 0 and offsets[i + 1] - offsets[i] == n and same_bytes(blob, offsets[i], b, at, n):
            continue
        if n < 0:
            ids[o] = -1
            continue
        _, like, taken = line_like(slots, home(hashes[o], shift), hashes[o], mask)
        i = _find(slots, blob, offsets, b, at, n, hashes[o]) if like > 0 or taken == LINE else np.int64(-1)
        if i < 0:
            i = np.int64(count)
            _copy(b, at, blob, offsets[i], n)
            offsets[i + 1] = offsets[i] + n
            put(slots, shift, hashes[o], i)
            count += 1
        ids[o] = i
    return count


@njit(nogil=True, cache=True)
def find_scripts(slots: Slots, blob: Bytes, offsets: Any, key: Key, b: Bytes, ends: Any, ids: Any) -> None:
    """ids[k] = id of the script b[ends[k]:ends[k + 1]], or -1."""
    for k in range(ids.size):
        at, n = ends[k], ends[k + 1] - ends[k]
        ids[k] = _find(slots, blob, offsets, b, at, n, hash_bytes(b, at, n, key))
