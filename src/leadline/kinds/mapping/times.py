"""Columns of times as they stand in sources, read into UTC intervals with their doubt (model.times)."""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import MappingError

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_FIRST, _LAST = -2_208_988_800 * _SECOND, 7_258_118_400 * _SECOND
"""Times outside 1900..2199 are taken for errors of the source; counted times begin in 1970."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OFFSET = r"Z|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d(?::?[0-5]\d)?)?"
"""An offset as ISO 8601 and PostgreSQL write it, below 16 hours; seconds stand in offsets of before about 1920."""
_FIELDS = {
    "Y": r"(?P<Y>\d{4})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})",
    "f": r"(?P<f>\d{1,6})(?P<rest>\d*)",
    "b": r"(?P<b>[A-Za-z]{3})",
    "I": r"(?P<H>\d{1,2})",
    "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "z": rf"(?P<z>{_OFFSET})",
}
"""What may stand in a time format, with strptime's meaning; %% is a percent sign."""
_ISO = (
    r"(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:[T ](?P<H>\d{2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,6})(?P<rest>\d*))?)?)?"
    rf"\s*(?P<z>{_OFFSET})?"
)
UNITS = {"unix": _SECOND, "unix_ms": 1_000}
"""Formats that count from 1970-01-01 UTC, in microseconds a unit."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Format:
    """How a column states its times: `text` is unix, unix_ms, iso or strptime fields; `zone` as `zone_of` takes it.

    `stated` says that the source itself states the zone (in a heading, say), so that it is not assumed.
    """

    text: str
    zone: str = ""
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """Columns utc_low, utc_high (timestamps or null), doubt, source_text; and a mask of values that are no time."""

    utc_low: pa.Array
    utc_high: pa.Array
    doubt: pa.Array
    source_text: pa.Array
    bad: Bools


def pattern_of(format_: Format) -> str:
    """The regular expression of a format with fields; MappingError for one this grammar does not have."""
    if format_.text == "iso":
        return _ISO
    out = []
    for literal, field in re.findall(r"([^%]+)|%(.)", format_.text):
        if literal:
            out.append(re.escape(literal).replace("/", "/"))
        elif field == "%":
            out.append("%")
        elif field in _FIELDS:
            out.append(_FIELDS[field])
        else:
            raise MappingError(f"unknown field %{field} in a time format", remedy="fields: %" + " %".join(_FIELDS))
    pattern = "".join(out)
    if ("%I" in format_.text) != ("%p" in format_.text) or ("%I" in format_.text and "%H" in format_.text):
        raise MappingError(
            "hours of twelve need AM or PM beside them, and no other hours", remedy="%I with %p, or %H alone"
        )
    if not all(f"(?P<{f}>" in pattern for f in "Yd") or ("(?P<m>" not in pattern and "(?P<b>" not in pattern):
        raise MappingError(
            "a time format needs year, month and day", remedy="unix, unix_ms, iso, or for example %Y-%m-%d"
        )
    return pattern


def check(format_: Format) -> None:
    """MappingError when the format or its zone is unknown."""
    if format_.text not in UNITS:
        pattern_of(format_)
    if format_.zone and zone_of(format_.zone) is None:
        raise MappingError(
            "unknown time zone in a map", remedy="an IANA name such as Europe/Bucharest, or an offset such as +02:00"
        )


_FIXED = re.compile(r"([+-])(\d{2}):(\d{2})")


def zone_of(text: str) -> tzinfo | None:
    """The zone of an IANA name or of an offset such as +09:00; None for other text."""
    if fixed := _FIXED.fullmatch(text):
        offset = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(-offset if fixed[1] == "-" else offset) if offset < timedelta(days=1) else None
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def unknown(n: int) -> Times:
    """`n` times that are not stated."""
    nothing = pa.nulls(n, pa.timestamp("us", tz="UTC"))
    return Times(
        nothing, nothing, pa.array(["unknown"] * n, pa.string()), pa.nulls(n, pa.string()), np.zeros(n, np.bool_)
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
        code = np.where(high > low, _CODES.index("fraction"), 0)
    else:
        low, high, code, bad = _written(text, format_)
    bad |= (low < _FIRST) | (high >= _LAST)
    bad &= stated
    known = stated & ~bad
    code = np.where(known, code, _CODES.index("unknown"))
    return Times(
        _stamps(low, known), _stamps(high, known), pa.array(_CODES).take(pa.array(code)).cast(pa.string()), source, bad
    )


_CODES = ("none", "assumed_zone", "ambiguous", "nonexistent", "day", "unknown", "fraction")


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
    values = _ints(pc.fill_null(whole, 0))
    far = (values < 0) | (values > _LAST // unit)
    low: Ints = np.where(far, 0, values) * unit
    if rest is None:
        return low, low, bad | far
    digits = len(str(unit)) - 1
    low += _number(pc.utf8_rpad(pc.utf8_slice_codeunits(rest, 0, digits), digits, "0"))
    return low, low + _finer(pc.utf8_slice_codeunits(rest, digits)), bad | far


def _finer(rest: pa.Array) -> Ints:
    """1 where digits stand below the microsecond that are not all noughts, else 0."""
    return _ints(pc.match_substring_regex(pc.fill_null(rest, ""), "[1-9]"))


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
        hour = hour % 12 + 12 * _ints(pc.match_substring_regex(pc.fill_null(fields["p"], ""), "^[Pp]"))
    bad |= (month < 1) | (month > 12) | (day < 1) | (hour > 23) | (minute > 59) | (second > 59)
    month = np.clip(month, 1, 12)
    bad |= day > _days_in(year, month)
    local = _days_from_civil(year, month, day) * _DAY + ((hour * 60 + minute) * 60 + second) * _SECOND
    if "f" in fields:
        local += _number(pc.utf8_rpad(pc.fill_null(fields["f"], ""), 6, "0"))
    if "H" not in fields:
        dated = np.ones(len(bad), np.bool_)
    else:
        dated = pc.equal(pc.fill_null(pc.binary_length(fields["H"]), 0), 0).to_numpy(zero_copy_only=False) & ~bad
    low, high, code = _to_utc(np.where(bad, 0, local), dated, fields.get("z"), format_)
    finer = _finer(fields["rest"]) if "rest" in fields else none
    return low, high + finer, np.where((code == 0) & (finer > 0), _CODES.index("fraction"), code), bad


def _to_utc(local: Ints, dated: Bools, offsets: pa.Array | None, format_: Format) -> tuple[Ints, Ints, Ints]:
    """(low, high, doubt code) of local microseconds, by stated offset or the format's zone; days span to their end."""
    end = np.where(dated, local + _DAY - 1, local)
    offset, has_offset = _offsets(offsets, local.size)
    low, high = local - offset, end - offset
    code = np.where(dated, 4, 0)
    naive = ~has_offset
    if naive.any():
        zone = zone_of(format_.zone) or UTC
        assumed = 0 if format_.stated else 1
        first, last = _readings(local[naive], zone)
        first_end, last_end = _readings(end[naive], zone)
        low[naive] = np.minimum(local[naive] - first, local[naive] - last)
        high[naive] = np.maximum(end[naive] - first_end, end[naive] - last_end)
        twice = np.where(first > last, 2, np.where(first < last, 3, assumed))
        code[naive] = np.where(dated[naive], 4, twice)
    return low, high, code


def _readings(local: Ints, zone: tzinfo) -> tuple[Ints, Ints]:
    """UTC offsets in microseconds of local times read as the first and as the second of a repeated hour.

    Days on which the zone's offset does not change are answered once a day, the others once a distinct time.
    """
    days, at = np.unique(local // _DAY, return_inverse=True)
    steady = np.zeros(days.size, np.bool_)
    per_day = np.zeros(days.size, np.int64)
    for i, day in enumerate(days):
        four = {_offset(int(t), zone, fold) for t in (day * _DAY, (day + 1) * _DAY - 1) for fold in (0, 1)}
        steady[i] = len(four) == 1
        per_day[i] = four.pop()
    first = per_day[at]
    last = first.copy()
    rest = np.flatnonzero(~steady[at])
    values, where = np.unique(local[rest], return_inverse=True)
    first[rest] = np.array([_offset(int(t), zone, 0) for t in values], np.int64)[where]
    last[rest] = np.array([_offset(int(t), zone, 1) for t in values], np.int64)[where]
    return first, last


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _offset(local: int, zone: tzinfo, fold: int) -> int:
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=zone, fold=fold)
    return round((moment.utcoffset() or timedelta()) / timedelta(microseconds=1))


def _offsets(texts: pa.Array | None, n: int) -> tuple[Ints, Bools]:
    """(offset in microseconds, whether one is stated) a row, of texts such as +02, +0200, +02:00, Z."""
    if texts is None:
        return np.zeros(n, np.int64), np.zeros(n, np.bool_)
    coded = texts.dictionary_encode()
    known = [_offset_of(t) for t in coded.dictionary.to_pylist()]
    index = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    values = np.array([k or 0 for k in known] + [0], np.int64)[index]
    return values, np.array([k is not None for k in known] + [False])[index]


def _offset_of(text: str) -> int | None:
    if not text:
        return None
    if text in ("Z", "UTC"):
        return 0
    hours, minutes, seconds = (int(text[1:].replace(":", "").ljust(6, "0")[i : i + 2]) for i in (0, 2, 4))
    return ((hours * 60 + minutes) * 60 + seconds) * _SECOND * (-1 if text[0] == "-" else 1)


def _number(texts: pa.Array) -> Ints:
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", texts)
    return _ints(filled.cast(pa.int64()))


def _month(texts: pa.Array) -> Ints:
    place = pc.index_in(pc.utf8_lower(texts), pa.array(_MONTHS))
    return _ints(pc.add(pc.fill_null(place, -1), 1))


def _days_in(year: Ints, month: Ints) -> Ints:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)[month - 1]
    result: Ints = days + (leap & (month == 2))
    return result


def _ints(numbers: pa.Array) -> Ints:
    result: Ints = numbers.to_numpy(zero_copy_only=False).astype(np.int64)
    return result


def _days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 of a Gregorian date, by counting in years that begin in March."""
    year = year - (month <= 2)
    era_year = year % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (year // 400) * 146_097 + era_year * 365 + era_year // 4 - era_year // 100 + of_year - 719_468
