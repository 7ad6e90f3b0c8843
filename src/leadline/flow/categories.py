"""Examiners' categories that come back in a VICS file: decisions about files, signed by the key that brings them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.flow.vics_export import case_id
from leadline.kinds import returned
from leadline.kinds.hashers import md5, sha1, sha256
from leadline.kinds.vics import reading
from leadline.model.predicates import SEIZED_IN
from leadline.model.progress import Progress, silent
from leadline.model.words import ACCEPTED, IN_FORCE, UNSURE
from leadline.store import durable
from leadline.store.case import Case
from leadline.store.decisions import Decision
from leadline.store.keys import Key

STATES = {
    "decided": "a decision was made",
    "unchanged": "the same decision is in force already",
    "uncategorized": "nobody has put it into a category",
    "outside": "its category is none of its scheme's: none was taken",
    "conflict": "the file gives it two categories: none was taken",
    "repeated": "another record of the same file, with the same category",
    "unknown": "no seized file has any of its hashes",
}
"""What can become of a record: the closed list; the counts add up to the records read."""


@dataclass(frozen=True, slots=True)
class Category:
    """One file's category as a record gives it; `reviewed` is false for one that only a tool gave."""

    said: str
    reviewed: bool
    entry: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the records of a file, by STATES, and the decisions made."""

    counts: Mapping[str, int]
    made: tuple[Decision, ...]


def bring_in(
    case: Case,
    path: Path,
    key: Key,
    examiner: str,
    *,
    foreign: str = "",
    precategorized: bool = False,
    progress: Progress = silent,
) -> Brought:
    """Decides `seized_in` of every seized file that the VICS file puts into a category; the newest decision counts.

    A record marked IsPrecategorized was given its category by a tool: it becomes an unsure decision, which orders the
    review queue and moves nobody, unless `precategorized` says that an examiner looked at those too. All decisions are
    made in one log entry, on behalf of `examiner`, with the file's digest and the key's signature over both.

    A file that states the CaseID of another case is refused, unless that is `foreign`, the one that the examiner's tool
    gave this case; each decision then says so, as it says of a file that states none. UsageError for such a file, and
    when match has not run.
    """
    places = case.current("seizure")
    if not places.num_rows:
        raise UsageError("no seized file can be decided about", remedy="leadline match CASE")
    digest = durable.sha256(path)
    file = returned.read(path, progress, demanded=case.settings.demanded)
    stated = _stated(case, file.case_ids, foreign)
    counts: Counter[str] = Counter()
    found = _categories(file.records, _media(case), counts, reviewed=precategorized)
    first = dict(zip(reversed(places["media"].to_pylist()), reversed(places["exhibit"].to_pylist()), strict=True))
    standing = _standing(case)
    claims = []
    for media, category in sorted(found.items()):
        verdict = ACCEPTED if category.reviewed else UNSURE
        if standing.get(media) == (verdict, category.said):
            counts["unchanged"] += 1
            continue
        reason = f"category {category.said} in the VICS file {digest}, record {category.entry}{stated}"
        object_ = f"exhibit:{first[media].hex()}"
        claim = {"subject": media, "predicate": SEIZED_IN, "object": object_, "verdict": verdict}
        claims.append({**claim, "reason": reason, "value": category.said})
    made = case.decide(claims, on_behalf_of=examiner, signed=(key, f"categories {digest}")) if claims else []
    counts["decided"] += len(made)
    return Brought({state: counts[state] for state in STATES}, tuple(made))


def _stated(case: Case, ids: frozenset[str], foreign: str) -> str:
    """What decisions say of the case that a VICS file states: nothing when it is this one; UsageError for another."""
    others = ids - {case_id(case)}
    if others - {foreign}:
        raise UsageError(
            f"the file is of another case: CaseID {min(others - {foreign})[:64]!r}",
            where=f"this case: {case_id(case)}",
            remedy="name the file that came back for this case, or --case-id with the ID that the tool gave this case",
        )
    if others:
        return f", whose case {foreign} was said to be this one"
    return "" if ids else ", which states no case"


def _media(case: Case) -> Mapping[str, Mapping[bytes, str]]:
    """Hash kind -> value -> media, of every digest the case knows of a seized file."""
    table = case.current("signature")
    found: dict[str, dict[bytes, str]] = {}
    for kind in (sha1.NAME, md5.NAME):
        rows = table.filter(pc.equal(table["hasher"], kind))
        found[kind] = dict(zip(rows["value"].to_pylist(), rows["media"].to_pylist(), strict=True))
    named = pa.array(pc.unique(case.current("seizure")["media"])).to_pylist()
    found[sha256.NAME] = {bytes.fromhex(media.partition(":")[2]): media for media in named}
    return found


def _categories(
    records: pa.Table, known: Mapping[str, Mapping[bytes, str]], counts: Counter[str], *, reviewed: bool
) -> dict[str, Category]:
    """Media -> the category the file gives it; what becomes of the other records is counted."""
    found: dict[str, Category] = {}
    conflicts: set[str] = set()
    rows = (row for batch in records.to_batches() for row in zip(*(c.to_pylist() for c in batch.columns), strict=True))
    for entry, (scheme, category, tool, *digests) in enumerate(rows):
        media = _named(digests, known)
        if media is None:
            counts["unknown"] += 1
        elif not category or category == reading.UNCATEGORIZED.get(scheme):
            counts["uncategorized"] += 1
        elif not reading.belongs(scheme, category):
            counts["outside"] += 1
        elif media in conflicts:
            counts["conflict"] += 1
        else:
            new = Category(reading.said(scheme, category), reviewed or not tool, entry)
            before = found.setdefault(media, new)
            if before is new:
                continue
            if before.said == new.said:
                found[media] = replace(before, reviewed=before.reviewed or new.reviewed)
                counts["repeated"] += 1
            else:
                conflicts.add(media)
                del found[media]
                counts["conflict"] += 2
    return found


def _named(digests: Sequence[bytes | None], known: Mapping[str, Mapping[bytes, str]]) -> str | None:
    """The seized file a record names by its strongest digest that any seized file has."""
    for kind, digest in zip(returned.STRONGEST, digests, strict=True):
        media = known[kind].get(digest or b"")
        if media is not None:
            return media
    return None


def _standing(case: Case) -> dict[str, tuple[str, str | None]]:
    """Media -> (verdict, value) of the decision in force about it."""
    return {
        d.subject: (d.verdict, d.value)
        for d, state in case.decisions()
        if state == IN_FORCE and d.predicate == SEIZED_IN
    }
