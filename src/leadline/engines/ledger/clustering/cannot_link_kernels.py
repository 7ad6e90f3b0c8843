"""Kernel that clusters under constraints: pairs that may not be linked, and a conflict where merges look wrong.

`reference.cannot_link` is its reference.
"""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.clustering.clusters_kernels import find
from leadline.model.ledger import DUST, JOIN_NONE, MULTI_INPUT, SAME_KEY, TX0

Int = Any
"""An integer of whatever width the compiler chose."""
TAGGED, HUGE = 1, 2
"""Why a conflict: both sides carry tags of different actors; both sides are huge."""


@njit(nogil=True, cache=True)
def join_cannot_link(
    first_in: Any,
    in_script: Any,
    in_value: Any,
    most_dust: Int,
    tx_join: Any,
    skip: Any,
    link_tx: Any,
    link_script: Any,
    link_other: Any,
    inputs: bool,
    dust: bool,
    pairs: Any,
    actor: Any,
    huge: Int,
    label: Any,
    size: Any,
    refused: Any,
    merge_tx: Any,
    merge_script: Any,
    merge_rule: Any,
    conflicts: Any,
) -> tuple[Int, Int, Int]:
    """(merges, refusals, conflicts) of joining as `clusters_kernels.join`, with constraints.

    A transaction whose inputs would bring the two scripts of a row of `pairs` together joins none of them; nor does a
    link that would. refused[k]: transaction, rule, row of the link or -1. actor[s]: number of the actor a script's tag
    names, -1 none; it becomes that of the cluster (at its least script), of two the one there first. size[s] is 1 on
    entry and at the end counts the cluster at its label. conflicts[k]: transaction, the two labels, reason, the
    two actors, in chain order; a transaction is named once for each cluster it adds so.
    """
    merges, refusals, noted, skipped = 0, 0, 0, 0
    watched = np.zeros(label.size, np.uint8)
    for k in range(pairs.shape[0]):
        for side in range(2):
            if label[pairs[k, side]] >= 0:
                watched[pairs[k, side]] = 1
    link, two, widest = 0, np.empty(2, np.int64), 1
    for t in range(tx_join.size):
        widest = max(widest, first_in[t + 1] - first_in[t])
    group = np.empty(widest, np.int64)
    for t in range(tx_join.size):
        while skipped < skip.size and skip[skipped] < t:
            skipped += 1
        kept = not (skipped < skip.size and skip[skipped] == t)
        while link < link_tx.size and link_tx[link] == t:
            two[0], two[1] = link_script[link], link_other[link]
            link += 1
            if not kept or label[two[0]] < 0 or label[two[1]] < 0:
                continue
            a, b = np.int64(find(label, two[0])), np.int64(find(label, two[1]))
            if a == b:
                continue
            if watched[a] and watched[b] and _forbidden(two, 0, 2, label, pairs):
                refused[refusals, 0], refused[refusals, 1], refused[refusals, 2] = t, SAME_KEY, link - 1
                refusals += 1
                continue
            noted = _union(t, a, b, label, size, actor, watched, huge, conflicts, noted)
            merge_tx[merges], merge_script[merges], merge_rule[merges] = t, two[0], SAME_KEY
            merges += 1
        i, end = first_in[t], first_in[t + 1]
        if not kept or end - i < 2 or not (tx_join[t] == JOIN_NONE or tx_join[t] == TX0):
            continue
        firm, n = _group(in_script, in_value, most_dust, i, end, inputs, dust, label, group)
        several, delicate, seen = False, 0, np.int64(-1)
        for j in range(n):
            other = np.int64(find(label, group[j]))
            several = several or other != find(label, group[0])
            if watched[other] and other != seen:
                delicate += 1
                seen = other
        if not several:
            continue
        if delicate > 1 and _forbidden(group, 0, n, label, pairs):
            refused[refusals, 0], refused[refusals, 2] = t, -1
            refused[refusals, 1] = MULTI_INPUT if firm > 1 else DUST
            refusals += 1
            continue
        root, merged = np.int64(find(label, group[0])), False
        for j in range(1, n):
            other = np.int64(find(label, group[j]))
            if other != root:
                noted = _union(t, root, other, label, size, actor, watched, huge, conflicts, noted)
                root = min(root, other)
                merged = True
            if merged and j in (firm - 1, n - 1):
                merge_tx[merges], merge_script[merges] = t, group[0]
                merge_rule[merges] = MULTI_INPUT if j == firm - 1 else DUST
                merges += 1
                merged = False
    return merges, refusals, noted


@njit(nogil=True, cache=True)
def _group(
    in_script: Any, in_value: Any, most_dust: Int, i: Int, end: Int, inputs: bool, dust: bool, label: Any, group: Any
) -> tuple[Int, Int]:
    """(first dust, number) of the scripts of inputs i to end - 1 that are joined, in `group`: dust behind the others.

    Without `inputs` only the first script that is no dust is there, for dust to join.
    """
    n = 0
    for dusty in range(2):
        firm = n
        for j in range(i, end):
            s = np.int64(in_script[j])
            small = in_value.size > 0 and 0 <= in_value[j] <= most_dust
            if s >= 0 and label[s] >= 0 and small == (dusty == 1) and ((dust if small else inputs) or n == 0):
                group[n] = s
                n += 1
    return firm, n


@njit(nogil=True, cache=True)
def _union(
    t: Int,
    root: Int,
    other: Int,
    label: Any,
    size: Any,
    actor: Any,
    watched: Any,
    huge: Int,
    conflicts: Any,
    noted: Int,
) -> Int:
    """The number of conflicts after clusters `root` and `other` became one by transaction `t`."""
    low, high = min(root, other), max(root, other)
    reason = 0
    if actor[low] >= 0 and actor[high] >= 0 and actor[low] != actor[high]:
        reason |= TAGGED
    if size[low] >= huge and size[high] >= huge:
        reason |= HUGE
    if reason:
        conflicts[noted, 0], conflicts[noted, 1], conflicts[noted, 2], conflicts[noted, 3] = t, low, high, reason
        conflicts[noted, 4], conflicts[noted, 5] = actor[low], actor[high]
        noted += 1
    if actor[root] >= 0:
        actor[low] = actor[root]
    elif actor[other] >= 0:
        actor[low] = actor[other]
    label[high] = low
    size[low] += size[high]
    watched[low] |= watched[high]
    return noted


@njit(nogil=True, cache=True)
def _forbidden(scripts: Any, first: Int, end: Int, label: Any, pairs: Any) -> bool:
    """Whether the clusters of scripts[first:end] together hold both scripts of a pair."""
    for k in range(pairs.shape[0]):
        if label[pairs[k, 0]] < 0 or label[pairs[k, 1]] < 0:
            continue
        a, b = find(label, pairs[k, 0]), find(label, pairs[k, 1])
        if a == b:
            continue
        has_a, has_b = False, False
        for j in range(first, end):
            s = np.int64(scripts[j])
            if s >= 0 and label[s] >= 0:
                r = find(label, s)
                has_a = has_a or r == a
                has_b = has_b or r == b
        if has_a and has_b:
            return True
    return False
