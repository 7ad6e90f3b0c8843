"""What each act of the custody log may do: the closed list, held by whoever appends to a log and whoever reads it.

A name is logged once, case.toml aside: a later line that names a file again would put other bytes in its place under
a checkpoint that still holds. An exhibit and a decision are named by their own content, a run and a package by the note
of their entry, and what case.toml says stands in the entry itself.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from leadline.store.entry import Entry
from leadline.store.layout import FILES
from leadline.store.roll import Roll


@dataclass(frozen=True, slots=True)
class Act:
    """An act: one sentence, the kind of file (of layout.FILES) that it may add, and whether it is only a look."""

    says: str
    adds: str = ""
    look: bool = False


ACTS = {
    "created": Act("the case was made", "settings"),
    "set": Act("settings, pins or withdrawals were changed", "settings"),
    "rebuild": Act("a case made to rebuild another one took over its settings", "settings"),
    "adopt": Act("a case made to rebuild another one took over its decisions", "decision"),
    "operator": Act("an operator was put on the roll, or taken off it"),
    "exhibit": Act("a record was taken in", "exhibit"),
    "run": Act("a step's run was appended, or made current again", "run"),
    "decide": Act("somebody decided", "decision"),
    "stamped": Act("an authority's time stamp of a checkpoint came in"),
    "exported": Act("a package went out, or something was written outside the case", "package", look=True),
    "viewed": Act("somebody looked", look=True),
    "queried": Act("somebody asked", look=True),
    "beside": Act("a log of looks at a case that cannot be written was begun beside it"),
    "recovered": Act("what an interrupted append left was put right", look=True),
}
"""Every act: the closed list."""
FIRST = ("created", "beside")
"""What a log begins with: a case, or looks at one."""
EARLIER = "the clock stood earlier than at the entry before"
"""What an entry says under ``clock`` when its time lies before that of the one before."""
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Course:
    """The course of a log so far, against which its next entry is held."""

    files: dict[str, str] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    acts: list[str] = field(default_factory=list)
    at: str = ""
    roll: Roll = field(default_factory=Roll)

    def refused(self, entry: Entry) -> str:
        """Why an entry may not be the next one; empty when it may."""
        reason = _formed(entry) or self._in_time(entry) or self._in_place(entry) or self._names(entry)
        return reason or self.roll.refused(entry, look=is_look(entry))

    def take(self, entry: Entry) -> None:
        """Goes on by one entry."""
        self.files.update(entry.files)
        self.units.update(unit(name) for name in entry.files)
        self.acts.append(entry.act)
        self.at = entry.at
        self.roll.take(entry)

    def _in_time(self, entry: Entry) -> str:
        back = entry.at < self.at
        if back != (entry.note.get("clock") == EARLIER):
            return "its time lies before the entry before, without a word" if back else "its word on the clock is false"
        return ""

    def _in_place(self, entry: Entry) -> str:
        """A case is made once, and one made to rebuild another is so from its second entry on."""
        if (entry.act in FIRST) != (not self.acts):
            return "a log begins once, by its first entry"
        if self.acts[:1] == ["beside"] and not is_look(entry):
            return "a log beside a case holds looks only"
        if entry.act == "rebuild" and len(self.acts) != 1:
            return "a case cannot turn into one made to rebuild another"
        if entry.act == "adopt" and "rebuild" not in self.acts[:2]:
            return "decisions are taken over only by a case made to rebuild another"
        return ""

    def _names(self, entry: Entry) -> str:
        """What is wrong with the files the entry names."""
        kind = ACTS[entry.act].adds
        for name, digest in entry.files.items():
            if not kind or not FILES[kind].fullmatch(name):
                return f"the act {entry.act!r} adds no file of this kind: {name}"
            if kind != "settings" and (name in self.files or unit(name) in self.units):
                return f"it names what an entry before it named: {name}"
            if kind in ("exhibit", "decision") and _named_by_content(name) != digest:
                return f"it is not named by its own content: {name}"
        said = str(entry.note.get({"run": "run", "package": "package"}.get(kind, ""), ""))
        if kind in ("run", "package") and any(unit(name) != f"{kind}s/{said}" for name in entry.files):
            return f"its files lie in no folder of its {kind}"
        if kind == "run" and f"runs/{said}/run.json" not in {**self.files, **entry.files}:
            return "it names a run that is not there"
        if kind == "settings":
            text = str(entry.note.get("text", "")).encode()
            if dict(entry.files) != {"case.toml": hashlib.sha256(text).hexdigest()}:
                return "the settings it gives are not those it names"
        return ""


def unit(name: str) -> str:
    """What a file was moved into place with: the folder of its run or package, or itself."""
    return "/".join(name.split("/")[:2]) if name.startswith(("runs/", "packages/")) else name


def is_look(entry: Entry) -> bool:
    """Whether an entry only says that somebody looked: it adds no file and changes nothing of the case."""
    touched = entry.files or entry.note.get("set_aside") or entry.note.get("completed")
    return ACTS[entry.act].look and not touched


def _named_by_content(name: str) -> str:
    """The digest that an exhibit's or a decision's name gives."""
    return name.partition("/")[2].replace("/", "").partition(".")[0]


def _formed(entry: Entry) -> str:
    """Whether every part of an entry is what it must be."""
    if not isinstance(entry.act, str) or entry.act not in ACTS:
        return "it is no act Leadline knows"
    texts = isinstance(entry.by, str) and isinstance(entry.at, str) and isinstance(entry.sig, str)
    if not texts or not entry.by or not _AT.fullmatch(entry.at):
        return "it does not say who and when"
    whole = isinstance(entry.files, Mapping) and isinstance(entry.note, Mapping)
    if not whole or not all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in entry.files.values()):
        return "its files or its note are none"
    return ""
