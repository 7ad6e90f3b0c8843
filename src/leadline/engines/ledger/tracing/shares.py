"""Exact shares: an amount split at a transaction among its inputs by value, in whole units.

Each input gets the floor, and the units left go one each to the largest remainders, the earlier input first among
equals. So the shares add up to exactly what was split.
"""

import numpy as np

from leadline.engines.ledger.view import Ints, View
from leadline.model.ledger import OUTSIDE

WHOLE = 1_000_000
"""The share of a whole payment, in millionths."""


def split(share: Ints, rows: Ints, value: Ints) -> Ints:
    """`share[rows]` split by `value` within each row, in whole units, sums exact; see the module.

    Shares are below 2^20 and the values of a row add up to less than 2^51, so all fits 64 bits in two half products.
    A row whose values are all zero is split evenly.
    """
    n = len(share)
    total = np.zeros(n, np.int64)
    np.add.at(total, rows, value)
    empty = total[rows] == 0
    value = np.where(empty, 1, value)
    total = np.where(total == 0, np.bincount(rows, minlength=n), total)
    whole = np.maximum(total[rows], 1)
    high, low = share[rows] >> 10, share[rows] & 1023
    quotient, rest = np.divmod(value * high, whole)
    more, rest = np.divmod(rest * 1024 + value * low, whole)
    part = quotient * 1024 + more
    given = np.zeros(n, np.int64)
    np.add.at(given, rows, part)
    order = np.lexsort((np.arange(len(rows)), -rest, rows))
    place = np.empty(len(rows), np.int64)
    first = np.searchsorted(rows[order], np.arange(n))
    place[order] = np.arange(len(rows)) - first[rows[order]]
    return part + (place < (share - given)[rows])


def input_values(view: View, txs: Ints, row: Ints, prev: Ints) -> Ints:
    """Value of each input; where the ledger does not hold it, an even part of what the outputs need beyond the others.

    That is a lower bound: the fee of such a transaction is not known.
    """
    known = np.where(prev >= 0, view.out_value[np.maximum(prev, 0)], 0)
    outside = prev == OUTSIDE
    if not outside.any():
        return known
    n = len(txs)
    have = np.zeros(n, np.int64)
    np.add.at(have, row, known)
    out_row, outputs = view.outputs_of(txs)
    need = np.zeros(n, np.int64)
    np.add.at(need, out_row, view.out_value[outputs])
    missing = np.maximum(need - have, 0) // np.maximum(np.bincount(row[outside], minlength=n), 1)
    return np.where(outside, np.maximum(missing[row], 1), known)
