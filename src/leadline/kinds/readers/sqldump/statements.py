"""The statements of a dump that say what its tables hold, each with what holds when it is run.

Every statement is one of these: a table's columns, rows, a part of the session, one that fills no table, or Unread.
Nothing in the body of a routine or under another DELIMITER is data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from leadline.kinds.readers.sqldump import pieces
from leadline.kinds.readers.sqldump.columns import columns
from leadline.kinds.readers.sqldump.names import DOUBLE, TEXT, TICKED, listed, shape, unquoted
from leadline.kinds.readers.sqldump.said import Created, Insert, Name, Remark, Said, Undone, Unread
from leadline.kinds.readers.sqldump.session import Session

Text = pieces.Bytes
_OPENING = re.compile(rb"-- (?:MySQL|MariaDB) dump ")
_CLOSING = re.compile(rb"-- Dump completed")
_WORD = re.compile(rb"(?>(?:\s|(?P<run>/\*M?!\d*)|\*/|/\*(?!M?!)(?s:.*?)\*/)*)(?P<word>\w*)")
_TARGET = shape(rb"(?:INSERT|REPLACE)\b(?:~(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\b)*(?:~INTO\b)?~%name%")
_ROWS = shape(
    rb"(?:~PARTITION~\([^()]*\))?(?:~\((?P<columns>(?>(?:`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|[^()`\"])*))\))?"
    rb"~VALUES?(?=[\s(/\#-]|\Z)~"
)
_SET = shape(rb"(?:~PARTITION~\([^()]*\))?~SET(?=[\s/`\"\#-])~")
_ASSIGNED = shape(
    rb"~(?:%id%~\.~){0,2}(?P<column>%id%)~:?=(?:" + TEXT + rb"|" + DOUBLE + rb"|(?:--\s|\#)[^\n]*|[\w\s.+\\-])*"
)
"""One assignment of an ``INSERT ... SET``; a value of other tokens is none that is read."""
_USE = shape(rb"(?:\s|/\*M?!\d*)*USE~(?P<name>%id%)(?:\s|\*/)*")
_CREATE = shape(rb"CREATE\b(?:~OR~REPLACE\b)?(?:~TEMPORARY\b)?~TABLE\b(?P<absent>~IF~NOT~EXISTS\b)?~%name%~")
_LIKE = shape(rb"\(?~LIKE\b~%name%")
_SELECTED = re.compile(TEXT + rb"|" + TICKED + rb"|(?P<select>\bSELECT\b)", re.I | re.S)
_VERSIONED = re.compile(rb"\bSYSTEM\s+VERSIONING\b", re.I)
_PERIOD = {"row_start": "timestamp", "row_end": "timestamp"}
"""Columns of a table that keeps its history (MariaDB, System-Versioned Tables); ``--dump-history`` fills them."""
_MARKERS = re.compile(rb"/\*M?!\d*|\*/")
_ROUTINE = shape(
    rb"\s*CREATE~(?:OR~REPLACE~)?(?:DEFINER~=~%id%(?:~@~%id%)?~)?(?:AGGREGATE~)?"
    rb"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b"
)
_BLOCK = re.compile(
    TEXT + rb"|" + DOUBLE + rb"|" + TICKED + rb"|(?:--\s|\#)[^\n]*|\b(?:(?P<inner>END\s+(?:IF|LOOP|WHILE|REPEAT|FOR))"
    rb"|(?P<close>END(?:\s+CASE)?)|(?P<open>BEGIN|CASE))\b",
    re.I | re.S,
)
_HARMLESS = frozenset(
    b"SET LOCK UNLOCK DROP ALTER CREATE COMMIT START BEGIN SAVEPOINT RELEASE FLUSH ANALYZE OPTIMIZE CHECK "
    b"CHECKSUM REPAIR GRANT REVOKE SHOW SELECT CHANGE RESET PURGE STOP DO EXPLAIN DESCRIBE DESC HELP DEALLOCATE "
    b"INSTALL UNINSTALL KILL CACHE RENAME STATUS WARNINGS NOWARNING".split()
)
"""First words of statements that put nothing into a table (MySQL Reference Manual, 13). Any other is Unread."""
_REMOVING = shape(
    rb"(?:DELETE(?:~(?:LOW_PRIORITY|QUICK|IGNORE)\b)*~FROM|TRUNCATE(?:~TABLE\b)?"
    rb"|(?:DROP(?:~TEMPORARY\b)?|RENAME|ALTER(?:~(?:ONLINE|OFFLINE|IGNORE)\b)*)~TABLES?\b)"
    rb"(?:~IF~EXISTS\b)?~(?P<names>%name%(?:~(?:,|\bTO\b)~%name%)*)"
)
_DROPPED = shape(rb"DROP~(?:DATABASE|SCHEMA)\b(?:~IF~EXISTS\b)?~(?P<name>%id%)")
_REMADE = shape(rb"CREATE~OR~REPLACE~(?:DATABASE|SCHEMA)\b~(?P<name>%id%)")
_USING = shape(rb"~USING\b")
_EXCHANGED = shape(rb"\bWITH~TABLE~%name%")
_RESHAPED = re.compile(
    TEXT + rb"|" + DOUBLE + rb"|" + TICKED + rb"|(?P<word>\b(?:RENAME\b(?!\s+(?:KEY|INDEX)\b)|CHANGE\b|FIRST\b|AFTER\b"
    rb"|(?:DROP|TRUNCATE|EXCHANGE|DISCARD|IMPORT)\s+(?:PARTITION|TABLESPACE)\b"
    rb"|(?:ADD|DROP)\s+(?!(?:PRIMARY|KEY|INDEX|UNIQUE|FULLTEXT|SPATIAL|CONSTRAINT|FOREIGN|CHECK|PARTITION)\b)))",
    re.I | re.S,
)
"""What changes the columns of a table, their order, or which rows it holds (MySQL Reference Manual, 13.1.9)."""
_ANALYZED = shape(rb"ANALYZE\b(?:~(?:NO_WRITE_TO_BINLOG|LOCAL)\b)?~TABLES?\b")
"""The ANALYZE that runs no other statement, as MariaDB's does."""
_QUALIFIED = shape(rb"%name%")
LONGEST_TABLE = 16 << 20
"""Bytes of a CREATE TABLE that are read: 4,096 columns of 64 letters with comments of 1,024 stay below."""
_LONGEST_HEAD = 4 << 20
"""Bytes before the rows of an INSERT: a list of 4,096 names of 64 letters in four bytes each stays below."""
_PIECES = 1024
"""Statements that are split off in one call."""


def statements(text: Text) -> Iterator[tuple[Session, Said]]:
    """Each statement that says something of the tables, in order, and the session in which it is run."""
    session = Session()
    view = text.data
    depth = 0
    for kind, start, end, delimited, mode in _pieces(text):
        if kind == pieces.REMARK:
            line = view[start:end].tobytes()
            if _OPENING.match(line) or _CLOSING.match(line):
                yield session, Remark(line.startswith(b"-- D"), start)
            continue
        if depth:
            depth = max(0, depth + _nesting(view[start:end].tobytes()))
            continue
        head = _WORD.match(view, start, end)
        if head is None or (head.end() == end and not head["word"]):
            continue
        word, wrapped = head["word"].upper(), head["run"] is not None
        if word == b"SET":
            session = session.after_set(view[start:end].tobytes())
            mode.backslash = session.backslash
        elif word == b"USE" and (used := _USE.fullmatch(view, start, end)):
            session = replace(session, database=unquoted(used["name"]))
        elif word == b"CREATE" and (body := _routine(view, start, end)):
            depth = 0 if delimited else max(0, _nesting(body))
        else:
            piece = _Piece(start, head.start("word"), end, wrapped or delimited, kind == pieces.CUT)
            said = _said(view, piece, word, session.database)
            if said is not None:
                yield session, said


@dataclass(slots=True)
class _Mode:
    """How the splitter reads quotes: set by who reads its statements, before it goes on."""

    backslash: bool = True


def _pieces(text: Text) -> Iterator[tuple[int, int, int, bool, _Mode]]:
    """(kind, start, end, whether another delimiter is in force, mode) of every piece of the text."""
    starts, ends, kinds = np.zeros(_PIECES, np.int64), np.zeros(_PIECES, np.int64), np.zeros(_PIECES, np.uint8)
    mode = _Mode()
    delimiter = b";"
    pos = 3 if text[:3].tobytes() == b"\xef\xbb\xbf" else 0
    found = _PIECES
    while found:
        found, pos = pieces.split(text, pos, np.frombuffer(delimiter, np.uint8), mode.backslash, starts, ends, kinds)
        for kind, start, end in zip(
            kinds[:found].tolist(), starts[:found].tolist(), ends[:found].tolist(), strict=True
        ):
            if kind == pieces.DELIMITER:
                words = text[start : min(end, start + 80)].tobytes().lower().split()
                delimiter = words[1] if len(words) > 1 else b";"
            else:
                yield kind, start, end, delimiter != b";", mode


def _routine(view: memoryview, start: int, end: int) -> bytes:
    """The text of a CREATE that has a body, without the marks of comments that servers run; nothing of any other."""
    if not _ROUTINE.match(_MARKERS.sub(b" ", view[start : min(end, start + 1000)].tobytes())):
        return b""
    return _MARKERS.sub(b" ", view[start:end].tobytes())


def _nesting(body: bytes) -> int:
    """Blocks that a piece of a routine opens, less those it closes."""
    found = [(m["open"], m["close"]) for m in _BLOCK.finditer(body)]
    return sum(o is not None for o, _ in found) - sum(c is not None for _, c in found)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement's bytes: where it starts, its first word stands and it ends.

    `hidden`: only some servers would run it, or the client not as it stands; `cut`: the dump ends in it.
    """

    start: int
    at: int
    end: int
    hidden: bool
    cut: bool

    @property
    def head(self) -> int:
        """Where a search for what stands before the rows ends."""
        return min(self.end, self.at + _LONGEST_HEAD)

    def unread(self, name: Name | None) -> Unread:
        """The statement as one that is not read."""
        return Unread(name, self.start, self.end, self.cut)


def _said(view: memoryview, piece: _Piece, word: bytes, database: str) -> Said | None:
    """What one statement says; nothing where it can fill no table."""
    if word in (b"INSERT", b"REPLACE"):
        return _insert(view, piece, database)
    if word == b"CREATE":
        created = _created(view, piece, database)
        return None if piece.hidden and isinstance(created, Created) else created
    if word in (b"DELETE", b"TRUNCATE", b"DROP", b"RENAME", b"ALTER"):
        return _undone(view, piece, word, database)
    if word == b"ANALYZE" and not _ANALYZED.match(view, piece.at, piece.head):
        return piece.unread(None)
    return None if word in _HARMLESS else piece.unread(None)


def _undone(view: memoryview, piece: _Piece, word: bytes, database: str) -> Undone | Unread | None:
    if word == b"DROP" and (whole := _DROPPED.match(view, piece.at, piece.head)):
        return Undone(((unquoted(whole["name"]), ""),), piece.start, piece.end, word)
    found = _REMOVING.match(view, piece.at, piece.head)
    if word == b"DELETE" and (found is None or _USING.match(view, found.end(), piece.head)):
        return piece.unread(None)  # from tables that are joined
    if found is None:
        return None
    names = [_name(m, database) for m in _QUALIFIED.finditer(found["names"])]
    if word == b"ALTER":
        if not any(m["word"] is not None for m in _RESHAPED.finditer(view, found.end(), piece.head)):
            return None
        names += [_name(m, database) for m in _EXCHANGED.finditer(view, found.end(), piece.head)]
    return Undone(tuple(names), piece.start, piece.end, word)


def _name(found: re.Match[bytes], database: str) -> Name:
    return unquoted(found["database"]) if found["database"] else database, unquoted(found["table"])


def _insert(view: memoryview, piece: _Piece, database: str) -> Insert | Unread:
    target = _TARGET.match(view, piece.at, piece.head)
    if target is None:
        return piece.unread(None)
    name = _name(target, database)
    rows = _ROWS.match(view, target.end(), piece.head)
    if piece.hidden:
        return piece.unread(name)
    if rows is None:
        rows = _SET.match(view, target.end(), piece.head)
        if rows is None or piece.cut:
            return piece.unread(name)
        return Insert(name, _assigned(view, rows.end(), piece.end), piece.start, rows.end(), piece.end, False, True)
    return Insert(name, listed(rows["columns"] or b""), piece.start, rows.end(), piece.end, piece.cut)


def _assigned(view: memoryview, pos: int, end: int) -> tuple[str, ...]:
    """The columns to which ``a = 1, b = 2`` assigns."""
    found = []
    while (one := _ASSIGNED.match(view, pos, end)) is not None:
        found.append(unquoted(one["column"]))
        if view[one.end() : min(one.end() + 1, end)].tobytes() != b",":
            break
        pos = one.end() + 1
    return tuple(found)


def _created(view: memoryview, piece: _Piece, database: str) -> Created | Undone | Unread | None:
    if whole := _REMADE.match(view, piece.at, piece.head):
        return Undone(((unquoted(whole["name"]), ""),), piece.start, piece.end, b"DROP")
    head = _CREATE.match(view, piece.at, piece.head)
    if head is None:
        return None
    name, absent = _name(head, database), head["absent"] is not None
    like = _LIKE.match(view, head.end(), piece.head)
    if like is not None:
        return Created(name, piece.start, piece.end, {}, {}, _name(like, database), absent)
    short = piece.end - head.end() <= LONGEST_TABLE
    found = columns(view[head.end() : piece.end].tobytes()) if short else None
    if found is None or any(m["select"] is not None for m in _SELECTED.finditer(found[1])):
        return piece.unread(name)
    hidden = _PERIOD if _VERSIONED.search(found[1]) else {}
    return Created(name, piece.start, piece.end, found[0], hidden, None, absent)
