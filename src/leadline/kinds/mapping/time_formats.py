"""How maps say that a column states its times: counts, ISO 8601, or strptime's fields, and the zone of local times."""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo

from leadline.errors import MappingError

SECOND = 1_000_000
DAY = 86_400 * SECOND
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
UNITS = {"unix": SECOND, "unix_ms": 1_000}
"""Formats that count from 1970-01-01 UTC, in microseconds a unit."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a column states its times: `text` is unix, unix_ms, iso or strptime fields; `zone` as `zone_of` takes it.

    `stated` says that the source itself states the zone (in a heading, say), so that it is not assumed.
    """

    text: str
    zone: str = ""
    stated: bool = False


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
