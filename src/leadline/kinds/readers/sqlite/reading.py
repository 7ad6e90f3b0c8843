"""SQLite databases with their write-ahead log or rollback journal; row locators ``row:table/pk``.

A table that cannot be read, or not to its end, is a reject at the bytes of its root page; the others are read.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from leadline.kinds.codecs.cells import table_name, unescaped
from leadline.kinds.reader import (
    Batch,
    Broken,
    Field,
    Part,
    Source,
    byte_slice,
    no_room,
    no_such_place,
    wrong_locator,
)
from leadline.kinds.readers.sqlite.opening import MAGIC, opened, page_size, refused, size, words
from leadline.kinds.readers.sqlite.tables import Bound, Table, batches, bytes_or_text, damaged, quoted, tables
from leadline.model import locators
from leadline.model.progress import Progress

UNREAD_TABLES = "unread_tables"
"""The part of tables whose very columns cannot be read."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as a SQLite 3 database."""
    return head.startswith(MAGIC)


@dataclass(slots=True)
class _Outcome:
    """How reading went: whether a table was read to its end or a row of one, and what SQLite complained of last."""

    something: bool = False
    complaint: sqlite3.Error | None = None


def page(source: Source) -> int:
    """Bytes of a page of the database."""
    with source.path.open("rb") as file:
        return page_size(file.read(100))


def _batches(
    source: Source,
    connection: sqlite3.Connection,
    table: Table,
    bound: Bound,
    outcome: _Outcome,
    told: Progress,
    number: int,
) -> Iterator[Batch]:
    done = 0
    for batch, complaint in batches(connection, table, bound):
        if complaint is not None and getattr(complaint, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise no_room(source) from complaint
        done += batch.rows.num_rows
        told(f"reading table {number}", done, done)
        outcome.complaint = complaint or outcome.complaint
        outcome.something |= complaint is None or done > 0
        yield batch


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a table, rows in order of their keys, as the database with its log or journal stands.

    EvidenceError when nothing of it can be read.
    """
    with opened(source) as connection:
        outcome = _Outcome()
        bound = Bound.of(size(source))
        unread = []
        for number, (table, place, complaint) in enumerate(list(tables(connection, page(source))), 1):
            if table is None:
                unread.append(Broken(place, "bad_table"))
                outcome.complaint = complaint
            elif only is None or table.name in only:
                rows = _batches(source, connection, table, bound, outcome, progress, number)
                yield Part(table.name, table.columns, rows)
        if outcome.complaint is not None and not outcome.something:
            raise refused(source, words(outcome.complaint))
        if unread and only is None:
            nothing = Batch(pa.table({}), pa.array([], pa.string()), tuple(unread))
            yield Part(UNREAD_TABLES, (), iter([nothing]))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The columns of the row a ``row:table/pk`` names; the bytes of a ``byte:a-b``.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    text = ">".join(map(str, place))
    if len(place) == 1 and place[0].kind == "byte":
        return (("bytes", byte_slice(source, place[0].argument)),)
    if len(place) != 1 or place[0].kind != "row":
        raise wrong_locator(source, text, "row:TABLE/PK, or byte:A-B")
    name, _, wanted = place[0].argument.partition("/")
    with opened(source) as connection:
        shapes = (table for table, *_ in tables(connection, page(source)) if table is not None)
        table = next((t for t in shapes if table_name(t.name) == name), None)
        values = [unescaped(v) for v in wanted.split(",")]
        if table is None or len(values) != len(table.named_by):
            raise no_such_place(source, text)
        columns = table.read
        try:
            found = row(connection, table, columns, values)
        except sqlite3.Error as error:
            if damaged(error):
                raise
            columns = table.stored
            found = row(connection, table, columns, values)
    if found is None:
        raise no_such_place(source, text)
    return tuple(zip(columns, found, strict=True))


TESTS = ("{} = ?", "CAST({} AS TEXT) = ?")
"""How the value of a key is compared: as it is typed, then as its text."""


def row(
    connection: sqlite3.Connection,
    table: Table,
    columns: tuple[str, ...],
    values: list[str],
    tests: tuple[str, ...] = TESTS,
) -> tuple[object, ...] | None:
    """The row whose key has these values by the first of `tests` that finds one; None where there is none."""
    connection.text_factory = bytes_or_text
    for test in tests:
        where = " AND ".join(test.format(quoted(c)) for c in table.named_by)
        found = connection.execute(
            f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table.name)} WHERE {where}", values
        ).fetchone()
        if found is not None:
            values_found: tuple[object, ...] = found
            return values_found
    return None
