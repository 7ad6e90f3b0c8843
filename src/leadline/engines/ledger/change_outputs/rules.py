"""The published heuristics that say which output of a payment went back to the payer, each as a rule with a name.

A rule looks at every output of a payment and speaks only when it holds for one output alone. Its docstring says what it
claims; its rates are those its source measured on payments whose change was revealed later: of all such payments, the
share in which it named the change (right) and in which it named another output (wrong). Rules that compare the payment
with the transaction that spends an output follow habits of the payer's wallet; they know what came later on the chain.

No rule is used alone, and none makes clusters: one change rule made of 13 million addresses of one service a cluster of
281 million (Moeser and Narayanan, FC 2022). `score` weighs them together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger.change_outputs import fingerprints
from leadline.engines.ledger.change_outputs.asked import Asked, Flags
from leadline.engines.ledger.change_outputs.fingerprints import Fingerprint
from leadline.kinds.bitcoin import script as sc

MOESER = "Moeser and Narayanan, Resurrecting Address Clustering in Bitcoin (FC 2022), 35,257,428 payments"


def optimal_change(a: Asked) -> Flags:
    """Smaller than every input: had it been the payment, one of the inputs would not have been needed."""
    return np.asarray((a.value < a.least[a.row]) & (a.many_in > 1)[a.row], np.bool_)


def optimal_change_fee(a: Asked) -> Flags:
    """Smaller than every input even with the fee paid out of it."""
    return np.asarray((a.value + a.fee[a.row] < a.least[a.row]) & (a.many_in > 1)[a.row], np.bool_)


def address_type(a: Asked) -> Flags:
    """Alone of the one kind of script that all inputs have: a wallet makes addresses of one kind."""
    kinds = a.view.ledger.script_kind[a.in_script].astype(np.int64)
    low, high = np.full(len(a.txs), 255), np.zeros(len(a.txs), np.int64)
    np.minimum.at(low, a.in_row, kinds)
    np.maximum.at(high, a.in_row, kinds)
    return np.asarray((a.view.ledger.script_kind[a.script] == low[a.row]) & (low == high)[a.row], np.bool_)


def power_of_ten(digits: int) -> Callable[[Asked], Flags]:
    """The rule that takes for change the one amount that is no multiple of 10 to the `digits`."""

    def rule(a: Asked) -> Flags:
        return a.of_all_others(a.value % 10**digits == 0)

    rule.__doc__ = f"The one amount that does not end in {digits} zeros of satoshi: people type round amounts."
    return rule


def same_fingerprint(written_as: Fingerprint) -> Callable[[Asked], Flags]:
    """The rule that takes for change the one output spent by a transaction with the payment's own habit.

    It speaks only when every other output is spent as well: what nobody spent yet shows no habit.
    """

    def rule(a: Asked) -> Flags:
        own = written_as(a.view, a.txs)[a.row]
        there = written_as(a.view, np.maximum(a.spender, 0))
        told = (a.spender >= 0) & (there != fingerprints.UNKNOWN)
        return np.asarray(a.of_all_others(told & (there != own)) & told, np.bool_)

    rule.__doc__ = f"Spent by a transaction that {written_as.__doc__}, while all others are spent by one that differs."
    return rule


def one_time_change(a: Asked) -> Flags:
    """Pays a script never paid before, while all others were, and nothing goes back to a script spent from."""
    back = np.bincount(a.row[address_reuse(a)], minlength=len(a.txs)) > 0
    return np.asarray(shadow(a) & ~back[a.row], np.bool_)


def shadow(a: Asked) -> Flags:
    """Pays a script never paid before, while all others were: change addresses are new, payees' are known."""
    return a.of_all_others(a.first < a.view.tx_first_out[a.txs][a.row])


def address_reuse(a: Asked) -> Flags:
    """Pays a script that the payment spends from: the payer took his change back where it came from."""
    paid = a.row * len(a.view.cluster) + a.script
    return np.asarray(np.isin(paid, a.in_row * len(a.view.cluster) + a.in_script), np.bool_)


def peeling_chain(a: Asked) -> Flags:
    """Goes on as the payment began: one coin in, two out, and so is the transaction that spends it."""
    chain = fingerprints.peels(a.view, a.txs) == 1
    there = np.maximum(a.spender, 0)
    return np.asarray((a.spender >= 0) & chain[a.row] & (fingerprints.peels(a.view, there) == 1), np.bool_)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, the output it holds for, family of signs that say nearly the same, and its published rates.

    right_ppm, wrong_ppm: share of all payments where it names the change, and another output; None not published.
    """

    name: str
    holds: Callable[[Asked], Flags]
    family: str
    right_ppm: int | None = None
    wrong_ppm: int | None = None
    source: str = MOESER

    @property
    def says(self) -> str:
        """What it claims."""
        return " ".join((self.holds.__doc__ or "").split())


RULES: tuple[Rule, ...] = (
    Rule("optimal_change", optimal_change, "optimal", 306_000, 26_000),
    Rule("optimal_change_fee", optimal_change_fee, "optimal", 239_000, 20_000),
    Rule("address_type", address_type, "kind", 237_000, 31_000),
    Rule("power_of_ten_2", power_of_ten(2), "round", 467_000, 12_000),
    Rule("power_of_ten_3", power_of_ten(3), "round", 420_000, 6_000),
    Rule("power_of_ten_4", power_of_ten(4), "round", 375_000, 5_000),
    Rule("power_of_ten_5", power_of_ten(5), "round"),
    Rule("power_of_ten_6", power_of_ten(6), "round", 211_000, 5_000),
    Rule("power_of_ten_7", power_of_ten(7), "round", 107_000, 500),
    Rule("version", same_fingerprint(fingerprints.version), "version", 245_000, 4_000),
    Rule("locktime", same_fingerprint(fingerprints.locktime), "locktime", 307_000, 3_000),
    Rule("rbf", same_fingerprint(fingerprints.replaceable), "rbf", 75_000, 3_000),
    Rule("multisig", same_fingerprint(fingerprints.spends(sc.MULTISIG)), "kind", 140_000, 600),
    Rule("segwit", same_fingerprint(fingerprints.spends(sc.P2WPKH, sc.P2WSH, sc.P2TR)), "kind", 191_000, 21_000),
    Rule("p2sh", same_fingerprint(fingerprints.spends(sc.P2SH)), "kind", 269_000, 15_000),
    Rule("p2wpkh", same_fingerprint(fingerprints.spends(sc.P2WPKH)), "kind", 181_000, 19_000),
    Rule("ordered", same_fingerprint(fingerprints.ordered), "ordered", 262_000, 53_000),
    Rule("input_count", same_fingerprint(fingerprints.input_count), "count"),
    Rule("output_count", same_fingerprint(fingerprints.output_count), "count", 283_000, 129_000),
    Rule("input_output_count", same_fingerprint(fingerprints.both_counts), "count", 263_000, 107_000),
    Rule("zeroconf", same_fingerprint(fingerprints.unconfirmed), "zeroconf", 100_000, 61_000),
    Rule("absolute_fee", same_fingerprint(fingerprints.fee), "fee", 117_000, 25_000),
    Rule("one_time_change", one_time_change, "new", 550_000, 23_000),
    Rule("shadow", shadow, "new", 550_000, 23_000),
    Rule("address_reuse", address_reuse, "reuse", source="Meiklejohn et al., A Fistful of Bitcoins (IMC 2013)"),
    Rule("peeling_chain", peeling_chain, "peel", source="Kalodner et al., BlockSci (USENIX Security 2020)"),
)
"""The rules. one_time_change and shadow: right in 96.0 % of the 57.3 % of payments in which they speak."""
