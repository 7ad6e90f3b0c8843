"""Persons: hypotheses grouped from findings, keyed by their oldest member, and the jurisdictions their records name.

What decisions alone hold together is a person's core. Only a core is placed in a jurisdiction, ranked and referred.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.kinds.jurisdiction import UNKNOWN, code
from leadline.model import findings, spans
from leadline.model.meanings import NOT_PLACED, PLACED
from leadline.model.predicates import LOCATED_IN
from leadline.model.tables import REF, from_rows
from leadline.model.words import ACCEPTED, DECIDED, DOCUMENT, REJECTED
from leadline.steps.link import rules
from leadline.steps.link.candidates import User
from leadline.steps.link.groups import FACTS, Edge, Node
from leadline.steps.link.resolve import Resolved, resolve
from leadline.steps.link.returns import Returned
from leadline.steps.link.same import LAST, Pair, ages
from leadline.steps.step import Claims, Inputs


@dataclass(frozen=True, slots=True)
class _Stated:
    """One statement of a member: its country, if any, and where it stands."""

    country: str
    exhibit: bytes
    locator: str


def edges(inputs: Inputs, pairs: Iterable[Pair], users: Iterable[User]) -> tuple[list[Edge], list[tuple[str, str]]]:
    """The findings that join two members, and the pairs a person has kept apart.

    A `user_candidate` joins only when a person accepted it; a `same_person` joins from `rules.GROUP_PPM` on unless a
    person decided otherwise, and below only when accepted. Who paid joins nobody.
    """
    decided = {row["finding"]: row for row in inputs.decisions().to_pylist()}
    found: list[Edge] = []
    apart = []
    for finding, a, b, score, grouped in (
        *((p.finding, p.a, p.b, p.score_ppm, p.score_ppm >= rules.GROUP_PPM) for p in pairs),
        *((u.finding, u.account, u.customer, u.score_ppm, False) for u in users),
    ):
        decision = decided.get(finding)
        if decision is None:
            if grouped:
                found.append(Edge(finding, a, b, False, score))
        elif decision["verdict"] == ACCEPTED:
            found.append(Edge(finding, a, b, True, score, _span(decision)))
        elif decision["verdict"] == REJECTED:
            apart.append((a, b))
    return found, apart


def _span(decision: Mapping[str, Any]) -> spans.Span:
    """The span for which a decision holds; UsageError names the decision whose value is none."""
    try:
        return spans.read(decision["value"])
    except UsageError as error:
        raise UsageError(
            error.what,
            where=f"decision:{decision['id'].hex()}",
            remedy=f"leadline case set CASE withdraw+=decision:{decision['id'].hex()} --reason TEXT, then decide again",
        ) from None


def group(
    inputs: Inputs, claims: Claims, pairs: list[Pair], users: list[User], returned: list[Returned]
) -> dict[str, pa.Table]:
    """The tables membership, conflict and located: persons with a paid account or a customer of record, and where."""
    joining, apart = edges(inputs, pairs, users)
    named = _named(inputs, returned)
    relevant = set(named)
    every = relevant | {end for edge in joining for end in (edge.a, edge.b)}
    places = _places(inputs, every)
    found = resolve(joining, relevant, apart, _facts(inputs, every, places))
    age = ages(inputs)
    core = {node: _key(nodes, age) for nodes in found.cores for node in nodes}
    members: list[tuple[object, ...]] = []
    located: list[tuple[bytes, str, str, str]] = []
    for nodes in found.persons:
        if not relevant.intersection(member for member, _ in nodes) or all(part for _, part in nodes):
            continue  # what a decision was to join to a user, and a contradiction did not, is nobody's
        cores: dict[str, list[Node]] = defaultdict(list)
        key = _key(nodes, age)
        for node in nodes:
            own = core.get(node) or node[0]  # a member that only a suggestion names
            cores[own].append(node)
            members.append(_member(found, node, key, own, core.get((key, 0), key)))
        for own, inside in cores.items():
            if not relevant.intersection(member for member, _ in inside):
                continue
            ties = sorted({found.joined[n].finding for n in inside if n in found.joined and found.joined[n].decided})
            who = sorted({member for member, _ in inside})
            if not any(places.get(member) for member in who):  # a return of withdrawals alone, without customers
                ties += sorted({finding for member in who for finding in named.get(member, ())})
            located += _located(claims, f"person:{own}", who, places, ties)
    conflicts = [(c.finding, c.fact, c.a, c.b, c.effect, FACTS[c.fact]) for c in found.conflicts]
    return {
        "membership": from_rows(findings.MEMBERSHIP, members),
        "conflict": from_rows(findings.CONFLICT, conflicts),
        "located": from_rows(findings.JURISDICTION, located),
    }


def _named(inputs: Inputs, returned: Iterable[Returned]) -> dict[str, list[bytes]]:
    """Account that was paid, or customer of record -> the findings that say so."""
    found: dict[str, list[bytes]] = defaultdict(list)
    payments = inputs.table("payment")
    for account, finding in zip(*(payments.column(c).to_pylist() for c in ("account", "finding")), strict=True):
        found[account].append(finding)
    for r in returned:
        found[r.customer].append(r.finding)
    return found


def _key(nodes: Iterable[Node], age: Mapping[str, str]) -> str:
    """The oldest member of a group; an account whose users change names nobody."""
    return min((member for member, part in nodes if not part), key=lambda member: (age.get(member, LAST), member))


def _member(found: Resolved, node: Node, key: str, core: str, first: str) -> tuple[object, ...]:
    """One row of MEMBERSHIP; `first` is the core of the person's key."""
    member, part = node
    state = "key" if node == (key, 0) else DECIDED if core == first else "suggested"
    edge, span = found.joined.get(node), found.spans.get(node, spans.WHOLE)
    ends: tuple[datetime | None, datetime | None] = (span.start, span.end)
    return (f"person:{key}", member, part, f"person:{core}", edge and edge.finding, state, *ends)


def _facts(
    inputs: Inputs, wanted: Collection[str], places: Mapping[str, list[_Stated]]
) -> dict[str, dict[str, frozenset[str]]]:
    """Member -> fact -> the values records state of it: birth, country, number of an identity document."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for member, stated in places.items():
        found[member]["country"] = {s.country for s in stated} - {UNKNOWN}
    text = f"""
        SELECT customer AS subject, 'born' AS fact, born AS value FROM customer WHERE born IS NOT NULL
        UNION SELECT subject, '{DOCUMENT}', normal FROM identifier WHERE kind = '{DOCUMENT}' AND normal IS NOT NULL
        ORDER BY ALL
    """
    for row in inputs.sql(text).to_pylist():
        if row["subject"] in wanted:
            found[row["subject"]][row["fact"]].add(row["value"])
    return {member: {fact: frozenset(v) for fact, v in facts.items()} for member, facts in found.items()}


def _places(inputs: Inputs, wanted: Collection[str]) -> dict[str, list[_Stated]]:
    """Member -> its account or customer statements."""
    text = """
        SELECT subject, country, exhibit, locator FROM (
            SELECT account AS subject, NULL AS country, exhibit, locator FROM account
            UNION ALL SELECT customer, country, exhibit, locator FROM customer
        ) WHERE subject IN (SELECT subject FROM wanted) ORDER BY ALL
    """
    table = pa.table({"subject": pa.array(sorted(wanted), REF)})
    found: dict[str, list[_Stated]] = defaultdict(list)
    for row in inputs.sql(text, wanted=table).to_pylist():
        found[row["subject"]].append(_Stated(code(row["country"]), row["exhibit"], row["locator"]))
    return found


def _located(
    claims: Claims, person: str, members: list[str], places: Mapping[str, list[_Stated]], ties: list[bytes]
) -> list[tuple[bytes, str, str, str]]:
    """One `located_in` a country a member's record names, the others against it; *unknown* when none is named."""
    stated = [s for member in members for s in places.get(member, ())]
    countries = sorted({s.country for s in stated} - {UNKNOWN}) or [UNKNOWN]
    rows = []
    for country in countries:
        id_ = claims.add(person, LOCATED_IN, f"jurisdiction:{country}")
        for s in stated:
            if s.country == country:
                claims.rest(id_, "exhibit", f"exhibit:{s.exhibit.hex()}", s.locator)
            elif s.country != UNKNOWN:
                claims.rest(id_, "exhibit", f"exhibit:{s.exhibit.hex()}", s.locator, "against")
        for finding in ties:
            claims.rest(id_, "finding", f"finding:{finding.hex()}")
        rows.append((id_, person, f"jurisdiction:{country}", NOT_PLACED if country == UNKNOWN else PLACED))
    return rows
