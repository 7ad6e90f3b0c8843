"""What stands beside what a package takes: other payers, customers, places, releases and payments, with every verdict.

A claim is *beside* when it is about a member, a payment or a file of a person in the package and the package does not
count it: rejected, unsure, stale, or never decided. Each travels with its verdict, and with how much speaks for and
against it, never with its basis, which may be about third parties. Where that basis may not travel to the package's
jurisdiction, subject and object are withheld too: the finding's id and the counts remain, and who may know asks by it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.predicates import CUSTOMER_OF_RECORD, LOCATED_IN, PAYER_CANDIDATE, PREDICATES, RECEIVED, RELEASED
from leadline.model.referral import ALTERNATIVES
from leadline.model.tables import from_rows
from leadline.model.words import IN_FORCE, NONE, UNDECIDED
from leadline.steps.refer.identifiers import SAID
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.payers import WITHHELD
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.refer.restrictions import barred_below

JOINS = tuple(
    p.name for p in PREDICATES.values() if p.step == "link" and {*p.subject, *p.object} <= {"account", "customer"}
)
"""Predicates between two records of people, whichever decisions link suggests."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A package's ALTERNATIVES, all their findings, and those that are named, whose decisions travel whole."""

    table: pa.Table
    all: frozenset[bytes]
    named: frozenset[bytes]


def concerning(source: Source, people: Sequence[Person], media: Collection[str]) -> dict[bytes, dict[str, Any]]:
    """{finding: its row} of every claim about members, payments or files (`media`, decided ones only) of `people`."""
    members = [m for p in people for m in p.members]
    accounts = [a for p in people for a in p.accounts]
    paid = [r["outpoint"] for r in rows_where(source.table("payment"), "account", accounts)]
    decided = set(source.decisions.column("finding").to_pylist())
    findings = source.table("finding")
    parts = [
        rows_where(_of(findings, predicates), column, values)
        for predicates, column, values in (
            (JOINS, "subject", members),
            (JOINS, "object", members),
            ((PAYER_CANDIDATE,), "subject", accounts),
            ((RECEIVED,), "subject", members),
            ((RELEASED, CUSTOMER_OF_RECORD), "object", paid),
            ((LOCATED_IN,), "subject", [p.ref for p in people]),
        )
    ]
    parts.append([r for r in rows_where(_of(findings, SAID), "subject", list(media)) if r["id"] in decided])
    return {r["id"]: r for part in parts for r in part}


def _of(findings: pa.Table, predicates: Sequence[str]) -> pa.Table:
    return findings.filter(pc.is_in(findings.column("predicate"), pa.array(predicates)))


def beside(
    source: Source,
    people: Sequence[Person],
    media: pa.Table,
    taken: Collection[bytes],
    stops: Mapping[bytes, tuple[str, ...]],
) -> Beside:
    """What stands beside the findings `taken` for `people`; `stops` are the exhibits that may not travel, and why.

    `media` is the package's MEDIA. One row a person and claim: a claim between two persons stands with both.
    """
    decisions = {r["finding"]: r for r in source.decisions.to_pylist()}
    basis = source.table("basis")
    spoken: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
    rows: list[tuple[object, ...]] = []
    named: set[bytes] = set()
    for person in people:
        mine = media.filter(pc.equal(media.column("person"), person.ref))
        files = {*mine.column("media").to_pylist(), *mine.column("file").to_pylist()} - {NONE}
        found = {id_: r for id_, r in concerning(source, [person], files).items() if id_ not in taken}
        roles = Counter((r["finding"], r["role"]) for r in rows_where(basis, "finding", list(found)))
        for link in rows_where(source.table("link"), "finding", list(found)):
            spoken[link["finding"]].append((link["role"], link["rule"]))
        for id_, r in found.items():
            why = barred_below(basis, id_, stops)
            decision = decisions.get(id_)
            named |= set() if why else {id_}
            rows.append(
                (person.ref, id_, r["predicate"], WITHHELD if why else r["subject"], WITHHELD if why else r["object"],
                 decision["verdict"] if decision else UNDECIDED,
                 NONE if decision is None else "stale" if id_ in source.stale else IN_FORCE,
                 roles[id_, "for"], roles[id_, "against"], WITHHELD if why else _rules(spoken[id_]),
                 ",".join(why) or NONE)
            )  # fmt: skip
    table = from_rows(ALTERNATIVES, rows)
    return Beside(table, frozenset(table.column("finding").to_pylist()), frozenset(named))


def _rules(spoken: Sequence[tuple[str, str]]) -> str:
    """Rules by name, those that speak for a claim before those against it."""
    parts = [
        f"{role}: {', '.join(sorted({rule for side, rule in spoken if side == role}))}"
        for role in ("for", "against")
        if any(side == role for side, _ in spoken)
    ]
    return "; ".join(parts) or NONE
