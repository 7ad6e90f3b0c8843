"""Numbers and amounts of money of records out of the columns of a batch, exactly and without a row loop."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import MOST_SATOSHI
from leadline.kinds.decimals import scaled
from leadline.kinds.mapping import maps
from leadline.steps.intake.fields import BAD_NUMBER, BAD_ROW, OK, Codes, Rows, codes, first_problem, text, text_of

_CURRENCY = r"^[A-Z]{3}$"


def whole_number(value: maps.Template | maps.Cell, rows: Rows) -> tuple[pa.Array, Codes]:
    """An int64 column; `bad_number` for other text."""
    if isinstance(value, maps.Cell) and pa.types.is_integer(rows.column(value.column).type):
        return rows.column(value.column).cast(pa.int64()), codes(len(rows))
    as_text, problem = text(value, rows)
    fits = pc.fill_null(pc.match_substring_regex(as_text, r"^-?\d{1,18}(\.0+)?$"), True)
    numbers = pc.replace_substring_regex(pc.if_else(fits, as_text, None), r"\..*$", "").cast(pa.int64())
    return numbers, first_problem(problem, np.where(fits.to_numpy(zero_copy_only=False), OK, BAD_NUMBER).astype("u1"))


def priced(value: maps.Template | maps.Cell, currency: pa.Array, rows: Rows) -> tuple[pa.Array, pa.Array, Codes]:
    """(currency in capitals, amount, problems): satoshi of BTC, hundredths of any other currency.

    `bad_number` for an amount that is no exact one, `bad_row` for a currency that is none or not of the amount's unit.
    """
    assert isinstance(value, maps.Cell)  # kinds.mapping.grammar has checked it
    if value.unit in maps.COINS:
        numbers, problem = amount(value, rows)
    elif value.unit == "hundredths":
        numbers, problem = whole_number(value, rows)
    else:
        numbers, problem = _decimal(value, rows, 2)
    capitals = pc.ascii_upper(currency)
    bitcoin = pc.equal(capitals, "BTC")
    fits = bitcoin if value.unit in maps.COINS else pc.invert(bitcoin)
    fits = pc.fill_null(pc.and_(fits, pc.match_substring_regex(capitals, _CURRENCY)), True)
    wrong = pc.fill_null(pc.less(numbers, 0), False).to_numpy(zero_copy_only=False)
    return (
        capitals,
        numbers,
        first_problem(
            problem,
            np.where(wrong, BAD_NUMBER, OK).astype("u1"),
            np.where(fits.to_numpy(zero_copy_only=False), OK, BAD_ROW).astype("u1"),
        ),
    )


def amount(value: maps.Template | maps.Cell, rows: Rows) -> tuple[pa.Array, Codes]:
    """Satoshi as int64, exactly: of whole satoshi, or of decimal coins with at most eight places."""
    if not isinstance(value, maps.Cell) or value.unit != "btc":
        numbers, problem = whole_number(value, rows)
    else:
        numbers, problem = _decimal(value, rows, 8)
    wrong = pc.fill_null(pc.or_(pc.less(numbers, 0), pc.greater(numbers, MOST_SATOSHI)), False)
    bad = wrong.to_numpy(zero_copy_only=False)
    return pc.if_else(wrong, None, numbers), first_problem(problem, np.where(bad, BAD_NUMBER, OK).astype("u1"))


def _decimal(value: maps.Cell, rows: Rows, places: int) -> tuple[pa.Array, Codes]:
    """A decimal number of at most so many places, in units of its last place; `bad_number` for other text.

    Powers of ten are counted exactly: 1e-8 is one of the eighth place.
    """
    as_text, problem = text_of(rows, value.column)
    as_text = _without_powers(_with_point(as_text), places)
    fits = pc.fill_null(pc.match_substring_regex(as_text, rf"^\d{{1,8}}(?:\.(?:\d{{1,{places}}}0*)?)?$"), True)
    parts = pc.extract_regex(pc.if_else(fits, as_text, None), rf"^(?P<whole>\d+)(?:\.(?P<rest>\d{{0,{places}}}))?")
    whole = pc.struct_field(parts, "whole").cast(pa.int64())
    rest = pc.utf8_rpad(pc.struct_field(parts, "rest"), places, "0").cast(pa.int64())
    numbers = pc.add(pc.multiply(whole, 10**places), rest)
    return numbers, first_problem(problem, np.where(fits.to_numpy(zero_copy_only=False), OK, BAD_NUMBER).astype("u1"))


_GROUP = "[.\u00a0\u202f' ]"
_COMMA = re.compile(rf"(\d{{1,3}}(?:{_GROUP}\d{{3}})+|\d+),(\d+)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""A number whose one sign may divide thousands or begin decimals."""


def _with_point(column: pa.Array) -> pa.Array:
    """Numbers with a decimal comma, or thousands divided by commas, with a decimal point.

    One that reads both ways (1,234) stays as it is and is no number; so does 1.234 where another number of the rows has
    a decimal comma.
    """
    comma = pc.fill_null(pc.match_substring(column, ","), False)
    if not pc.any(comma).as_py():
        return column
    values = [_pointed(value) for value in column.filter(comma).to_pylist()]
    column = pc.replace_with_mask(column, comma, pa.array([v for v, _ in values], pa.string()))
    if any(decimal for _, decimal in values):
        other = pc.and_(
            pc.invert(comma), pc.fill_null(pc.match_substring_regex(column, r"^[1-9]\d{0,2}\.\d{3}$"), False)
        )
        column = pc.if_else(other, pc.replace_substring(column, ".", ","), column)
    return column


def _pointed(value: str) -> tuple[str, bool]:
    """(the number with a decimal point, or as it is; whether it had a decimal comma)."""
    tight = value.strip()
    if _EITHER.fullmatch(tight):
        return value, False
    if found := _COMMA.fullmatch(tight):
        return f"{re.sub(_GROUP, '', found[1])}.{found[2]}", True
    return (tight.replace(",", "") if _GROUPED.fullmatch(tight) else value), False


def _without_powers(column: pa.Array, places: int) -> pa.Array:
    """Numbers such as 1e-8 as plain decimals; those finer than so many places stay as they are."""
    power = pc.fill_null(pc.match_substring_regex(column, r"^\d[\d.]*[eE]"), False)
    if not pc.any(power).as_py():
        return column
    plain = [_plain(value, places) for value in column.filter(power).to_pylist()]
    return pc.replace_with_mask(column, power, pa.array(plain, pa.string()))


def _plain(text_: str, places: int) -> str:
    number = scaled(text_, places)
    return text_ if number is None else f"{number // 10**places}.{number % 10**places:0{places}d}"
