"""Every rule of change together: a score by published rates, which names an output only where several families agree.

A rule weighs the logarithm of how much oftener it is right than wrong by its published rates; one without rates weighs
LEAST. Rules of one family say nearly the same, so of a family only the heaviest that names an output counts for it.
What one family alone says is no word: then no change is named.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.change_outputs.asked import Asked
from leadline.engines.ledger.change_outputs.rules import RULES, Rule
from leadline.engines.ledger.view import Ints

LEAST = 700
"""Weight, in thousandths, of a rule without published rates: that of one right twice as often as wrong."""
DOUBT = 1_000
"""Weight that stands for whatever no rule sees; it keeps every score below certainty."""
FAMILIES = tuple(dict.fromkeys(rule.family for rule in RULES))
ALONE = 2
"""Fewest families that must name the same output."""
CLOSE = 700
"""A lead of at most so much over the next output is close: both branches are to be looked at."""
MILLION = 1_000_000


def weight(rule: Rule) -> int:
    """The weight of a rule, in thousandths of the natural logarithm of right over wrong."""
    if rule.right_ppm is None or rule.wrong_ppm is None:
        return LEAST
    return round(1000 * math.log(rule.right_ppm / rule.wrong_ppm))


@dataclass(frozen=True, slots=True)
class Score:
    """By payment: output (its number in the payment) each rule names (columns of RULES, -1 no word), the change all
    together name (-1 none), its weight, and the next output's."""

    txs: Ints
    says: npt.NDArray[np.int32]
    change: Ints
    best: Ints
    next: Ints

    @property
    def margin(self) -> Ints:
        """By how much the change leads, in thousandths."""
        return self.best - self.next

    @property
    def close(self) -> npt.NDArray[np.bool_]:
        """Where no output leads by more than CLOSE, so that both branches are to be followed."""
        return np.asarray((self.change < 0) | (self.margin <= CLOSE), np.bool_)

    @property
    def score_ppm(self) -> Ints:
        """The weight for the change, of all weights and DOUBT, in millionths: an order, not a probability."""
        return np.where(self.change >= 0, self.best * MILLION // (self.best + self.next + DOUBT), 0)

    def reasons(self, payment: int, output: int) -> list[str]:
        """Names of the rules that name an output of a payment (its row)."""
        return [rule.name for i, rule in enumerate(RULES) if self.says[payment, i] == output]


def score(a: Asked) -> Score:
    """Every rule's word and the score of all."""
    n, width = len(a.txs), int(a.many_out.max(initial=1))
    place = a.outputs - a.view.tx_first_out[a.txs][a.row]
    says = np.full((n, len(RULES)), -1, np.int32)
    heavy = np.zeros((len(FAMILIES), n, width), np.int64)
    for i, rule in enumerate(RULES):
        held = rule.holds(a)
        alone = held & (np.bincount(a.row[held], minlength=n) == 1)[a.row]
        says[a.row[alone], i] = place[alone]
        family = heavy[FAMILIES.index(rule.family)]
        family[a.row[alone], place[alone]] = np.maximum(family[a.row[alone], place[alone]], weight(rule))
    total, families = heavy.sum(axis=0), (heavy > 0).sum(axis=0)
    first = total.argmax(axis=1)
    best = np.take_along_axis(total, first[:, None], axis=1)[:, 0]
    agree = np.take_along_axis(families, first[:, None], axis=1)[:, 0]
    np.put_along_axis(total, first[:, None], -1, axis=1)
    second = np.maximum(total.max(axis=1, initial=0), 0)
    named = (best > second) & (agree >= ALONE)
    return Score(a.txs, says, np.where(named, first, -1), best, second)
