"""Kernels that walk the transactions of blocks into flat arrays; no hashing, no names, every read checked."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
FAILED = -1


@njit(nogil=True)
def _compact(b: Bytes, p: Int, end: Int) -> tuple[Int, Int]:
    """A CompactSize integer and where it ends; (-1, p) when it runs over `end` or above 2**31."""
    if p >= end:
        return np.int64(-1), p
    x = np.int64(b[p])
    if x < 253:
        return x, p + 1
    n = 2 if x == 253 else (4 if x == 254 else 8)
    if p + 1 + n > end:
        return np.int64(-1), p
    v = np.int64(0)
    for j in range(n):
        v |= np.int64(b[p + 1 + j]) << (8 * j)
    if v < 0 or v > 0x7FFFFFFF:
        return np.int64(-1), p
    return v, p + 1 + n


@njit(nogil=True)
def _u32(b: Bytes, p: Int) -> Int:
    return np.int64(b[p]) | (np.int64(b[p + 1]) << 8) | (np.int64(b[p + 2]) << 16) | (np.int64(b[p + 3]) << 24)


@njit(nogil=True, cache=True)
def walk(
    b: Bytes,
    edges: Ints,
    block_tx: Ints,
    span: Any,
    fields: Any,
    prev_txid: Any,
    ins: Any,
    outs: Any,
) -> tuple[Int, Int, Int, Int, Int]:
    """(transactions, inputs, outputs, failed block or -1, offset of the failure) of the blocks in `b`.

    Block k lies in b[edges[k]:edges[k + 1]], header first. Written: block_tx[k] transactions of block k;
    span[t] = start, body start, body end, end (an id covers the first four bytes, the body, the last four);
    fields[t] = version, lock time, inputs, outputs; prev_txid[i] 32 bytes; ins[i] = output number, sequence;
    outs[o] = satoshi, script offset, script length.
    """
    nt, ni, no = 0, 0, 0
    for k in range(block_tx.size):
        p, end = edges[k] + 80, edges[k + 1]
        n, p = _compact(b, p, end)
        if n < 1:
            return nt, ni, no, k, p
        block_tx[k] = n
        for _ in range(n):
            start = p
            if p + 10 > end:
                return nt, ni, no, k, p
            fields[nt, 0] = np.int32(_u32(b, p))
            p += 4
            segwit = b[p] == 0 and b[p + 1] == 1
            if segwit:
                p += 2
            body = p
            n_in, p = _compact(b, p, end)
            if n_in < 1 or n_in * 41 > end - p:
                return nt, ni, no, k, p
            for _ in range(n_in):
                if p + 41 > end:
                    return nt, ni, no, k, p
                for j in range(32):
                    prev_txid[ni, j] = b[p + j]
                ins[ni, 0] = _u32(b, p + 32)
                size, p = _compact(b, p + 36, end)
                if size < 0 or p + size + 4 > end:
                    return nt, ni, no, k, p
                p += size
                ins[ni, 1] = _u32(b, p)
                p += 4
                ni += 1
            n_out, p = _compact(b, p, end)
            if n_out < 1 or n_out * 9 > end - p:
                return nt, ni, no, k, p
            for _ in range(n_out):
                if p + 9 > end:
                    return nt, ni, no, k, p
                outs[no, 0] = _u32(b, p) | (_u32(b, p + 4) << 32)
                size, p = _compact(b, p + 8, end)
                if size < 0 or p + size > end:
                    return nt, ni, no, k, p
                outs[no, 1] = p
                outs[no, 2] = size
                p += size
                no += 1
            body_end = p
            if segwit:
                for _ in range(n_in):
                    items, p = _compact(b, p, end)
                    if items < 0:
                        return nt, ni, no, k, p
                    for _ in range(items):
                        size, p = _compact(b, p, end)
                        if size < 0 or p + size > end:
                            return nt, ni, no, k, p
                        p += size
            if p + 4 > end:
                return nt, ni, no, k, p
            fields[nt, 1] = _u32(b, p)
            p += 4
            fields[nt, 2] = n_in
            fields[nt, 3] = n_out
            span[nt, 0] = start
            span[nt, 1] = body
            span[nt, 2] = body_end
            span[nt, 3] = p
            nt += 1
        if p != end:
            return nt, ni, no, k, p
    return nt, ni, no, FAILED, 0
