"""Kernels that resolve inputs to the outputs they spend, and group positions by a key."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import load64, prefetch
from leadline.engines.ledger.slots_kernels import AHEAD, FAR, home, shift_of
from leadline.engines.ledger.spends.txids_kernels import last_with, only_like, same_id

Int = Any
"""An integer of whatever width the compiler chose."""
Ints = npt.NDArray[np.int64]
_ZERO = np.uint64(0)


@njit(nogil=True, cache=True)
def resolve(
    slots: Any,
    ids: Any,
    first_in: Any,
    first_out: Any,
    prev_txid: Any,
    prev_vout: Any,
    base: Int,
    first: Int,
    last: Int,
    low: Int,
    high: Int,
    block_first: Any,
    in_prev: Ints,
) -> tuple[Int, Int]:
    """in_prev of the inputs first..last - 1; (-1, -1), or an input at fault and the transaction it names.

    At fault is an input that names an output its transaction does not have, or a transaction that stands behind it in
    its block, whose transactions begin at block_first.

    prev_txid (bytes, one row after the other) and prev_vout begin with input `base`. Only inputs whose search begins in
    slots low..high - 1 are taken (those that spend nothing with the first slots). The previous transaction is the last
    one before the spender with that id (two ids stand twice before BIP30), 32 bytes compared. A coinbase spends -1; an
    output that lies outside the ledger is -2.
    """
    shift = shift_of(slots)
    t = np.int64(np.searchsorted(first_in, first, side="right")) - 1
    for i in range(first - 2 * AHEAD, last):
        next = i + 2 * AHEAD
        if next < last:
            k = home(load64(prev_txid, 32 * (next - base)), shift)
            if low <= k < high:
                prefetch(slots, 8 * k)
        next = i + AHEAD
        if first <= next < last:
            h = load64(prev_txid, 32 * (next - base))
            if low <= home(h, shift) < high:
                p = only_like(slots, shift, h)
                in_prev[next] = p
                if p >= 0:
                    prefetch(ids, 32 * p)
                    prefetch(first_out, 8 * p)
                    prefetch(first_out, 8 * p + 8)
        if i < first:
            continue
        at = 32 * (i - base)
        h = load64(prev_txid, at)
        if not low <= home(h, shift) < high:
            continue
        if h == _ZERO and prev_vout[i - base] == 0xFFFFFFFF and _is_null(prev_txid, at):
            in_prev[i] = -1
            continue
        while first_in[t + 1] <= i:
            t += 1
        p = in_prev[i]
        if p >= t or p == -2 or (p >= 0 and not same_id(ids, 32 * p, prev_txid, at)):
            if p >= t and same_id(ids, 32 * p, prev_txid, at) and _of_one_block(block_first, t, p):
                return i, p
            p = last_with(slots, ids, prev_txid, at, h, t)
        if p < 0:
            in_prev[i] = -2
            continue
        o = first_out[p] + np.int64(prev_vout[i - base])
        if o >= first_out[p + 1]:
            return i, p
        in_prev[i] = o
    return np.int64(-1), np.int64(-1)


@njit(nogil=True, cache=True)
def _of_one_block(block_first: Any, t: Int, other: Int) -> bool:
    """Whether two transactions, the second one not before the first, stand in one block."""
    return bool(other < block_first[np.searchsorted(block_first, t, side="right")])


@njit(nogil=True, cache=True)
def spend(in_prev: Ints, first: Int, low: Int, out_spender: Ints) -> Int:
    """Spenders of the outputs from `low` on by the inputs from `first` on; -1, or an input whose output is spent."""
    ahead, high = np.int64(FAR), low + out_spender.size
    for i in range(first, in_prev.size):
        if i + ahead < in_prev.size and low <= in_prev[i + ahead] < high:
            prefetch(out_spender, 8 * (in_prev[i + ahead] - low))
        o = in_prev[i]
        if low <= o < high:
            if out_spender[o - low] >= 0:
                return np.int64(i)
            out_spender[o - low] = i
    return np.int64(-1)


@njit(nogil=True, cache=True, forceinline=True)
def _is_null(prev_txid: Any, at: Int) -> bool:
    return bool(
        load64(prev_txid, at + 8) == _ZERO
        and load64(prev_txid, at + 16) == _ZERO
        and load64(prev_txid, at + 24) == _ZERO
    )


@njit(nogil=True, cache=True)
def gather(at: Any, source: Any, out: Any, none: Int) -> None:
    """out[i] = source[at[i]], or `none` where at[i] is below zero."""
    ahead = np.int64(FAR)
    step = source.itemsize
    for i in range(at.size):
        if i + ahead < at.size and at[i + ahead] >= 0:
            prefetch(source, at[i + ahead] * step)
        out[i] = source[at[i]] if at[i] >= 0 else none


@njit(nogil=True, cache=True)
def complete(in_prev: Ints, first: Int, out_value: Any, out_script: Any, in_value: Any, in_script: Any) -> Int:
    """in_value and in_script of the inputs from `first` on, from the outputs they spend; undo records may have told.

    -1, or an input of which the undo record says another value or script than the output has.
    """
    ahead = np.int64(FAR)
    for i in range(first, in_prev.size):
        if i + ahead < in_prev.size and in_prev[i + ahead] >= 0:
            prefetch(out_value, 8 * in_prev[i + ahead])
            prefetch(out_script, 4 * in_prev[i + ahead])
        o = in_prev[i]
        if o < 0:
            continue
        if in_script[i] >= 0 and (in_value[i] != out_value[o] or in_script[i] != out_script[o]):
            return np.int64(i)
        in_value[i], in_script[i] = out_value[o], out_script[o]
    return np.int64(-1)


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
