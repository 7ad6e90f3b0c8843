"""Kernels over hash tables of lines of eight slots, each free (0) or a hash whose low s bits are a position plus one.

Of 2 ** s slots the search for a hash begins with the line that its high bits name, whose slots are taken from the
front; a full line goes on in the next. A line is a cache line, compared as a whole. A table of twice the size is filled
from the old one in order: no key is read, no hash taken again. The bits between only save reading what cannot be equal;
equality is always decided on the full bytes. Tables are far larger than the caches, so searches are staggered: while
one key is decided, the row of another is asked for, and the line of one further behind.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import LINE, line_like

Int = Any
"""An integer of whatever width the compiler chose."""
Slots = npt.NDArray[np.uint64]
AHEAD = 12
"""Keys between one stage of a search and the next: enough to hide memory, few enough that its lines are still there."""
FAR = 64
"""Rows between asking for one and using it, where it leads to no other."""

_THREE = np.uint64(3)
_ZERO = np.uint64(0)


def table_size(rows: int, eighths: int = 4) -> int:
    """Slots of a table for `rows` entries: a power of two, at most so many eighths full."""
    return max(16, 1 << (rows * 8 // eighths).bit_length())


def empty_table(size: int) -> Slots:
    """So many free slots, every line of them a cache line."""
    room = np.zeros(size + LINE, np.uint64)
    first = -room.ctypes.data // room.itemsize % LINE
    return room[first : first + size]


@njit(nogil=True, cache=True, forceinline=True)
def shift_of(slots: Slots) -> Int:
    """Bits of a hash behind those that name the line where the search for it begins."""
    shift, lines = np.uint64(64), slots.size // LINE
    while lines > 1:
        lines >>= 1
        shift -= np.uint64(1)
    return shift


@njit(nogil=True, cache=True, forceinline=True)
def home(h: Int, shift: Int) -> Int:
    """The first slot of the line where the search for `h` begins."""
    return np.int64((h >> shift) << _THREE)


@njit(nogil=True, cache=True, forceinline=True)
def put(slots: Slots, shift: Int, h: Int, position: Int) -> None:
    """Position filed under hash `h`; the table has a free slot."""
    mask = np.uint64(slots.size - 1)
    k = home(h, shift)
    _, _, taken = line_like(slots, k, h, mask)
    while taken == LINE:
        k = (k + LINE) & (slots.size - 1)
        _, _, taken = line_like(slots, k, h, mask)
    slots[k + taken] = (h & ~mask) | np.uint64(position + 1)


@njit(nogil=True, cache=True)
def widen(old: Slots, slots: Slots) -> None:
    """A larger, empty table filled with what `old` holds, read and written from one end to the other."""
    shift, mask = shift_of(slots), np.uint64(old.size - 1)
    for k in range(old.size):
        slot = old[k]
        if slot != _ZERO:
            put(slots, shift, slot & ~mask, np.int64(slot & mask) - 1)
