"""Kernel that joins the input scripts of a transaction (multi-input rule); `reference.clusters` is its reference."""

from typing import Any

import numpy as np
from numba import njit

from leadline.model.ledger import JOIN_NONE, TX0

Int = Any
"""An integer of whatever width the compiler chose."""


@njit(nogil=True, cache=True)
def _find(label: Any, i: Int) -> Int:
    while label[i] != i:
        label[i] = label[label[i]]
        i = label[i]
    return i


@njit(nogil=True, cache=True)
def join(
    first_in: Any,
    in_prev: Any,
    out_script: Any,
    script_kind: Any,
    owned: Any,
    tx_join: Any,
    skip: Any,
    label: Any,
    merge_tx: Any,
    merge_script: Any,
) -> Int:
    """Number of merges; label[s] = least script id of the cluster of s (0, 1, 2, ... on entry).

    Transactions are taken in chain order; CoinJoin-shaped ones, those in `skip` (ascending positions), inputs from
    outside the ledger and scripts of a kind nobody owns (`owned` by kind code) join nothing. merge_tx[m] is a
    transaction that joined two clusters, merge_script[m] one of its input scripts.
    """
    merges = 0
    skipped = 0
    for t in range(tx_join.size):
        if skipped < skip.size and skip[skipped] == t:
            skipped += 1
            continue
        if first_in[t + 1] - first_in[t] < 2 or not (tx_join[t] == JOIN_NONE or tx_join[t] == TX0):
            continue
        root = np.int64(-1)
        merged = False
        script = np.int64(-1)
        for i in range(first_in[t], first_in[t + 1]):
            p = in_prev[i]
            if p < 0:
                continue
            s = np.int64(out_script[p])
            if not owned[script_kind[s]]:
                continue
            other = _find(label, s)
            if root < 0:
                root, script = other, s
            elif other != root:
                merged = True
                if other < root:
                    label[root] = other
                    root = other
                else:
                    label[other] = root
        if merged:
            merge_tx[merges] = t
            merge_script[merges] = script
            merges += 1
    for k in range(label.size):
        label[k] = label[label[k]]
    return merges
