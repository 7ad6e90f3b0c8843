"""Some rows of every table of a SQLite database, from all over it, without reading the rest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pyarrow as pa

from leadline.kinds.codecs.cells import column
from leadline.kinds.reader import Sampled, Source
from leadline.kinds.readers.sqlite.opening import guard, opened, page_size, size, told
from leadline.kinds.readers.sqlite.tables import Table, bytes_or_text, quoted, tables

STRETCHES = 20
"""Places of a table at which rows are taken, evenly over its rowids."""


def sample(source: Source, rows: int) -> Iterator[Sampled]:
    """About `rows` rows of every table that can be read: all of a small one, else stretches from all over it."""
    with told(source), _in_place(source) as connection:
        with source.path.open("rb") as file:
            page = page_size(file.read(100))
        for table, _, _ in list(tables(connection, page)):
            if table is not None:
                yield _sampled(connection, table, rows)


@contextmanager
def _in_place(source: Source) -> Iterator[sqlite3.Connection]:
    """The database, where it lies if nothing belongs to it: it then is what its own bytes say, and is never written."""
    if source.beside:
        with opened(source) as connection:
            yield connection
        return
    with closing(sqlite3.connect(f"{source.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        guard(connection, size(source))
        yield connection


def _sampled(connection: sqlite3.Connection, table: Table, rows: int) -> Sampled:
    connection.text_factory = bytes_or_text
    for columns in (table.read, table.stored):
        try:
            found, whole = _rows(connection, table, ", ".join(map(quoted, columns)), rows)
            break
        except sqlite3.Error:
            found, whole = [], False
    arrays = [column(list(values)) for values in zip(*found, strict=True)] or [
        pa.nulls(0, pa.string()) for _ in columns
    ]
    by_name = dict(zip(columns, arrays, strict=True))
    nothing = pa.nulls(len(found), pa.string())
    return Sampled(table.name, pa.table({c: by_name.get(c, nothing) for c in table.columns}), whole)


def _rows(
    connection: sqlite3.Connection, table: Table, wanted: str, rows: int
) -> tuple[list[tuple[object, ...]], bool]:
    """(rows, whether they are all): the first ones; of a larger table, stretches between its least and last rowid."""
    name, rowid = quoted(table.name), quoted(table.rowid)
    first = connection.execute(f"SELECT {wanted} FROM {name} LIMIT {rows + 1}").fetchall()
    if len(first) <= rows:
        return first, True
    if not table.rowid:
        return first[:rows], False
    low, high = connection.execute(f"SELECT min({rowid}), max({rowid}) FROM {name}").fetchone()
    found: dict[object, tuple[object, ...]] = {}
    for step in range(STRETCHES):
        start = low + (high - low) * step // STRETCHES
        query = f"SELECT {rowid}, {wanted} FROM {name} WHERE {rowid} >= ? ORDER BY {rowid} LIMIT {rows // STRETCHES}"
        found |= {row[0]: row[1:] for row in connection.execute(query, (start,))}
    return list(found.values()), False
