"""Peel chains: a large coin that pays a small part at every step and goes on as change, followed forward by score.

Each step spends one coin (or coins of one cluster) into two outputs; the output more signs name as change goes on, the
other is what was peeled off (engines.ledger.change). Where the signs are close both outputs go on, as branches of their
own. A peel below the least amount is dust and is no step: otherwise a cent sent to an address would lead the chain
astray. Source of the pattern: Meiklejohn et al., "A Fistful of Bitcoins" (IMC 2013).
"""

from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger import change
from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.view import Ints, View

LEAST_PEEL = 1_000
"""Satoshi below which what is peeled off is dust, not a payment."""
STEPS = 100
"""Transactions one chain is followed: longer ones are followed on from where this ended."""
BRANCHES = 16
"""Most branches of one chain followed at a time: where signs stay close, the chain says nothing any more."""


@dataclass(frozen=True, slots=True)
class Peels:
    """One row a step: the chain's branch, step number, transaction, coin spent, output that goes on, output peeled off,
    score of the change in millionths, and whether the signs were close (then the other output goes on as well)."""

    branch: Ints
    step: Ints
    tx: Ints
    spent: Ints
    kept: Ints
    peeled: Ints
    score_ppm: Ints
    close: Ints


def peel(ledger: Ledger, view: View, output: int, steps: int = STEPS) -> Peels:
    """The chain that begins with `output`, step by step, branch after branch in the order they part."""
    first = change.first_paid(view)
    rows: list[tuple[int, ...]] = []
    open_ = [(output, 0)]
    branch = 0
    seen = {output}
    while open_ and branch < BRANCHES:
        here, step = open_.pop(0)
        while step < steps:
            found = _step(ledger, view, here, first)
            if found is None:
                break
            tx, kept, peeled, score, close = found
            rows.append((branch, step, tx, here, kept, peeled, score, int(close)))
            if close and peeled not in seen:
                seen.add(peeled)
                open_.append((peeled, step + 1))
            if kept in seen:
                break
            seen.add(kept)
            here, step = kept, step + 1
        branch += 1
    columns = np.array(rows, np.int64).reshape(-1, 8)
    return Peels(*columns.T)


def _step(ledger: Ledger, view: View, output: int, first: Ints) -> tuple[int, int, int, int, bool] | None:
    """(transaction, kept, peeled, score, close) of the step that spends `output`; None where the chain ends."""
    tx = int(view.spending_tx(np.array([output]))[0])
    if tx < 0 or view.mixed[tx] or view.tx_first_out[tx + 1] - view.tx_first_out[tx] != 2:
        return None
    spent = view.in_prev[view.tx_first_in[tx] : view.tx_first_in[tx + 1]]
    if (spent < 0).any() or len(np.unique(view.cluster[view.out_script[spent]])) != 1:
        return None
    signs = change.signs(ledger, view, np.array([tx], np.int64), first)
    base, which = int(view.tx_first_out[tx]), int(signs.change[0])
    if which < 0:
        which = int(view.out_value[base + 1] > view.out_value[base])
    kept, peeled = base + which, base + 1 - which
    if view.out_value[peeled] < LEAST_PEEL:
        return None
    return tx, kept, peeled, int(signs.score_ppm[0]), bool(signs.close[0])
