"""Kernels that resolve inputs to the outputs they spend, and group positions by a key."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from leadline.engines.ledger.slots_kernels import find_tx

Int = Any
"""An integer of whatever width the compiler chose."""
Ints = npt.NDArray[np.int64]
NO_VOUT, SPENT_TWICE = 1, 2
"""Why a chain cannot be right: an output number its transaction does not have; an output spent before."""


@njit(nogil=True, cache=True)
def resolve(
    slots: Any,
    ids: Any,
    first_in: Any,
    first_out: Any,
    prev_txid: Any,
    prev_vout: Any,
    first_tx: Int,
    last_tx: Int,
    in_prev: Ints,
    out_spender: Ints,
) -> tuple[Int, Int]:
    """in_prev and out_spender of the inputs of transactions first_tx..last_tx; (-1, 0), or the input at fault and why.

    The previous transaction is the last one before the spender with that id (two ids stand twice before BIP30), 32
    bytes compared. A coinbase spends -1; an output that lies outside the ledger is -2.
    """
    for t in range(first_tx, last_tx):
        for i in range(first_in[t], first_in[t + 1]):
            null = prev_vout[i] == 0xFFFFFFFF
            if null:
                for j in range(32):
                    null = null and prev_txid[i, j] == 0
            if null:
                in_prev[i] = -1
                continue
            p = find_tx(slots, ids, prev_txid[i], t)
            if p < 0:
                in_prev[i] = -2
                continue
            o = first_out[p] + np.int64(prev_vout[i])
            if o >= first_out[p + 1]:
                return i, NO_VOUT
            if out_spender[o] >= 0:
                return i, SPENT_TWICE
            in_prev[i] = o
            out_spender[o] = i
    return -1, 0


@njit(nogil=True, cache=True)
def group(keys: Any, first: Ints, members: Any) -> None:
    """Positions of `keys` grouped by key, in order: members[first[k]:first[k + 1]] are those with key k."""
    first[:] = 0
    for k in keys:
        first[k + 1] += 1
    for k in range(1, first.size):
        first[k] += first[k - 1]
    for i in range(keys.size):
        members[first[keys[i]]] = i
        first[keys[i]] += 1
    for k in range(first.size - 1, 0, -1):
        first[k] = first[k - 1]
    first[0] = 0
