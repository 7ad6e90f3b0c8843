"""Decisions: what a person decided about a finding and what the finding rested on at that moment.

Each is a line of canonical JSON and is named by the SHA-256 of that line. A decision is a file of one line; MANY and
more made at once are one file of as many lines, in order of their names, so that a quarter of a million of them are one
write that is there whole or not at all.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from leadline.errors import IntegrityError, LeadlineError, UsageError
from leadline.kinds.codecs import note
from leadline.model.findings import DECISION, VERDICTS, finding_id
from leadline.model.tables import from_columns
from leadline.store.basis import Basis
from leadline.store.keys import Key
from leadline.store.log import Entry, canonical

STATES = {
    "in_force": "the newest decision about its finding, and what the finding rests on is as it was",
    "stale": "what the finding rests on has changed since, or the finding is gone: shown, not applied",
    "superseded": "a newer decision about the same finding exists",
    "withdrawn": "taken away by `case set withdraw+=decision:...`",
}
"""What can become of a decision: the closed list."""


MANY = 100
"""Decisions made at once from which on they are one file: each file of its own costs a write to the medium."""
SCRIPTED_AT = "1970-01-01T00:00:00.000000Z"
"""When a script decided: at no moment. One that is always the same keeps a training case's tables the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `id` is the SHA-256 of its file."""

    subject: str
    predicate: str
    object: str
    verdict: str
    value: str | None
    reason: str
    basis_digest: str
    decided_by: str
    decided_at: str
    scripted: bool

    @property
    def finding(self) -> bytes:
        """The id of the finding decided."""
        return finding_id(self.subject, self.predicate, self.object)

    @property
    def id(self) -> str:
        """SHA-256 of the decision's file, in hex."""
        return hashlib.sha256(self.data()).hexdigest()

    def data(self) -> bytes:
        """The decision's file."""
        return canonical({name: getattr(self, name) for name in self.__slots__}) + b"\n"


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


def signature(made: Sequence[Decision], key: Key, what: str) -> dict[str, str]:
    """What a log entry says of decisions that a key vouches for, with `what` it vouches for beside them (one line)."""
    text = _vouched([decision.id for decision in made], what)
    return {"vouched": what, "signed": key.sign_note(text), "signer": note.verifier_text(key.name, key.public)}


def forged(entry: Entry, content: Callable[[str], bytes]) -> str:
    """Why the signature of a log entry's decisions is none; empty when it is one, or when the entry has none.

    `content` gives the bytes of a file of the case by name; IntegrityError when they are not what the log says.
    """
    said = entry.note
    if not {"vouched", "signed", "signer"} & said.keys():
        return ""
    try:
        ids = [*(id_ for name in entry.files for id_ in names_in(name, content)), *again(entry)]
        text, _ = note.opened(str(said["signed"]), [note.verifier(str(said["signer"]))])
    except KeyError:
        return "a signature of decisions lacks a part"
    except LeadlineError as error:
        return error.what
    return (
        "" if text == _vouched(ids, str(said["vouched"])) else "the signature is not over the decisions it stands with"
    )


def _vouched(ids: Collection[str], what: str) -> str:
    digest = hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()
    return f"leadline decisions\n{what}\n{len(ids)} {digest}\n"


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
    except (ValueError, TypeError, UsageError):
        raise IntegrityError("not a decision", where=where, remedy="leadline verify") from None
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
        "decided_at": [moment(d.decided_at) for d in rows],
        "scripted": [d.scripted for d in rows],
    }
    return from_columns(DECISION, columns)


def moment(text: str) -> datetime:
    """The time of a decision; IntegrityError when it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise IntegrityError("a decision's time cannot be read", remedy="leadline verify") from None
