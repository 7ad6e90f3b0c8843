"""The roll of a case's operators: who may act, in which role, and the key by which the log knows each of them.

A case without a roll is worked by whoever the system says is at work. From the entry on that puts the first operator on
the roll, each entry is by an operator and bears his signature over the whole line, so that nobody acts under another's
name; `operator` entries are the roll, and a checkpoint covers them like any other.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leadline.errors import LeadlineError, UsageError
from leadline.kinds.codecs import signed_note
from leadline.store.entry import Entry

ADD, REMOVE = "add", "remove"
KEEPER = "officer"
"""The role that keeps the roll; the first operator has it, and one is always left."""
_WORK = frozenset({"exhibit", "run", "decide"})


@dataclass(frozen=True, slots=True)
class Role:
    """A role: one sentence, and the acts beyond looking that it may do."""

    says: str
    acts: frozenset[str]


ROLES = {
    KEEPER: Role(
        "case officer: keeps the roll, sets what the case rests on, and does all else",
        _WORK | {"set", "exported", "operator"},
    ),
    "investigator": Role(
        "financial investigator: takes in, runs steps, sets pins and withdrawals, decides and refers",
        _WORK | {"set", "exported"},
    ),
    "examiner": Role("media examiner: takes in, runs steps and decides", _WORK),
    "reader": Role("looks only", frozenset()),
}
"""Every role: the closed list."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator on the roll: name, 32 public key bytes, role."""

    name: str
    public: bytes
    role: str


@dataclass(slots=True)
class Roll:
    """The operators of a log so far, by name; empty for a case that has no roll."""

    operators: dict[str, Operator] = field(default_factory=dict)

    def of_key(self, public: bytes) -> Operator | None:
        """The operator who has a key, or None."""
        return next((o for o in self.operators.values() if o.public == public), None)

    def refused(self, entry: Entry, *, look: bool) -> str:
        """Why an entry may not be by whom it says; empty when it may. A look's signature is left to `unsigned`."""
        if not self.operators:
            return self._first(entry)
        operator = self.operators.get(entry.by)
        if operator is None:
            return "it is by nobody on the roll of operators"
        if not entry.sig:
            return "its operator has not signed it"
        if not look:
            if entry.act not in ROLES[operator.role].acts:
                return f"a {operator.role} may not do this"
            if reason := unsigned(entry, operator):
                return reason
        return self._change(entry) if entry.act == "operator" else ""

    def take(self, entry: Entry) -> None:
        """Goes on by one entry."""
        if entry.act == "operator":
            operator = named(entry)
            if entry.note["change"] == ADD:
                self.operators[operator.name] = operator
            else:
                del self.operators[operator.name]

    def _first(self, entry: Entry) -> str:
        if entry.act != "operator":
            return "it is signed, and the case has no roll of operators" if entry.sig else ""
        if entry.note.get("change") != ADD or entry.note.get("role") != KEEPER:
            return f"a roll begins with an {KEEPER}"
        return self._change(entry)

    def _change(self, entry: Entry) -> str:
        try:
            operator = named(entry)
        except (LeadlineError, KeyError):
            return "it names no operator"
        there = self.operators.get(operator.name)
        if entry.note["change"] == ADD:
            return "that name or key is on the roll already" if there or self.of_key(operator.public) else ""
        if there != operator:
            return "that operator is not on the roll"
        keepers = [o for o in self.operators.values() if o.role == KEEPER]
        return f"the roll's last {KEEPER} stays" if keepers == [operator] else ""


def change(what: str, operator: Operator) -> dict[str, str]:
    """The note of the entry that puts an operator on the roll, or takes one off; UsageError for an unknown role."""
    if operator.role not in ROLES:
        raise UsageError(f"no role {operator.role!r}", remedy="one of: " + ", ".join(ROLES))
    key = signed_note.verifier_text(operator.name, operator.public)
    return {"change": what, "operator": operator.name, "role": operator.role, "key": key}


def named(entry: Entry) -> Operator:
    """The operator whom an `operator` entry names; UsageError or KeyError when it names none."""
    name, public = signed_note.verifier(str(entry.note["key"]))
    role, said = str(entry.note["role"]), entry.note["operator"]
    if role not in ROLES or said != name or entry.note["change"] not in (ADD, REMOVE):
        raise UsageError("not an operator")
    return Operator(name, public, role)


def sign(entry: Entry, signing: Callable[[bytes], bytes]) -> Entry:
    """The entry with its operator's signature; `signing` gives the 64 signature bytes."""
    return replace(entry, sig=base64.b64encode(signing(_text(entry))).decode())


def unsigned(entry: Entry, operator: Operator) -> str:
    """Why an entry's signature is not its operator's; empty when it is."""
    try:
        Ed25519PublicKey.from_public_bytes(operator.public).verify(
            base64.b64decode(entry.sig, validate=True), _text(entry)
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return "its signature is not its operator's"
    return ""


def _text(entry: Entry) -> bytes:
    """What is signed: the line without its signature, which holds the root over every line before it."""
    return b"leadline log entry\n" + replace(entry, sig="").line()
