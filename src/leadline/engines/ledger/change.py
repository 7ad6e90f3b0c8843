"""Which of a payment's two outputs went back to the payer: signs that each say so alone, and their sum as a score.

Asked of transactions with two outputs, of one owner by their shape (no CoinJoin). Each sign names one output or none:

    form         the inputs are of one script kind, and one output is
    smallest     one output alone is smaller than every one of several inputs: else an input was not needed
    round        the other output is a round amount of satoshi
    fresh        this output's script was never paid before, the other's was
    cluster      one output's script was spent together with the inputs' (on the pinned chain, so also later)
    fingerprint  the transaction that spends it has the version, lock time habit and final sequence of this one

A sign is a lead. Sources of the signs and of how often each is right on revealed change: Meiklejohn et al., "A Fistful
of Bitcoins" (IMC 2013); Moeser and Narayanan, "Resurrecting Address Clustering in Bitcoin" (FC 2022).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.view import Ints, View

SIGNS = ("form", "smallest", "round", "fresh", "cluster", "fingerprint")
"""The signs, in the order of the columns of `Signs.says`."""
ROUND = 10_000
"""A round amount is a whole multiple of so many satoshi: at any price since 2013 people type no finer amounts."""
CLOSE = 1
"""At most so many signs more for one output than for the other is close: both branches are to be looked at."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Signs:
    """By transaction of `txs` (rows) and sign (columns of SIGNS): 0 or 1 the output that is change, -1 no word."""

    txs: Ints
    says: npt.NDArray[np.int8]

    @property
    def margin(self) -> Ints:
        """Signs for the second output being change less those for the first."""
        lead: Ints = (self.says == 1).sum(axis=1) - (self.says == 0).sum(axis=1)
        return lead

    @property
    def change(self) -> Ints:
        """The output (0 or 1) more signs name; -1 where as many name either, or none."""
        return np.where(self.margin == 0, -1, (self.margin > 0).astype(np.int64))

    @property
    def close(self) -> npt.NDArray[np.bool_]:
        """Where no output leads by more than CLOSE signs, so that both branches are to be followed."""
        return np.abs(self.margin) <= CLOSE

    @property
    def score_ppm(self) -> Ints:
        """Signs for the change, of all that speak and one more, in millionths: an order, not a probability."""
        spoken = (self.says >= 0).sum(axis=1)
        score: Ints = (spoken + np.abs(self.margin)) // 2 * MILLION // (spoken + 1)
        return score


def two_outputs(view: View) -> Ints:
    """Transactions that can be asked: two outputs, inputs all in the ledger, none minted, not CoinJoin-shaped."""
    two = (np.diff(view.tx_first_out) == 2) & (np.diff(view.tx_first_in) > 0) & ~view.mixed
    missing = np.zeros(view.transactions, np.bool_)
    missing[view.in_tx(np.flatnonzero(view.in_prev < 0))] = True
    return np.flatnonzero(two & ~missing)


def signs(ledger: Ledger, view: View, txs: Ints) -> Signs:
    """Every sign of `txs`, which are some of `two_outputs`."""
    says = np.full((len(txs), len(SIGNS)), -1, np.int8)
    if not len(txs):
        return Signs(txs, says)
    first = view.tx_first_out[txs]
    outputs = np.stack([first, first + 1], axis=1)
    script = view.out_script[outputs].astype(np.int64)
    value = view.out_value[outputs]
    row, inputs = view.inputs_of(txs)
    begins = view.tx_first_in[txs]
    begins = np.concatenate([[0], np.cumsum(view.tx_first_in[txs + 1] - begins)])[:-1]
    spent = view.in_prev[inputs]
    kinds = ledger.script_kind[view.out_script[spent]].astype(np.int64)
    low, high = np.minimum.reduceat(kinds, begins), np.maximum.reduceat(kinds, begins)
    least = np.minimum.reduceat(view.out_value[spent], begins)
    several = np.bincount(row, minlength=len(txs)) > 1
    paid_before = _first_paid(view)[script] < first[:, None]
    label = view.cluster[view.out_script[spent[begins]]].astype(np.int64)
    like = ledger.script_kind[script] == low[:, None]
    columns = (
        _only(like & (low == high)[:, None]),
        _only((value < least[:, None]) & several[:, None]),
        _only(value % ROUND != 0),
        _only(~paid_before),
        _only(view.cluster[script] == label[:, None]),
        _only(_same_habit(ledger, view, txs, outputs)),
    )
    return Signs(txs, np.stack(columns, axis=1))


def _only(holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """0 or 1 where the condition holds for that output alone, else -1."""
    return np.where(holds[:, 0] == holds[:, 1], -1, holds[:, 1].astype(np.int8)).astype(np.int8)


def _first_paid(view: View) -> Ints:
    """By script, its first output."""
    first = np.zeros(len(view.cluster), np.int64)
    first[view.out_script[::-1]] = np.arange(len(view.out_script) - 1, -1, -1)
    return first


def _same_habit(ledger: Ledger, view: View, txs: Ints, outputs: Ints) -> npt.NDArray[np.bool_]:
    """By transaction and output: whether what spends the output is written as the transaction itself is."""
    spender = view.spending_tx(outputs.ravel()).reshape(outputs.shape)
    there = np.maximum(spender, 0)
    same = spender >= 0
    for habit in (
        ledger.tx_version[: view.transactions],
        ledger.tx_locktime[: view.transactions] > 0,
        ledger.in_sequence[np.minimum(view.tx_first_in[:-1], len(ledger.in_sequence) - 1)] == 0xFFFFFFFF,
    ):
        same &= habit[there] == habit[txs][:, None]
    return same
