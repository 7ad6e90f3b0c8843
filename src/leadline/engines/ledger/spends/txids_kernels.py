"""Kernels over the table of transaction ids (layout in slots_kernels): an id is a hash already and needs no other."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import LINE, line_like, load64, prefetch
from leadline.engines.ledger.slots_kernels import FAR, home, put, shift_of

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Slots = npt.NDArray[np.uint64]

_ZERO = np.uint64(0)


@njit(nogil=True, cache=True)
def fill_txids(slots: Slots, ids: Any, first: Int, last: Int, low: Int, high: Int) -> None:
    """The ids of transactions first..last - 1 whose search begins in slots low..high - 1 added; repeated ids twice."""
    shift = shift_of(slots)
    for t in range(first, last):
        if t + FAR < last:
            k = home(load64(ids, 32 * (t + FAR)), shift)
            if low <= k < high:
                prefetch(slots, 8 * k)
        h = load64(ids, 32 * t)
        if low <= home(h, shift) < high:
            put(slots, shift, h, t)


@njit(nogil=True, cache=True, forceinline=True)
def same_id(a: Bytes, at: Int, b: Bytes, bt: Int) -> bool:
    """Whether the 32 bytes of `a` at `at` equal those of `b` at `bt`."""
    return bool(
        (load64(a, at) ^ load64(b, bt))
        | (load64(a, at + 8) ^ load64(b, bt + 8))
        | (load64(a, at + 16) ^ load64(b, bt + 16))
        | (load64(a, at + 24) ^ load64(b, bt + 24))
        == _ZERO
    )


@njit(nogil=True, cache=True, forceinline=True)
def only_like(slots: Slots, shift: Int, h: Int) -> Int:
    """The one position filed under what a slot holds of `h`: -1 when there is none, -2 when there may be several."""
    position, like, taken = line_like(slots, home(h, shift), h, np.uint64(slots.size - 1))
    return position - 1 if like <= 1 and taken < LINE else np.int64(-2)


@njit(nogil=True, cache=True)
def last_with(slots: Slots, ids: Any, wanted: Bytes, at: Int, h: Int, before: Int) -> Int:
    """The last transaction before position `before` whose id equals the 32 bytes of `wanted` at `at`, or -1."""
    mask = np.uint64(slots.size - 1)
    k = home(h, shift_of(slots))
    found = np.int64(-1)
    for _ in range(slots.size):  # a damaged table may have no empty slot
        if slots[k] == _ZERO:
            break
        if slots[k] ^ h <= mask:
            t = np.int64(slots[k] & mask) - 1
            if found < t < before and same_id(ids, 32 * t, wanted, at):
                found = t
        k = (k + 1) & (slots.size - 1)
    return found


@njit(nogil=True, cache=True)
def find_tx(slots: Slots, ids: Any, wanted: Bytes, before: Int) -> Int:
    """The last transaction before position `before` whose id equals the 32 bytes `wanted` in full, or -1."""
    return last_with(slots, ids.reshape(-1), wanted, 0, load64(wanted, 0), before)
