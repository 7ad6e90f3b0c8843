"""Kernel that joins the input scripts of a transaction (multi-input rule); `reference.clusters` is its reference."""

from typing import Any

import numpy as np
from numba import njit

from leadline.engines.ledger.memory_kernels import prefetch
from leadline.model.ledger import JOIN_NONE, TX0

AHEAD = 24
"""Inputs whose label is asked for ahead."""
Int = Any
"""An integer of whatever width the compiler chose."""


@njit(nogil=True, cache=True)
def find(label: Any, i: Int) -> Int:
    """The least script of the cluster of `i`; the way there is halved."""
    while label[i] != i:
        label[i] = label[label[i]]
        i = label[i]
    return i


@njit(nogil=True, cache=True)
def start(script_kind: Any, owned: Any, label: Any) -> None:
    """label[s] = s, or -1 where nobody can own the script (`owned` by kind code): such a script joins nothing."""
    for s in range(label.size):
        label[s] = s if owned[script_kind[s]] else -1


@njit(nogil=True, cache=True)
def finish(label: Any) -> None:
    """Every label the least member of its cluster; as a link never leads upwards, one pass in order is enough."""
    for s in range(label.size):
        label[s] = label[label[s]] if label[s] >= 0 else s


@njit(nogil=True, cache=True)
def join(
    first_in: Any,
    in_script: Any,
    tx_join: Any,
    skip: Any,
    first_tx: Int,
    label: Any,
    merge_tx: Any,
    merge_script: Any,
) -> Int:
    """Number of merges by transactions from `first_tx` on; `label` as `start` left it, or an earlier call.

    Transactions are taken in chain order; CoinJoin-shaped ones, those in `skip` (ascending positions), inputs of
    unknown script (below zero) and scripts nobody owns join nothing. merge_tx[m] is a transaction that joined two
    clusters, merge_script[m] one of its input scripts.
    """
    merges = 0
    skipped = 0
    for t in range(first_tx, tx_join.size):
        if skipped < skip.size and skip[skipped] == t:
            skipped += 1
            continue
        i, end = first_in[t], first_in[t + 1]
        if end - i < 2 or not (tx_join[t] == JOIN_NONE or tx_join[t] == TX0):
            continue
        root = np.int64(-1)
        script = np.int64(-1)
        while i < end and root < 0:
            script = np.int64(in_script[i])
            if script >= 0 and label[script] >= 0:
                root = find(label, script)
            i += 1
        merged = False
        while i < end:
            s = np.int64(in_script[i])
            if i + AHEAD < in_script.size and in_script[i + AHEAD] >= 0:
                prefetch(label, 4 * np.int64(in_script[i + AHEAD]))
            i += 1
            if s < 0 or s == script or label[s] < 0:
                continue
            other = find(label, s)
            if other < root:
                label[root] = other
                root = other
                merged = True
            elif root < other:
                label[other] = root
                merged = True
        if merged:
            merge_tx[merges] = t
            merge_script[merges] = script
            merges += 1
    return merges
