"""The custody log: one JSON entry a line, and an RFC 6962 Merkle tree over the lines.

    {"act": "run", "at": "...Z", "by": "...", "files": {name: sha256}, "n": 7, "note": {...}, "root": "<hex>"}

`files` names every file the entry adds (or, for case.toml, replaces); `root` is the tree's root before the entry;
what an act may add, store.acts says. A leaf is the line without its newline. A line without its newline was torn by an
interrupted append and does not count.
Source: RFC 6962 section 2.1 (Merkle tree hash), with SHA-256.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadline.errors import IntegrityError
from leadline.store.acts import Course
from leadline.store.entry import Entry

REMEDY = "compare with a copy of the case; `leadline verify` names every difference"
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """A Merkle tree of which only the roots of its perfect subtrees are kept, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Appends a leaf's hash."""
        node, low = leaf, self.size
        while low & 1:
            node = _node_hash(self.peaks.pop(), node)
            low >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = _node_hash(peak, node)
        return node


def root_of(lines: Iterable[bytes]) -> bytes:
    """The Merkle tree hash over log lines without their newlines."""
    tree = Tree()
    for line in lines:
        tree.add(leaf_hash(line))
    return tree.root()


class Log:
    """The entries of one log file, read as far as it is whole; `refresh` reads what was appended since."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: list[Entry] = []
        self.lines: list[bytes] = []
        self.course = Course()
        self.tree = Tree()
        self.whole = 0
        self.torn = 0
        self.refresh()

    def refresh(self) -> None:
        """Reads the lines appended since; IntegrityError names the first line that is not one of this log."""
        try:
            with self.path.open("rb") as file:
                file.seek(0, 2)
                end = file.tell()
                if end < self.whole:
                    raise IntegrityError("the log is shorter than it was", where=self.path.name)
                file.seek(self.whole)
                data = file.read()
        except OSError as error:
            raise IntegrityError("the log cannot be read", where=self.path.name) from error
        last = data.rfind(b"\n") + 1
        for line in data[:last].split(b"\n")[:-1]:
            self._take(line)
        self.whole += last
        self.torn = len(data) - last

    def _take(self, line: bytes) -> None:
        entry = parse(line, len(self.entries), self.tree.root())
        self.check(entry)
        self.entries.append(entry)
        self.lines.append(line)
        self.course.take(entry)
        self.tree.add(leaf_hash(line))

    def check(self, entry: Entry) -> None:
        """IntegrityError unless an entry may be the next one of this log."""
        reason = self.course.refused(entry)
        if reason:
            raise IntegrityError(f"an entry may not stand where it does: {reason}", where=_line(entry.n), remedy=REMEDY)

    @property
    def files(self) -> Mapping[str, str]:
        """Every file the log names, with its SHA-256 in hex."""
        return self.course.files

    @property
    def root(self) -> bytes:
        """The tree's root now."""
        return self.tree.root()

    @property
    def origin(self) -> str:
        """The name of this log in checkpoints: from its first entry, so no other case has it."""
        return f"leadline/{leaf_hash(self.lines[0]).hex()[:32]}"


def _line(n: int) -> str:
    return f"log line {n + 1}"


def parse(line: bytes, n: int, root: bytes) -> Entry:
    """The entry of a line that must be number `n` after `root`; IntegrityError says what is wrong with it."""
    where, remedy = _line(n), REMEDY
    try:
        data = json.loads(line)
        entry = Entry(**data)
        whole = entry.line()
    except (ValueError, TypeError, RecursionError):
        raise IntegrityError("not an entry of a custody log", where=where, remedy=remedy) from None
    if entry.n != n or whole != line:
        raise IntegrityError("an entry was changed, moved or removed", where=where, remedy=remedy)
    if entry.root != root.hex():
        raise IntegrityError("an entry does not follow the ones before it", where=where, remedy=remedy)
    return entry
