"""Rules of change against the training chain's truth: right, wrong and precision of each, beside what was published."""

from typing import Any

import numpy as np

from leadline.engines.ledger.change_outputs import signs
from leadline.engines.ledger.change_outputs.asked import asked
from leadline.engines.ledger.change_outputs.rules import RULES
from leadline.engines.ledger.change_outputs.score import score
from leadline.engines.ledger.view import View
from tracing.shares import share

MARGINS = (1, 700, 2_000, 4_000)
"""Leads of the score, in thousandths, at which its figures are given."""


def rules(view: View, owner: np.ndarray) -> dict[str, Any]:
    """Figures by rule and by lead of the score, over two-output payments whose one change output the truth knows.

    right, wrong: share of all payments in which it names the change, and the other output; precision: right of both.
    `owner`: by script a number for its owner, -1 unknown.
    """
    txs = signs.payments(view, 2)
    payer = owner[view.out_script[view.in_prev[view.tx_first_in[txs]]]]
    first = view.tx_first_out[txs]
    own = np.stack([owner[view.out_script[first]] == payer, owner[view.out_script[first + 1]] == payer], axis=1)
    known = (owner[view.out_script[first]] >= 0) & (owner[view.out_script[first + 1]] >= 0)
    usable = (own.sum(axis=1) == 1) & (payer >= 0) & known
    txs, truth = txs[usable], own[usable, 1].astype(np.int64)
    found = score(asked(view, txs))
    n = len(txs)

    def row(says: np.ndarray) -> dict[str, Any]:
        right, wrong = int((says == truth).sum()), int(((says >= 0) & (says != truth)).sum())
        return {"right": share(right, n), "wrong": share(wrong, n), "precision": share(right, right + wrong)}

    rows: dict[str, Any] = {"transactions": n}
    for i, rule in enumerate(RULES):
        published = {"right": rule.right_ppm, "wrong": rule.wrong_ppm, "source": rule.source}
        rows[rule.name] = {"claims": rule.says, "published_ppm": published, **row(found.says[:, i])}
    for least in MARGINS:
        rows[f"score, lead of {least / 1000:g} or more"] = row(np.where(found.margin >= least, found.change, -1))
    return rows
