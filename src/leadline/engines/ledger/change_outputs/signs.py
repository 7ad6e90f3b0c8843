"""Which of a payment's outputs went back to the payer: signs that each say so alone, and their sum as a score.

Asked of transactions with several outputs and of one owner by their shape (no CoinJoin). Each sign names one output or
none:

    form         the inputs are of one script kind, and one output alone is
    smallest     one output alone is smaller than every one of several inputs: else an input was not needed
    round        one output alone is no round amount of satoshi
    fresh        one output's script alone was never paid before
    cluster      one output's script alone was spent together with the inputs' (on the pinned chain, so also later)
    fingerprint  one output alone is spent with the version, lock time habit and final sequence of this transaction

A sign is a lead. Sources of the signs and of how often each is right on revealed change: Meiklejohn et al., "A Fistful
of Bitcoins" (IMC 2013); Moeser and Narayanan, "Resurrecting Address Clustering in Bitcoin" (FC 2022).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.view import Ints, View

SIGNS = ("form", "smallest", "round", "fresh", "cluster", "fingerprint")
"""The signs, in the order of the columns of `Signs.says`."""
ROUND = 10_000
"""A round amount is a whole multiple of so many satoshi: at any price since 2013 people type no finer amounts."""
CLOSE = 1
"""A lead of at most so many signs over the next output is close: both branches are to be looked at."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Signs:
    """By transaction of `txs` (rows) and sign (columns of SIGNS): position of the output that is change, -1 no word."""

    txs: Ints
    says: npt.NDArray[np.int32]

    @property
    def votes(self) -> npt.NDArray[np.int8]:
        """By transaction and sign, how many signs name the same output; 0 where the sign says nothing."""
        same = (self.says[:, :, None] == self.says[:, None, :]).sum(axis=2)
        return np.where(self.says >= 0, same, 0).astype(np.int8)

    @property
    def margin(self) -> Ints:
        """How many signs more name the change than name the next output."""
        votes = self.votes
        best = np.take_along_axis(self.says, votes.argmax(axis=1)[:, None], axis=1)
        rest = np.where(self.says == best, 0, votes)
        lead: Ints = votes.max(axis=1).astype(np.int64) - rest.max(axis=1)
        return lead

    @property
    def change(self) -> Ints:
        """Position of the output most signs name; -1 where as many name another, or none."""
        best = np.take_along_axis(self.says, self.votes.argmax(axis=1)[:, None], axis=1)[:, 0]
        return np.where(self.margin == 0, -1, best).astype(np.int64)

    @property
    def close(self) -> npt.NDArray[np.bool_]:
        """Where no output leads by more than CLOSE signs, so that both branches are to be followed."""
        return self.margin <= CLOSE

    @property
    def score_ppm(self) -> Ints:
        """Signs for the change, of all that speak and one more, in millionths: an order, not a probability."""
        score: Ints = self.votes.max(axis=1).astype(np.int64) * MILLION // ((self.says >= 0).sum(axis=1) + 1)
        return score


def payments(view: View, outputs: int = 0) -> Ints:
    """Transactions that can be asked: several outputs (`outputs` of them, unless 0), no CoinJoin, inputs all held."""
    several = np.diff(view.tx_first_out) == outputs if outputs else np.diff(view.tx_first_out) > 1
    several &= (np.diff(view.tx_first_in) > 0) & ~view.mixed
    several[view.in_tx(np.flatnonzero(view.in_prev < 0))] = False
    return np.flatnonzero(several)


def first_paid(view: View) -> Ints:
    """By script, its first output."""
    first = np.zeros(len(view.cluster), np.int64)
    first[view.out_script[::-1]] = np.arange(len(view.out_script) - 1, -1, -1)
    return first


def signs(view: View, txs: Ints, first: Ints | None = None) -> Signs:
    """Every sign of `txs`, which are some of `payments`; `first` is what `first_paid` gives, made when missing."""
    says = np.full((len(txs), len(SIGNS)), -1, np.int32)
    if not len(txs):
        return Signs(txs, says)
    first = first_paid(view) if first is None else first
    row, outputs = view.outputs_of(txs)
    place = outputs - view.tx_first_out[txs][row]
    script = view.out_script[outputs].astype(np.int64)
    value = view.out_value[outputs]
    _, inputs = view.inputs_of(txs)
    sizes = view.tx_first_in[txs + 1] - view.tx_first_in[txs]
    begins = np.cumsum(sizes) - sizes
    spent = view.in_prev[inputs]
    kinds = view.ledger.script_kind[view.out_script[spent]].astype(np.int64)
    low, high = np.minimum.reduceat(kinds, begins), np.maximum.reduceat(kinds, begins)
    least = np.minimum.reduceat(view.out_value[spent], begins)
    label = view.cluster[view.out_script[spent[begins]]].astype(np.int64)
    holds = (
        (view.ledger.script_kind[script] == low[row]) & (low == high)[row],
        (value < least[row]) & (sizes > 1)[row],
        value % ROUND != 0,
        first[script] >= view.tx_first_out[txs][row],
        view.cluster[script] == label[row],
        _same_habit(view, txs[row], outputs),
    )
    for i, held in enumerate(holds):
        count = np.bincount(row[held], minlength=len(txs))
        at = np.zeros(len(txs), np.int64)
        at[row[held]] = place[held]
        says[:, i] = np.where(count == 1, at, -1)
    return Signs(txs, says)


def _same_habit(view: View, txs: Ints, outputs: Ints) -> npt.NDArray[np.bool_]:
    """By output and its transaction: whether what spends the output is written as the transaction itself is."""
    spender = view.spending_tx(outputs)
    there = np.maximum(spender, 0)
    same = spender >= 0
    for habit in (_version, _locked, _final):
        same &= habit(view, there) == habit(view, txs)
    return same


def _version(view: View, txs: Ints) -> Ints:
    return np.asarray(view.ledger.tx_version[txs], np.int64)


def _locked(view: View, txs: Ints) -> Ints:
    return np.asarray(view.ledger.tx_locktime[txs] > 0, np.int64)


def _final(view: View, txs: Ints) -> Ints:
    return np.asarray(view.ledger.in_sequence[view.tx_first_in[txs]] == 0xFFFFFFFF, np.int64)
