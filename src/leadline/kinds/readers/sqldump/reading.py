"""SQL dumps of MySQL and MariaDB by mysqldump, mydumper and the like; row locators ``byte:a-b``.

Column names come from CREATE TABLE, or from the INSERT where it lists them. A statement that could fill a table is read
whole or is one reject; a dump cut inside a row gives a reject for that row, and one without mysqldump's closing line,
where it has its opening one, a reject at its end.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs import sqlrows_kernels as sqlrows
from leadline.kinds.reader import (
    Batch,
    Broken,
    Field,
    Part,
    Reader,
    Source,
    byte_slice,
    empty,
    unreadable,
    wrong_locator,
)
from leadline.kinds.readers.sqldump.rows import LONGEST_ROW, Run, alike, batches, values
from leadline.kinds.readers.sqldump.said import Created, Insert, Name, Remark, Said, Undone, Unread
from leadline.kinds.readers.sqldump.session import UNSAFE, Session
from leadline.kinds.readers.sqldump.statements import Text, statements
from leadline.model import locators
from leadline.model.progress import Progress

_SNIFF = re.compile(
    rb"-- (?:MySQL|MariaDB) dump |/\*M?!\d+\\?-? enable the sandbox|^/\*M?!\d{5,6} SET "
    rb"|^CREATE TABLE (?:IF NOT EXISTS )?`"
    rb"|^(?:INSERT|REPLACE)[A-Z_ ]{0,40} INTO `|^-- (?:phpMyAdmin SQL Dump|Adminer .{0,40}MySQL|HeidiSQL)",
    re.M | re.I,
)
_OTHERS = re.compile(rb"^\s*(?:PRAGMA foreign_keys|-- PostgreSQL database|--\r?\n-- PostgreSQL database)", re.I)
"""How dumps of SQLite and PostgreSQL begin, whose strings have other escapes."""
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
OTHER_STATEMENTS, END_OF_DUMP = "other_statements", "end_of_dump"
"""Parts that hold no table: statements that are not read and name none, and a closing line that is missing."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as a dump of MySQL or MariaDB, in UTF-16 too."""
    if head[:2] in _WIDE:
        head = head[2:].decode(_WIDE[head[:2]], "ignore").encode()
    return b"\x00" not in head[:64] and _OTHERS.match(head) is None and _SNIFF.search(head) is not None


def _text(source: Source) -> Text:
    """The dump, memory-mapped for reading."""
    try:
        if not source.path.stat().st_size:
            raise empty(source)
        text: Text = np.memmap(source.path, np.uint8, "r").view(np.ndarray)
    except OSError as error:
        raise unreadable(source, error) from error
    if text[:2].tobytes() in _WIDE:
        raise EvidenceError(
            "a dump in UTF-16, as PowerShell writes what it redirects",
            where=source.where("byte:0-2"),
            remedy="write it in UTF-8 (iconv -f UTF-16 -t UTF-8) and take both files in",
        )
    return text


@dataclass(slots=True)
class _Table:
    """A table as far as the dump has been read: columns by their name in small letters, its rows, what is not read."""

    columns: dict[str, str] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def create(self, columns: dict[str, str], hidden: dict[str, str]) -> None:
        """The table as a CREATE TABLE makes it."""
        self.created, self.hidden = columns, hidden
        for name in columns:
            self.columns.setdefault(name.lower(), name)

    def filled(self, named: tuple[str, ...]) -> dict[str, str]:
        """The columns that an INSERT fills with their types: those it names, or all of the table's."""
        if not named:
            return self.created
        types = {name.lower(): type_ for name, type_ in (self.hidden | self.created).items()}
        return {self.columns.setdefault(n.lower(), n): types.get(n.lower(), "text") for n in named}

    def insert(self, session: Session, insert: Insert, columns: dict[str, str]) -> None:
        """Takes in the rows of one statement."""
        for name in columns:
            self.columns.setdefault(name.lower(), name)
        how = alike(session, columns, assigned=insert.assigned)
        if not self.runs or self.runs[-1].how != how:
            self.runs.append(Run(how))
        self.runs[-1].add(insert)

    def batches(self, text: Text, progress: Progress) -> Iterator[Batch]:
        """Its rows, and what could not be read."""
        columns = tuple(self.columns.values())
        if self.broken:
            yield _rejected(columns, self.broken)
        yield from batches(text, self.runs, columns, progress)


def _rejected(columns: tuple[str, ...], broken: list[Broken]) -> Batch:
    rows = pa.table({name: pa.array([], pa.string()) for name in columns})
    return Batch(rows, pa.array([], pa.string()), tuple(broken))


@dataclass(slots=True)
class _Dump:
    """All that a dump says of tables, by their names in order of first mention, and what it says beside them."""

    tables: dict[Name, _Table] = field(default_factory=dict)
    others: list[Broken] = field(default_factory=list)
    ends: list[Broken] = field(default_factory=list)
    open: bool = False

    def table(self, name: Name) -> _Table:
        """The table of this name, new where it was not mentioned before."""
        return self.tables.setdefault(name, _Table())

    def take(self, text: Text, session: Session, said: Said) -> None:
        """What one more statement says."""
        if isinstance(said, Created):
            self._create(said)
        elif isinstance(said, Insert):
            self.table(said.name).insert(session, said, self.filled(text, session, said))
        elif isinstance(said, Unread):
            broken = Broken(f"byte:{said.start}-{said.end}", "cut_line" if said.cut else "bad_statement")
            (self.table(said.name).broken if said.name else self.others).append(broken)
        elif isinstance(said, Undone):
            self._undo(said)
        else:
            self._remark(said)

    def filled(self, text: Text, session: Session, insert: Insert) -> dict[str, str]:
        """The columns that an INSERT fills with their types: 1, 2, 3 ... where their names stand nowhere."""
        return self.table(insert.name).filled(insert.columns) or _counted(text, session, insert)

    def _create(self, said: Created) -> None:
        table = self.table(said.name)
        if said.absent and table.created:
            return
        if table.created and table.runs:  # another table of this name
            self._refuse(said)
        like = self.tables.get(said.like) if said.like else None
        table.create(like.created if like else said.columns, said.hidden)

    def _undo(self, said: Undone) -> None:
        """Refuses a statement that changes what is read, and forgets the columns of tables that are dropped."""
        tables = [held for name in said.names for held in self._named(*name)]
        if any(held.runs or (said.what == b"ALTER" and held.created) for held in tables):
            self._refuse(said)
        for held in tables if said.what == b"DROP" else []:
            held.created = {}

    def _named(self, database: str, table: str) -> list[_Table]:
        """The table of this name, or where none is named all of a database, as far as the dump has made them."""
        if table:
            return [self.tables[database, table]] if (database, table) in self.tables else []
        return [held for key, held in self.tables.items() if key[0] == database]

    def _refuse(self, said: Created | Undone) -> None:
        self.others.append(Broken(f"byte:{said.start}-{said.end}", "bad_statement"))

    def _remark(self, said: Remark) -> None:
        if not said.closing and self.open:
            self.ends.append(Broken(f"byte:{said.start}-{said.start}", "cut_line"))
        self.open = not said.closing

    def named(self) -> Iterator[tuple[str, _Table]]:
        """Its tables by the names of parts: with the database where tables of two have one name."""
        alone = Counter(table for _, table in self.tables)
        for (database, table), found in self.tables.items():
            yield f"{database}.{table}" if database and alone[table] > 1 else table, found


def _counted(text: Text, session: Session, insert: Insert) -> dict[str, str]:
    """Columns of a table whose names stand nowhere: 1, 2, 3 ... by place in its first row."""
    row = _row(text, insert.at, insert.end, session, assigned=insert.assigned)
    return {str(j + 1): "text" for j in range(len(row))}


def _row(text: Text, at: int, end: int, session: Session, *, assigned: bool) -> list[bytes | None]:
    """The values of the row that begins at byte `at`; none where no whole row stands there."""
    row_at, row_end, row_first = (np.zeros(2, np.int64) for _ in range(3))
    at_, end_, kinds = (np.zeros(sqlrows.COLUMNS, type_) for type_ in (np.int64, np.int64, np.uint8))
    _, rows, found, _ = sqlrows.scan(
        text, at, end, end, LONGEST_ROW, session.ansi, session.backslash, assigned,
        0, 0, row_at, row_end, row_first, at_, end_, kinds,
    )  # fmt: skip
    if not rows:
        return []
    row: list[bytes | None] = values(
        text, at_[:found], end_[:found], kinds[:found], backslash=session.backslash
    ).to_pylist()
    return row


def _read(source: Source, text: Text) -> _Dump:
    """All statements of a dump."""
    dump = _Dump()
    for session, said in statements(text):
        if session.names in UNSAFE:
            raise EvidenceError(
                f"a dump in {session.names}, whose letters may hold the byte of a quote or a backslash",
                where=source.where(f"byte:0-{text.size}"),
                remedy="write it in UTF-8 (iconv) and take both files in",
            )
        dump.take(text, session, said)
    if dump.open:
        dump.ends.append(Broken(f"byte:{text.size}-{text.size}", "cut_line"))
    return dump


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a table that is created or filled, in order of first mention; then what belongs to none.

    EvidenceError when no table stands there.
    """
    text = _text(source)
    dump = _read(source, text)
    if not dump.tables and not dump.others:
        raise EvidenceError(
            "no table stands in this dump",
            where=source.where(f"byte:0-{text.size}"),
            remedy="check that it is the text of a dump and complete",
        )
    for name, table in dump.named():
        if only is None or name in only:
            yield Part(name, tuple(table.columns.values()), table.batches(text, progress))
    for name, broken in ((OTHER_STATEMENTS, dump.others), (END_OF_DUMP, dump.ends)):
        if broken and only is None:
            yield Part(name, (), iter([_rejected((), broken)]))


def _around(text: Text, first: int) -> tuple[list[str], Session, Insert] | None:
    """(columns, session, statement) of the INSERT among whose rows byte `first` stands; None where it does in none."""
    dump = _Dump()
    for session, said in statements(text):
        if isinstance(said, Insert) and said.at <= first < said.end:
            return list(dump.filled(text, session, said)), session, said
        if said.start > first:
            break
        dump.take(text, session, said)
    return None


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The columns of the row tuple a ``byte:a-b`` names; other slices as they stand.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    where = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "byte":
        raise wrong_locator(source, where, "byte:A-B")
    data = byte_slice(source, place[0].argument)
    text = _text(source)
    first = int(place[0].argument.partition("-")[0])
    inside = _around(text, first)
    if inside is not None:
        columns, session, insert = inside
        row = []
        if first == insert.at if insert.assigned else data[:1] == b"(" and data[-1:] == b")":
            row = _row(text, first, first + len(data), session, assigned=insert.assigned)
        if row:
            names = columns + [str(j + 1) for j in range(len(columns), len(row))]
            return tuple(zip(names, row, strict=False))
    return (("bytes", data),)


SQLDUMP = Reader("sqldump", "dump of MySQL or MariaDB as SQL text", "application/sql", sniff, parts, resolve)
"""mysqldump, mariadb-dump, mydumper, phpMyAdmin, Adminer, HeidiSQL."""
