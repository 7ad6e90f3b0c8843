"""Clusters without a name that behave like a service: signs counted on the chain, each with its threshold."""

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.view import Ids, Ints, View

SCRIPTS = 12
"""Fewest scripts spent together. A private wallet joins a handful; a service sweeps its customers' deposits."""
PAYEES = 10
"""Fewest foreign scripts paid. A private wallet pays a few; a service pays everyone who asks."""
PAYERS = 10
"""Fewest transactions of others that pay it. Deposits come from many hands."""


def busy(view: View) -> npt.NDArray[np.bool_]:
    """By script: whether its cluster shows all three signs of a service.

    Both many payers and many payees are needed, so neither a shop (many payers) nor a gift list (many payees) is one.
    The thresholds are low on purpose: to stop at a private wallet costs a lead, to walk through a service invents one.
    """
    n = len(view.cluster)
    large = np.bincount(view.cluster, minlength=n) >= SCRIPTS
    if not large.any():
        return np.zeros(n, np.bool_)
    first = view.in_prev[np.minimum(view.tx_first_in[:-1], max(len(view.in_prev) - 1, 0))]
    has = (view.tx_first_in[1:] > view.tx_first_in[:-1]) & (first >= 0) & ~view.mixed
    sender = np.where(has, view.cluster[view.out_script[np.maximum(first, 0)]], -1)
    outputs = np.arange(len(view.out_value), dtype=np.int64)
    tx = view.out_tx(outputs)
    from_ = sender[tx]
    to = view.cluster[view.out_script]
    foreign = (from_ != to) & (from_ >= 0)
    payees = _distinct(from_, view.out_script, foreign & large[np.maximum(from_, 0)], n)
    payers = _distinct(to, tx, foreign & large[to], n)
    return (large & (payees >= PAYEES) & (payers >= PAYERS))[view.cluster]


def _distinct(key: Ids, value: Ids, rows: npt.NDArray[np.bool_], n: int) -> Ints:
    """How many different values stand with each key, over the chosen rows."""
    pairs = np.stack([key[rows], value[rows]], axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs = pairs[order]
    new = np.ones(len(pairs), np.bool_)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return np.bincount(pairs[new, 0], minlength=n)
