"""What the records state of a person's members: identifiers as they stand in the source, and media by digest only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model import predicates
from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, SAME_VIDEO_AS, SEIZED_IN, SIMILAR_TO
from leadline.model.referral import ANSWERS, CONFLICTS, IDENTIFIERS, MEDIA, MEMBERS
from leadline.model.spans import written
from leadline.model.tables import from_rows, in_key_order
from leadline.model.words import (
    ACCEPTED,
    DOWNLOAD,
    KNOWN,
    MESSAGE,
    NEVER_SEEN,
    NO,
    NONE,
    REJECTED,
    SIMILAR,
    UNKNOWN_ANSWER,
    UPLOAD,
    YES,
)
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person

ACTS = (UPLOAD, DOWNLOAD, MESSAGE)
"""Events that name a file: a message does where it holds the file's digest."""
STATUS = (
    (predicates.NEVER_SEEN, NEVER_SEEN),
    (KNOWN_AS, KNOWN),
    (SAME_VIDEO_AS, KNOWN),
    (CONTAINS_CLIP_OF, KNOWN),
    (SIMILAR_TO, SIMILAR),
)
"""Predicates of match by the word a package uses, the strongest first; likeness to another seized file says nothing.

Match calls a file never seen beside likenesses only where a person has rejected every one of them.
"""
EXAMINED = SEIZED_IN
"""The predicate that examiners' categories are about."""
SAID = (*(predicate for predicate, _ in STATUS), EXAMINED)
"""Predicates by which something is said of a file."""


def members(people: Sequence[Person]) -> pa.Table:
    """One row a member and accepted finding that ties it; one a customer and finding that makes him a payer."""
    rows = []
    for person in people:
        for tie in person.ties:
            span = written(tie.span)
            rows.append((person.ref, tie.subject, tie.finding, tie.object, tie.predicate, span))
            rows.append((person.ref, tie.object, tie.finding, tie.subject, tie.predicate, span))
        for tie in person.payers:
            rows.append((person.ref, tie.object, tie.finding, tie.subject, tie.predicate, written(tie.span)))
    return from_rows(MEMBERS, rows)


def conflicts(source: Source, people: Sequence[Person]) -> pa.Table:
    """What contradicted joining a member of these people to somebody; refs only, who the other is stands nowhere."""
    table = source.table("conflict")
    members = pa.array(sorted({m for p in people for m in p.members}), pa.string())
    named = pc.or_(pc.is_in(table.column("a"), members), pc.is_in(table.column("b"), members))
    return in_key_order(CONFLICTS, table.filter(named))


def identifiers(source: Source, people: Sequence[Person]) -> pa.Table:
    """Every statement of an identifier of a member, and name, birth, country and holder from legal returns."""
    owner = {m: p.ref for p in people for m in p.members}
    rows: list[tuple[object, ...]] = []
    for r in rows_where(source.table("identifier"), "subject", list(owner)):
        subject = r["subject"]
        when = (r["utc_low"], r["utc_high"])
        rows.append((owner[subject], subject, r["kind"], r["value"], *when, r["exhibit"], r["locator"]))
    for r in rows_where(source.table("customer"), "customer", list(owner)):
        subject = r["customer"]
        for kind in ("name", "born", "country", "holder"):
            if r[kind] is not None:
                when = (r["utc_low"], r["utc_high"])
                rows.append((owner[subject], subject, kind, r[kind], *when, r["exhibit"], r["locator"]))
    return from_rows(IDENTIFIERS, rows)


@dataclass(frozen=True, slots=True)
class Media:
    """A package's media rows and the findings they rest on."""

    table: pa.Table
    rests_on: frozenset[bytes]


def media(source: Source, people: Sequence[Person]) -> Media:
    """Files that members' accounts uploaded, downloaded or named: digests, counts and what decisions say of them.

    A digest that the records name, and that one seized file alone has, is that file: the row says so, rests on the
    finding that ties the two, and says what match and examiners say of the file. What was done at a time in which the
    account is not decided to be the person's is nobody's.
    """
    users: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for account in dict.fromkeys(account for account, _ in person.tenures):
            users[account].append(person)
    events = source.table("event")
    acts = events.filter(pc.is_in(events.column("kind"), pa.array(ACTS)))
    seen: dict[str, dict[str, Any]] = {}
    for r in rows_where(acts, "subject", list(users)):
        if r["object"] is not None and r["object"].startswith("media:"):
            seen.setdefault(r["event"], r)
    groups: dict[tuple[str, str, str, str, bytes], list[dict[str, Any]]] = defaultdict(list)
    for r in seen.values():
        for person in users[r["subject"]]:
            if person.uses(r["subject"], r["utc_low"], r["utc_high"]):
                groups[person.ref, r["subject"], r["kind"], r["object"], r["exhibit"]].append(r)
    refs = {ref for _, _, _, ref, _ in groups}
    ties = named_digests(source, refs)
    status, examiner, rests = _looked_at(source, sorted(refs | {file for file, _ in ties.values()}))
    rows = []
    for (owner, account, act, ref, exhibit), found in groups.items():
        file, tie = ties.get(ref, (None, None))
        timed = [r for r in found if r["utc_low"] is not None]
        first = min(timed or found, key=lambda r: (r["utc_low"], r["locator"]) if timed else r["locator"])
        names = [name for name in (file, ref) if name is not None]
        rows.append(
            (owner, account, act, ref, len(found), first["utc_low"],
             next((status[name] for name in names if name in status), "not_searched"),
             next((examiner[name] for name in names if name in examiner), NONE),
             file or NONE, f"finding:{tie.hex()}" if tie else NONE, exhibit, first["locator"])
        )  # fmt: skip
    return Media(from_rows(MEDIA, rows), rests | {tie for _, tie in ties.values()})


def named_digests(source: Source, refs: Collection[str]) -> dict[str, tuple[str, bytes]]:
    """{digest that records name: (the one seized file that has it, the finding)} of these refs."""
    found: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for r in rows_where(source.table("named_digest"), "media", sorted(refs)):
        found[r["media"]].append((r["file"], r["finding"]))
    return {media: files[0] for media, files in found.items() if len(files) == 1}


def _looked_at(source: Source, refs: Sequence[str]) -> tuple[dict[str, str], dict[str, str], frozenset[bytes]]:
    """(status, examiner's category, findings) of media by ref; a category comes from an accepted decision alone.

    A likeness that a person rejected says nothing.
    """
    findings = source.table("finding")
    named = findings.filter(pc.is_in(findings.column("predicate"), pa.array(SAID)))
    rank = {p: i for i, (p, _) in enumerate(STATUS)}
    rejected = source.ruled(REJECTED)
    best: dict[str, int] = {}
    by_finding: dict[bytes, str] = {}
    for r in rows_where(named, "subject", refs):
        if r["object"].startswith("media:") or r["id"] in rejected:
            continue
        ref = r["subject"]
        if r["predicate"] != EXAMINED:
            best[ref] = min(best.get(ref, len(STATUS)), rank[r["predicate"]])
        by_finding[r["id"]] = ref
    examiner: dict[str, str] = {}
    decided = set()
    for r in rows_where(source.decisions, "finding", list(by_finding)):
        id_ = r["finding"]
        if r["verdict"] == ACCEPTED and r["value"] and id_ not in source.stale:
            examiner[by_finding[id_]] = r["value"]
            decided.add(id_)
    return {ref: STATUS[i][1] for ref, i in best.items()}, examiner, frozenset(decided)


def bands(source: Source, people: Sequence[Person]) -> Mapping[str, Mapping[str, Any]]:
    """{person: band row} of those who were ranked."""
    return {r["person"]: r for r in rows_where(source.table("band"), "person", [p.ref for p in people])}


def answers(source: Source, banded: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """ANSWERS about the members of those who were ranked; `banded` is what `bands` gives.

    A question about a customer whom no record had named yet is odd, and said: its date, or the return's, is wrong.
    """
    moments = {
        (r["subject"], r["kind"], r["exhibit"], r["locator"]): (r["utc_low"], r["utc_high"])
        for r in source.table("circumstance").to_pylist()
    }
    named = _acquired(source)
    person = {row["finding"]: ref for ref, row in banded.items()}
    rows = []
    for r in rows_where(source.table("answer"), "finding", list(person)):
        when = moments.get((r["member"], r["question"], r["exhibit"], r["locator"]), (None, None))
        before = _before(when[1], named.get(r["member"]))
        rows.append(
            (person[r["finding"]], r["member"], r["question"], r["answer"], *when, before, r["exhibit"], r["locator"])
        )
    return from_rows(ANSWERS, rows)


def _acquired(source: Source) -> dict[str, datetime]:
    """The earliest moment at which an exhibit that names a customer was acquired, where that is known."""
    came = {r["exhibit"]: _moment(r["acquired_at"]) for r in source.table("exhibit").to_pylist()}
    found: dict[str, datetime] = {}
    for r in source.table("customer").to_pylist():
        if at := came.get(r["exhibit"]):
            found[r["customer"]] = min(at, found.get(r["customer"], at))
    return found


def _moment(text: str) -> datetime | None:
    """A time of ISO 8601; a day is its end, and a time without a zone is none."""
    try:
        found = datetime.fromisoformat(text if "T" in text else f"{text}T23:59:59Z")
    except ValueError:
        return None
    return found if found.tzinfo else None


def _before(answered: datetime | None, named: datetime | None) -> str:
    if answered is None or named is None:
        return UNKNOWN_ANSWER
    return YES if answered < named else NO
