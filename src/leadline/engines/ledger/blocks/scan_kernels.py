"""Kernels that find block records in the bytes of a block file and take its key off."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import load64, store64

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True, cache=True)
def data_end(raw: Bytes) -> Int:
    """Where the bytes end but for raw zeros: a preallocated tail is not xor'd, under a key it would look like data."""
    end = raw.size
    while end > 0 and raw[end - 1] == 0:
        end -= 1
    return end


@njit(nogil=True, cache=True)
def next_magic(raw: Bytes, key: Bytes, magic: Bytes, at: Int, end: Int) -> Int:
    """Offset of the next four magic bytes, once the key is taken off, that begin in raw[at:end]; -1 for none."""
    last = min(end, raw.size - 3)
    p = at
    while p < last:
        if (
            raw[p] ^ key[p & 7] == magic[0]
            and raw[p + 1] ^ key[(p + 1) & 7] == magic[1]
            and raw[p + 2] ^ key[(p + 2) & 7] == magic[2]
            and raw[p + 3] ^ key[(p + 3) & 7] == magic[3]
        ):
            return p
        p += 1
    return -1


@njit(nogil=True, cache=True)
def unframed(raw: Bytes, key: Bytes, magic: Bytes, most: Int) -> Int:
    """Where, from the beginning on, no frame (magic, and a size up to `most`) stands behind the one before."""
    p = np.int64(0)
    while p + 8 <= raw.size:
        size = np.int64(0)
        for j in range(4):
            if raw[p + j] ^ key[(p + j) & 7] != magic[j]:
                return p
            size |= np.int64(raw[p + 4 + j] ^ key[(p + 4 + j) & 7]) << (8 * j)
        if size > most or p + 8 + size > raw.size:
            return p
        p += 8 + size
    return p


@njit(nogil=True, cache=True)
def unmask_into(raw: Bytes, at: Int, key: Bytes, out: Bytes) -> None:
    """out[i] = raw[i], which stands at file offset `at` + i, with the eight-byte key taken off."""
    word = np.uint64(0)
    for j in range(8):
        word |= np.uint64(key[(at + j) & 7]) << np.uint64(8 * j)
    whole = raw.size & ~7
    for i in range(0, whole, 8):
        store64(out, i, load64(raw, i) ^ word)
    for i in range(whole, raw.size):
        out[i] = raw[i] ^ key[(at + i) & 7]
