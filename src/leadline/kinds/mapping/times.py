"""Columns of times as they stand in sources, read into UTC intervals with their doubt (model.times)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.mapping.time_formats import DAY, SECOND, UNITS, Format, pattern_of
from leadline.kinds.mapping.zones import CODES, Bools, Ints, to_utc
from leadline.model.times import FRACTION, UNSTATED

_FIRST, _LAST = -2_208_988_800 * SECOND, 7_258_118_400 * SECOND
"""Times outside 1900..2199 are taken for errors of the source; counted times begin in 1970."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Times:
    """Columns utc_low, utc_high (timestamps or null), doubt, source_text; and a mask of values that are no time."""

    utc_low: pa.Array
    utc_high: pa.Array
    doubt: pa.Array
    source_text: pa.Array
    bad: Bools


def unknown(n: int) -> Times:
    """`n` times that are not stated."""
    nothing = pa.nulls(n, pa.timestamp("us", tz="UTC"))
    return Times(
        nothing, nothing, pa.array([UNSTATED] * n, pa.string()), pa.nulls(n, pa.string()), np.zeros(n, np.bool_)
    )


def parse(column: pa.Array, format_: Format) -> Times:
    """The column's times in UTC; a null, empty or all-zero cell is *unknown*, one that does not fit is bad.

    A local time of a zone that puts clocks back or forward covers every reading: utc_low to utc_high. A fraction finer
    than a microsecond covers the whole one in which it lies.
    """
    source = column.cast(pa.string())
    text = pc.utf8_trim_whitespace(source)
    blank = pc.fill_null(pc.match_substring_regex(text, r"^(0000-00-00.*)?$"), True)
    stated = pc.invert(blank).to_numpy(zero_copy_only=False)
    if format_.text in UNITS:
        low, high, bad = _counted(text, column, UNITS[format_.text])
        code = np.where(high > low, CODES.index(FRACTION), 0)
    else:
        low, high, code, bad = _written(text, format_)
    bad |= (low < _FIRST) | (high >= _LAST)
    bad &= stated
    known = stated & ~bad
    code = np.where(known, code, CODES.index(UNSTATED))
    return Times(
        _stamps(low, known), _stamps(high, known), pa.array(CODES).take(pa.array(code)).cast(pa.string()), source, bad
    )


def _stamps(micros: Ints, known: Bools) -> pa.Array:
    return pa.array(np.where(known, micros, 0), pa.int64(), mask=~known).cast(pa.timestamp("us", tz="UTC"))


def _counted(text: pa.Array, column: pa.Array, unit: int) -> tuple[Ints, Ints, Bools]:
    """(low, high, bad) of counts of `unit` microseconds, with decimals or without."""
    if pa.types.is_integer(column.type):
        whole, rest = column, None
        bad = np.zeros(len(column), np.bool_)
    else:
        found = pc.extract_regex(text, r"^(?P<whole>\d{1,14})(?:\.(?P<rest>\d*))?$")
        bad = pc.is_null(found).to_numpy(zero_copy_only=False)
        whole = pc.struct_field(found, "whole").cast(pa.int64())
        rest = pc.fill_null(pc.struct_field(found, "rest"), "")
    values = ints(pc.fill_null(whole, 0))
    far = (values < 0) | (values > _LAST // unit)
    low: Ints = np.where(far, 0, values) * unit
    if rest is None:
        return low, low, bad | far
    digits = len(str(unit)) - 1
    low += _number(pc.utf8_rpad(pc.utf8_slice_codeunits(rest, 0, digits), digits, "0"))
    return low, low + _finer(pc.utf8_slice_codeunits(rest, digits)), bad | far


def _finer(rest: pa.Array) -> Ints:
    """1 where digits stand below the microsecond that are not all noughts, else 0."""
    return ints(pc.match_substring_regex(pc.fill_null(rest, ""), "[1-9]"))


def _written(text: pa.Array, format_: Format) -> tuple[Ints, Ints, Ints, Bools]:
    found = pc.extract_regex(text, f"^(?:{pattern_of(format_)})$")
    bad = pc.is_null(found).to_numpy(zero_copy_only=False)
    fields = {f.name: pc.struct_field(found, f.name) for f in found.type}
    none = np.zeros(len(text), np.int64)
    number = {k: _number(fields[k]) if k in fields else none for k in "YmdHMS"}
    year, day = number["Y"], number["d"]
    month = number["m"] if "m" in fields else _month(fields["b"])
    hour, minute, second = number["H"], number["M"], number["S"]
    if "p" in fields:
        bad |= (hour < 1) | (hour > 12)
        hour = hour % 12 + 12 * ints(pc.match_substring_regex(pc.fill_null(fields["p"], ""), "^[Pp]"))
    bad |= (month < 1) | (month > 12) | (day < 1) | (hour > 23) | (minute > 59) | (second > 59)
    month = np.clip(month, 1, 12)
    bad |= day > _days_in(year, month)
    local = _days_from_civil(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * SECOND
    if "f" in fields:
        local += _number(pc.utf8_rpad(pc.fill_null(fields["f"], ""), 6, "0"))
    if "H" not in fields:
        dated = np.ones(len(bad), np.bool_)
    else:
        dated = pc.equal(pc.fill_null(pc.binary_length(fields["H"]), 0), 0).to_numpy(zero_copy_only=False) & ~bad
    low, high, code = to_utc(np.where(bad, 0, local), dated, fields.get("z"), format_)
    finer = _finer(fields["rest"]) if "rest" in fields else none
    return low, high + finer, np.where((code == 0) & (finer > 0), CODES.index(FRACTION), code), bad


def _number(texts: pa.Array) -> Ints:
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", texts)
    return ints(filled.cast(pa.int64()))


def _month(texts: pa.Array) -> Ints:
    place = pc.index_in(pc.utf8_lower(texts), pa.array(_MONTHS))
    return ints(pc.add(pc.fill_null(place, -1), 1))


def _days_in(year: Ints, month: Ints) -> Ints:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)[month - 1]
    result: Ints = days + (leap & (month == 2))
    return result


def ints(numbers: pa.Array) -> Ints:
    result: Ints = numbers.to_numpy(zero_copy_only=False).astype(np.int64)
    return result


def _days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 of a Gregorian date, by counting in years that begin in March."""
    year = year - (month <= 2)
    era_year = year % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (year // 400) * 146_097 + era_year * 365 + era_year // 4 - era_year // 100 + of_year - 719_468
