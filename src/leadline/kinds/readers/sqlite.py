"""SQLite databases with their write-ahead log, read from a copy; row locators ``row:table/pk``.

Opening a database in place may change it and delete its -wal, ``immutable=1`` ignores the -wal and ``mode=ro`` creates
a -shm: so the database and its log are copied to scratch first and only the copy is opened.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import column, escaped, table_name, unescaped
from leadline.kinds.reader import (
    BATCH_ROWS,
    Batch,
    Field,
    Part,
    Reader,
    Source,
    empty,
    no_room,
    no_such_place,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGICS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""First bytes of a write-ahead log (SQLite file format, section 4.1)."""


_WORDS = {
    sqlite3.SQLITE_CORRUPT: "its pages do not fit together",
    sqlite3.SQLITE_NOTADB: "its header is not SQLite's",
    sqlite3.SQLITE_IOERR: "a page cannot be read",
    sqlite3.SQLITE_TOOBIG: "a value is too large",
    sqlite3.SQLITE_ERROR: "its schema cannot be read",
}
"""SQLite's complaints by primary result code; its own words may quote names and text that stand in the database."""
BATCH_BYTES = 256 << 20
"""Bytes of database a batch aims at, so that a table of large blobs is not held whole."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as a SQLite 3 database."""
    return head.startswith(_MAGIC)


def _damaged(source: Source, what: str, place: str = "") -> EvidenceError:
    return EvidenceError(
        f"damaged SQLite database: {what}",
        where=source.where(place),
        remedy="acquire it again, or recover it with other tools and add the recovered file as a new exhibit",
    )


def _check_length(source: Source) -> None:
    """EvidenceError when the file is shorter than its own header says (SQLite file format, section 1.3)."""
    with source.path.open("rb") as file:
        head = file.read(100)
    size = source.path.stat().st_size
    if not size:
        raise empty(source)
    if len(head) < 100 or not head.startswith(_MAGIC):
        raise _damaged(source, "its header is cut or is not SQLite's", f"byte:0-{len(head)}")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    if page < 512 or page & (page - 1):
        raise _damaged(source, "impossible page size", "byte:16-18")
    pages = int.from_bytes(head[28:32], "big")
    trusted = head[24:28] == head[92:96]
    if trusted and pages and size < pages * page:
        raise _damaged(source, f"cut after {size} of {pages * page} bytes", f"byte:{size}-{pages * page}")


def _copy(source: Source, folder: Path) -> Path:
    """The database copied into `folder`, its write-ahead log beside it as SQLite expects."""
    size = sum(path.stat().st_size for path in (source.path, *source.beside))
    if shutil.disk_usage(folder).free < size:
        raise no_room(source)
    target = folder / "copy.db"
    shutil.copyfile(source.path, target)
    for beside in source.beside:
        with beside.open("rb") as file:
            if file.read(4) in _WAL_MAGICS:
                shutil.copyfile(beside, folder / "copy.db-wal")
    return target


@contextmanager
def _told(source: Source, place: str = "") -> Iterator[None]:
    """What the system and SQLite complain of in this block, as EvidenceErrors with exhibit and place."""
    try:
        yield
    except OSError as error:
        raise unreadable(source, error) from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise no_room(source) from error
        raise _damaged(source, _WORDS.get(code, "it cannot be read"), place) from None


@contextmanager
def _opened(source: Source) -> Iterator[sqlite3.Connection]:
    """A connection to a scratch copy, which has no name any more once it is open: a kill at any moment leaves none.

    In exclusive mode SQLite keeps the files it has open and the index of a write-ahead log in memory.
    """
    with _told(source):
        _check_length(source)
        with tempfile.TemporaryDirectory(prefix="sqlite-", dir=source.scratch) as folder:
            target = _copy(source, Path(folder))
            with closing(sqlite3.connect(target)) as connection:
                for wary in ("query_only=1", "trusted_schema=0", "cell_size_check=1", "locking_mode=EXCLUSIVE"):
                    connection.execute(f"PRAGMA {wary}")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                shutil.rmtree(folder)
                yield connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [str(name) for (name,) in rows]


def _shape(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """(columns, primary key columns in key order; empty where only the rowid names a row)."""
    info = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
    key = [str(name) for _, name, _, _, _, place in sorted(info, key=lambda row: row[5]) if place]
    return [str(row[1]) for row in info], key


def _bytes_or_text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _rows(connection: sqlite3.Connection, query: str, size: int) -> Iterator[list[tuple[object, ...]]]:
    """The rows of `query` in lists of `size`; text that is not UTF-8 comes as bytes."""
    connection.text_factory = str
    done = 0
    try:
        cursor = connection.execute(query)
        while rows := cursor.fetchmany(size):
            yield rows
            done += len(rows)
        return
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    connection.text_factory = _bytes_or_text
    cursor = connection.execute(f"{query} LIMIT -1 OFFSET {done}")
    while rows := cursor.fetchmany(size):
        yield rows


def _locators(table: str, key: list[pa.Array]) -> pa.Array:
    """One ``row:table/pk`` a row; key values joined by a comma, escaped where the grammar needs it."""
    pieces: list[pa.Array | str] = []
    for array in key:
        if pa.types.is_integer(array.type):
            text = array.cast(pa.string())
        else:
            text = pa.array([escaped(value) for value in array.to_pylist()], pa.string())
        pieces += [text, ","]
    return pa.compute.binary_join_element_wise(f"row:{table_name(table)}/", *pieces[:-1], "")


def _batches(
    source: Source, connection: sqlite3.Connection, table: str, number: int, progress: Progress
) -> Iterator[Batch]:
    with _told(source, f"table {table_name(table)}"):
        yield from _read(source, connection, table, number, progress)


def _read(
    source: Source, connection: sqlite3.Connection, table: str, number: int, progress: Progress
) -> Iterator[Batch]:
    columns, key = _shape(connection, table)
    (total,) = connection.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()
    named = ", ".join(_quoted(c) for c in columns)
    rowid = [] if key else ["_rowid_"]
    order = ", ".join(_quoted(c) for c in key) or "_rowid_"
    query = f"SELECT {', '.join([named, *rowid])} FROM {_quoted(table)} ORDER BY {order}"
    done = 0
    bytes_ = sum(path.stat().st_size for path in (source.path, *source.beside))
    size = min(BATCH_ROWS, max(100, BATCH_BYTES * int(total) // max(1, bytes_)))
    for rows in _rows(connection, query, size):
        arrays = [column(list(values)) for values in zip(*rows, strict=True)]
        by_name = dict(zip([*columns, *rowid], arrays, strict=True))
        place = _locators(table, [by_name[name] for name in key or rowid])
        done += len(rows)
        progress(f"reading table {number}", done, int(total))
        yield Batch(pa.table(arrays[: len(columns)], names=columns), place)


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a table, rows in order of primary key, as the database with its log stands."""
    with _opened(source) as connection:
        for number, table in enumerate(_tables(connection), 1):
            if only is None or table in only:
                columns, _ = _shape(connection, table)
                yield Part(table, tuple(columns), _batches(source, connection, table, number, progress))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The columns of the row a ``row:table/pk`` names."""
    text = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "row":
        raise wrong_locator(source, text, "row:TABLE/PK")
    table, _, wanted = place[0].argument.partition("/")
    with _opened(source) as connection:
        names = {table_name(name): name for name in _tables(connection)}
        if table not in names:
            raise no_such_place(source, text)
        columns, key = _shape(connection, names[table])
        values = [unescaped(v) for v in wanted.split(",")]
        order = [_quoted(c) for c in key] or ["_rowid_"]
        if len(values) != len(order):
            raise no_such_place(source, text)
        connection.text_factory = _bytes_or_text
        row = None
        for test in ("{} = ?", "CAST({} AS TEXT) = ?"):
            where = " AND ".join(test.format(c) for c in order)
            row = row or connection.execute(f"SELECT * FROM {_quoted(names[table])} WHERE {where}", values).fetchone()
    if row is None:
        raise no_such_place(source, text)
    return tuple(zip(columns, row, strict=True))


SQLITE = Reader(
    "sqlite",
    "SQLite database, with the rows that stand only in its write-ahead log",
    "application/vnd.sqlite3",
    sniff,
    parts,
    resolve,
)
