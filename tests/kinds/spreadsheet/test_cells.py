"""Cells as workbooks state them, held to openpyxl where it says the same."""

import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.spreadsheet.cells import Fault, column_of, letters_of, moment, number
from leadline.kinds.spreadsheet.package import plain


def test_columns_are_named_by_letters() -> None:
    for column in (0, 25, 26, 701, 702, 16_383):
        letters = openpyxl.utils.get_column_letter(column + 1)
        assert (letters_of(column), column_of(letters)) == (letters, column)


@settings(deadline=None)
@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_numbers_that_a_double_holds_are_exact(value: int) -> None:
    assert number(str(value)) == value
    assert number(repr(float(value))) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740992", Fault("inexact")),
        ("9007199254740993", 9007199254740993),
        ("9.00719925474100E+15", Fault("inexact")),
        ("12345678901234567000", Fault("inexact")),  # the shortest digits of a double, filled up with zeros
        ("12345678901234567168", Fault("inexact")),  # the whole of that double
        ("12345678901234500000", Fault("inexact")),  # fifteen digits, as Excel keeps
        ("12345678901234567890123", 12345678901234567890123),
        ("-9007199254740993", -9007199254740993),
        ("1E+400", Fault("bad_cell")),
        ("NaN", Fault("bad_cell")),
        ("x", Fault("bad_cell")),
        ("1.0", 1),
        ("1E-8", "0.00000001"),
        ("0.10000000000000001", "0.1"),
    ],
)
def test_numbers(text: str, value: object) -> None:
    assert number(text) == value


def test_times_follow_the_epoch_and_the_format() -> None:
    windows, mac = openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert moment("43040.5", "datetime", windows) == "2017-11-01 12:00:00"
    assert moment("43040", "date", windows) == "2017-11-01"
    assert moment("43040", "datetime", windows) == "2017-11-01 00:00:00"
    assert moment("41578", "date", mac) == "2017-11-01"
    assert moment("0.5", "time", windows) == datetime.time(12).isoformat()
    assert moment("1e300", "date", windows) == Fault("bad_time")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a@example.org_x000D_", "a@example.org\r"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_", "\ufffd"),
        ("a_x00", "a_x00"),
    ],
)
def test_escapes_stand_for_characters(text: str, meant: str) -> None:
    assert plain(text) == meant
