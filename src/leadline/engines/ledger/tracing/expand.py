"""One page of the history of an address or a cluster: its transactions, what came in, went out, from or to whom."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.view import Ints, View

PAGE = 50
"""Transactions on one page: what a person reads at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """Transactions `first` to `first + len(tx) - 1` of `total`, in chain order.

    received, spent: satoshi the scripts got and gave in each. other: the cluster on the far side with the most satoshi
    in it (-1 none known), other_sat how many. after: satoshi the scripts hold after the page's transaction; lost: how
    many of them have no spender on a ledger that lacks blocks after them.
    """

    first: int
    total: int
    tx: Ints
    received: Ints
    spent: Ints
    after: Ints
    lost: Ints
    other: Ints
    other_sat: Ints


def page(view: View, scripts: npt.ArrayLike, first: int = 0, count: int = PAGE) -> Page:
    """`count` transactions from the `first` on that pay or spend `scripts`; fewer at the end, none beyond it."""
    ids = np.unique(np.asarray(scripts, np.int64))
    paid = view.ledger.outputs_of(ids)
    into, value = view.out_tx(paid), view.out_value[paid]
    spent = view.out_spender[paid] >= 0
    out_of = view.in_tx(view.out_spender[paid[spent]])
    txs, row = np.unique(np.concatenate([into, out_of]), return_inverse=True)
    received, gone = np.zeros(len(txs), np.int64), np.zeros(len(txs), np.int64)
    np.add.at(received, row[: len(into)], value)
    np.add.at(gone, row[len(into) :], value[spent])
    part = slice(first, first + count)
    other, sat = _others(view, txs[part], ids, received[part] > gone[part])
    after = np.cumsum(received - gone)[part]
    lost = np.zeros(len(txs), np.int64)
    np.add.at(lost, row[: len(into)], np.where(view.lost(paid), value, 0))
    return Page(first, len(txs), txs[part], received[part], gone[part], after, np.cumsum(lost)[part], other, sat)


def _others(view: View, txs: Ints, own: Ints, came: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """By transaction, the cluster with the most satoshi on the side it came from, else on the side it went to."""
    found = []
    in_row, inputs = view.inputs_of(txs)
    held = view.in_prev[inputs] >= 0
    out_row, created = view.outputs_of(txs)
    for rows, outputs, use in (
        (in_row[held], view.in_prev[inputs[held]], came),
        (out_row, created, ~came),
    ):
        script = view.out_script[outputs].astype(np.int64)
        at = np.minimum(np.searchsorted(own, script), len(own) - 1)
        mine = use[rows] & (own[at] != script)
        found.append((rows[mine], view.cluster[script[mine]].astype(np.int64), view.out_value[outputs[mine]]))
    rows, cluster, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
    pairs, at = np.unique(np.stack([rows, cluster], axis=1), axis=0, return_inverse=True)
    sums = np.zeros(len(pairs), np.int64)
    np.add.at(sums, at.ravel(), value)
    other, most = np.full(len(txs), -1, np.int64), np.zeros(len(txs), np.int64)
    order = np.lexsort((-pairs[:, 1], sums))
    other[pairs[order, 0]], most[pairs[order, 0]] = pairs[order, 1], sums[order]
    return other, most
