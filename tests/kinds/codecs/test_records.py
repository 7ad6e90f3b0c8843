"""Rows of delimited text, held to Python's csv; what breaks costs one line and no more."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs import records as module
from leadline.kinds.codecs.records import records

CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=6), st.sampled_from(",;\t|"))
def test_what_csv_writes_is_read_whole(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    found = list(records(io.StringIO(text.getvalue(), newline=""), delimiter, 3))
    assert [row for _, row, _ in found] == [list(row) for row in rows]
    assert found == [] or found[0][0] == 1


@settings(deadline=None)
@given(st.text(st.sampled_from('ab",\n\r\\'), max_size=40))
def test_every_filled_line_is_in_some_record(text: str) -> None:
    found = list(records(io.StringIO(text, newline=""), ",", 2))
    starts = [line for line, _, _ in found]
    assert starts == sorted(set(starts))
    for line, row, fault in found:
        assert (row is not None and len(row) == 2) or fault == "bad_row", line


def test_a_quote_never_closed_costs_one_line() -> None:
    text = '1,"Ann\n2,Bob\n3,"Cy"d\n4,Dan\n5,"two\nlines"\n6,"'
    assert [(line, fault) for line, _, fault in records(io.StringIO(text, newline=""), ",", 2)] == [
        (1, "bad_row"),
        (2, ""),
        (3, "bad_row"),
        (4, ""),
        (5, ""),
        (7, "bad_row"),
    ]


def test_backslashes_escape_quotes_only_where_nothing_else_fits() -> None:
    text = '1,"he said \\"hi\\", ok"\n2,C:\\\n3,"a\\\\""b"\n'
    assert [row for _, row, _ in records(io.StringIO(text, newline=""), ",", 2)] == [
        ["1", 'he said "hi", ok'],
        ["2", "C:\\"],
        ["3", 'a\\\\"b'],
    ]


def test_a_line_too_long_is_a_reject_of_its_own(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(module, "LONGEST", 100)
    text = "1,a\n2," + "b" * 1000 + '\n3,c\n4,"d\n' + "e" * 1000 + "\n5,f\n"
    found = list(records(io.StringIO(text, newline=""), ",", 2))
    assert [(line, fault) for line, _, fault in found] == [
        (1, ""),
        (2, "too_long"),
        (3, ""),
        (4, "bad_row"),
        (5, "too_long"),
        (6, ""),
    ]


def test_many_quotes_that_are_never_closed_are_not_read_again_each(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(module, "AGAIN", 1000)
    text = io.StringIO('1,"a\n2,b\n3,c\n4,d\n' * 5000, newline="")
    found = list(records(text, ",", 2))
    assert sum(not fault for _, _, fault in found) == 15_000
    assert len(found) == 20_000


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('1, "b"', ["1", "b"]),
        ('1,  "d, ""e"""', ["1", 'd, "e"']),
        ('1, "b" c', ["1", ' "b" c']),
        ('1, b "c"', ["1", ' b "c"']),
        ('1,x "y"', ["1", 'x "y"']),
        ("1, b", ["1", " b"]),
    ],
)
def test_blanks_before_a_quote_are_no_part_of_the_cell(line: str, row: list[str]) -> None:
    assert list(records(io.StringIO(line + "\n2,z\n"), ",", 2)) == [(1, row, ""), (2, ["2", "z"], "")]
