"""Payments of a person's accounts: who is decided to have withdrawn the coins, and what they were worth."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.money import btc
from leadline.model.referral import NONE, PAYMENTS, RELEASES
from leadline.model.tables import from_rows
from leadline.steps.refer.persons import Person
from leadline.steps.refer.source import Source


@dataclass(frozen=True, slots=True)
class Money:
    """A package's payments and releases, and the findings both rest on."""

    payments: pa.Table
    releases: pa.Table
    rests_on: frozenset[bytes]


def rows_where(table: pa.Table, column: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Rows of `table` whose `column` is one of `values`, as dicts; for the rows of one package only."""
    wanted = pa.array(list(values), table.schema.field(column).type)
    rows: list[dict[str, Any]] = table.filter(pc.is_in(table.column(column), wanted)).to_pylist()
    return rows


def records_of(source: Source, customers: Sequence[str]) -> dict[tuple[str, str], bytes]:
    """{(customer, outpoint): finding} of the customer_of_record findings of these customers."""
    findings = source.table("finding")
    named = findings.filter(pc.equal(findings.column("predicate"), "customer_of_record"))
    return {(r["subject"], r["object"]): r["id"] for r in rows_where(named, "subject", customers)}


def money(source: Source, people: Sequence[Person]) -> Money:
    """Payments and recorded releases of `people`.

    A payment is tied to a customer when payer_candidate(account, customer) was accepted and a return names the customer
    for the payment's output itself or for an output of a recorded release that reached it. Any other payment to the
    account stands with tie ``account``: who paid it is not decided.
    """
    owner = {m: p for p in people for m in p.members}
    accounts = [m for m in owner if m.startswith("account:")]
    payers: dict[str, list[str]] = defaultdict(list)
    for person in people:
        for tie in person.ties:
            if tie.predicate == "payer_candidate":
                payers[tie.subject].append(tie.object)
    returned = records_of(source, [m for m in owner if m.startswith("customer:")])
    paid = rows_where(source.table("payment"), "account", accounts)
    released: dict[str, list[dict[str, Any]]] = defaultdict(list)
    recorded = source.table("release")
    recorded = recorded.filter(pc.equal(recorded.column("grade"), "recorded"))
    for row in rows_where(recorded, "payment", [r["outpoint"] for r in paid]):
        released[row["payment"]].append(row)
    worth = _valuations(source, [r["outpoint"] for r in paid])
    payments, releases, rests = [], [], set()
    for row in paid:
        account, outpoint, sat = row["account"], row["outpoint"], row["value_sat"]
        person = owner[account]
        names: set[str] = set()
        share = 0
        for release in released[outpoint]:
            hit = [c for c in payers[account] if (c, release["release_outpoint"]) in returned]
            names.update(hit)
            share += release["share_ppm"] if hit else 0
            customers = " ".join(sorted(hit)) or NONE
            releases.append(
                (person.ref, outpoint, release["service"], release["release_outpoint"], release["value_sat"],
                 release["hops"], release["share_ppm"], customers, release["finding"])
            )  # fmt: skip
            rests.add(release["finding"])
            rests.update(returned[(c, release["release_outpoint"])] for c in hit)
        direct = [c for c in payers[account] if (c, outpoint) in returned]
        rests.update(returned[(c, outpoint)] for c in direct)
        if set(direct) - names:
            share = 1_000_000
        names.update(direct)
        at = worth.get(outpoint, {})
        then, later = at.get("payment", {}), at.get("valuation_date", {})
        rests.update(v["finding"] for v in (then, later) if v)
        rests.add(row["finding"])
        payments.append(
            (person.ref, account, "payer" if names else "account", " ".join(sorted(names)) or NONE,
             min(share, 1_000_000), outpoint, sat, btc(sat), row["height"], row["utc_low"], row["utc_high"],
             (then or later).get("currency", NONE), then.get("day"), then.get("rate"), then.get("amount"),
             later.get("day"), later.get("rate"), later.get("amount"), (then or later).get("series", NONE),
             row["finding"])
        )  # fmt: skip
    return Money(from_rows(PAYMENTS, payments), from_rows(RELEASES, releases), frozenset(rests))


def _valuations(source: Source, outpoints: Sequence[str]) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """{outpoint: {at: row}} of the valuations of these outpoints."""
    found: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows_where(source.table("valuation"), "outpoint", outpoints):
        found[row["outpoint"]][row["at"]] = row
    return found
