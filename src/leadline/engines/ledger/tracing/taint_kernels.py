"""Kernels of taint: one pass over the chain in whole satoshi; `taint.py` states the rules."""

from typing import Any

import numpy as np
from numba import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Array = Any
"""A NumPy array."""

POISON, HAIRCUT, FIFO, LIFO, TIHO, PRO_RATA, LOWEST = range(7)
"""The rules by number."""


@njit(nogil=True, cache=True)
def portion(a: Int, b: Int, c: Int) -> tuple[Int, Int]:
    """Quotient and rest of a * b / c, for 0 <= a, b and 0 < c, all below 2**53 and a * b / c below 2**53.

    The product does not fit 64 bits, its rest does: a first quotient in floating point is off by a few, and what it is
    off by is exact modulo 2**64.
    """
    q = np.int64(np.float64(a) * np.float64(b) / np.float64(c))
    r = np.int64(a) * np.int64(b) - q * np.int64(c)
    while r < 0:
        q -= 1
        r += c
    while r >= c:
        q += 1
        r -= c
    return q, r


@njit(nogil=True, cache=True)
def shared(amount: Int, weight: Array, n: Int, part: Array, rest: Array) -> None:
    """part[:n] becomes `amount` split by weight[:n]: floors, then one each to the largest rests, the earlier first."""
    total = np.int64(0)
    for i in range(n):
        total += weight[i]
    left = np.int64(amount)
    for i in range(n):
        part[i], rest[i] = portion(amount, weight[i], total) if total > 0 else (np.int64(0), np.int64(0))
        left -= part[i]
    while left > 0 and total > 0:
        best = 0
        for i in range(1, n):
            if rest[i] > rest[best]:
                best = i
        part[best] += 1
        rest[best] = -1
        left -= 1


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


@njit(nogil=True, cache=True)
def by_account(
    rule: Int, first_in: Array, first_out: Array, value: Array, script: Array, account: Array, prev: Array,
    stops: Array, ends: Array, seeds: Array, tainted: Array, balance: Array, held: Array, start: Int,
) -> tuple[Int, Int, Int]:  # fmt: skip
    """Taint under a rule that follows accounts (clusters); satoshi in fees, in stops, and come again to a seed.

    `held` becomes the tainted satoshi of each account, `tainted` what reached each output that ends there.
    """
    widest = np.int64(1)
    for t in range(len(first_out) - 1):
        widest = max(widest, first_out[t + 1] - first_out[t] + first_in[t + 1] - first_in[t] + 1)
    who, net = np.zeros(widest, np.int64), np.zeros(widest, np.int64)
    weight, part, rest = np.zeros(widest, np.int64), np.zeros(widest, np.int64), np.zeros(widest, np.int64)
    at, goes = np.zeros(widest, np.int64), np.zeros(widest, np.int64)
    slot = np.full(len(account), -1, np.int64)
    fees, stopped, again = np.int64(0), np.int64(0), np.int64(0)
    for t in range(len(first_out) - 1):
        n = np.int64(0)
        total, made = np.int64(0), np.int64(0)
        whole = True
        for i in range(first_in[t], first_in[t + 1]):
            o = prev[i]
            if o < 0:
                whole = False
                continue
            if ends[o]:
                total += value[o]
                continue
            a = account[script[o]]
            if slot[a] < 0:
                slot[a] = n
                who[n] = a
                net[n] = 0
                n += 1
            net[slot[a]] += value[o]
            total += value[o]
        amount = np.int64(0)
        senders = n
        for o in range(first_out[t], first_out[t + 1]):
            made += value[o]
            a = account[script[o]]
            if not ends[o] and slot[a] >= 0:
                net[slot[a]] -= value[o]
        for s in range(senders):
            out = net[s]
            a = who[s]
            if out <= 0:
                continue
            if held[a] > 0 and t >= start:
                if rule == PRO_RATA:
                    gone = portion(held[a], out, balance[a])[0] if out < balance[a] else held[a]
                else:
                    gone = max(np.int64(0), held[a] - (balance[a] - out))
                held[a] -= gone
                amount += gone
            balance[a] -= out
        m = np.int64(0)
        for o in range(first_out[t], first_out[t + 1]):
            a = account[script[o]]
            s = slot[a]
            if not ends[o] and s >= 0:
                continue
            weight[m] = value[o]
            at[m] = -1 if ends[o] else a
            goes[m] = o
            m += 1
        for s in range(senders):
            if net[s] < 0:
                weight[m] = -net[s]
                at[m] = who[s]
                goes[m] = -1
                m += 1
            slot[who[s]] = -1
        weight[m] = total - made if whole and total > made else 0
        if amount > 0 and stops[t]:
            stopped += amount
            amount = np.int64(0)
        shared(amount, weight, m + 1, part, rest)
        sent = np.int64(0)
        for k in range(m):
            sent += part[k]
            if at[k] >= 0:
                balance[at[k]] += weight[k]
                held[at[k]] += part[k]
            else:
                tainted[goes[k]] += part[k]
        fees += amount - sent
        for o in range(first_out[t], first_out[t + 1]):
            if seeds[o] > 0:
                if ends[o]:
                    again += tainted[o]
                    tainted[o] = seeds[o]
                else:
                    a = account[script[o]]
                    most = min(held[a] + seeds[o], balance[a])
                    again += held[a] + seeds[o] - most
                    held[a] = most
    return fees, stopped, again
