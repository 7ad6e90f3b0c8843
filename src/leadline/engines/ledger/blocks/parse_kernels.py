"""Kernels that walk the transactions of blocks into flat arrays; no hashing, no names, every read checked."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import load32, load64, store64

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
FAILED = -1


class Rows(NamedTuple):
    """Where `walk` writes, in the types of the ledger's columns; a row of every array a transaction, input or output.

    span: start, body start, body end, end of a transaction (an id covers the first four bytes, the body, the last
    four). first_in, first_out: position of the transaction's last input and output plus one. script_at, script_size:
    where the output's script stands in the bytes walked.
    """

    span: Ints
    version: npt.NDArray[np.int32]
    locktime: npt.NDArray[np.uint32]
    first_in: Ints
    first_out: Ints
    prev_txid: Bytes
    prev_vout: npt.NDArray[np.uint32]
    sequence: npt.NDArray[np.uint32]
    value: Ints
    script_at: Ints
    script_size: npt.NDArray[np.int32]


def rows(txs: int, ins: int, outs: int) -> Rows:
    """Room for so many transactions, inputs and outputs."""
    return Rows(
        np.empty((txs, 4), np.int64),
        np.empty(txs, np.int32),
        np.empty(txs, np.uint32),
        np.empty(txs, np.int64),
        np.empty(txs, np.int64),
        np.empty((ins, 32), np.uint8),
        np.empty(ins, np.uint32),
        np.empty(ins, np.uint32),
        np.empty(outs, np.int64),
        np.empty(outs, np.int64),
        np.empty(outs, np.int32),
    )


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


@njit(nogil=True, cache=True)
def walk(b: Bytes, edges: Ints, block_tx: Ints, r: Rows) -> tuple[Int, Int, Int, Int, Int]:
    """(transactions, inputs, outputs, failed block or -1, offset of the failure) of the blocks in `b`.

    Block k lies in b[edges[k]:edges[k + 1]], header first. block_tx[k] becomes its number of transactions; the rows of
    `r` are written from 0 on, and count positions from 0 on.
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
            r.version[nt] = np.int32(load32(b, p))
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
                for j in range(0, 32, 8):
                    store64(r.prev_txid, 32 * ni + j, load64(b, p + j))
                r.prev_vout[ni] = load32(b, p + 32)
                size, p = _compact(b, p + 36, end)
                if size < 0 or p + size + 4 > end:
                    return nt, ni, no, k, p
                p += size
                r.sequence[ni] = load32(b, p)
                p += 4
                ni += 1
            n_out, p = _compact(b, p, end)
            if n_out < 1 or n_out * 9 > end - p:
                return nt, ni, no, k, p
            for _ in range(n_out):
                if p + 9 > end:
                    return nt, ni, no, k, p
                r.value[no] = load32(b, p) | (load32(b, p + 4) << 32)
                size, p = _compact(b, p + 8, end)
                if size < 0 or p + size > end:
                    return nt, ni, no, k, p
                r.script_at[no] = p
                r.script_size[no] = size
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
            r.locktime[nt] = load32(b, p)
            p += 4
            r.first_in[nt] = ni
            r.first_out[nt] = no
            r.span[nt, 0] = start
            r.span[nt, 1] = body
            r.span[nt, 2] = body_end
            r.span[nt, 3] = p
            nt += 1
        if p != end:
            return nt, ni, no, k, p
    return nt, ni, no, FAILED, 0
