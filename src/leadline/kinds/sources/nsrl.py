"""The reference data sets of the National Software Reference Library: files of software, to be left out of review.

Read are version 3 (an SQLite database with a table or view FILE that has the columns sha256, sha1, md5) and version 2
(NSRLFile.txt, CSV with the columns SHA-1 and MD5). An entry has the scheme entries.IGNORE: it makes no file known.
Other publishers use the same layouts for files that are sought: only a set that says it is NSRL's, by its table VERSION
or by the name its publisher gave it, is left out of review, and of it no entry that it marks malicious or special.
The entry number counts rows from 0, in the order of the digests for version 3 and of the lines for version 2.
"""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.codecs.hashtext import value_of
from leadline.kinds.codecs.lines import bounded
from leadline.kinds.codecs.listrows import ListRows

NAME = "nsrl"
CATEGORY = "software"
SQLITE = b"SQLite format 3\0"
MARKS = frozenset(("sha-1", "md5", "productcode"))
"""Columns of NSRLFile.txt that together no other list has."""
_NAMED = ("nsrl", "rds")
"""What the names of the published files begin with."""
SPECIAL = "nsrl special code"
"""The scheme of entries that the set marks (NSRL, Data Formats of the RDS, SpecialCode: M malicious, S special)."""
COLUMNS = ("sha256", "sha1", "md5")
ROWS = 10_000
"""Rows fetched from the database at once."""
BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged database raises: names of columns that are no UTF-8 are not the library's own error."""


Entry = tuple[list[tuple[str, str | None]], str]
"""(kind and text of each digest, the set's special code or nothing)."""


def sniff(path: Path) -> bool:
    """Whether the file is a database with such a FILE, or its first line is that of NSRLFile.txt."""
    with path.open("rb") as file:
        head = file.readline(8192)
    if head.startswith(SQLITE):
        return set(COLUMNS) <= _columns(path)
    return _is_named(path) and set(_names(head.decode("ascii", "replace"))) >= MARKS


def read(path: Path) -> pa.Table:
    """The digests, in entries.LIST; KindError for a file that breaks."""
    rows = ListRows()
    with path.open("rb") as file:
        database = file.read(len(SQLITE)) == SQLITE
    if database:
        for version, day in _stated(path):
            rows.version(version)
            rows.dated(day)
    ignored = _is_named(path) or bool(database and _stated(path))
    for entry, (digests, special) in enumerate(_database(path) if database else _text(path)):
        category, scheme = (special, SPECIAL) if special else (CATEGORY, IGNORE) if ignored else (None, None)
        for kind, text in digests:
            if text:
                value, fault = value_of(text)
                rows.add(entry, kind, value, None, category, scheme, None, fault)
    return rows.table()


def _is_named(path: Path) -> bool:
    return path.name.lower().startswith(_NAMED)


def _database(path: Path) -> Iterator[Entry]:
    with closing(_open(path)) as base:
        try:
            cursor = base.execute("SELECT DISTINCT sha256, sha1, md5 FROM FILE ORDER BY 1, 2, 3")
            while rows := cursor.fetchmany(ROWS):
                for row in rows:
                    yield list(zip(COLUMNS, map(_digest, row), strict=True)), ""
        except BROKEN:
            raise KindError("the database of the list cannot be read", remedy="ask for the file again") from None


def _digest(value: object) -> str | None:
    """A cell as a text of digits: bytes in hexadecimal, nothing as nothing."""
    return value.hex() if isinstance(value, bytes) else None if value is None else str(value)


def _stated(path: Path) -> list[tuple[object, object]]:
    """(version, day of release) of the database, from its table VERSION; nothing where it has none."""
    with closing(_open(path)) as base:
        try:
            return base.execute("SELECT version, release_date FROM VERSION ORDER BY 2, 1").fetchall()
        except BROKEN:
            return []


def _text(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = bounded(file)
        names = _names(next(lines, ""))
        reader = csv.reader(lines)
        at_special = names.index("specialcode") if "specialcode" in names else len(names)
        places = [(kind, names.index(name)) for kind, name in (("sha1", "sha-1"), ("md5", "md5"))]
        try:
            for row in reader:
                special = row[at_special].strip() if at_special < len(row) else ""
                yield [(kind, row[at] if at < len(row) else None) for kind, at in places], special
        except csv.Error:
            raise KindError(
                "a line of the list cannot be read", where=f"line:{reader.line_num + 2}", remedy="check its quotes"
            ) from None


def _columns(path: Path) -> set[str]:
    """The columns of FILE, or none when there is no such table."""
    try:
        with closing(_open(path)) as base:
            return {str(row[1]).lower() for row in base.execute("PRAGMA table_info(FILE)")}
    except BROKEN:
        return set()


def _open(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    base.text_factory = lambda data: data.decode("utf-8", "replace")
    return base


def _names(line: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.strip().split(",")]
