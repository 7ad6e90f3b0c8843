"""Kernel of the rules of taint that follow accounts: one pass over the chain; `taint.py` states the rules."""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.tracing.portion_kernels import portion, shared

Int = Any
"""An integer of whatever width the compiler chose."""
Array = Any
"""A NumPy array."""

PRO_RATA, LOWEST = range(2)
"""The rules by number."""


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
