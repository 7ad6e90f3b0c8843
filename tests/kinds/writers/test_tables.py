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
        (" =1", "' =1"), ("\u3000＝1", "'\u3000＝1"), ("＠x", "'＠x"), ("\u200d=1", "'\u200d=1"), ("−x", "'−x"),
        ("a;=1", "a;'=1"), ("a; +x(1)|b", "a;' +x(1)|b"), ("a|@b", "a|'@b"), ("a; -5", "a; -5"), ("a;-5;b", "a;-5;b"),
        (";-|", ";'-|"), ("|-5;a", "|'-5;a"), ("-5;a", "'-5;a"), ("|-5|a", "|-5|a"),
        ("a\tb\r\n=1", "a[U+0009]b[U+000D][U+000A]=1"), ("a\u202eb\x1b[0m\u2028", "a[U+202E]b[U+001B][0m[U+2028]"),
        ("a = b", "a = b"), ("김\u200c\u00a0x", "김\u200c\u00a0x"), ("\ufeff=1", "[U+FEFF]=1"), ("\ud800", "[U+D800]"),
    ],
)  # fmt: skip
def test_cells(value, text):
    assert cell(value) == text


@settings(deadline=None)
@given(st.text(st.sampled_from("=+-@＝;|\t\r\n \u3000\u202e\u200b\"'a1,"), max_size=8))
def test_no_cell_begins_as_a_formula_in_any_dialect(text: str) -> None:
    """As spreadsheets cut a file's cells by comma, semicolon, tab or bar, quotes kept or not."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(["x", cell(text), "y"])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert row[1] == cell(text)
    assert out.getvalue().count("\n") == 1
    for sign in (";", "\t", "|"):
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for one in next(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=sign, quoting=quoting)):
                bare = one.strip(" \u3000\u200c\u200d")
                assert bare[:1] not in tuple("=@＝＠"), ascii(one)
                assert bare[:1] not in tuple("+-") or set(bare[1:]) <= set('0123456789 ().-,"xy'), ascii(one)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.integers(-9, 9))))
def test_rows_come_back(rows):
    rows = sorted(set(rows))
    table = from_columns(SPEC, {"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    text = tables.to_csv(SPEC, table).decode()
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert back[0] == ["a", "b"]
    assert sorted(map(tuple, back[1:])) == sorted((cell(a), str(b)) for a, b in rows)
