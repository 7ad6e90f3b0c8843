"""Payments asked about, and what the rules of change look at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.change_outputs.signs import first_paid
from leadline.engines.ledger.view import Ints, View

Flags = npt.NDArray[np.bool_]
"""By output of the payments asked about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Payments asked about, and by output (`row`: its payment) and by input (`in_row`) what the rules look at.

    value and fee are satoshi; least is the payment's smallest input; spender the transaction that spends the output, -1
    none; first the output by which the script was paid first.
    """

    view: View
    txs: Ints
    row: Ints
    outputs: Ints
    script: Ints
    value: Ints
    first: Ints
    spender: Ints
    in_row: Ints
    in_script: Ints
    least: Ints
    fee: Ints

    def of_all_others(self, holds: Flags) -> Flags:
        """Where `holds` does not hold and does for every other output of the payment."""
        held = np.bincount(self.row[holds], minlength=len(self.txs))
        return np.asarray(~holds & (held == self.many_out - 1)[self.row], np.bool_)

    @property
    def many_out(self) -> Ints:
        """Outputs by payment."""
        return np.bincount(self.row, minlength=len(self.txs))

    @property
    def many_in(self) -> Ints:
        """Inputs by payment."""
        return np.bincount(self.in_row, minlength=len(self.txs))


def asked(view: View, txs: Ints, first: Ints | None = None) -> Asked:
    """What the rules look at of `txs`, some of `signs.payments`; `first` is what `signs.first_paid` gives."""
    first = first_paid(view) if first is None else first
    row, outputs = view.outputs_of(txs)
    in_row, inputs = view.inputs_of(txs)
    script = view.out_script[outputs].astype(np.int64)
    spent = view.out_value[view.in_prev[inputs]]
    least = np.full(len(txs), np.iinfo(np.int64).max)
    np.minimum.at(least, in_row, spent)
    fee = np.zeros(len(txs), np.int64)
    np.add.at(fee, in_row, spent)
    np.subtract.at(fee, row, view.out_value[outputs])
    return Asked(
        view, txs, row, outputs, script, view.out_value[outputs], first[script], view.spending_tx(outputs),
        in_row, view.in_script[inputs].astype(np.int64), least, fee,
    )  # fmt: skip
