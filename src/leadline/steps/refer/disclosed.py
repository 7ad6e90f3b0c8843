"""A package's page for the other side: every decided payer, user, place and release of it, with what it leaves open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from leadline.model.referral import PAYER_STATES
from leadline.model.spans import in_words
from leadline.model.words import CONFIRMED, DENIED, NONE, NOT_ASKED, UNANSWERED
from leadline.steps.disclosure import COUNTED, Grouped, beside, claim, presupposed, rows_of, section
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.validation import Figure, brief, figures_of, lines, unpooled

ANSWERED = {
    CONFIRMED: "the service's return names a customer for this output",
    DENIED: "denied: a person rejected this release, which is how a service's no such withdrawal is entered",
    UNANSWERED: "unanswered: the service made a return that does not state this output",
    NOT_ASKED: "not asked: no return of this service is in the case",
}
"""What became of a release, in words."""


def document(source: Source, place: str, people: Sequence[Person], tables: Mapping[str, pa.Table]) -> str:
    """The page of a package of `people` for jurisdiction `place`, whose PACKAGE_TABLES are `tables`."""
    paid = tables["payments"].column("outpoint").to_pylist()
    counted: list[Figure] = unpooled(brief(figures_of(source.releases(), source.table("coverage"), paid)))
    read = Grouped(_narrowed(source, tables))
    rules = {rule for text in tables["releases"].column("rule").to_pylist() for rule in text.split(" and ")}
    if "merge" in tables["basis"].column("kind").to_pylist():
        rules.add("cluster")
    text = [
        f"For the other side: referral to jurisdiction {place}",
        "",
        "Every decided claim about a person of this package, and every release counted as paid by one: what it",
        "rests on, what stands beside it with its verdict, what it leaves open, and what would refute it.",
        "",
        *section("Where it was computed", source.case.about),
        *section("Fixed limits", source.case.limits),
        *section("Rules used beyond recorded spends, and what each presupposes", presupposed(rules - {"spend", "all"})),
        *section("Figures of this case, of payments outside this package", [*lines(counted), *COUNTED]),
    ]
    alternatives = tables["alternatives"].to_pylist()
    released = [r for r in tables["releases"].to_pylist() if r["customers"] != NONE]
    for person in sorted(people, key=lambda p: p.ref):
        own = [r for r in alternatives if r["person"] == person.ref]
        claims = [t.finding for t in person.every_tie] + [f for where, f in person.located if where == place]
        claims += [r["finding"] for r in released if r["person"] == person.ref]
        text += [person.ref, "=" * len(person.ref), ""]
        text += section("Payments, and whom decisions name as their payer", _paid(person, tables))
        for id_ in dict.fromkeys(claims):
            (row,) = rows_of(read, "finding", id_, "id")
            ends = {row["subject"], row["object"]}
            near = [r for r in own if r["predicate"] == row["predicate"] and ends & {r["subject"], r["object"]}]
            held = [r for r in own if r["restrictions"] != NONE and r["predicate"] == row["predicate"]]
            said = [beside(r["subject"], r["predicate"], r["object"], r["verdict"]) for r in near]
            said += [f"{r['verdict']}: withheld ({r['restrictions']}), finding:{r['finding'].hex()}" for r in held]
            text += claim(id_, read, said)
    return "\n".join(text).rstrip() + "\n"


def _paid(person: Person, tables: Mapping[str, pa.Table]) -> list[str]:
    """Every payment of the package that is a person's, with each payer decided for it and what that rests on."""
    named: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for r in tables["payers"].to_pylist():
        if r["person"] == person.ref:
            named[r["account"], r["payment"]].append(r)
    released: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for r in tables["releases"].to_pylist():
        if r["person"] == person.ref:
            released[r["payment"]].append(r)
    said = []
    for r in tables["payments"].to_pylist():
        if r["person"] == person.ref:
            of = named[r["account"], r["outpoint"]]
            said.append(f"{r['outpoint']} to {r['account']}" + ("" if of else ": who paid is not decided"))
            said += [_payer(p) for p in of]
            said += [_released(w) for w in released[r["outpoint"]]]
    return said


def _released(row: Mapping[str, Any]) -> str:
    """One recorded release of a payment, and what its service's return answers, as a line below it."""
    where = f"finding:{row['finding'].hex()}, {row['release_outpoint']} by {row['service']}"
    return f"  released: {where}: {ANSWERED[row['answer']]}"


def _payer(row: Mapping[str, Any]) -> str:
    """One payer decided for a payment, as a line below it."""
    whose = "" if row["whose"] == "own" else ", nobody of this person"
    rests = (
        f"finding:{row['finding'].hex()} for {in_words(row['span'])}, customer of record finding:{row['record'].hex()}"
    )
    return f"  {row['customer']}{whose}, by decision on {rests}: {PAYER_STATES[row['state']]}"


def _narrowed(source: Source, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables a claim is described from, cut to the findings of the package."""
    ids = tables["findings"].column("finding").to_pylist()
    found = {"decision": tables["decisions"], "attribution": tables["tags"], "link": tables["reasons"]}
    found |= {"basis": tables["basis"], "hop": tables["hops"]}
    for name, column in (("finding", "id"), ("release", "finding")):
        table = source.table(name)
        found[name] = pa.Table.from_pylist(rows_where(table, column, ids), schema=table.schema)
    return found
