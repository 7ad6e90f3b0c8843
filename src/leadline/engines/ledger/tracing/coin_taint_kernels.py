"""Kernel of the rules of taint that follow coins: one pass over the chain; `taint.py` states the rules."""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.tracing.portion_kernels import shared

Int = Any
"""An integer of whatever width the compiler chose."""
Array = Any
"""A NumPy array."""

POISON, HAIRCUT, FIFO, LIFO, TIHO = range(5)
"""The rules by number."""


@njit(nogil=True, cache=True)
def _queued(values: Array, tainted: Array, m: Int, weight: Array, n: Int, part: Array) -> None:
    """First in, first out: satoshi of the inputs, each input's tainted ones first, fill the outputs in order."""
    i = 0
    dirty = tainted[0] if m else np.int64(0)
    clean = values[0] - dirty if m else np.int64(0)
    for j in range(n):
        part[j] = 0
        room = weight[j]
        while room > 0 and i < m:
            take = min(room, dirty)
            part[j] += take
            dirty -= take
            room -= take
            take = min(room, clean)
            clean -= take
            room -= take
            if dirty == 0 and clean == 0:
                i += 1
                if i < m:
                    dirty = tainted[i]
                    clean = values[i] - dirty


@njit(nogil=True, cache=True)
def _highest(amount: Int, weight: Array, n: Int, part: Array) -> None:
    """Taint in, highest out: the largest outputs first, the earlier of equal ones, the fee (the last) after all."""
    for j in range(n):
        part[j] = -1
    left = np.int64(amount)
    for _ in range(n - 1):
        best = -1
        for j in range(n - 1):
            if part[j] < 0 and (best < 0 or weight[j] > weight[best]):
                best = j
        part[best] = min(left, weight[best])
        left -= part[best]
        if left == 0:
            break
    for j in range(n - 1):
        part[j] = max(part[j], 0)
    part[n - 1] = left


@njit(nogil=True, cache=True)
def by_coin(
    rule: Int, first_in: Array, first_out: Array, value: Array, prev: Array, stops: Array, ends: Array, tainted: Array,
    spent: Array, start: Int,
) -> tuple[Int, Int, Int]:  # fmt: skip
    """Taint of every output under a rule that follows coins; satoshi in fees, in stops, and come again to a seed.

    `tainted` holds the seeds' satoshi and becomes every output's. `ends` marks outputs whose taint goes no further,
    `stops` transactions that taint enters but does not leave; `spent` becomes which tainted outputs were passed on.
    """
    widest = np.int64(1)
    for t in range(start, len(first_out) - 1):
        widest = max(widest, first_out[t + 1] - first_out[t] + 1, first_in[t + 1] - first_in[t])
    values, dirty = np.zeros(widest, np.int64), np.zeros(widest, np.int64)
    weight, part, rest = np.zeros(widest, np.int64), np.zeros(widest, np.int64), np.zeros(widest, np.int64)
    fees, stopped, again = np.int64(0), np.int64(0), np.int64(0)
    for t in range(start, len(first_out) - 1):
        m = first_in[t + 1] - first_in[t]
        amount, total = np.int64(0), np.int64(0)
        whole = True
        for k in range(m):
            at = first_in[t] + k
            place = m - 1 - k if rule == LIFO else k
            o = prev[at]
            values[place], dirty[place] = 0, 0
            if o < 0:
                whole = False
                continue
            values[place] = value[o]
            total += value[o]
            if tainted[o] > 0 and not ends[o]:
                dirty[place] = tainted[o]
                amount += tainted[o]
                spent[o] = True
        if amount == 0:
            continue
        if stops[t]:
            stopped += amount
            continue
        n = first_out[t + 1] - first_out[t]
        made = np.int64(0)
        for j in range(n):
            weight[j] = value[first_out[t] + j]
            made += weight[j]
        weight[n] = total - made if whole and total > made else 0
        if rule == POISON:
            for j in range(n):
                part[j] = weight[j]
            part[n] = 0
        elif rule == HAIRCUT:
            shared(amount, weight, n + 1, part, rest)
        elif rule == TIHO:
            _highest(amount, weight, n + 1, part)
        else:
            _queued(values, dirty, m, weight, n + 1, part)
        for j in range(n):
            o = first_out[t] + j
            again += min(tainted[o], part[j])
            tainted[o] = max(tainted[o], part[j])
        fees += part[n]
    return fees, stopped, again
