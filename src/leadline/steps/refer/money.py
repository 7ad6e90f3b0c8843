"""Payments of a person's accounts: who is decided to have withdrawn the coins, and what they were worth."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.meanings import AT_PAYMENT, AT_VALUATION
from leadline.model.referral import PAYMENTS, RELEASES
from leadline.model.tables import from_rows
from leadline.model.words import AGAINST, NONE, RECORDED, REJECTED
from leadline.steps.refer.payers import Paid, payers
from leadline.steps.refer.payers import table as payers_table
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.service_answers import answer, named, transaction, withdrawals


@dataclass(frozen=True, slots=True)
class Money:
    """A package's payments, who is decided to have paid each, and releases; the findings they rest on, and the releases
    that a service denied."""

    payments: pa.Table
    payers: pa.Table
    releases: pa.Table
    rests_on: frozenset[bytes]
    denied: frozenset[bytes]


def rows_where(table: pa.Table, column: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Rows of `table` whose `column` is one of `values`, as dicts; for the rows of one package only."""
    wanted = pa.array(list(values), table.schema.field(column).type)
    rows: list[dict[str, Any]] = table.filter(pc.is_in(table.column(column), wanted)).to_pylist()
    return rows


def money(source: Source, people: Sequence[Person], stops: Mapping[bytes, Sequence[str]]) -> Money:
    """Payments and recorded releases of `people`, each release with what its service's return says of it.

    `stops` are the exhibits that may not travel: whom they alone name, and who is none of `people`, is a number.

    What was rejected counts for nobody: a payment whose received finding was, a release, a customer of record. A
    rejected release stands among the releases as denied all the same: the service's word against it is a fact.

    A payment is tied to a customer of the person whom an accepted payer_candidate names for it (`payers`) and counts,
    whoever uses the account. Any other payment to an account at a time in which it is the person's stands with tie
    ``account``; whom else a decision names for it stands in `payers`.
    """
    own = {m for p in people for m in p.members}
    rejected = source.ruled(REJECTED)
    accounts = sorted({a for p in people for a in p.accounts})
    paid = [r for r in rows_where(source.table("payment"), "account", accounts) if r["finding"] not in rejected]
    released: dict[str, list[dict[str, Any]]] = defaultdict(list)
    recorded = source.table("release")
    recorded = recorded.filter(pc.equal(recorded.column("grade"), RECORDED))
    for row in rows_where(recorded, "payment", [r["outpoint"] for r in paid]):
        released[row["payment"]].append(row)
    told = withdrawals(source.table("event"), sorted({transaction(r) for rows in released.values() for r in rows}))
    asked = source.answered()
    rules = {(r.finding, r.outpoint): r.rule for r in source.releases()}
    worth = _valuations(source, [r["outpoint"] for r in paid])
    others = stated_for_others(source, [r["finding"] for r in paid])
    decided = payers(source, paid, released, told)
    to: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for account in person.accounts:
            to[account].append(person)
    payments, releases = [], []
    shown: list[tuple[Person, Paid]] = []
    rests: set[bytes] = set()
    denied: set[bytes] = set()
    for row, person in [(r, p) for r in paid for p in to[r["account"]]]:
        account, outpoint, sat = row["account"], row["outpoint"], row["value_sat"]
        when = row["utc_low"], row["utc_high"]
        counted = [p for p in decided[account, outpoint] if p.release and p.customer in person.members]
        names = {p.customer for p in counted}
        share = 0
        mine = []
        for release in released[outpoint]:
            rows = named(told, release)
            returned = {w["subject"] for w in rows}
            open_ = {w["subject"] for w in rows if w["subject"] in own or w["exhibit"] not in stops}
            hit = {p.customer for p in counted if p.release == release}
            share += release["share_ppm"] if hit else 0
            mine.append(
                (person.ref, outpoint, release["service"], release["release_outpoint"], release["value_sat"],
                 release["hops"], rules[release["finding"], release["release_outpoint"]], release["share_ppm"],
                 release["tagged_ppm"],
                 answer(told, asked, rejected, release),
                 " ".join(sorted(open_)) or NONE, len(returned - open_), " ".join(sorted(hit)) or NONE,
                 release["finding"])
            )  # fmt: skip
        if not names and not person.uses(account, *when):
            continue
        releases += mine
        found = {release["finding"] for release in released[outpoint]}
        rests |= found - rejected
        denied |= found & rejected
        rests.update(p.record for p in counted)
        shown.append((person, (account, outpoint)))
        at = worth.get(outpoint, {})
        then, later = at.get(AT_PAYMENT, {}), at.get(AT_VALUATION, {})
        rests.update(v["finding"] for v in (then, later) if v)
        rests.add(row["finding"])
        payments.append(
            (person.ref, account, "payer" if names else "account", " ".join(sorted(names)) or NONE,
             min(share, 1_000_000), outpoint, sat, btc(sat), row["height"], row["utc_low"], row["utc_high"],
             (then or later).get("currency", source.case.currency),
             then.get("day"), then.get("rate"), then.get("amount"),
             later.get("day"), later.get("rate"), later.get("amount"), (then or later).get("series", NONE),
             others[row["finding"]], row["finding"])
        )  # fmt: skip
    tables = from_rows(PAYMENTS, payments), payers_table(source, shown, decided, stops), from_rows(RELEASES, releases)
    return Money(*tables, frozenset(rests), frozenset(denied))


def stated_for_others(source: Source, received: Sequence[bytes]) -> Counter[bytes]:
    """{received finding: statements in the records that give its address for another account}."""
    basis = source.table("basis")
    of_exhibits = basis.filter(pc.equal(basis.column("kind"), "exhibit"))
    against = of_exhibits.filter(pc.equal(of_exhibits.column("role"), AGAINST))
    return Counter(r["finding"] for r in rows_where(against, "finding", received))


def _valuations(source: Source, outpoints: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """{outpoint: {at: row}} of the valuations of these outpoints in the case's currency."""
    found: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows_where(source.table("valuation"), "outpoint", outpoints):
        if row["currency"] == source.case.currency:
            found[row["outpoint"]][row["at"]] = row
    return found
