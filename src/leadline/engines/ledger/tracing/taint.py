"""Taint: where the satoshi of given outputs are, by each of the rules courts and tools use, side by side.

All in whole satoshi, in the chain's order of blocks and transactions. A part that does not divide is given as floors,
then one satoshi each to the largest rests, the earlier output first; so every rule but poison keeps the sum exact. The
fee is an output after all others: it bears its part by value (haircut, pro rata, lowest), and is filled last (the
others). Taint ends at a service, where coins are no longer the payer's, and at a CoinJoin.

    poison    an output is wholly tainted when any input is: an upper bound, and no sum
    haircut   every output, and the fee, has the inputs' share by value
    fifo      the inputs' satoshi in order fill the outputs in order; of an input the tainted ones first
    lifo      the same with the inputs from the last to the first
    tiho      taint in, highest out: the largest outputs are filled first
    pro_rata  clusters are accounts that mix what they hold; what leaves one carries its share of the balance
    lowest    clusters are accounts that spend clean coins first: taint is never above the lowest balance since

Sources: Moeser, Boehme and Breuker, "Towards Risk Scoring of Bitcoin Transactions" (FC 2014) for poison and haircut;
Anderson, Shumailov and Ahmed, "Making Bitcoin Legal" (2018) and Clayton's Case (1816) for fifo; Hercog and Povsea,
"Taint analysis of the Bitcoin network" (2019) for tiho; James Roscoe (Bolton) Ltd v Winder (1915) for lowest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.tracing.account_taint_kernels import LOWEST, PRO_RATA, by_account
from leadline.engines.ledger.tracing.coin_taint_kernels import FIFO, HAIRCUT, LIFO, POISON, TIHO, by_coin
from leadline.engines.ledger.view import Ints, View
from leadline.model.ledger import SMALL_EQUAL

BY_COIN = {
    "poison": POISON,
    "haircut": HAIRCUT,
    "fifo": FIFO,
    "lifo": LIFO,
    "tiho": TIHO,
}
BY_ACCOUNT = {"pro_rata": PRO_RATA, "lowest": LOWEST}


@dataclass(frozen=True, slots=True)
class Taint:
    """Where the seeds' satoshi are under one rule.

    output, sat: tainted outputs at which taint ended, in chain order: those marked as ends, and under a rule by coins
    those nothing spends. account, held: clusters that hold taint under a rule by accounts, ascending. fee: satoshi that
    went in fees; stopped: satoshi that entered a transaction taint does not leave; again: satoshi that came from one
    seed to another, which is tainted already. The parts add up to the seeds, but for poison.
    """

    rule: str
    output: Ints
    sat: Ints
    account: Ints
    held: Ints
    fee: int
    stopped: int
    again: int


def taint(view: View, rule: str, seeds: Ints, ends: npt.NDArray[np.bool_]) -> Taint:
    """The taint of the whole of the outputs `seeds` by `rule`; `ends` says of every output whether taint ends there."""
    n = len(view.out_value)
    stops = view.mixed & ~view.looks(np.arange(view.transactions), (SMALL_EQUAL,))
    seeded = np.zeros(n, np.int64)
    seeded[seeds] = view.out_value[seeds]
    start = int(view.out_tx(seeds).min(initial=view.transactions))
    none = np.empty(0, np.int64)
    if rule in BY_COIN:
        sat, spent = seeded.copy(), np.zeros(n, np.bool_)
        fee, stopped, again = by_coin(
            BY_COIN[rule], view.tx_first_in, view.tx_first_out, view.out_value, view.in_prev, stops, ends, sat,
            spent, start,
        )  # fmt: skip
        output = np.flatnonzero((sat > 0) & ~spent)
        return Taint(rule, output, sat[output], none, none, int(fee), int(stopped), int(again))
    size = len(view.cluster)
    sat, balance, held = np.zeros(n, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    fee, stopped, again = by_account(
        BY_ACCOUNT[rule], view.tx_first_in, view.tx_first_out, view.out_value, view.out_script, view.cluster,
        view.in_prev, stops, ends, seeded, sat, balance, held, start,
    )  # fmt: skip
    output, account = np.flatnonzero(sat > 0), np.flatnonzero(held > 0)
    return Taint(rule, output, sat[output], account, held[account], int(fee), int(stopped), int(again))
