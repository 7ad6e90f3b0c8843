"""Who is referred: members that accepted decisions tie together, and the jurisdictions decided for them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import StaleError
from leadline.steps.refer.refer_io import DECIDES_ON, Held, Source

TIES = ("payer_candidate", "same_person")


@dataclass(frozen=True, slots=True)
class Tie:
    """One accepted finding between two members."""

    finding: bytes
    predicate: str
    subject: str
    object: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person: its ref, its members in order, the ties between them, its decided (jurisdiction, finding) pairs."""

    ref: str
    members: tuple[str, ...]
    ties: tuple[Tie, ...]
    located: tuple[tuple[str, bytes], ...]


def accepted(source: Source) -> frozenset[bytes]:
    """Ids of the findings a person accepted; StaleError names those whose basis has changed since, or that are gone."""
    taken = source.decisions.filter(pc.equal(source.decisions.column("verdict"), "accepted"))
    ids = set(taken.column("finding").to_pylist())
    findings = source.table("finding")
    present = findings.filter(pc.is_in(findings.column("id"), pa.array(sorted(ids), pa.binary(32))))
    predicate = dict(zip(present.column("id").to_pylist(), present.column("predicate").to_pylist(), strict=True))
    gone = sorted(i for i in ids if i not in predicate)
    stale = sorted(i for i in ids & source.stale if predicate.get(i) in DECIDES_ON)
    if gone or stale:
        rows = [f"finding:{i.hex()} ({predicate[i]})" for i in stale] + [f"finding:{i.hex()} (gone)" for i in gone]
        raise StaleError(
            f"{len(rows)} accepted decisions are stale: what they rested on has changed since",
            where=", ".join(rows[:10]) + (" and more" if len(rows) > 10 else ""),
            remedy="look at each with `leadline explain`, then decide it again; nothing is referred until then",
        )
    return frozenset(ids)


def _rows(table: pa.Table, ids: frozenset[bytes], predicates: Iterable[str]) -> list[Tie]:
    mask = pc.and_(
        pc.is_in(table.column("predicate"), pa.array(list(predicates))),
        pc.is_in(table.column("id"), pa.array(sorted(ids), pa.binary(32))),
    )
    columns = (table.filter(mask).column(c).to_pylist() for c in ("id", "predicate", "subject", "object"))
    return sorted((Tie(*row) for row in zip(*columns, strict=True)), key=lambda t: (t.subject, t.object, t.predicate))


def _groups(ties: list[Tie]) -> list[list[str]]:
    """Members joined by ties, each group sorted, groups in order of their first member."""
    parent: dict[str, str] = {}

    def root(member: str) -> str:
        parent.setdefault(member, member)
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for tie in ties:
        a, b = sorted((root(tie.subject), root(tie.object)))
        parent[b] = a
    groups: dict[str, list[str]] = {}
    for member in sorted(parent):
        groups.setdefault(root(member), []).append(member)
    return sorted(groups.values())


def persons(source: Source, taken: frozenset[bytes]) -> tuple[list[Person], list[Held]]:
    """Persons with at least one decided jurisdiction, and those held back for want of one.

    Only ties that were accepted join members: a member that link merely suggests is left out. The person's ref is that
    of the hypothesis its members belong to; where its key member is not among them, the first member that is. A
    jurisdiction was decided for a hypothesis: where decisions leave it in several groups, it holds for the key's alone.
    """
    findings = source.table("finding")
    ties = _rows(findings, taken, TIES)
    membership = source.table("membership")
    hypothesis = dict(
        zip(membership.column("member").to_pylist(), membership.column("person").to_pylist(), strict=True)
    )
    located: dict[str, list[tuple[str, bytes]]] = {}
    for row in _rows(findings, taken, ("located_in",)):
        located.setdefault(row.subject, []).append((row.object.removeprefix("jurisdiction:"), row.finding))
    groups = [(m, sorted({hypothesis.get(x, f"person:{x}") for x in m})) for m in _groups(ties)]
    shared = Counter(ref for _, refs in groups for ref in refs)
    found: list[Person] = []
    held: list[Held] = []
    for members, refs in groups:
        keyed = [r for r in refs if r.removeprefix("person:") in members]
        ref = keyed[0] if keyed else f"person:{members[0]}"
        known = [r for r in refs if r in keyed or shared[r] == 1]
        places = sorted({place for r in known for place in located.get(r, [])})
        inside = set(members)
        own = tuple(t for t in ties if t.subject in inside)
        named = tuple(p for p in places if p[0] != "unknown")
        if named:
            found.append(Person(ref, tuple(members), own, named))
        else:
            why = "the jurisdiction decided is unknown" if places else "no accepted decision on located_in"
            held.append(Held(ref, "unknown", why, f"finding:{own[0].finding.hex()}"))
    return found, held
