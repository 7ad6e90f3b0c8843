"""Which outputs of a CoinJoin can be tied to some of its inputs, and why; and the mixes a Tx0's coins went to.

A mix hides whose its equal outputs are. Two things can still tie an output to inputs, and nothing else is said here:

    reuse   the output pays a script that the mix itself spends
    value   the output is change, and of all sets of the mix's input scripts one alone can have left it: what the set
            held, less what it took in equal outputs, is the change within the fees that can have been paid or earned

For *value* every set is tried, so that "one alone" is a count and not a guess; mixes of more than UNITS input scripts
are therefore not asked. A Tx0 is no mix: one owner splits a coin, so what it makes is his (walks go through it).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clustering.coinjoins import POOL_FEE, POOLS
from leadline.engines.ledger.view import Ints, View
from leadline.model.ledger import MIXES
from leadline.model.words import MIX_RULES

REUSE, VALUE = range(2)
RULES = MIX_RULES
UNITS = 16
"""Most input scripts of a mix whose sets are all tried: 65,536 sets."""
EARNED_PPM = 10_000
"""Most that a party earns by mixing, in millionths of the amount mixed: makers ask for far less (JoinMarket's own
default offers are below a thousandth)."""
EARNED_SAT = 10_000
"""The same for small amounts: an offer may be a fixed sum (JoinMarket, absolute offers)."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Links:
    """One row an output and an input it is tied to: mix, output, output spent by that input, rule, sets tried."""

    tx: Ints
    output: Ints
    spent: Ints
    rule: Ints
    tried: Ints


def links(view: View, txs: Ints) -> Links:
    """The ties of the mixes `txs`, mix by mix; those with an input from outside the ledger have none by value."""
    rows: list[tuple[int, int, int, int, int]] = []
    for tx in txs.tolist():
        spent = view.in_prev[view.tx_first_in[tx] : view.tx_first_in[tx + 1]]
        held = spent[spent >= 0]
        outputs = np.arange(view.tx_first_out[tx], view.tx_first_out[tx + 1])
        scripts = view.out_script[held]
        again = np.isin(view.out_script[outputs], scripts)
        for o in outputs[again].tolist():
            rows += [(tx, o, int(p), REUSE, 0) for p in held[scripts == view.out_script[o]]]
        if len(held) == len(spent):
            rows += [(tx, *row) for row in _by_value(view, held, outputs, outputs[~again])]
    return Links(*np.array(rows, np.int64).reshape(-1, 5).T)


def _by_value(view: View, spent: Ints, outputs: Ints, asked: Ints) -> list[tuple[int, int, int, int]]:
    """(output, output spent, VALUE, sets tried) of those of `asked` that are change one set alone can have left."""
    units, unit = np.unique(view.out_script[spent], return_inverse=True)
    if len(units) > UNITS:
        return []
    value = view.out_value[outputs]
    amounts, times = np.unique(value[value > 0], return_counts=True)
    if not len(times) or times.max() < 2:
        return []
    equal = amounts[times > 1]
    sums = np.zeros(1, np.int64)
    for u in range(len(units)):
        sums = np.concatenate([sums, sums + view.out_value[spent[unit == u]].sum()])
    fee = int(view.out_value[spent].sum() - value.sum())
    takes = {int(a) * k for a, n in zip(amounts[times > 1], times[times > 1], strict=True) for k in range(1, n + 1)}
    earned = max(EARNED_SAT, int(equal.max()) * EARNED_PPM // MILLION)
    most = max(fee, 0) + earned * int(times.max())
    found: dict[int, int] = {}
    for o in asked[(view.out_value[asked] > 0) & ~np.isin(view.out_value[asked], equal)].tolist():
        can = np.zeros(len(sums), np.bool_)
        for take in takes:
            rest = sums - take - int(view.out_value[o])
            can |= (rest >= -earned) & (rest <= most)
        sets = np.flatnonzero(can)
        if len(sets) == 1:
            found[o] = int(sets[0])
    kept = {o: s for o, s in found.items() if not any(s & other for p, other in found.items() if p != o)}
    return [
        (o, int(p), VALUE, len(sums) - 1)
        for o, s in sorted(kept.items())
        for p, u in zip(spent.tolist(), unit.tolist(), strict=True)
        if s >> u & 1
    ]


@dataclass(frozen=True, slots=True)
class Premixes:
    """One row a premix output of a Tx0: the output, what spends it (-1 nothing), and whether that mixes."""

    output: Ints
    tx: Ints
    mixes: npt.NDArray[np.bool_]


def premixes(view: View, tx0: int) -> Premixes:
    """The premix outputs of a Tx0, those of a pool's amount and a little for the mix's fee, and where each went."""
    outputs = np.arange(view.tx_first_out[tx0], view.tx_first_out[tx0 + 1])
    value = view.out_value[outputs]
    above = np.min([np.where(value > pool, value - pool, POOL_FEE + 1) for pool in POOLS], axis=0)
    outputs = outputs[above <= POOL_FEE]
    amounts, times = np.unique(view.out_value[outputs], return_counts=True)
    if len(times):
        outputs = outputs[view.out_value[outputs] == amounts[times.argmax()]]
    spending = view.spending_tx(outputs)
    return Premixes(outputs, spending, (spending >= 0) & view.looks(np.maximum(spending, 0), MIXES))
