"""CSV: values keep their words, spreadsheets run nothing."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs.csv_cells import cell
from leadline.kinds.writers import tables
from leadline.model.tables import TEXT, Column, TableSpec, from_columns

SPEC = TableSpec("t", "Test.", ("a",), (Column("a", TEXT, "a"), Column("b", pa.int64(), "b", nullable=True)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"), (0, "0"), (True, "true"), (b"\x0a", "0a"), (Decimal("1E+3"), "1000"),
        (date(2016, 3, 1), "2016-03-01"), (datetime(2016, 3, 1, 1, 2, 3, tzinfo=UTC), "2016-03-01T01:02:03Z"),
        ("=1+1", "'=1+1"), ("@x", "'@x"), ("+999 555 0101", "+999 555 0101"), ("+cmd|x", "'+cmd|x"), ("-5", "-5"),
    ],
)  # fmt: skip
def test_cells(value, text):
    assert cell(value) == text


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.integers(-9, 9))))
def test_rows_come_back(rows):
    rows = sorted(set(rows))
    table = from_columns(SPEC, {"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    text = tables.to_csv(SPEC, table).decode()
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert back[0] == ["a", "b"]
    assert sorted(map(tuple, back[1:])) == sorted((cell(a), str(b)) for a, b in rows)
