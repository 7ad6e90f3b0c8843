"""Peel chains: a large coin that pays a small part at every step and goes on as change, followed forward by score.

Each step spends one coin (or coins of one cluster) into two outputs; the output more signs name as change goes on, the
other is what was peeled off (change.signs). Where the signs are close both outputs go on, as branches of
their own. A peel below the least amount is dust and is no step: otherwise a cent sent to an address would lead the
chain astray. A chain ends where it reaches somebody who is known, and where nothing but such a payee would say which
output goes on; that output is no branch either. All chains go one step at a time together.

Source of the pattern: Meiklejohn et al., "A Fistful of Bitcoins" (IMC 2013).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.change_outputs.signs import first_paid, signs
from leadline.engines.ledger.view import Ints, View

LEAST_PEEL = 1_000
"""Satoshi below which what is peeled off is dust, not a payment: dust was a fifth of the steps of chains followed
without it (Hopline, published accuracy of its added rules)."""
STEPS = 100
"""Transactions one chain is followed: longer ones are followed on from where this ended."""
BRANCHES = 16
"""Most branches of one chain followed: where signs stay close, the chain says nothing any more."""


@dataclass(frozen=True, slots=True)
class Peels:
    """One row a step, in order of `begin`, branch, step.

    begin is the position of the chain among those asked, branch its number in it (0 the first), from_branch the branch
    it parted from (-1 for the first). tx spends the coin `spent` into `kept`, which goes on, and `peeled`. score_ppm is
    the score of the change in millionths; close is 1 where the other output goes on as well.
    """

    begin: Ints
    branch: Ints
    from_branch: Ints
    step: Ints
    tx: Ints
    spent: Ints
    kept: Ints
    peeled: Ints
    score_ppm: Ints
    close: Ints


def peels(view: View, outputs: Ints, known: npt.NDArray[np.bool_] | None = None, steps: int = STEPS) -> Peels:
    """The chains that begin with `outputs`; `known` says of scripts whether they are somebody's who is known."""
    first = first_paid(view)
    closed = np.zeros(len(view.cluster), np.bool_) if known is None else known
    n = len(outputs)
    begin, branch, parted = np.arange(n), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    here = np.asarray(outputs, np.int64)
    branches = np.ones(n, np.int64)
    seen = np.zeros(0, np.int64)
    found: list[tuple[Ints, ...]] = []
    for step in range(steps):
        made = _step(view, here, first, closed)
        key = begin[made[0]] * view.transactions + made[1]
        fresh = np.zeros(len(key), np.bool_)
        fresh[np.unique(key, return_index=True)[1]] = True
        fresh &= ~np.isin(key, seen)
        row, tx, kept, peeled, score, close = (c[fresh] for c in made)
        if not len(row):
            break
        seen = np.concatenate([seen, key[fresh]])
        begin, branch, parted, spent = begin[row], branch[row], parted[row], here[row]
        place = np.cumsum(close) - close
        number = branches[begin] + place - place[np.searchsorted(begin, begin)]
        found.append((begin, branch, parted, np.full(len(row), step, np.int64), tx, spent, kept, peeled, score, close))
        both = np.flatnonzero((close > 0) & (number < BRANCHES))
        np.maximum.at(branches, begin[both], number[both] + 1)
        here = np.concatenate([kept, peeled[both]])
        parted = np.concatenate([parted, branch[both]])
        branch = np.concatenate([branch, number[both]])
        begin = np.concatenate([begin, begin[both]])
        order = np.lexsort((branch, begin))
        begin, branch, parted, here = begin[order], branch[order], parted[order], here[order]
    columns = [np.concatenate(c) for c in zip(*found, strict=True)] if found else [np.zeros(0, np.int64)] * 10
    order = np.lexsort((columns[3], columns[1], columns[0]))
    return Peels(*(c[order] for c in columns))


def _step(
    view: View, outputs: Ints, first: Ints, closed: npt.NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """(row, transaction, kept, peeled, score, close) of the steps that spend `outputs`; chains that end have none."""
    row = np.flatnonzero(~closed[view.out_script[outputs]])
    tx = view.spending_tx(outputs[row])
    row, tx = row[tx >= 0], tx[tx >= 0]
    two = (view.tx_first_out[tx + 1] - view.tx_first_out[tx] == 2) & ~view.mixed[tx]
    row, tx = row[two], tx[two]
    at, inputs = view.inputs_of(tx)
    spent = view.in_prev[inputs]
    label = np.where(spent >= 0, view.cluster[view.out_script[np.maximum(spent, 0)]], -1).astype(np.int64)
    low, high = np.full(len(tx), np.iinfo(np.int64).max), np.full(len(tx), -1, np.int64)
    np.minimum.at(low, at, label)
    np.maximum.at(high, at, label)
    one = (low == high) & (low >= 0)
    row, tx = row[one], tx[one]
    said = signs(view, tx, first)
    base = view.tx_first_out[tx]
    larger = (view.out_value[base + 1] > view.out_value[base]).astype(np.int64)
    which = np.where(said.change >= 0, said.change, larger)
    kept, peeled = base + which, base + 1 - which
    goes = ~closed[view.out_script[kept]] & (view.out_value[peeled] >= LEAST_PEEL)
    goes &= (said.change >= 0) | ~closed[view.out_script[peeled]]
    score, close = said.score_ppm, said.close & ~closed[view.out_script[peeled]]
    close = close.astype(np.int64)
    return row[goes], tx[goes], kept[goes], peeled[goes], score[goes], close[goes]
