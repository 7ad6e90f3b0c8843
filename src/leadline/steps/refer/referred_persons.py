"""Who is referred: members that accepted decisions tie together, and the jurisdictions decided for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import StaleError
from leadline.model import spans
from leadline.model.findings import finding_id
from leadline.model.predicates import LOCATED_IN, PAYER_CANDIDATE, PREDICATES, SAME_PERSON, USER_CANDIDATE
from leadline.model.spans import WHOLE, Span
from leadline.model.words import ACCEPTED
from leadline.steps.refer.refer_io import DECIDES_ON, Held, Source

TIES = (USER_CANDIDATE, SAME_PERSON)
"""Predicates whose accepted findings hold members together."""
PAYER = PAYER_CANDIDATE
"""The predicate whose accepted findings make a customer the payer of payments, and nobody an account's user."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One accepted finding between an account or customer and another, and the span of time it was decided for."""

    finding: bytes
    predicate: str
    subject: str
    object: str
    span: Span = WHOLE


@dataclass(frozen=True, slots=True)
class Person:
    """One person: its ref, its members in order, the ties between them, its decided (jurisdiction, finding) pairs.

    `payers` are the decisions that make a customer of the person the payer of an account's payments, whoever uses it.
    `tenures` are the (account, span) in which an account is the person's.
    """

    ref: str
    members: tuple[str, ...]
    ties: tuple[Tie, ...]
    located: tuple[tuple[str, bytes], ...]
    payers: tuple[Tie, ...] = ()
    tenures: tuple[tuple[str, Span], ...] = ()

    @property
    def every_tie(self) -> tuple[Tie, ...]:
        """What holds the person together, and what makes it a payer."""
        return (*self.ties, *self.payers)

    @property
    def accounts(self) -> tuple[str, ...]:
        """Accounts of the person and accounts it paid for, in order."""
        own = {m for m in self.members if m.startswith("account:")}
        return tuple(sorted(own | {t.subject for t in self.payers}))

    def uses(self, account: str, low: datetime | None, high: datetime | None) -> bool:
        """Whether the account is the person's throughout that time."""
        return any(name == account and span.holds(low, high) for name, span in self.tenures)


def accepted(source: Source) -> frozenset[bytes]:
    """Ids of the findings a person accepted; StaleError names those whose basis has changed since, or that are gone.

    Where somebody belongs is not gone when he has become one person with another: `persons` holds it back.
    """
    taken = source.decisions.filter(pc.equal(source.decisions.column("verdict"), ACCEPTED))
    ids = set(taken.column("finding").to_pylist())
    findings = source.table("finding")
    present = findings.filter(pc.is_in(findings.column("id"), pa.array(sorted(ids), pa.binary(32))))
    predicate = dict(zip(present.column("id").to_pylist(), present.column("predicate").to_pylist(), strict=True))
    ids -= merged(source).keys()
    gone = sorted(i for i in ids if i not in predicate)
    stale = sorted(i for i in ids & source.stale if predicate.get(i) in DECIDES_ON)
    if gone or stale:
        rows = [f"finding:{i.hex()} ({predicate[i]})" for i in stale] + [f"finding:{i.hex()} (gone)" for i in gone]
        raise StaleError(
            f"{len(rows)} accepted decisions are stale: what they rested on has changed since",
            where=", ".join(rows[:10]) + (" and more" if len(rows) > 10 else ""),
            remedy="; ".join((*_again(stale), *_away(taken, gone), "nothing is referred until then")),
        )
    return frozenset(ids)


def _again(stale: Sequence[bytes]) -> list[str]:
    """What to do about findings that rest on something else now."""
    return ["look at each with `leadline explain`, then decide it again"] if stale else []


def _away(taken: pa.Table, gone: Sequence[bytes]) -> list[str]:
    """What to do about decisions whose findings no run states any more: nobody can decide those again."""
    if not gone:
        return []
    mine = taken.filter(pc.is_in(taken.column("finding"), pa.array(gone, pa.binary(32))))
    named = [f"withdraw+=decision:{id_.hex()}" for id_ in mine.column("id").to_pylist()[:10]]
    more = "; then the others" if mine.num_rows > 10 else ""
    return [
        f"take back what decides a finding that is gone: leadline case set CASE {' '.join(named)} --reason TEXT{more}"
    ]


def merged(source: Source) -> dict[bytes, tuple[str, str, str]]:
    """{finding: (member, core, jurisdiction)} of the `located_in` of members that have become part of an older one."""
    places = set(source.table("located").column("jurisdiction").to_pylist()) | {"jurisdiction:unknown"}
    rows = source.table("membership").select(["member", "core"]).to_pylist()
    younger = {(r["member"], r["core"]) for r in rows if r["core"] != f"person:{r['member']}"}
    alone = {r["member"] for r in rows if r["core"] == f"person:{r['member']}"}
    return {
        finding_id(f"person:{member}", LOCATED_IN, place): (member, core, place.removeprefix("jurisdiction:"))
        for member, core in sorted(younger)
        if member not in alone
        for place in places
    }


def ties(source: Source, ids: frozenset[bytes], predicates: Iterable[str]) -> list[Tie]:
    """The accepted findings of some predicates, each with the span its decision states."""
    table = source.table("finding")
    mask = pc.and_(
        pc.is_in(table.column("predicate"), pa.array(list(predicates))),
        pc.is_in(table.column("id"), pa.array(sorted(ids), pa.binary(32))),
    )
    decisions = source.decisions
    value = dict(zip(decisions.column("finding").to_pylist(), decisions.column("value").to_pylist(), strict=True))
    columns = (table.filter(mask).column(c).to_pylist() for c in ("id", "predicate", "subject", "object"))
    spanned = {p.name for p in PREDICATES.values() if p.value in ("span", "tenure")}
    rows = (
        Tie(id_, name, subject, object_, spans.read(value[id_]) if name in spanned else WHOLE)
        for id_, name, subject, object_ in zip(*columns, strict=True)
    )
    return sorted(rows, key=lambda t: (t.subject, t.object, t.predicate))


@dataclass(slots=True)
class _Core:
    """What decisions hold together under one ref: members with spans, ties, payers."""

    tenures: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    ties: list[Tie] = field(default_factory=list)
    payers: list[Tie] = field(default_factory=list)


def persons(source: Source, taken: frozenset[bytes]) -> tuple[list[Person], list[Held]]:
    """Persons with at least one decided jurisdiction, and those held back for want of one.

    A person is what accepted decisions alone hold together: a member that link merely suggests is left out, and so is
    one that something contradicts, which is held back and named. A customer whom a decision makes a payer is a person
    by himself; the account he paid for is not his by that.
    """
    cores: dict[str, _Core] = defaultdict(_Core)
    of: dict[str, set[str]] = defaultdict(set)
    for row in source.table("membership").to_pylist():
        cores[row["core"]].tenures[row["member"]].append(Span(row["utc_from"], row["utc_until"]))
        of[row["member"]].add(row["core"])
    held = _part_of_another(source)
    for tie in ties(source, taken, TIES):
        both = of[tie.subject] & of[tie.object]
        for ref in both:
            cores[ref].ties.append(tie)
        if not both:
            held.append(_contradicted(source, tie))
    for tie in ties(source, taken, (PAYER,)):
        for ref in of[tie.object]:
            cores[ref].payers.append(tie)
    located: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for row in ties(source, taken, (LOCATED_IN,)):
        located[row.subject].append((row.object.removeprefix("jurisdiction:"), row.finding))
    found: list[Person] = []
    for ref, core in sorted(cores.items()):
        if not core.ties and not core.payers:
            continue
        places = sorted(located[ref])
        named = tuple(p for p in places if p[0] != "unknown")
        if named:
            tenures = tuple(
                (m, span) for m in sorted(core.tenures) if m.startswith("account:") for span in core.tenures[m]
            )
            members = tuple(sorted(core.tenures))
            found.append(Person(ref, members, tuple(core.ties), named, tuple(core.payers), tenures))
        else:
            why = "the jurisdiction decided is unknown" if places else "no accepted decision on located_in"
            held.append(Held(ref, "unknown", why, f"finding:{(*core.ties, *core.payers)[0].finding.hex()}"))
    return found, held


def _part_of_another(source: Source) -> list[Held]:
    """Accepted places of those who have become one person with another since; the place is for a new decision."""
    younger = merged(source)
    accepted_ = source.decisions.filter(pc.equal(source.decisions.column("verdict"), ACCEPTED))
    found = sorted(set(accepted_.column("finding").to_pylist()) & younger.keys())
    return [
        Held(f"person:{member}", place, f"is part of {core}; decide where that is", f"finding:{finding.hex()}")
        for finding, (member, core, place) in ((f, younger[f]) for f in found)
    ]


def _contradicted(source: Source, tie: Tie) -> Held:
    """An accepted finding that joins nobody, with what contradicts it."""
    conflicts = source.table("conflict")
    mine = conflicts.filter(pc.equal(conflicts.column("finding"), pa.scalar(tie.finding, pa.binary(32))))
    facts = sorted(set(mine.column("fact").to_pylist())) or ["nobody of it paid or was paid for"]
    why = f"joined to nobody: {', '.join(facts)}"
    return Held(f"person:{tie.object}", "unknown", why, f"finding:{tie.finding.hex()}")
