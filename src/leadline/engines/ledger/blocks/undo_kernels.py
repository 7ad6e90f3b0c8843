"""Kernel that reads undo records: what every input of a block spent, as Bitcoin Core keeps it to take a block back.

Format: Bitcoin Core, src/undo.h, src/compressor.h and src/serialize.h (VARINT: base 128, most significant first, one
added at every step but the last). `reference.undo` is its reference.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
WHOLE_KEY = 67
"""Bytes of a script that pays to an uncompressed key; undo keeps 33 of them."""
GROWTH = 4
"""A record's scripts are at most so many times as long as the record."""
MOST_SCRIPT = 10_000
"""Longer scripts cannot be spent (Bitcoin Core, MAX_SCRIPT_SIZE), so no undo record holds one."""


@njit(nogil=True, cache=True)
def _varint(b: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """A VARINT and where it ends; (-1, p) when it runs over `end` or above 62 bits."""
    n = np.int64(0)
    while p < end:
        c = np.int64(b[p])
        p += 1
        if n > 1 << 54:
            return np.int64(-1), p
        n = (n << 7) | (c & 0x7F)
        if c < 0x80:
            return n, p
        n += 1
    return np.int64(-1), p


@njit(nogil=True, cache=True)
def _count(b: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """A CompactSize below 2**32 and where it ends; (-1, p) otherwise."""
    if p >= end:
        return np.int64(-1), p
    x = np.int64(b[p])
    n = 0 if x < 253 else (2 if x == 253 else (4 if x == 254 else 9))
    if n == 9 or p + 1 + n > end:
        return np.int64(-1), p
    v = x if n == 0 else np.int64(0)
    for j in range(n):
        v |= np.int64(b[p + 1 + j]) << (8 * j)
    return v, p + 1 + n


@njit(nogil=True, cache=True)
def amount(x: Int) -> Int:
    """Satoshi from their compressed form."""
    if x == 0:
        return np.int64(0)
    x -= 1
    e = x % 10
    x //= 10
    if e < 9:
        n = (x // 9) * 10 + x % 9 + 1
    else:
        n = x + 1
    for _ in range(e):
        n *= 10
    return np.int64(n)


@njit(nogil=True, cache=True)
def length(b: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """(where a record that begins at b[p] ends or -1 when it is none in b[p:end], where reading stopped)."""
    n, p = _count(b, p, end)
    for _ in range(n):
        m, p = _count(b, p, end)
        for _ in range(m):
            code, p = _varint(b, p, end)
            if code > 1:
                _, p = _varint(b, p, end)
            packed, p = _varint(b, p, end)
            kind, p = _varint(b, p, end)
            if code < 0 or packed < 0 or kind < 0 or kind > MOST_SCRIPT + 6:
                return np.int64(-1), p
            p += 20 if kind < 2 else (32 if kind < 6 else kind - 6)
            if p > end:
                return np.int64(-1), p
        if m < 1:
            return np.int64(-1), p
    return np.int64(p if n >= 0 else -1), p


@njit(nogil=True, cache=True)
def read(
    b: Bytes, p: Int, end: Int, first_in: Any, value: Any, at: Any, size: Any, blob: Bytes, used: Int, halves: Any
) -> tuple[Int, Int, Int]:
    """(where it failed or -1, bytes of `blob` used, halved keys) of one record in b[p:end].

    first_in[t] .. first_in[t + 1]: rows of the inputs of transaction t of the block, the coinbase's first. Written:
    value[i] satoshi, at[i] and size[i] where the script stands in `blob`. Of an uncompressed key only half is kept:
    halves lists where such scripts stand, with 4 or 5 (the parity of y) in place of y's first byte.
    """
    n, p = _count(b, p, end)
    if n != first_in.size - 2:
        return p, used, 0
    half = 0
    for t in range(1, first_in.size - 1):
        m, p = _count(b, p, end)
        if m != first_in[t + 1] - first_in[t]:
            return p, used, half
        for i in range(first_in[t], first_in[t + 1]):
            code, p = _varint(b, p, end)
            if code > 1:
                _, p = _varint(b, p, end)
            packed, p = _varint(b, p, end)
            kind, p = _varint(b, p, end)
            if code < 0 or packed < 0 or kind < 0 or kind > MOST_SCRIPT + 6:
                return p, used, half
            n_bytes = 20 if kind < 2 else (32 if kind < 6 else kind - 6)
            if p + n_bytes > end:
                return p, used, half
            value[i] = amount(packed)
            at[i] = used
            if kind == 0:
                blob[used], blob[used + 1], blob[used + 2] = 0x76, 0xA9, 20
                used += 3
            elif kind == 1:
                blob[used], blob[used + 1] = 0xA9, 20
                used += 2
            elif kind < 4:
                blob[used], blob[used + 1] = 33, kind
                used += 2
            elif kind < 6:
                blob[used], blob[used + 1] = 65, 4
                used += 2
            for j in range(n_bytes):
                blob[used + j] = b[p + j]
            used += n_bytes
            p += n_bytes
            if kind == 0:
                blob[used], blob[used + 1] = 0x88, 0xAC
                used += 2
            elif kind == 1:
                blob[used] = 0x87
                used += 1
            elif kind < 4:
                blob[used] = 0xAC
                used += 1
            elif kind < 6:
                blob[used] = kind
                for j in range(1, 32):
                    blob[used + j] = 0
                blob[used + 32] = 0xAC
                used += 33
                halves[half] = at[i]
                half += 1
            size[i] = used - at[i]
    return (-1 if p == end else p), used, half
