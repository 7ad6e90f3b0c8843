"""Kernel that clusters under constraints: pairs that must stay apart, and an alarm where merges look wrong.

`reference.apart` is its reference.
"""

from typing import Any

import numpy as np
from numba import njit

from leadline.engines.ledger.clusters_kernels import find
from leadline.model.ledger import JOIN_NONE, TX0

Int = Any
"""An integer of whatever width the compiler chose."""
TAGGED, HUGE = 1, 2
"""Why an alarm: both sides carry tags of different actors; both sides are huge."""


@njit(nogil=True, cache=True)
def join_apart(
    first_in: Any,
    in_script: Any,
    tx_join: Any,
    skip: Any,
    pairs: Any,
    actor: Any,
    huge: Int,
    label: Any,
    size: Any,
    refused: Any,
    merge_tx: Any,
    merge_script: Any,
    alarms: Any,
) -> tuple[Int, Int, Int]:
    """(merges, refused transactions, alarms) of joining as `clusters_kernels.join`, with constraints.

    A transaction that would bring the two scripts of a row of `pairs` together joins nothing at all. actor[s]: number
    of the actor a script's tag names, -1 none; it becomes that of the cluster (at its least script), of two the one
    there first. size[s] is 1 on entry and at the end counts the cluster at its label. alarms[k]: transaction, the two
    labels, reason, in chain order; a transaction is named once for each cluster it adds so.
    """
    merges, refusals, rung, skipped = 0, 0, 0, 0
    watched = np.zeros(label.size, np.uint8)
    for k in range(pairs.shape[0]):
        for side in range(2):
            if label[pairs[k, side]] >= 0:
                watched[pairs[k, side]] = 1
    for t in range(tx_join.size):
        if skipped < skip.size and skip[skipped] == t:
            skipped += 1
            continue
        i, end = first_in[t], first_in[t + 1]
        if end - i < 2 or not (tx_join[t] == JOIN_NONE or tx_join[t] == TX0):
            continue
        root, script, several, delicate = np.int64(-1), np.int64(-1), False, 0
        seen = np.int64(-1)
        for j in range(i, end):
            s = np.int64(in_script[j])
            if s < 0 or label[s] < 0:
                continue
            other = np.int64(find(label, s))
            if root < 0:
                root, script = other, s
            several = several or other != root
            if watched[other] and other != seen:
                delicate += 1
                seen = other
        if not several:
            continue
        if delicate > 1 and _forbidden(first_in, in_script, t, label, pairs):
            refused[refusals] = t
            refusals += 1
            continue
        for j in range(i, end):
            s = np.int64(in_script[j])
            if s < 0 or label[s] < 0:
                continue
            other = np.int64(find(label, s))
            if other == root:
                continue
            low, high = min(root, other), max(root, other)
            reason = 0
            if actor[low] >= 0 and actor[high] >= 0 and actor[low] != actor[high]:
                reason |= TAGGED
            if size[low] >= huge and size[high] >= huge:
                reason |= HUGE
            if reason:
                alarms[rung, 0], alarms[rung, 1], alarms[rung, 2], alarms[rung, 3] = t, low, high, reason
                rung += 1
            if actor[root] >= 0:
                actor[low] = actor[root]
            elif actor[other] >= 0:
                actor[low] = actor[other]
            label[high] = low
            size[low] += size[high]
            watched[low] |= watched[high]
            root = low
        merge_tx[merges], merge_script[merges] = t, script
        merges += 1
    return merges, refusals, rung


@njit(nogil=True, cache=True)
def _forbidden(first_in: Any, in_script: Any, t: Int, label: Any, pairs: Any) -> bool:
    """Whether the clusters of the transaction's inputs together hold both scripts of a pair."""
    for k in range(pairs.shape[0]):
        if label[pairs[k, 0]] < 0 or label[pairs[k, 1]] < 0:
            continue
        a, b = find(label, pairs[k, 0]), find(label, pairs[k, 1])
        if a == b:
            continue
        has_a, has_b = False, False
        for j in range(first_in[t], first_in[t + 1]):
            s = np.int64(in_script[j])
            if s >= 0 and label[s] >= 0:
                r = find(label, s)
                has_a = has_a or r == a
                has_b = has_b or r == b
        if has_a and has_b:
            return True
    return False
