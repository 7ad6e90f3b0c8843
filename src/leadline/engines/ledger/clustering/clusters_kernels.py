"""Kernels that join scripts, by transaction: same-key links first, then the inputs (multi-input rule).

`reference.merged` is their reference.
"""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.memory_kernels import prefetch
from leadline.model.ledger import DUST, JOIN_NONE, MULTI_INPUT, SAME_KEY, TX0

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
    in_value: Any,
    most_dust: Int,
    tx_join: Any,
    skip: Any,
    first_tx: Int,
    link_tx: Any,
    link_script: Any,
    link_other: Any,
    inputs: bool,
    dust: bool,
    label: Any,
    merge_tx: Any,
    merge_script: Any,
    merge_rule: Any,
) -> Int:
    """Number of merges by transactions from `first_tx` on; `label` as `start` left it, or an earlier call.

    Transactions are taken in chain order, of each its links (ascending by `link_tx`), then with `inputs` its inputs,
    then with `dust` those of at most `most_dust` satoshi (none where in_value is empty) to the first of the others.
    CoinJoin-shaped ones, inputs of unknown script (below zero) and scripts nobody owns join nothing; nor do those in
    `skip` (ascending positions), by whatever rule. merge_tx[m] is a transaction that joined two clusters by
    merge_rule[m], merge_script[m] one of the scripts joined.
    """
    merges = 0
    skipped = 0
    link = 0
    valued = in_value.size > 0
    for t in range(first_tx, tx_join.size):
        while skipped < skip.size and skip[skipped] < t:
            skipped += 1
        kept = not (skipped < skip.size and skip[skipped] == t)
        while link < link_tx.size and link_tx[link] == t:
            a, b = np.int64(link_script[link]), np.int64(link_other[link])
            link += 1
            if not kept or label[a] < 0 or label[b] < 0:
                continue
            low, high = find(label, a), find(label, b)
            if low == high:
                continue
            label[max(low, high)] = min(low, high)
            merge_tx[merges], merge_script[merges], merge_rule[merges] = t, a, SAME_KEY
            merges += 1
        i, end = first_in[t], first_in[t + 1]
        if not kept or end - i < 2 or not (tx_join[t] == JOIN_NONE or tx_join[t] == TX0):
            continue
        root, script, merged, small = np.int64(-1), np.int64(-1), False, 0
        while i < end:
            s = np.int64(in_script[i])
            if i + AHEAD < in_script.size and in_script[i + AHEAD] >= 0:
                prefetch(label, 4 * np.int64(in_script[i + AHEAD]))
            if i + AHEAD // 2 < in_script.size and in_script[i + AHEAD // 2] >= 0:
                prefetch(label, 4 * np.int64(label[in_script[i + AHEAD // 2]]))
            i += 1
            if valued and 0 <= in_value[i - 1] <= most_dust:
                small += 1
                continue
            if not inputs or s < 0 or s == script or label[s] < 0:
                continue
            other = find(label, s)
            if root < 0:
                root, script = np.int64(other), s
            elif other < root:
                label[root] = other
                root = np.int64(other)
                merged = True
            elif root < other:
                label[other] = root
                merged = True
        if merged:
            merge_tx[merges], merge_script[merges], merge_rule[merges] = t, script, MULTI_INPUT
            merges += 1
        if not small or not dust:
            continue
        merged = False
        for j in range(first_in[t], end):
            s = np.int64(in_script[j])
            if root < 0 and s >= 0 and label[s] >= 0 and not 0 <= in_value[j] <= most_dust:
                root, script = np.int64(find(label, s)), s
        for j in range(first_in[t], end):
            s = np.int64(in_script[j])
            if s < 0 or label[s] < 0 or not 0 <= in_value[j] <= most_dust:
                continue
            other = find(label, s)
            if root < 0:
                root, script = np.int64(other), s
            elif other != root:
                low = min(np.int64(other), root)
                label[max(np.int64(other), root)] = low
                root = low
                merged = True
        if merged:
            merge_tx[merges], merge_script[merges], merge_rule[merges] = t, script, DUST
            merges += 1
    return merges
