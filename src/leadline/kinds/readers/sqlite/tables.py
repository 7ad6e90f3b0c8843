"""Tables of an open SQLite database: their shape, and their rows as batches."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from leadline.kinds.codecs.cells import column, escaped, table_name
from leadline.kinds.reader import BATCH_ROWS, Batch, Broken
from leadline.kinds.readers.sqlite.opening import TWICE

BATCH_BYTES = 256 << 20
"""Bytes of text and blobs a batch aims at, so that a table of large blobs is not held whole."""
_CHUNK = 256
"""Rows that are fetched between two looks at how much they hold."""
_SMALLEST_ROW = 6
"""Bytes the smallest row takes of a page: a pointer of two and a cell of four (SQLite file format, section 1.6)."""
_ROWIDS = ("_rowid_", "rowid", "oid")
_HIDDEN, _VIRTUAL = 1, 2
"""What PRAGMA table_xinfo says of columns that are no table's own, and of generated ones that are not stored."""
_STAND_INS = 64
"""Collations that are stood in for."""
_DECODING, _COLLATION = "Could not decode", "no such collation sequence: "
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOMEM})


@dataclass(frozen=True, slots=True)
class Table:
    """A table: all its columns, those that cannot be read and those SQLite computes, its key and its root page's place.

    `key` are the columns of the primary key in their order, `rowid` a name by which its rowid goes; one of them may be
    empty. `defaults` are the bytes of text that a row may show and not store.
    """

    name: str
    columns: tuple[str, ...]
    unread: frozenset[str]
    computed: frozenset[str]
    key: tuple[str, ...]
    rowid: str
    place: str
    defaults: int

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that can be read, in order."""
        return tuple(c for c in self.columns if c not in self.unread)

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that SQLite does not compute, in order."""
        return tuple(c for c in self.columns if c not in self.computed)

    @property
    def named_by(self) -> tuple[str, ...]:
        """The columns whose values name a row."""
        return self.key or (self.rowid,)

    def query(self, columns: tuple[str, ...]) -> str:
        """Rows in the order in which they are stored, so that no index of the database is asked."""
        named = ", ".join(map(quoted, (*columns, *(() if self.key else (self.rowid,)))))
        if self.rowid:
            return f"SELECT {named} FROM {quoted(self.name)} NOT INDEXED ORDER BY {quoted(self.rowid)}"
        return f"SELECT {named} FROM {quoted(self.name)} ORDER BY {', '.join(map(quoted, self.key))}"


def damaged(error: sqlite3.Error) -> bool:
    """Whether the database cannot be read there, where otherwise a value could not be computed."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def tables(connection: sqlite3.Connection, page: int) -> Iterator[tuple[Table | None, str, sqlite3.Error | None]]:
    """(table, the place of its root page, complaint) of every table that stores rows; None where SQLite complains."""
    connection.text_factory = bytes
    found = connection.execute(
        "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    connection.text_factory = str
    for raw, root in found:
        first = max(0, (root if isinstance(root, int) else 1) - 1) * page
        place = f"byte:{first}-{first + page}"
        try:
            yield _shape(connection, raw.decode(), place), place, None
        except UnicodeDecodeError:
            yield None, place, sqlite3.OperationalError(_DECODING)
        except sqlite3.Error as error:
            yield None, place, error


def _shape(connection: sqlite3.Connection, name: str, place: str) -> Table:
    info = [row for row in connection.execute(f"PRAGMA table_xinfo({quoted(name)})") if row[6] != _HIDDEN]
    if not info:
        raise sqlite3.OperationalError("malformed database schema")
    columns = tuple(str(row[1]) for row in info)
    key = tuple(str(row[1]) for row in sorted(info, key=lambda row: row[5]) if row[5])
    lower = {c.lower() for c in columns}
    rowid = next((alias for alias in _ROWIDS if alias not in lower and _reads(connection, name, alias)), "")
    computed = frozenset(str(row[1]) for row in info if row[6] == _VIRTUAL)
    (loose,) = connection.execute("PRAGMA writable_schema").fetchone()  # what it did not parse it then takes for NULL
    unread = frozenset(c for c in computed if loose or not _reads(connection, name, c))
    if not key and not rowid:
        raise sqlite3.OperationalError("its rows have no name")
    defaults = sum(len(str(row[4] or "")) for row in info)
    return Table(name, columns, unread, computed, key, rowid, place, defaults)


def _reads(connection: sqlite3.Connection, table: str, column_: str) -> bool:
    """Whether SQLite knows how to read a column; a name in double quotes that is none would be a text."""
    try:
        connection.execute(f"SELECT {quoted(table)}.{quoted(column_)} FROM {quoted(table)} LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True


def bytes_or_text(value: bytes) -> str | bytes:
    """Text, or the bytes of text that is not UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


Rows = list[tuple[object, ...]]


def _chunks(connection: sqlite3.Connection, table: Table) -> Iterator[tuple[tuple[str, ...], Rows]]:
    """(columns, rows): all rows of the table in order; raises sqlite3.Error where the next one cannot be read.

    Text that is not UTF-8 comes as bytes. Columns that SQLite fails to compute are left out from there on. An unknown
    collation is stood in for, since it orders rows and changes none.
    """
    connection.text_factory = str
    columns = table.read
    done, limit, stand_ins = 0, -1, 0
    while True:
        try:
            cursor = connection.execute(f"{table.query(columns)} LIMIT {limit} OFFSET {done}")
            got = 0
            while rows := cursor.fetchmany(_CHUNK):
                yield columns, rows
                got += len(rows)
                done += len(rows)
            if got != limit:
                return
        except sqlite3.Error as error:
            if str(error).startswith(_DECODING) and connection.text_factory is str:
                connection.text_factory = bytes_or_text
            elif str(error).startswith(_COLLATION) and stand_ins < _STAND_INS:
                stand_ins += 1
                connection.create_collation(str(error).removeprefix(_COLLATION), _as_bytes)
            elif limit != 1:
                # halved until it is the row that fails: a cursor looks one row ahead, but not past its limit
                limit = _CHUNK if limit < 0 else limit // 2
            elif table.computed & {*columns} and not damaged(error):
                columns, limit = table.stored, -1
            else:
                raise


def _as_bytes(first: str, second: str) -> int:
    return (first > second) - (first < second)


@dataclass(slots=True)
class Bound:
    """How many rows and bytes of values a database of this size can hold: more come from pages that are used twice."""

    rows: int
    bytes: int

    @classmethod
    def of(cls, size: int) -> "Bound":
        """The bound of a database that takes so many bytes with all that stands beside it."""
        return cls(size // _SMALLEST_ROW, size)

    def holds(self, stored: int, rows: int) -> bool:
        """Whether so many more rows, in which so many bytes are stored, still fit."""
        self.rows -= rows
        self.bytes -= stored
        return self.rows >= 0 and self.bytes >= 0


def batches(connection: sqlite3.Connection, table: Table, bound: Bound) -> Iterator[tuple[Batch, sqlite3.Error | None]]:
    """(batch, complaint): the rows of a table; with a complaint the batch is the last, and the rest is a reject."""
    waiting: list[tuple[object, ...]] = []
    held = 0
    columns = table.read
    broken = [Broken(table.place, "no_value")] if table.unread else []
    complaint: sqlite3.Error | None = None
    try:
        for named, rows in _chunks(connection, table):
            if named != columns:
                if waiting:
                    yield _batch(table, columns, waiting, broken), None
                waiting, held, broken, columns = [], 0, [Broken(table.place, "no_value")], named
            stored = _stored(table, columns, rows)
            if not bound.holds(stored - table.defaults * len(rows), len(rows)):
                complaint = sqlite3.DatabaseError(TWICE)
                break
            waiting += rows
            held += stored
            if len(waiting) >= BATCH_ROWS or held >= BATCH_BYTES:
                yield _batch(table, columns, waiting, broken), None
                waiting, held, broken = [], 0, []
    except sqlite3.Error as error:
        complaint = error
    if complaint is not None:
        broken.append(Broken(table.place, "bad_table"))
    yield _batch(table, columns, waiting, broken), complaint


def _stored(table: Table, columns: tuple[str, ...], rows: Rows) -> int:
    """Bytes of text and blobs in the rows, at the least, without what is computed."""
    total = 0
    for name, values in zip(columns, zip(*rows, strict=True), strict=False):
        kinds = {*map(type, values)}
        if name not in table.computed and (str in kinds or bytes in kinds):
            total += sum(len(value) for value in values if isinstance(value, str | bytes))
    return total


def _batch(table: Table, columns: tuple[str, ...], rows: Rows, broken: list[Broken]) -> Batch:
    arrays = [column(list(values)) for values in zip(*rows, strict=True)] if rows else []
    by_name = dict(zip((*columns, *(() if table.key else (table.rowid,))), arrays, strict=False))
    nothing = pa.nulls(len(rows), pa.string())
    filled = pa.table([by_name.get(name, nothing) for name in table.columns], names=list(table.columns))
    places = _locators(table, [by_name[name] for name in table.named_by]) if rows else pa.array([], pa.string())
    return Batch(filled, places, tuple(broken))


def _locators(table: Table, key: list[pa.Array]) -> pa.Array:
    """One ``row:table/pk`` a row; key values joined by a comma, escaped where the grammar needs it."""
    pieces: list[pa.Array | str] = []
    for array in key:
        if pa.types.is_integer(array.type):
            text = array.cast(pa.string())
        else:
            text = pa.array([escaped(value) for value in array.to_pylist()], pa.string())
        pieces += [text, ","]
    return pa.compute.binary_join_element_wise(f"row:{table_name(table.name)}/", *pieces[:-1], "")
