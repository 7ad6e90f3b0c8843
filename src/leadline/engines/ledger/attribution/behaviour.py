"""Clusters without a name that behave like a service: signs counted on the chain, each with its threshold."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.view import Ids, Ints, View

SCRIPTS = 12
"""Fewest scripts spent together. A private wallet joins a handful; a service sweeps its customers' deposits."""
PAYEES = 10
"""Fewest foreign scripts paid. A private wallet pays a few; a service pays everyone who asks."""
PAYERS = 10
"""Fewest transactions of others that pay it. Deposits come from many hands."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The signs by cluster label: scripts spent together, foreign scripts paid, others' transactions that pay it.

    Payees and payers are counted only where there are scripts enough, and are 0 elsewhere.
    """

    scripts: Ints
    payees: Ints
    payers: Ints

    @property
    def service(self) -> npt.NDArray[np.bool_]:
        """By cluster label, whether all three are there.

        Both many payers and many payees are needed, so neither a shop (many payers) nor a gift list (many payees) is
        one. The thresholds are low on purpose: to stop at a private wallet costs a lead, to walk through a service
        invents one.
        """
        return (self.scripts >= SCRIPTS) & (self.payees >= PAYEES) & (self.payers >= PAYERS)


def counted(view: View) -> Counted:
    """The signs of every cluster."""
    n = len(view.cluster)
    scripts = np.bincount(view.cluster, minlength=n)
    large = scripts >= SCRIPTS
    if not large.any():
        return Counted(scripts, np.zeros(n, np.int64), np.zeros(n, np.int64))
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
    return Counted(scripts, payees, payers)


def busy(view: View) -> npt.NDArray[np.bool_]:
    """By script: whether its cluster shows all three signs of a service."""
    return counted(view).service[view.cluster]


def _distinct(key: Ids, value: Ids, rows: npt.NDArray[np.bool_], n: int) -> Ints:
    """How many different values stand with each key, over the chosen rows."""
    pairs = np.stack([key[rows], value[rows]], axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs = pairs[order]
    new = np.ones(len(pairs), np.bool_)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return np.bincount(pairs[new, 0], minlength=n)
