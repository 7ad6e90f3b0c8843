"""Patterns of payments as findings: each counts what stands on the chain, says how it was counted, and decides nothing.

Payers are looked at only where named services released all of a payment's value over hops: the hands between are then
private. Elsewhere they may be a service's without a name, whose payouts join its customers and nobody else.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.attribution.merges import Joins, joins
from leadline.engines.ledger.change_outputs import habits
from leadline.engines.ledger.view import Ints, View
from leadline.model import findings
from leadline.model.predicates import PAID_AT_HOURS, PAID_BY_HABIT, PAID_IN_PARTS, REFUNDED, SHARES_PAYER
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.model.times import BLOCK_DOUBT_SECONDS
from leadline.steps.step import Claims
from leadline.steps.trace.context import Context
from leadline.steps.trace.released import Walked
from leadline.steps.trace.services import Services

DAY, HOUR = 86_400, 3_600
LEAST_HABIT = 3
"""Fewest payments that show a habit: two transactions alike are common."""
LEAST_HOURS = 8
"""Fewest payments whose hours are shown: fewer fill no third of a day."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment to an account: output, its `received` finding, account, transaction, block time, value, and the coins
    private hands spent on the way (output: distance); `own` are those the payment itself spent."""

    output: int
    finding: bytes
    account: str
    tx: int
    time: int
    value: int
    coins: dict[int, int]

    @property
    def own(self) -> list[int]:
        """The coins the payment itself spent, of private hands."""
        return sorted(coin for coin, depth in self.coins.items() if depth == 1)


@dataclass(slots=True)
class _Book:
    """What every pattern needs, and the rows as they are made."""

    view: View
    claims: Claims
    rows: dict[str, list[Any]] = field(default_factory=lambda: {c.name: [] for c in findings.PATTERN.columns})

    def add(self, claim: tuple[str, str, str], at: int, counted: tuple[int, int, int], facts: str) -> bytes:
        """One row of a new finding; `counted` is (n, of, satoshi)."""
        id_ = self.claims.add(*claim)
        values = (id_, claim[0], self.outpoint(at), *counted, facts)
        for name, value in zip(self.rows, values, strict=True):
            self.rows[name].append(value)
        self.rest(id_, at)
        return id_

    def rest(self, finding: bytes, output: int) -> None:
        """`finding` rests on this output of the ledger."""
        outpoint = self.view.ledger.outpoint(output)
        self.claims.rest(finding, "ledger", f"ledger:{self.view.ledger.network}", f"out:{outpoint}")

    def on(self, finding: bytes, payments: list[Paid]) -> None:
        """`finding` rests on these payments."""
        for payment in payments:
            self.claims.rest(finding, "finding", f"finding:{payment.finding.hex()}")

    def merged(self, finding: bytes, joined: Joins, coins: list[int]) -> None:
        """`finding` rests on the merges that put these coins' scripts into one cluster."""
        for coin in coins:
            for tx, rule in joined.path(int(self.view.out_script[coin]))[0]:
                txid = self.view.ledger.txid_hex(tx)
                self.claims.rest(finding, "merge", ref("tx", txid), f"tx:{txid}>rule:{rule}")

    def outpoint(self, output: int) -> str:
        """The ref of an output."""
        return f"outpoint:{self.view.ledger.outpoint(output)}"


def patterns(context: Context, walked: Walked) -> pa.Table:
    """The pattern table, a finding each row."""
    paid, view = context.paid, context.view
    book = _Book(view, context.claims)
    payments = [
        Paid(o, id_, paid.account[id_], tx, int(view.tx_time[tx]), int(view.out_value[o]), walked.get(o, {}))
        for o, tx in zip(paid.output.tolist(), view.out_tx(paid.output).tolist(), strict=True)
        for id_ in paid.findings[o]
    ]
    private = [p for p in payments if p.coins]
    coins = np.unique(np.array([coin for p in private for coin in p.coins], np.int64))
    by_cluster = _first_scripts(view, coins)
    joined = joins(view, np.unique(np.array(list(by_cluster.values()), np.int64)))
    _shared(book, private, joined, context.services)
    _parts(book, private, joined)
    _habits(book, private)
    _hours(book, payments)
    _refunds(book, private, joined, paid.stated)
    return from_columns(findings.PATTERN, book.rows)


def _first_scripts(view: View, coins: Ints) -> dict[int, int]:
    """By cluster, the script of its first coin: the one the others' merges are told to."""
    first: dict[int, int] = {}
    for script in view.out_script[coins].tolist():
        first.setdefault(int(view.cluster[script]), script)
    return first


def _clusters(book: _Book, coins: list[int]) -> list[int]:
    return book.view.cluster[book.view.out_script[np.array(coins, np.int64)]].tolist() if coins else []


def _shared(book: _Book, private: list[Paid], joined: Joins, services: Services) -> None:
    """Accounts paid out of one cluster that is no service's: each with the one paid first."""
    groups: dict[int, dict[str, list[tuple[int, int, Paid]]]] = defaultdict(lambda: defaultdict(list))
    for p in private:
        near: dict[int, tuple[int, int]] = {}
        for cluster, coin in zip(_clusters(book, list(p.coins)), p.coins, strict=True):
            near[cluster] = min(near.get(cluster, (p.coins[coin], coin)), (p.coins[coin], coin))
        for cluster, (depth, coin) in near.items():
            groups[cluster][p.account].append((depth, coin, p))
    names = services.names
    for cluster, accounts in sorted(groups.items()):
        if len(accounts) < 2 or names.service[cluster] >= 0 or names.busy[cluster]:
            continue
        first, *others = sorted(accounts, key=lambda a: (min(p.output for *_, p in accounts[a]), a))
        for other in others:
            one, two = accounts[first], accounts[other]
            far = max(min(depth for depth, *_ in side) for side in (one, two))
            how = "that the payments spend" if far == 1 else f"up to {far} transactions before the payments"
            facts = (
                f"{len(one)} payments to the one and {len(two)} to the other, out of coins of one cluster {how}; the "
                f"cluster paid {len(accounts)} accounts"
            )
            both = [*one, *two]
            counted = (len(both), sum(len(a) for a in accounts.values()), sum(p.value for *_, p in both))
            id_ = book.add((first, SHARES_PAYER, other), one[0][1], counted, facts)
            book.on(id_, [p for *_, p in both])
            for _, coin, _ in both:
                book.rest(id_, coin)
            book.merged(id_, joined, [coin for _, coin, _ in both])


def _parts(book: _Book, private: list[Paid], joined: Joins) -> None:
    """Payments to one account out of one cluster, each within a day of the one before."""
    groups: dict[tuple[str, int], list[Paid]] = defaultdict(list)
    for p in private:
        for cluster in sorted(set(_clusters(book, p.own))):
            groups[p.account, cluster].append(p)
    for (account, _), paid in sorted(groups.items()):
        paid.sort(key=lambda p: (p.time, p.output))
        runs = [[paid[0]]]
        for before, p in pairwise(paid):
            if p.time - before.time > DAY:
                runs.append([])
            runs[-1].append(p)
        for run in (r for r in runs if len(r) > 1):
            value, hours = sum(p.value for p in run), (run[-1].time - run[0].time) // HOUR
            facts = (
                f"{len(run)} outputs in {len({p.tx for p in run})} transactions within {hours} hours, "
                f"{value} sat in all"
            )
            claim = (account, PAID_IN_PARTS, book.outpoint(run[0].output))
            id_ = book.add(claim, run[0].output, (len(run), len(paid), value), facts)
            book.on(id_, run)
            book.merged(id_, joined, [coin for p in run for coin in p.own])


def _habits(book: _Book, private: list[Paid]) -> None:
    """Accounts all of whose private payments are written the same way."""
    codes = habits.codes(book.view)
    common = np.bincount(codes)
    for account, paid in sorted(_by_account([p for p in private if p.own]).items()):
        txs = sorted({p.tx for p in paid})
        found = set(codes[txs].tolist())
        if len(txs) < LEAST_HABIT or len(found) != 1:
            continue
        (code,) = found
        order = habits.bip69(book.view, np.array(txs, np.int64))
        facts = (
            f"all {len(txs)} transactions of private hands that paid the account; {int(common[code])} of "
            f"{len(codes)} transactions of the ledger are written so; in the order of BIP69 "
            f"{int((order.sorted & order.tells).sum())} of {int(order.tells.sum())} whose order can tell"
        )
        claim = (account, PAID_BY_HABIT, ref("pattern", habits.words(code)))
        counted = (len(txs), len(txs), sum(p.value for p in paid))
        book.on(book.add(claim, paid[0].output, counted, facts), paid)


def _hours(book: _Book, payments: list[Paid]) -> None:
    """Hours of the day of an account's payments, and the longest run of hours without any."""
    for account, paid in sorted(_by_account(payments).items()):
        if len(paid) < LEAST_HOURS:
            continue
        count = np.bincount([p.time // HOUR % 24 for p in paid], minlength=24).tolist()
        length, start = _quiet(count)
        shown = " ".join(f"{hour:02d}:{n}" for hour, n in enumerate(count) if n)
        facts = (
            f"payments by hour of their block, UTC: {shown}; no payment in {length} hours from {start:02d} on; block "
            f"times are in doubt by {BLOCK_DOUBT_SECONDS // HOUR} hours"
        )
        claim = (account, PAID_AT_HOURS, ref("pattern", f"quiet.{start:02d}.{length:02d}"))
        counted = (len(paid), len(paid), sum(p.value for p in paid))
        book.on(book.add(claim, paid[0].output, counted, facts), paid)


def _quiet(count: list[int]) -> tuple[int, int]:
    """(length, first hour) of the longest run of empty hours round the clock, the earliest among equals."""
    best = (0, 0)
    for start in range(24):
        length = next((k for k in range(24) if count[(start + k) % 24]), 24)
        if length > best[0]:
            best = (length, start)
    return best


def _refunds(book: _Book, private: list[Paid], joined: Joins, stated: Ints) -> None:
    """Outputs of the market's own transactions to who had paid an account before."""
    view = book.view
    payers: dict[int, dict[str, Paid]] = defaultdict(dict)
    scripts: dict[tuple[int, str], int] = {}
    for p in private:
        for cluster, coin in zip(_clusters(book, p.own), p.own, strict=True):
            payers[cluster].setdefault(p.account, p)
            scripts.setdefault((int(view.out_script[coin]), p.account), coin)
    mine = np.zeros(len(view.cluster), np.bool_)
    mine[view.cluster[stated]] = True
    own = mine[view.cluster]
    spent = np.flatnonzero(own[view.out_script] & (view.out_spender >= 0))
    txs = np.unique(view.spending_tx(spent))
    _, outputs = view.outputs_of(txs[~view.mixed[txs]])
    outputs = outputs[~own[view.out_script[outputs]]]
    known = np.zeros(len(view.cluster), np.bool_)
    known[list(payers)] = True
    for output in outputs[known[view.cluster[view.out_script[outputs]]]].tolist():
        script = int(view.out_script[output])
        for account, p in sorted(payers[int(view.cluster[script])].items()):
            if p.output > output:
                continue
            same = (script, account) in scripts
            facts = "to a script that had paid the account" if same else "to the cluster of a script that had paid it"
            claim = (account, REFUNDED, book.outpoint(output))
            id_ = book.add(claim, output, (1, 1, int(view.out_value[output])), facts)
            book.on(id_, [p])
            if not same:
                book.merged(id_, joined, p.own)


def _by_account(payments: list[Paid]) -> dict[str, list[Paid]]:
    found: dict[str, list[Paid]] = defaultdict(list)
    for p in payments:
        found[p.account].append(p)
    return found
