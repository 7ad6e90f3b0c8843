"""Decisions: what a person decided about a finding and what the finding rested on at that moment.

Each is a line of canonical JSON and is named by the SHA-256 of that line. A decision is a file of one line; MANY and
more made at once are one file of as many lines, in order of their names, so that a quarter of a million of them are one
write that is there whole or not at all.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

from leadline.errors import IntegrityError, UsageError
from leadline.model import spans
from leadline.model.findings import DECISION, finding_id
from leadline.model.predicates import PREDICATES, Predicate
from leadline.model.tables import from_columns
from leadline.model.words import ACCEPTED, VERDICTS
from leadline.store.basis import Basis
from leadline.store.checked import REMEDY
from leadline.store.entry import Entry, canonical
from leadline.store.layout import batch_name, decision_name

STATES = {
    "in_force": "the newest decision about its finding, and what the finding rests on is as it was",
    "stale": "what the finding rests on has changed since, or the finding is gone: shown, not applied",
    "superseded": "a newer decision about the same finding exists",
    "withdrawn": "taken away by `case set withdraw+=decision:...`",
}
"""What can become of a decision: the closed list."""


MANY = 100
"""Decisions made at once from which on they are one file: each file of its own costs a write to the medium."""
SCRIPTED_BY = "script"
"""Who decided when a script did: nobody. The log's entry names the user who ran it."""
LONGEST = timedelta(days=1)
"""The longest that a decision may be older than the entry that logs it: longer than any command takes."""
SCRIPTED = "scripted"
"""What the note of a log entry says, as true, whose decisions a script made."""
SCRIPTED_AT = "1970-01-01T00:00:00.000000Z"
"""When a script decided: at no moment. One that is always the same keeps a training case's tables the same."""


@dataclass(frozen=True)
class Decision:
    """One decision; `id` is the SHA-256 of its file.

    `decided_by` is who made it, as the log knows them; `on_behalf_of` whom they name beside themselves, or nobody.
    """

    subject: str
    predicate: str
    object: str
    verdict: str
    value: str | None
    reason: str
    basis_digest: str
    decided_by: str
    on_behalf_of: str
    decided_at: str
    scripted: bool

    @cached_property
    def finding(self) -> bytes:
        """The id of the finding decided."""
        return finding_id(self.subject, self.predicate, self.object)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the decision's file, in hex."""
        return hashlib.sha256(self.data()).hexdigest()

    def data(self) -> bytes:
        """The decision's file."""
        return canonical({name: getattr(self, name) for name in FIELDS}) + b"\n"


FIELDS = tuple(field.name for field in fields(Decision))
"""What a decision's file holds."""


def read(name: str, data: bytes) -> list[Decision]:
    """The decisions in a file of the case; IntegrityError names the line that is none."""
    lines = data.splitlines(keepends=True) if name.endswith("l") else [data]
    return [from_json(line, f"{name} line:{n}" if len(lines) > 1 else name) for n, line in enumerate(lines, 1)]


def names_in(name: str, content: Callable[[str], bytes]) -> list[str]:
    """The names of the decisions in a file of the case, whose bytes `content` gives."""
    if not name.endswith("l"):
        return [name.rpartition("/")[2].partition(".")[0]]
    return [hashlib.sha256(line).hexdigest() for line in content(name).splitlines(keepends=True)]


def again(entry: Entry) -> list[str]:
    """The names of older decisions that a log entry makes again."""
    return [str(name).rpartition("/")[2].partition(".")[0] for name in entry.note.get("again", ())]


def added(entry: Entry, content: Callable[[str], bytes]) -> list[Decision]:
    """The decisions that a log entry adds; IntegrityError for one that is none or not by its author and of its time."""
    if entry.act not in ("decide", "adopt"):
        return []
    own = [decision for name in entry.files for decision in read(name, content(name))]
    for decision in own:
        authored(decision, entry)
    return own


def made(entries: Iterable[Entry], content: Callable[[str], bytes]) -> dict[str, Decision]:
    """Every decision of a log by its name, in the order in which it was last made; `content` as in `names_in`.

    IntegrityError when a decision that was made again is not there, or not by whom the entry is that makes it again.
    """
    found: dict[str, Decision] = {}
    named: list[str] = []
    for entry in entries:
        own = added(entry, content)
        found.update((decision.id, decision) for decision in own)
        repeated = again(entry)
        for name in repeated:
            if name in found:
                authored(found[name], entry)
        named += [*(decision.id for decision in own), *repeated]
    names = list(reversed(dict.fromkeys(reversed(named))))
    gone = [name for name in names if name not in found]
    if gone:
        raise IntegrityError(
            "a decision made again is not there",
            where=gone[0],
            remedy=REMEDY,
        )
    return {name: found[name] for name in names}


def of_claims(
    claims: Iterable[tuple[Mapping[str, Any], bool]],
    basis: Basis,
    who: str,
    on_behalf_of: str,
    at: str,
    *,
    scripted: bool,
) -> list[Decision]:
    """The decisions that claims (and whether each is a current finding) ask for; UsageError for one about which a
    decision changes nothing."""
    found = []
    for row, current in claims:
        claim = str(row["subject"]), str(row["predicate"]), str(row["object"])
        id_ = finding_id(*claim)
        decidable(row, id_, current=current)
        value = None if row.get("value") is None else str(row["value"])
        verdict, reason, rests = str(row["verdict"]), str(row.get("reason", "")), basis.digest(id_).hex()
        found.append(Decision(*claim, verdict, value, reason, rests, who, on_behalf_of, at, scripted))
    return found


def authored(decision: Decision, entry: Entry) -> None:
    """IntegrityError unless a decision's author and time are those of the entry that logs it.

    A script has neither: the entry of its decisions, which is by the user who ran it, says that they are scripted.
    """
    if entry.act == "adopt":
        return
    if decision.scripted or entry.note.get(SCRIPTED):
        fits = decision.decided_by == SCRIPTED_BY and decision.scripted and entry.note.get(SCRIPTED) is True
    else:
        age = moment(entry.at) - moment(decision.decided_at)
        fits = decision.decided_by == entry.by and timedelta() <= age <= LONGEST
    if not fits:
        raise IntegrityError(
            "a decision is not by whom, or not of when, the log says", where=f"decision:{decision.id}", remedy=REMEDY
        )


def files_of(fresh: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of decisions, given by name: one each, or one of them all from MANY on."""
    if len(fresh) < MANY:
        return {decision_name(id_): data for id_, data in sorted(fresh.items())}
    whole = b"".join(data for _, data in sorted(fresh.items()))
    return {batch_name(hashlib.sha256(whole).hexdigest()): whole}


def decidable(claim: Mapping[str, Any], id_: bytes, *, current: bool) -> None:
    """UsageError unless the claim is a current finding, one that a decision changes, with a verdict and a reason."""
    if not current:
        raise UsageError("no current finding says that", where=f"finding:{id_.hex()}", remedy="leadline case find")
    predicate = PREDICATES[str(claim["predicate"])]
    if predicate.instead:
        raise UsageError(
            f"a decision about {predicate.name} changes nothing: it follows from other findings",
            where=f"finding:{id_.hex()}",
            remedy=f"decide about {predicate.instead}",
        )
    checked(str(claim["verdict"]), str(claim.get("reason", "")))
    _value(predicate, str(claim["verdict"]), claim.get("value"), f"finding:{id_.hex()}")


def _value(predicate: Predicate, verdict: str, value: object, where: str) -> None:
    """UsageError unless a decision states what one about the predicate may state beside its verdict, and must."""
    text = "" if value is None else str(value).strip()
    if text and not predicate.value:
        raise UsageError(
            f"a decision about {predicate.name} takes no value: nothing would read it",
            where=where,
            remedy="say it in --reason",
        )
    if text and predicate.value in ("span", "tenure"):
        spans.read(text)
    if not text and predicate.value == "tenure" and verdict == ACCEPTED:
        raise UsageError(
            "who used an account is decided for a span of time: an account can be sold or lent",
            where=where,
            remedy=f"--value {spans.FORM}",
        )


def checked(verdict: str, reason: str) -> None:
    """UsageError unless the verdict is one of the three and a reason is given."""
    if verdict not in VERDICTS:
        raise UsageError(f"no verdict {verdict!r}", remedy="one of: " + ", ".join(VERDICTS))
    if not reason.strip():
        raise UsageError("a decision needs a reason", remedy="--reason TEXT")


def from_json(data: bytes, where: str) -> Decision:
    """The decision of a file's bytes; IntegrityError when they are not one."""
    try:
        decision = Decision(**json.loads(data))
        checked(decision.verdict, decision.reason)
        if decision.id != hashlib.sha256(data).hexdigest():
            raise ValueError
    except (ValueError, TypeError, UsageError):
        raise IntegrityError(
            "not a decision",
            where=where,
            remedy=REMEDY,
        ) from None
    return decision


def states(
    decisions: Iterable[Decision], basis: Basis, existing: Collection[bytes], withdrawn: Collection[str]
) -> list[str]:
    """The state of each of `decisions` (in log order); `existing` are the ids of current findings."""
    known = [(d, d.id) for d in decisions]
    standing = [(d, id_) for d, id_ in known if f"decision:{id_}" not in withdrawn]
    newest = {d.finding: id_ for d, id_ in standing}
    result = []
    for d, id_ in known:
        if f"decision:{id_}" in withdrawn:
            result.append("withdrawn")
        elif newest[d.finding] != id_:
            result.append("superseded")
        elif d.finding not in existing or basis.digest(d.finding).hex() != d.basis_digest:
            result.append("stale")
        else:
            result.append("in_force")
    return result


def table(decisions: Iterable[Decision]) -> pa.Table:
    """model.findings.DECISION rows."""
    rows = list(decisions)
    columns: Mapping[str, list[Any]] = {
        "id": [bytes.fromhex(d.id) for d in rows],
        "finding": [d.finding for d in rows],
        "verdict": [d.verdict for d in rows],
        "value": [d.value for d in rows],
        "reason": [d.reason for d in rows],
        "basis_digest": [bytes.fromhex(d.basis_digest) for d in rows],
        "decided_by": [d.decided_by for d in rows],
        "on_behalf_of": [d.on_behalf_of or None for d in rows],
        "decided_at": [moment(d.decided_at) for d in rows],
        "scripted": [d.scripted for d in rows],
    }
    return from_columns(DECISION, columns)


def moment(text: str) -> datetime:
    """The time of a decision; IntegrityError when it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise IntegrityError(
            "a decision's time cannot be read",
            remedy=REMEDY,
        ) from None
