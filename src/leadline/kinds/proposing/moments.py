"""Which of the ways to write a time a column's cells have, and what they leave open: the zone, and which is the day."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.mapping import time_formats, times
from leadline.kinds.proposing.columns import Column
from leadline.kinds.proposing.contents import SURE

FIRST, LAST = 1_230_768_000, 2_051_222_400
"""Seconds from 2009, when bitcoin began, to 2035: whole numbers between are likely times."""
_CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%b %d, %Y")
PROBE = 40
"""Cells by which most ways to write a time are ruled out."""
WRITTEN = (
    "iso",
    *(day + clock for day in _DATES for clock in _CLOCKS),
    "%d/%b/%Y:%H:%M:%S %z",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
)
"""Times as text, the commonest first."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A way to write times: its format, the share that fits, formats that fit as well, if the text says its zone."""

    format: str
    share: float
    rivals: tuple[str, ...] = ()
    zoned: bool = True


def moment(column: Column) -> Moment | None:
    """How a column writes times; None where its cells are none."""
    if not column.distinct:
        return None
    return _counted(column) or _written(column.texts)


def _counted(column: Column) -> Moment | None:
    """Counts of seconds or milliseconds since 1970, where nearly all fall into the years that records are of."""
    numbers = column.numbers
    for name, unit in (("unix", 1), ("unix_ms", 1_000)):
        inside = pc.and_(pc.greater_equal(numbers, FIRST * unit), pc.less(numbers, LAST * unit))
        share = _share(inside)
        if share >= SURE:
            return Moment(name, share)
    tenths = pc.match_substring_regex(column.texts, r"^1[2-9][0-9]{8}\.[0-9]+$")
    return Moment("unix", share) if (share := _share(tenths)) >= SURE else None


def _written(texts: pa.Array) -> Moment | None:
    if _share(pc.match_substring_regex(texts, r"[0-9]{2,4}\D|^[0-9]{8}(?:[0-9]{6})?$")) < SURE:
        return None
    fits = {}
    for name in WRITTEN:
        read = times.parse(texts, time_formats.Format(name, "UTC"))
        known = pc.is_valid(read.utc_low)
        if (share := _share(known)) >= SURE:
            fits[name] = share
    if not fits:
        return None
    best = max(fits, key=lambda name: (fits[name], -WRITTEN.index(name)))
    rivals = tuple(name for name in fits if name != best and fits[name] == fits[best])
    return Moment(best, fits[best], rivals, "%z" in best or (best == "iso" and _zoned(texts)))


def _fits(texts: pa.Array, name: str) -> float:
    return _share(pc.is_valid(times.parse(texts, time_formats.Format(name, "UTC")).utc_low))


def _zoned(texts: pa.Array) -> bool:
    """Whether nearly all times of ISO 8601 state an offset."""
    return _share(pc.match_substring_regex(texts, r":.*(?:Z|UTC|[+-]\d\d(?::?\d\d)?)$")) >= SURE


def _share(found: pa.Array) -> float:
    return float(pc.fill_null(found, False).to_numpy(zero_copy_only=False).mean())
