"""What the records state of a person's members: identifiers as they stand in the source, and media by digest only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.referral import IDENTIFIERS, MEDIA, MEMBERS, NONE
from leadline.model.tables import from_rows
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.persons import Person
from leadline.steps.refer.source import Source

ACTS = ("upload", "download")
STATUS = (
    ("never_seen", "never_seen"),
    ("known_as", "known"),
    ("same_video_as", "known"),
    ("contains_clip_of", "known"),
    ("similar_to", "similar"),
)
"""Predicates of match by the word a package uses, the strongest first; likeness to another seized file says nothing.

Match calls a file never seen beside likenesses only where a person has rejected every one of them.
"""
EXAMINED = "seized_in"
"""The predicate that examiners' categories are about."""


def members(people: Sequence[Person]) -> pa.Table:
    """One row a member and accepted finding that ties it."""
    rows = []
    for person in people:
        for tie in person.ties:
            rows.append((person.ref, tie.subject, tie.finding, tie.object, tie.predicate))
            rows.append((person.ref, tie.object, tie.finding, tie.subject, tie.predicate))
    return from_rows(MEMBERS, rows)


def identifiers(source: Source, people: Sequence[Person]) -> pa.Table:
    """Every statement of an identifier of a member, and name, birth, country and holder from legal returns."""
    owner = {m: p.ref for p in people for m in p.members}
    rows: list[tuple[object, ...]] = []
    for r in rows_where(source.table("identifier"), "subject", list(owner)):
        subject = r["subject"]
        rows.append((owner[subject], subject, r["kind"], r["value"], r["exhibit"], r["locator"]))
    for r in rows_where(source.table("customer"), "customer", list(owner)):
        subject = r["customer"]
        for kind in ("name", "born", "country", "holder"):
            if r[kind] is not None:
                rows.append((owner[subject], subject, kind, r[kind], r["exhibit"], r["locator"]))
    return from_rows(IDENTIFIERS, rows)


@dataclass(frozen=True, slots=True)
class Media:
    """A package's media rows and the findings they rest on."""

    table: pa.Table
    rests_on: frozenset[bytes]


def media(source: Source, people: Sequence[Person]) -> Media:
    """Uploads and downloads of the members' accounts: digests, counts and what decisions say of them."""
    owner = {m: p.ref for p in people for m in p.members if m.startswith("account:")}
    events = source.table("event")
    acts = events.filter(pc.is_in(events.column("kind"), pa.array(ACTS)))
    seen: dict[str, tuple[str, str, str, Any]] = {}
    for r in rows_where(acts, "subject", list(owner)):
        if r["object"] is not None and r["object"].startswith("media:"):
            seen.setdefault(r["event"], (r["subject"], r["kind"], r["object"], r["utc_low"]))
    times: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], Any] = {}
    for account, act, ref, when in seen.values():
        key = (account, act, ref)
        times[key] += 1
        if when is not None and (first.get(key) is None or when < first[key]):
            first[key] = when
    status, examiner, rests = _looked_at(source, sorted({key[2] for key in times}))
    table = from_rows(
        MEDIA,
        [
            (
                owner[a],
                a,
                act,
                ref,
                n,
                first.get((a, act, ref)),
                status.get(ref, "not_searched"),
                examiner.get(ref, NONE),
            )
            for (a, act, ref), n in times.items()
        ],
    )
    return Media(table, rests)


def _looked_at(source: Source, refs: Sequence[str]) -> tuple[dict[str, str], dict[str, str], frozenset[bytes]]:
    """(status, examiner's category, findings) of media by ref; a category comes from an accepted decision alone."""
    findings = source.table("finding")
    said = pa.array([*(p for p, _ in STATUS), EXAMINED])
    named = findings.filter(pc.is_in(findings.column("predicate"), said))
    rank = {p: i for i, (p, _) in enumerate(STATUS)}
    best: dict[str, int] = {}
    by_finding: dict[bytes, str] = {}
    for r in rows_where(named, "subject", refs):
        if r["object"].startswith("media:"):
            continue
        ref = r["subject"]
        if r["predicate"] != EXAMINED:
            best[ref] = min(best.get(ref, len(STATUS)), rank[r["predicate"]])
        by_finding[r["id"]] = ref
    examiner: dict[str, str] = {}
    decided = set()
    for r in rows_where(source.decisions, "finding", list(by_finding)):
        id_ = r["finding"]
        if r["verdict"] == "accepted" and r["value"] and id_ not in source.stale:
            examiner[by_finding[id_]] = r["value"]
            decided.add(id_)
    kept = frozenset(i for i, ref in by_finding.items() if ref in examiner and i in decided)
    return {ref: STATUS[i][1] for ref, i in best.items()}, examiner, kept


def bands(source: Source, people: Sequence[Person]) -> Mapping[str, Mapping[str, Any]]:
    """{person: band row} of those who were ranked."""
    return {r["person"]: r for r in rows_where(source.table("band"), "person", [p.ref for p in people])}
