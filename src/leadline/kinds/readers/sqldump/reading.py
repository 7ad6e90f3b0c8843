"""SQL dumps of MySQL and MariaDB by mysqldump, mydumper and the like; row locators ``byte:a-b``.

Column names come from CREATE TABLE, or from the INSERT where it lists them. A statement that could fill a table is read
whole or is one reject; a dump cut inside a row gives a reject for that row, and one without mysqldump's closing line,
where it has its opening one, a reject at its end.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from leadline.errors import EvidenceError
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.reader import (
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
from leadline.kinds.readers.sqldump.rows import BINARIES
from leadline.kinds.readers.sqldump.said import Insert
from leadline.kinds.readers.sqldump.session import CODECS, UNSAFE, Session
from leadline.kinds.readers.sqldump.statements import Text, statements
from leadline.kinds.readers.sqldump.tables import Dump, rejected, row_at
from leadline.model import locators
from leadline.model.progress import Progress

_SNIFF = re.compile(
    rb"-- (?:MySQL|MariaDB) dump |/\*M?!\d+\\?-? enable the sandbox|^/\*M?!\d{5,6} SET "
    rb"|^CREATE TABLE (?:IF NOT EXISTS )?`"
    rb"|^(?:INSERT|REPLACE)[A-Z_ ]{0,40} INTO `|^-- (?:phpMyAdmin SQL Dump|Adminer .{0,40}MySQL|HeidiSQL)",
    re.M | re.I,
)
_OTHERS = re.compile(
    rb"^\s*(?:PRAGMA foreign_keys|BEGIN TRANSACTION;|-- PostgreSQL database|--\r?\n-- PostgreSQL database)", re.I
)
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


def _read(source: Source, text: Text) -> Dump:
    """All statements of a dump."""
    dump = Dump()
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
            yield Part(name, (), iter([rejected((), broken)]))


def _around(text: Text, first: int) -> tuple[dict[str, str], Session, Insert] | None:
    """(columns, session, statement) of the INSERT among whose rows byte `first` stands; None where it does in none."""
    dump = Dump()
    for session, said in statements(text):
        if isinstance(said, Insert) and said.at <= first < said.end:
            return dump.filled(text, session, said), session, said
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
            row = row_at(text, first, first + len(data), session, assigned=insert.assigned)
        if row:
            over = {str(j + 1): "" for j in range(len(columns), len(row))}
            return tuple(
                (name, _shown(value, type_, session))
                for (name, type_), value in zip((columns | over).items(), row, strict=False)
            )
    return (("bytes", data),)


def _shown(value: bytes | None, type_: str, session: Session) -> bytes | str | None:
    """A value of a column of text that is no UTF-8, as text of the set that the dump names; else as it stands."""
    if value is None or value.isascii() or type_ in BINARIES or is_visual(media_type_of(value[:HEAD])):
        return value
    try:
        value.decode()
    except UnicodeDecodeError:
        try:
            return value.decode(CODECS[session.names]) if session.names in CODECS else value
        except UnicodeDecodeError:
            return value
    return value


SQLDUMP = Reader("sqldump", "dump of MySQL or MariaDB as SQL text", "application/sql", sniff, parts, resolve)
"""mysqldump, mariadb-dump, mydumper, phpMyAdmin, Adminer, HeidiSQL."""
