"""Habits of wallets as they show in a transaction: a number by transaction, equal where the habit is the same.

Only what a ledger keeps is used: of inputs the sequence and what they spend, not their signatures or witness. So nested
segwit counts as p2sh, and a script inside p2sh or p2wsh is not seen. Source: Moeser and Narayanan (FC 2022), table of
fingerprints; BIP69, BIP125.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.view import Ints, View
from leadline.kinds.bitcoin import script as sc

Fingerprint: TypeAlias = Callable[[View, Ints], Ints]
UNKNOWN = -1 << 62
"""The fingerprint of a transaction that cannot be told, since the ledger does not hold what its inputs spend."""
FINAL = 0xFFFFFFFE
"""Sequences below this make a transaction replaceable (BIP125)."""


def version(view: View, txs: Ints) -> Ints:
    """has the same version"""
    return np.asarray(view.ledger.tx_version[txs], np.int64)


def locktime(view: View, txs: Ints) -> Ints:
    """sets a lock time if it does, and none if not"""
    return np.asarray(view.ledger.tx_locktime[txs] > 0, np.int64)


def replaceable(view: View, txs: Ints) -> Ints:
    """can be replaced (BIP125) if it can, and cannot if not"""
    row, inputs = view.inputs_of(txs)
    return _any(row, view.ledger.in_sequence[inputs] < FINAL, len(txs))


def spends(*kinds: int) -> Fingerprint:
    """The habit of spending coins of these kinds of script, or of not doing so."""

    def habit(view: View, txs: Ints) -> Ints:
        row, inputs = view.inputs_of(txs)
        script = view.in_script[inputs]
        found = _any(row, (script >= 0) & np.isin(view.ledger.script_kind[np.maximum(script, 0)], kinds), len(txs))
        return np.where((found == 0) & (_any(row, script < 0, len(txs)) == 1), UNKNOWN, found)

    names = " or ".join(sc.KINDS[kind] for kind in kinds)
    habit.__doc__ = f"spends coins of {names} scripts if it does, and none if not"
    return habit


def ordered(view: View, txs: Ints) -> Ints:
    """has the order of BIP69 if it has, and has not if not"""
    row, inputs = view.inputs_of(txs)
    spent = np.maximum(view.in_prev[inputs], 0)
    before = view.out_tx(spent)
    words = view.ledger.tx_id[before][:, ::-1].copy().view(">u8").astype(np.uint64)
    wrong = _falls(row, [*words.T, spent - view.tx_first_out[before]])
    out_row, outputs = view.outputs_of(txs)
    values = view.out_value[outputs]
    wrong_out = _falls(out_row, [values, _rank(view.ledger, view.out_script[outputs])])
    found = 1 - np.maximum(_any(row, wrong, len(txs)), _any(out_row, wrong_out, len(txs)))
    return np.where(_any(row, view.in_prev[inputs] < 0, len(txs)) == 1, UNKNOWN, found)


def input_count(view: View, txs: Ints) -> Ints:
    """has as many inputs"""
    return np.asarray(view.tx_first_in[txs + 1] - view.tx_first_in[txs], np.int64)


def output_count(view: View, txs: Ints) -> Ints:
    """has as many outputs"""
    return np.asarray(view.tx_first_out[txs + 1] - view.tx_first_out[txs], np.int64)


def both_counts(view: View, txs: Ints) -> Ints:
    """has as many inputs and as many outputs"""
    return input_count(view, txs) << 32 | output_count(view, txs)


def unconfirmed(view: View, txs: Ints) -> Ints:
    """spends a coin of its own block (not yet confirmed) if it does, and none if not"""
    row, inputs = view.inputs_of(txs)
    spent = view.in_prev[inputs]
    same = view.tx_height[view.out_tx(np.maximum(spent, 0))] == view.tx_height[txs][row]
    return _any(row, (spent >= 0) & same, len(txs))


def fee(view: View, txs: Ints) -> Ints:
    """pays the same fee to the satoshi"""
    row, inputs = view.inputs_of(txs)
    out_row, outputs = view.outputs_of(txs)
    paid = np.zeros(len(txs), np.int64)
    np.add.at(paid, row, np.maximum(view.ledger.in_value[inputs], 0))
    np.subtract.at(paid, out_row, view.out_value[outputs])
    return np.where(_any(row, view.ledger.in_value[inputs] < 0, len(txs)) == 1, UNKNOWN, paid)


def peels(view: View, txs: Ints) -> Ints:
    """spends one coin into two"""
    chain = (input_count(view, txs) == 1) & (output_count(view, txs) == 2)
    return np.asarray(chain, np.int64)


def _any(row: Ints, holds: npt.NDArray[Any], n: int) -> Ints:
    """By transaction, 1 where it holds for any of its rows."""
    return (np.bincount(row[holds], minlength=n) > 0).astype(np.int64)


def _falls(row: Ints, keys: list[npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
    """Where a row's keys are below those of the row before it in the same transaction."""
    falls, same = np.zeros(len(row), np.bool_), np.zeros(len(row), np.bool_)
    same[1:] = row[1:] == row[:-1]
    for key in keys:
        falls[1:] |= same[1:] & (key[1:] < key[:-1])
        same[1:] &= key[1:] == key[:-1]
    return falls


def _rank(ledger: Ledger, scripts: Ints) -> Ints:
    """Place of each script in the order of their bytes."""
    distinct, at = np.unique(scripts, return_inverse=True)
    order = sorted(range(len(distinct)), key=lambda i: ledger.script_bytes(int(distinct[i])))
    rank = np.empty(len(distinct), np.int64)
    rank[order] = np.arange(len(distinct))
    return rank[at]
