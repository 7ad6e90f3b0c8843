"""Whose hands a transaction left, when no tag and no cluster says: signs counted along its chain of change.

Services that give every coin a new address leave no cluster. They show in the chain of transactions in which each
spends what is taken for the change of the one before (change.signs, any lead), or the only output of one that
spends several coins. Along that chain, a bounded way to either side, these are counted:

    payees      different foreign scripts paid
    collected   the most senders whose coins one transaction of the chain brought together
    single      of the coins collected there, those whose script was paid only once in all, in millionths
    fresh       of the payees, those whose script was paid only once in all, in millionths
    widest      the most payees of one transaction

Many payees and a collection from many senders are a service's. It breaks links for a living when, beyond that, nearly
every script on both sides is used once and payouts go to one or two at a time: no customer keeps an address with it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.change_outputs.signs import first_paid, signs
from leadline.engines.ledger.view import Ints, View

REACH = 64
"""Transactions after which a chain is taken no further: a service pays dozens in so many, a person a few."""
LEAD = 1
"""Signs by which one output must lead to be taken for change: a wrong link costs a sign, never a name."""
PAYEES = 10
"""Fewest payees, as behaviour.py has it."""
SENDERS = 6
"""Fewest senders of one collection, as tracing.walks has it for a history of many hands."""
ONCE = 950_000
"""Least share of scripts used once, on both sides, of what mixes: a kept deposit address or regular payee is a
service's customer."""
WIDEST = 3
"""Most payees at once of what mixes."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ServiceSigns:
    """The signs of each transaction asked about, in the order asked; see the module. `length` is the chain's."""

    length: Ints
    payees: Ints
    collected: Ints
    single: Ints
    fresh: Ints
    widest: Ints

    @property
    def service(self) -> npt.NDArray[np.bool_]:
        """Whether the signs are a service's."""
        return (self.payees >= PAYEES) & (self.collected >= SENDERS)

    @property
    def mixes(self) -> npt.NDArray[np.bool_]:
        """Whether they are those of a service that mixes."""
        return self.service & (self.single >= ONCE) & (self.fresh >= ONCE) & (self.widest <= WIDEST)


def service_signs(view: View, txs: Ints, kept: Ints) -> ServiceSigns:
    """The signs of each of `txs`; scripts `kept` by their owner's own records count as used once however often paid."""
    first = first_paid(view)
    rows, members = _chains(view, txs, first)
    n = len(txs)
    used = np.bincount(view.out_script, minlength=len(view.cluster))
    used[kept] = 1
    own = np.where(_gathers(view, members), view.tx_first_out[members], _change_of(view, members, first))
    at, outputs = view.outputs_of(members)
    sender = _sender(view, members)
    script = view.out_script[outputs].astype(np.int64)
    foreign = (outputs != own[at]) & (view.cluster[script] != sender[at])
    paid = np.unique(np.stack([rows[at[foreign]], script[foreign]], axis=1), axis=0)
    payees = np.bincount(paid[:, 0], minlength=n)
    fresh = np.bincount(paid[used[paid[:, 1]] == 1, 0], minlength=n)
    width = np.bincount(at[foreign], minlength=len(members))
    widest = np.zeros(n, np.int64)
    np.maximum.at(widest, rows, width)
    senders, once, coins = _collected(view, members, used)
    order = np.lexsort((senders, rows))
    last = np.flatnonzero(np.append(np.diff(rows[order]) != 0, True)) if len(order) else order
    best = order[last]
    collected, single = np.zeros(n, np.int64), np.zeros(n, np.int64)
    collected[rows[best]] = senders[best]
    single[rows[best]] = once[best] * MILLION // np.maximum(coins[best], 1)
    share = fresh * MILLION // np.maximum(payees, 1)
    return ServiceSigns(np.bincount(rows, minlength=n), payees, collected, single, share, widest)


def _chains(view: View, txs: Ints, first: Ints) -> tuple[Ints, Ints]:
    """(row, transaction) of every transaction of the chain of each of `txs`, itself among them."""
    n = len(txs)
    rows, members = np.arange(n, dtype=np.int64), np.asarray(txs, np.int64)
    front = rows, members
    while len(front[0]):
        back = _before(view, front[1], first)
        on = _after(view, front[1], first)
        row = np.concatenate([front[0][back[0]], front[0][on >= 0]])
        tx = np.concatenate([back[1], on[on >= 0]])
        keys = np.setdiff1d(row * view.transactions + tx, rows * view.transactions + members)
        row, tx = np.divmod(keys, view.transactions)
        room = (np.bincount(rows, minlength=n) < REACH)[row]
        front = row[room], tx[room]
        rows, members = np.concatenate([rows, front[0]]), np.concatenate([members, front[1]])
    return rows, members


def _change_of(view: View, txs: Ints, first: Ints) -> Ints:
    """The output scored to be the change of each of `txs`, -1 where none leads by LEAD."""
    distinct, at = np.unique(txs, return_inverse=True)
    row, inputs = view.inputs_of(distinct)
    several = (view.tx_first_out[distinct + 1] - view.tx_first_out[distinct] > 1) & ~view.mixed[distinct]
    several &= np.bincount(row[view.in_prev[inputs] >= 0], minlength=len(distinct)) == np.bincount(
        row, minlength=len(distinct)
    )
    found = np.full(len(distinct), -1, np.int64)
    said = signs(view, distinct[several], first)
    found[several] = np.where(said.margin >= LEAD, view.tx_first_out[distinct[several]] + said.change, -1)
    return found[at]


def _after(view: View, txs: Ints, first: Ints) -> Ints:
    """The transaction that spends the change of each of `txs`, -1 for none."""
    own = _change_of(view, txs, first)
    there = view.spending_tx(np.maximum(own, 0))
    return np.where(own >= 0, there, -1)


def _before(view: View, txs: Ints, first: Ints) -> tuple[Ints, Ints]:
    """(row, transaction) of all whose change one of `txs` spends, or whose only output, made of several coins."""
    row, inputs = view.inputs_of(txs)
    spent = view.in_prev[inputs]
    row, spent = row[spent >= 0], spent[spent >= 0]
    made = view.out_tx(spent)
    mine = (_change_of(view, made, first) == spent) | _gathers(view, made)
    return row[mine], made[mine]


def _gathers(view: View, txs: Ints) -> npt.NDArray[np.bool_]:
    """Whether each of `txs` makes one output of several coins."""
    one = view.tx_first_out[txs + 1] - view.tx_first_out[txs] == 1
    several = view.tx_first_in[txs + 1] - view.tx_first_in[txs] > 1
    return np.asarray(one & several & ~view.mixed[txs], np.bool_)


def _sender(view: View, txs: Ints) -> Ints:
    """The sender of each of `txs`, -1 where the ledger does not hold what it spends."""
    return np.maximum(view.sender(txs), -1).astype(np.int64)


def _collected(view: View, txs: Ints, used: Ints) -> tuple[Ints, Ints, Ints]:
    """By transaction: from how many senders its coins come, how many of its coins lay on a script paid once, coins."""
    row, inputs = view.inputs_of(txs)
    spent = view.in_prev[inputs]
    row, spent = row[spent >= 0], spent[spent >= 0]
    pairs = np.unique(np.stack([row, _sender(view, view.out_tx(spent))], axis=1), axis=0)
    senders = np.bincount(pairs[:, 0], minlength=len(txs))
    once = np.bincount(row[used[view.out_script[spent]] == 1], minlength=len(txs))
    return senders, once, np.bincount(row, minlength=len(txs))
