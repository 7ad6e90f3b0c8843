"""One jurisdiction's dossier: its persons, and everything their decided findings rest on, as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.jurisdictions import sheet
from leadline.model import referral as out
from leadline.model.predicates import PREDICATES
from leadline.model.tables import empty, from_columns, from_rows, in_key_order
from leadline.model.words import ACCEPTED, DECIDED, IN_FORCE, NONE
from leadline.steps.refer import identifiers as of
from leadline.steps.refer.alternatives import beside
from leadline.steps.refer.copies import copies
from leadline.steps.refer.disclosed import document
from leadline.steps.refer.ends import ends
from leadline.steps.refer.left_out import left_out
from leadline.steps.refer.money import money, rows_where
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person
from leadline.steps.refer.requests import Requests, requests
from leadline.steps.refer.restrictions import basis_below, stopped


def dossier(source: Source, place: str, people: Sequence[Person], software: str) -> out.Dossier:
    """The dossier of jurisdiction `place` for `people`, none of whom rests on anything barred from it."""
    stops = stopped(source.table("exhibit"), place, source.cleared, source.restrictions)
    paid = money(source, people, stops)
    seen = of.media(source, people)
    banded = of.bands(source, people)
    tied = {t.finding for p in people for t in p.every_tie}
    tied |= {finding for p in people for where, finding in p.located if where == place}
    context = {r["finding"] for r in banded.values()} | paid.rests_on | seen.rests_on
    basis = basis_below(source.table("basis"), tied | context)
    cited = set(basis.column("finding").to_pylist()) | tied | context
    directly = set(basis_below(source.table("basis"), tied).column("finding").to_pylist())
    decided = source.ruled(ACCEPTED)
    entered = {f: DECIDED if f in decided else "basis" if f in directly else "context" for f in cited}
    rows = rows_where(source.table("finding"), "id", sorted(cited))
    others = beside(source, people, seen.table, tied | context, stops)
    asked = requests(source, paid.payments)
    named, answered = of.identifiers(source, people), of.answers(source, banded)
    paths = paid.rests_on | paid.denied | asked_of(asked)
    tables: dict[str, pa.Table] = {
        "persons": persons_table(source, place, people, paid.payments, banded),
        "accounts": of.members(people),
        "conflicts": of.conflicts(source, people),
        "identifiers": named,
        "payments": paid.payments,
        "payers": paid.payers,
        "releases": paid.releases,
        "ends": ends(source, paid.payments),
        "hops": in_key_order(out.PACKAGE_HOPS, rows_of(source.table("hop"), "finding", paths)),
        "copies": copies(source, people, paid.payments),
        "media": seen.table,
        "reasons": in_key_order(out.REASONS, rows_of(source.table("link"), "finding", cited)),
        "alternatives": others.table,
        "left_out": left_out(source, people, _refs(people, paid.payments, seen.table), cited | others.all),
        "answers": answered,
        "decisions": decisions(source, cited | others.named),
        "findings": from_rows(
            out.FINDINGS,
            [
                (r["id"], r["subject"], r["predicate"], r["object"], entered[r["id"]],
                 PREDICATES[r["predicate"]].says, PREDICATES[r["predicate"]].not_said)
                for r in rows
            ],
        ),
        "basis": in_key_order(out.PACKAGE_BASIS, basis),
        "tags": cited_tags(source, basis),
        "lists": lists(source, basis),
        "exhibits": exhibits(source, basis, [seen.table, named, answered]),
        "companions": empty(out.COMPANIONS),
        "legal_requests": asked.recorded,
        "legal_requests_inferred": asked.inferred,
        "figures": source.figures(paid.payments.column("outpoint").to_pylist()),
        "court": source.court,
    }  # fmt: skip
    laws = sheet(place)
    instruments = tuple((i.purpose, i.name, i.limits, i.source) for i in laws.instruments)
    told = document(source, place, people, tables)
    return out.Dossier(place, laws.name, instruments, source.case, software, tables, told)


def _refs(people: Sequence[Person], payments: pa.Table, media: pa.Table) -> dict[str, set[str]]:
    """{person: refs of the payments and files that stand with it}."""
    found: dict[str, set[str]] = {p.ref: set() for p in people}
    for r in payments.select(["person", "outpoint"]).to_pylist():
        found[r["person"]].add(r["outpoint"])
    for r in media.select(["person", "media", "file"]).to_pylist():
        found[r["person"]] |= {r["media"], r["file"]} - {NONE}
    return found


def asked_of(asked: Requests) -> set[bytes]:
    """The released findings of a package's requests: their paths go along, whatever they rest on."""
    return {id_ for part in (asked.recorded, asked.inferred) for id_ in part.column("finding").to_pylist()}


def decisions(source: Source, findings: set[bytes]) -> pa.Table:
    """Every decision about `findings` with its standing: in force, stale, or superseded by a newer one."""
    newest = rows_of(source.decisions, "finding", findings)
    before = rows_of(source.earlier, "finding", findings)
    standing = ["stale" if f in source.stale else IN_FORCE for f in newest.column("finding").to_pylist()]
    whole = pa.concat_tables([newest, before])
    words = pa.array([*standing, *["superseded"] * before.num_rows], pa.string())
    whole = whole.append_column("standing", words).append_column(
        "number", pa.array(_numbers(source, whole), pa.int64())
    )
    return in_key_order(out.PACKAGE_DECISIONS, whole)


def _numbers(source: Source, made: pa.Table) -> list[int]:
    """By row of `made`, which of the decisions on its finding it is, by time and, at one time, as they were entered."""
    place = {id_: n for n, id_ in enumerate(source.made)}
    rows = made.select(["id", "finding", "decided_at"]).to_pylist()
    count: Counter[bytes] = Counter()
    number = {}
    for r in sorted(rows, key=lambda r: (place.get(r["id"], -1), r["decided_at"], r["id"])):
        count[r["finding"]] += 1
        number[r["id"]] = count[r["finding"]]
    return [number[r["id"]] for r in rows]


def rows_of(table: pa.Table, column: str, ids: set[bytes] | frozenset[bytes]) -> pa.Table:
    """Rows of `table` whose digest `column` is one of `ids`."""
    return table.filter(pc.is_in(table.column(column), pa.array(sorted(ids), pa.binary(32))))


def cited_tags(source: Source, basis: pa.Table) -> pa.Table:
    """The tags `basis` cites, for or against, with the source, date and licence each states."""
    rows = basis.filter(pc.equal(basis.column("kind"), "tag"))
    cited = pc.binary_join_element_wise(rows.column("ref"), rows.column("locator"), " ")
    table = source.table("attribution")
    entries = pc.binary_join_element_wise("entry:", table.column("entry").cast(pa.string()), "")
    own = pc.binary_join_element_wise(table.column("tag"), entries, " ")
    return in_key_order(out.PACKAGE_TAGS, table.filter(pc.is_in(own, value_set=cited.combine_chunks())))


def lists(source: Source, basis: pa.Table) -> pa.Table:
    """The hash lists that match searched, with version, day and licence, and how often `basis` cites each."""
    times = Counter(basis.filter(pc.equal(basis.column("kind"), "list")).column("ref").to_pylist())
    names = {digest: name for kind, name, digest in source.case.pins if kind == "list"}
    found = {r["list"]: r for r in source.table("searched").to_pylist()}
    return from_rows(
        out.LISTS,
        [
            (ref, names.get(ref.removeprefix("list:"), NONE), r["version"], r["dated"], r["licence"], times[ref])
            for ref, r in found.items()
        ],
    )


def exhibits(source: Source, basis: pa.Table, stated: Sequence[pa.Table]) -> pa.Table:
    """The exhibits `basis` cites, with how often, those in which rows of `stated` stand, and what is read with them."""
    refs = basis.filter(pc.equal(basis.column("kind"), "exhibit")).column("ref")
    times = {r["values"].removeprefix("exhibit:"): r["counts"] for r in pc.value_counts(refs).to_pylist()}
    ids = {bytes.fromhex(h) for h in times}.union(*(t.column("exhibit").to_pylist() for t in stated))
    main = {companion: exhibit.hex() for exhibit in sorted(ids) for companion in source.companions.get(exhibit, ())}
    ids |= main.keys()
    rows = rows_where(source.table("exhibit"), "exhibit", sorted(ids))
    words = {r["exhibit"]: set(source.restrictions) for r in rows}
    for r in rows:  # what came in twice, each time under its own restrictions, carries all of them
        words[r["exhibit"]] |= set(r["restrictions"].split(",")) - {""}
    rows = list({r["exhibit"]: r for r in reversed(rows)}.values())
    return from_rows(
        out.EXHIBITS,
        [
            (r["exhibit"], r["size"], r["media_type"], r["held"], r["acquired_at"], r["acquired_by"],
             r["item"] or "unknown", r["authority"],
             ",".join(sorted(words[r["exhibit"]])) or NONE, times.get(r["exhibit"].hex(), 0),
             main.get(r["exhibit"], NONE))
            for r in rows
        ],
    )  # fmt: skip


def persons_table(
    source: Source,
    place: str,
    people: Sequence[Person],
    payments: pa.Table,
    banded: Mapping[str, Mapping[str, Any]],
) -> pa.Table:
    """One row a person with sums over `payments`, numbered by triage place, then by ref."""
    located = {
        r["finding"]: r["reason"]
        for r in rows_where(source.table("located"), "finding", [f for p in people for _, f in p.located])
    }
    paid: dict[str, list[dict[str, Any]]] = {}
    for r in payments.to_pylist():
        paid.setdefault(r["person"], []).append(r)

    def place_of(person: Person) -> tuple[int, str]:
        row = banded.get(person.ref)
        return (row["place"] if row else 1 << 62, person.ref)

    columns: dict[str, list[object]] = {c.name: [] for c in out.PERSONS.columns}
    for number, person in enumerate(sorted(people, key=place_of), 1):
        row = banded.get(person.ref, {})
        mine = out.once(paid.get(person.ref, ()))
        everything = [*mine["payer"], *mine["account"]]
        finding = next(f for where, f in person.located if where == place)
        currencies = sorted({r["currency"] for r in everything} - {NONE})
        values: dict[str, Any] = {
            "number": number,
            "person": person.ref,
            "located_finding": finding,
            "located_reason": located.get(finding, NONE),
            "band": row.get("band", NONE),
            "known": row.get("known") or NONE,
            "unknown": row.get("unknown") or NONE,
            "suggested": row.get("suggested") or NONE,
            "place": row.get("place", 0),
            "sharing": row.get("sharing", 0),
            "accounts": sum(m.startswith("account:") for m in person.members),
            "customers": sum(m.startswith("customer:") for m in person.members),
            "unvalued": sum(r["payment_amount"] is None for r in everything),
            "currency": " ".join(currencies) or source.case.currency,
        }
        for tie, mine_of in mine.items():
            priced = [Decimal(r["payment_amount"]) for r in mine_of if r["payment_amount"] is not None]
            values[f"{tie}_payments"] = len(mine_of)
            values[f"{tie}_sat"] = sum(r["value_sat"] for r in mine_of)
            if tie == out.PAYER:
                values["payer_share_sat"] = sum(r["value_sat"] * r["share_ppm"] // 1_000_000 for r in mine_of)
            values[f"{tie}_fiat"] = sum(priced, Decimal("0.00")) if priced or not mine_of else None
        for name, column in columns.items():
            column.append(values[name])
    return from_columns(out.PERSONS, columns)
