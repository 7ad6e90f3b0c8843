"""Rows of a database that stand only in the log or journal beside it, or read otherwise without it.

Who is handed the database file alone, under its digest, does not find them there: a package has to say which they are.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import table_name, unescaped
from leadline.kinds.reader import Source
from leadline.kinds.readers.sqlite.opening import opened
from leadline.kinds.readers.sqlite.reading import TESTS, page, row
from leadline.kinds.readers.sqlite.tables import Table, tables
from leadline.model import locators
from leadline.model.words import DIFFERS, ONLY_THERE

Rows = dict[str, tuple[str, dict[str, object]]]
"""{locator: (the test by which its row was found, its values by column)}."""


def altered(source: Source, places: Iterable[str]) -> dict[str, str]:
    """{locator: ONLY_THERE or DIFFERS} of those `places` whose row the database file alone does not hold as it is read.

    ONLY_THERE: the file alone has no such row, or cannot be read at all. Places that name no row are in neither.

    Raises EvidenceError where the database cannot be read with what stands beside it.
    """
    wanted = sorted({place for place in places if place.startswith("row:")})
    if not source.beside or not wanted:
        return {}
    whole = _rows(source, dict.fromkeys(wanted, TESTS))
    try:
        alone = _rows(replace(source, beside=()), {place: (test,) for place, (test, _) in whole.items()})
    except EvidenceError:
        alone = {}
    return {
        place: DIFFERS if place in alone else ONLY_THERE
        for place, (_, values) in whole.items()
        if place not in alone or alone[place][1] != values
    }


def _rows(source: Source, wanted: Mapping[str, tuple[str, ...]]) -> Rows:
    """The rows that stand at these places, each looked up by its tests; none for a place where nothing stands."""
    found: Rows = {}
    with opened(source) as connection:
        shapes = {table_name(t.name): t for t, *_ in tables(connection, page(source)) if t is not None}
        for place, tests in wanted.items():
            name, _, key = locators.parse(place)[0].argument.partition("/")
            table = shapes.get(name)
            values = [unescaped(v) for v in key.split(",")]
            if table is not None and len(values) == len(table.named_by):
                at = _at(connection, table, values, tests)
                if at is not None:
                    found[place] = at
    return found


def _at(
    connection: sqlite3.Connection, table: Table, values: list[str], tests: tuple[str, ...]
) -> tuple[str, dict[str, object]] | None:
    """A row and the test that found it; None where nothing stands, or SQLite cannot read it."""
    for test in tests:
        try:
            got = row(connection, table, table.stored, values, (test,))
        except sqlite3.Error:
            return None
        if got is not None:
            return test, dict(zip(table.stored, got, strict=True))
    return None
