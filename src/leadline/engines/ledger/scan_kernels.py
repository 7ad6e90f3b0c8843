"""Kernels that find block records in the bytes of a block file."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True)
def next_magic(raw: Bytes, key: Bytes, magic: Bytes, at: Int) -> Int:
    """Offset of the next four magic bytes at or after `at` once the key is taken off; -1 when there is none.

    Stops early where nothing but raw zeros follows: a preallocated tail is not xor'd.
    """
    n = raw.size
    end = n
    while end > at and raw[end - 1] == 0:
        end -= 1
    last = min(end, n - 4)
    p = at
    while p <= last:
        if (
            raw[p] ^ key[p & 7] == magic[0]
            and raw[p + 1] ^ key[(p + 1) & 7] == magic[1]
            and raw[p + 2] ^ key[(p + 2) & 7] == magic[2]
            and raw[p + 3] ^ key[(p + 3) & 7] == magic[3]
        ):
            return p
        p += 1
    return -1
