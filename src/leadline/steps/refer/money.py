"""Payments of a person's accounts: who is decided to have withdrawn the coins, and what they were worth."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.predicates import CUSTOMER_OF_RECORD
from leadline.model.referral import PAYMENTS, RELEASES
from leadline.model.tables import from_rows
from leadline.model.words import NONE, RECORDED, REJECTED
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.service_answers import answer, named, transaction, withdrawals


@dataclass(frozen=True, slots=True)
class Money:
    """A package's payments and releases, the findings both rest on, and the releases that a service denied."""

    payments: pa.Table
    releases: pa.Table
    rests_on: frozenset[bytes]
    denied: frozenset[bytes]


def rows_where(table: pa.Table, column: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Rows of `table` whose `column` is one of `values`, as dicts; for the rows of one package only."""
    wanted = pa.array(list(values), table.schema.field(column).type)
    rows: list[dict[str, Any]] = table.filter(pc.is_in(table.column(column), wanted)).to_pylist()
    return rows


def records_of(source: Source, customers: Sequence[str]) -> dict[tuple[str, str], bytes]:
    """{(customer, outpoint of a payment): finding} of the customer_of_record findings of these customers."""
    findings = source.table("finding")
    named = findings.filter(pc.equal(findings.column("predicate"), CUSTOMER_OF_RECORD))
    rejected = source.ruled(REJECTED)
    rows = rows_where(named, "subject", customers)
    return {(r["subject"], r["object"]): r["id"] for r in rows if r["id"] not in rejected}


def money(source: Source, people: Sequence[Person], stops: Mapping[bytes, Sequence[str]]) -> Money:
    """Payments and recorded releases of `people`, each release with what its service's return says of it.

    `stops` are the exhibits that may not travel: whom they alone name, and who is none of `people`, is a number.

    What was rejected counts for nobody: a payment whose received finding was, a release, a customer of record. A
    rejected release stands among the releases as denied all the same: the service's word against it is a fact.

    A payment is tied to a customer when payer_candidate(account, customer) was accepted for its time, a return makes
    him customer of record for it, and it names the output of a release that reached the payment over recorded spends,
    whoever uses the account. Any other payment to an account at a time in which it is the person's stands with tie
    ``account``.
    """
    own = {m for p in people for m in p.members}
    customers = [m for m in own if m.startswith("customer:")]
    rejected = source.ruled(REJECTED)
    records = records_of(source, customers)
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
    to: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for account in person.accounts:
            to[account].append(person)
    payments, releases = [], []
    rests: set[bytes] = set()
    denied: set[bytes] = set()
    for row, person in [(r, p) for r in paid for p in to[r["account"]]]:
        account, outpoint, sat = row["account"], row["outpoint"], row["value_sat"]
        when = row["utc_low"], row["utc_high"]
        payers = {t.object for t in person.payers if t.subject == account and t.span.holds(*when)}
        candidates = sorted(c for c in payers if (c, outpoint) in records)
        names: set[str] = set()
        share = 0
        mine = []
        for release in released[outpoint]:
            rows = named(told, release)
            returned = {w["subject"] for w in rows}
            open_ = {w["subject"] for w in rows if w["subject"] in own or w["exhibit"] not in stops}
            hit = [c for c in candidates if c in returned and release["finding"] not in rejected]
            names.update(hit)
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
        rests.update(records[c, outpoint] for c in names)
        at = worth.get(outpoint, {})
        then, later = at.get("payment", {}), at.get("valuation_date", {})
        rests.update(v["finding"] for v in (then, later) if v)
        rests.add(row["finding"])
        payments.append(
            (person.ref, account, "payer" if names else "account", " ".join(sorted(names)) or NONE,
             min(share, 1_000_000), outpoint, sat, btc(sat), row["height"], row["utc_low"], row["utc_high"],
             (then or later).get("currency", NONE), then.get("day"), then.get("rate"), then.get("amount"),
             later.get("day"), later.get("rate"), later.get("amount"), (then or later).get("series", NONE),
             others[row["finding"]], row["finding"])
        )  # fmt: skip
    return Money(from_rows(PAYMENTS, payments), from_rows(RELEASES, releases), frozenset(rests), frozenset(denied))


def stated_for_others(source: Source, received: Sequence[bytes]) -> Counter[bytes]:
    """{received finding: statements in the records that give its address for another account}."""
    basis = source.table("basis")
    of_exhibits = basis.filter(pc.equal(basis.column("kind"), "exhibit"))
    against = of_exhibits.filter(pc.equal(of_exhibits.column("role"), "against"))
    return Counter(r["finding"] for r in rows_where(against, "finding", received))


def _valuations(source: Source, outpoints: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """{outpoint: {at: row}} of the valuations of these outpoints in the case's currency."""
    found: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows_where(source.table("valuation"), "outpoint", outpoints):
        if row["currency"] == source.case.currency:
            found[row["outpoint"]][row["at"]] = row
    return found
