"""Kernel that tells CoinJoin-shaped transactions, a rule a protocol; `reference.join_kind` is its reference.

The rules are shapes: they say that a transaction looks like a mix of several owners, not that it is one. Figures of
each protocol: coinjoins.py. Why such inputs must not be joined: Moeser and Narayanan, "Resurrecting Address Clustering
in Bitcoin" (FC 2022).
"""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.clustering.coinjoins import (
    CHARGE_LEAST,
    CHARGE_MOST,
    DUST,
    EQUAL_LEAST,
    INCOME,
    INCOME_LEAST,
    MARKET_LEAST,
    MIXED_LEAST,
    POOL_FEE,
    POOL_LEAST,
    POOL_MOST,
    POOLS,
    TYPED,
    UNTYPED,
    WASABI1_LEAST,
    WASABI1_SPREAD,
    WASABI1_VALUE,
    WASABI2_LARGE,
    WASABI2_LEAST,
    WASABI2_SMALLEST,
)
from leadline.engines.ledger.clustering.funding_kernels import funded, shared_out
from leadline.kinds.bitcoin.script import OP_RETURN, P2WPKH
from leadline.model.ledger import (
    EQUAL_OUTPUTS,
    JOIN_NONE,
    JOIN_UNKNOWN,
    JOINMARKET,
    SMALL_EQUAL,
    TX0,
    WASABI1,
    WASABI2,
    WHIRLPOOL,
)

Int = Any
"""An integer of whatever width the compiler chose."""


@njit(nogil=True, cache=True)
def _sort(values: Any, n: Int) -> None:
    """values[:n] in ascending order (heapsort)."""
    for start in range(n // 2 - 1, -1, -1):
        _sift(values, start, n)
    for end in range(n - 1, 0, -1):
        values[0], values[end] = values[end], values[0]
        _sift(values, 0, end)


@njit(nogil=True, cache=True)
def _sift(values: Any, root: Int, end: Int) -> None:
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and values[child] < values[child + 1]:
            child += 1
        if values[root] >= values[child]:
            return
        values[root], values[child] = values[child], values[root]
        root = child


@njit(nogil=True, cache=True)
def _is_pool(value: Int) -> bool:
    found = False
    for pool in POOLS:
        found = found or value == pool
    return found


@njit(nogil=True, cache=True)
def _prepares(outs: Any, n_out: Int, top: Int, most: Int) -> bool:
    """Whether the outputs are data, a pool's charge, premixes of that pool and at most one change.

    Premixes are equal, so that they are the `most` outputs of value `top`, or there is one alone.
    """
    found = False
    for pool in POOLS:
        charged, premix = 0, 0
        for o in range(n_out):
            charged += pool <= outs[o] * CHARGE_LEAST and outs[o] * CHARGE_MOST <= pool
            premix += pool < outs[o] <= pool + POOL_FEE
        equal = n_out - most <= 3 and pool < top <= pool + POOL_FEE
        found = found or (charged > 0 and (equal or (n_out <= 4 and premix > 0)))
    return found


@njit(nogil=True, cache=True)
def _standard(outs: Any, n_out: Int) -> tuple[Int, Int]:
    """How many outputs have a standard denomination of Wasabi 2, and how many one that nobody types."""
    typed, untyped = 0, 0
    for o in range(n_out):
        k = np.searchsorted(TYPED, outs[o])
        typed += k < TYPED.size and TYPED[k] == outs[o]
        k = np.searchsorted(UNTYPED, outs[o])
        untyped += k < UNTYPED.size and UNTYPED[k] == outs[o]
    return typed + untyped, untyped


@njit(nogil=True, cache=True)
def kind(ins: Any, n_in: Int, owners: Any, outs: Any, n_out: Int, returns: Int, keyhashes: Int) -> Int:
    """Join code from input values (-1 unknown), input scripts (an unknown one is its own), output values, and how many
    outputs are OP_RETURNs and witness key hashes.

    A shape that input values have a part in is unknown where one of them is. All three arrays are sorted in place.
    """
    found = _kind(ins, n_in, owners, outs, n_out, returns, keyhashes)
    if found in (JOIN_NONE, TX0) or ins[0] >= 0:
        return found
    return JOIN_UNKNOWN


@njit(nogil=True, cache=True)
def _kind(ins: Any, n_in: Int, owners: Any, outs: Any, n_out: Int, returns: Int, keyhashes: Int) -> Int:
    """As `kind`, an input of unknown value taken for whatever makes a mix of it."""
    if n_out < 3 or (n_in < 2 and returns != 1):
        return JOIN_NONE
    _sort(ins, n_in)
    _sort(owners, n_in)
    _sort(outs, n_out)
    top, most, repeated, run = np.int64(0), 0, 0, 0
    for o in range(n_out):
        run = run + 1 if o and outs[o] == outs[o - 1] else 1
        if o + 1 == n_out or outs[o + 1] != outs[o]:
            if run > 1:
                repeated += run
            if run > most:
                most, top = run, outs[o]
    if returns == 1 and outs[0] == 0 and keyhashes == n_out - 1 and _prepares(outs, n_out, top, most):
        return TX0
    if n_in < 2:
        return JOIN_NONE
    if n_in == n_out and POOL_LEAST <= n_out <= POOL_MOST and most == n_out and _is_pool(top):
        known = 0
        while known < n_in and ins[known] < 0:
            known += 1
        if ins[n_in - 1] <= top + POOL_FEE and (known == n_in or ins[known] >= top):
            return WHIRLPOOL
    near = top >= WASABI1_VALUE - WASABI1_SPREAD and top <= WASABI1_VALUE + WASABI1_SPREAD
    if min(n_in, n_out) >= WASABI2_LARGE and 2 * repeated >= n_out and top >= WASABI2_SMALLEST:
        return WASABI1 if near and 2 * most >= repeated else WASABI2
    if min(n_in, n_out) >= WASABI2_LEAST and 2 * repeated >= n_out:
        standard, untyped = _standard(outs, n_out)
        if 4 * standard >= 3 * n_out and 3 * untyped >= n_out:
            return WASABI2
    scripts = 0
    for i in range(n_in):
        if i == 0 or owners[i] != owners[i - 1]:
            scripts += 1
    for dust in DUST:
        if top == dust:
            return JOIN_NONE
    if top == 0 or scripts < most:
        return JOIN_NONE
    if most >= WASABI1_LEAST and near:
        return WASABI1
    needs = np.empty(most, np.int64)
    accounts = most >= MARKET_LEAST and 2 * most - 1 <= n_out <= 2 * most
    if accounts and shared_out(ins, n_in, outs, n_out, top, most, needs):
        return JOINMARKET if top >= MIXED_LEAST else SMALL_EQUAL
    same = 0
    for i in range(n_in):
        same += ins[i] == top
    if ins[0] >= 0 and ins[n_in - 1] == top and same >= most:
        return JOIN_NONE
    least: Int = max(top // INCOME, min(top // 2, INCOME_LEAST))
    needs[:] = top - least
    if most >= EQUAL_LEAST and funded(ins, n_in, needs, most):
        return EQUAL_OUTPUTS if top >= MIXED_LEAST else SMALL_EQUAL
    return JOIN_NONE


@njit(nogil=True, cache=True)
def join_kinds(
    first_in: Any,
    first_out: Any,
    in_value: Any,
    in_script: Any,
    out_value: Any,
    out_script: Any,
    script_kind: Any,
    first_tx: Int,
    kinds: Any,
) -> None:
    """kinds[t] = join code of transactions from `first_tx` on; an input below zero is of unknown value or script."""
    widest = np.int64(1)
    for t in range(first_tx, kinds.size):
        widest = max(widest, first_in[t + 1] - first_in[t], first_out[t + 1] - first_out[t])
    ins, owners, outs = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(widest, np.int64)
    for t in range(first_tx, kinds.size):
        i0, o0 = first_in[t], first_out[t]
        n_in, n_out = first_in[t + 1] - i0, first_out[t + 1] - o0
        kinds[t] = JOIN_NONE
        if n_out < 3 or (n_out < 9 and not _repeats(out_value, o0, n_out)):
            continue
        returns, keyhashes = np.int64(0), np.int64(0)
        for i in range(n_in):
            ins[i] = in_value[i0 + i]
            owners[i] = in_script[i0 + i] if in_script[i0 + i] >= 0 else -1 - i
        for o in range(n_out):
            outs[o] = out_value[o0 + o]
            paid = script_kind[out_script[o0 + o]]
            returns += paid == OP_RETURN
            keyhashes += paid == P2WPKH
        kinds[t] = kind(ins, n_in, owners, outs, n_out, returns, keyhashes)


@njit(nogil=True, cache=True)
def _repeats(values: Any, first: Int, n: Int) -> bool:
    """Whether a value stands twice in values[first:first + n], or an output may prepare a mix (0 beside a pool's)."""
    for a in range(first, first + n):
        if values[a] == 0:
            return True
        for b in range(a + 1, first + n):
            if values[a] == values[b]:
                return True
    return False
