"""How transactions are written: version, lock time, sequence and script kind, as one code each, and how common it is.

Wallet software and its settings leave these in every transaction. They are a lead to which payments one wallet wrote,
never to whose it is. Source of the fields: Moeser and Narayanan, "Resurrecting Address Clustering in Bitcoin" (FC
2022); order of inputs and outputs: BIP69.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.view import Ints, View
from leadline.kinds.bitcoin.script import KINDS

FINAL, LOCKABLE, REPLACEABLE = range(3)
"""The first input's sequence: final; one below, which lets the lock time count; lower, which asks for BIP125."""
_SEQUENCE = ("final", "lockable", "replaceable")
_OTHER = len(KINDS)
"""Script kind of an input the ledger does not hold."""


def codes(view: View) -> Ints:
    """By transaction, its habit: version (0 to 9), lock time set, sequence, kind of the first input's script."""
    n = view.transactions
    first = np.minimum(view.tx_first_in[:-1], max(len(view.in_prev) - 1, 0))
    spent = view.in_prev[first]
    kind = np.where(spent >= 0, view.ledger.script_kind[view.out_script[np.maximum(spent, 0)]], _OTHER).astype(np.int64)
    said = view.ledger.in_sequence[first]
    sequence = np.where(said == 0xFFFFFFFF, FINAL, np.where(said == 0xFFFFFFFE, LOCKABLE, REPLACEABLE))
    version = np.clip(view.ledger.tx_version[:n], 0, 9).astype(np.int64)
    locked = (view.ledger.tx_locktime[:n] > 0).astype(np.int64)
    return ((version * 2 + locked) * 3 + sequence) * (_OTHER + 1) + kind


def words(code: int) -> str:
    """A habit as words joined by dots, for example ``v2.locked.lockable.p2wpkh``."""
    rest, kind = divmod(code, _OTHER + 1)
    rest, sequence = divmod(rest, 3)
    version, locked = divmod(rest, 2)
    named = KINDS[kind] if kind < _OTHER else "unknown"
    return f"v{version}.{'locked' if locked else 'open'}.{_SEQUENCE[sequence]}.{named}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Of the transactions asked: whether the order of inputs and outputs can tell, and whether it is BIP69's."""

    tells: npt.NDArray[np.bool_]
    sorted: npt.NDArray[np.bool_]


def bip69(view: View, txs: Ints) -> Sorted:
    """Whether each of `txs` is written in BIP69's order; inputs of outside the ledger are not looked at.

    Inputs ascend by transaction id as shown, then output number; outputs by value, then script. A transaction of one
    input and one output cannot tell.
    """
    tells, ordered = np.zeros(len(txs), np.bool_), np.ones(len(txs), np.bool_)
    for i, tx in enumerate(txs.tolist()):
        spent = view.in_prev[view.tx_first_in[tx] : view.tx_first_in[tx + 1]]
        spent = spent[spent >= 0]
        made = np.arange(view.tx_first_out[tx], view.tx_first_out[tx + 1])
        before = view.out_tx(spent)
        points = [
            (view.ledger.txid_hex(t), int(o - view.tx_first_out[t]))
            for t, o in zip(before.tolist(), spent.tolist(), strict=True)
        ]
        paid = [(int(view.out_value[o]), view.ledger.script_bytes(int(view.out_script[o]))) for o in made.tolist()]
        tells[i] = len(points) > 1 or len(paid) > 1
        ordered[i] = points == sorted(points) and paid == sorted(paid)
    return Sorted(tells, ordered)
