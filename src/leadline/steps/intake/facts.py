"""What media files say of their own making, as records: normal forms, and times with the doubt of a device's clock."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs import camera_makers
from leadline.kinds.mapping import time_formats, times
from leadline.kinds.mapping.normalise import RULES
from leadline.model.times import NO_ZONE
from leadline.model.words import CHANGED, CREATED, GPS_TIME

TIMES = ("taken", CREATED, CHANGED, GPS_TIME)
"""Kinds of fact that are times."""
FORMATS = (
    ("%Y:%m:%d %H:%M:%S%z", "none"),
    ("%Y-%m-%dT%H:%M:%S%z", "none"),
    ("%Y:%m:%d %H:%M:%S", NO_ZONE),
    ("%Y-%m-%d %H:%M:%S", NO_ZONE),
    ("%Y-%m-%dT%H:%M:%S", NO_ZONE),
    ("%Y-%m-%dT%H:%M:%S.%fZ", NO_ZONE),
)
"""How EXIF and containers write times. The last is a container's: said to be UTC, set by many devices to local time."""
EAST, WEST = pa.scalar(14 * 3600 * 1_000_000, pa.duration("us")), pa.scalar(12 * 3600 * 1_000_000, pa.duration("us"))
"""The zones farthest from UTC: +14 (Kiribati) and -12 (Baker Island), tz database."""
_NOTHING = r"^(?:0*|1234567?8?9?0?|NONE|UNKNOWN|NA|NULL|X+|F+)$"
"""Serial numbers that firmware writes when it has none."""


def columns(facts: pa.Table) -> dict[str, pa.Array]:
    """Columns kind, value, normal, utc_low, utc_high, doubt and source_text of model.evidence.MEDIA_FACT."""
    kind, value = facts["kind"].combine_chunks(), facts["value"].combine_chunks()
    moment = pc.is_in(kind, pa.array(TIMES))
    return {"kind": kind, "value": value, "normal": _normal(kind, value), **_times(pc.if_else(moment, value, None))}


def _normal(kind: pa.Array, value: pa.Array) -> pa.Array:
    serial = pc.utf8_upper(pc.replace_substring_regex(value, r"[^0-9A-Za-z]", ""))
    serial = pc.if_else(pc.match_substring_regex(serial, _NOTHING), None, serial)
    folded = RULES["name"](value)
    normal = pc.if_else(pc.is_in(kind, pa.array(("serial", "lens_serial"))), serial, folded)
    normal = pc.if_else(pc.equal(kind, "make"), camera_makers.name(folded), normal)
    normal = pc.if_else(pc.equal(kind, "gps"), value, normal)
    return pc.if_else(pc.is_in(kind, pa.array(TIMES)), None, pc.if_else(pc.equal(normal, ""), None, normal))


def _times(value: pa.Array) -> dict[str, pa.Array]:
    """The interval each text stands for; a text that is no time is *unknown* and stays as source text."""
    unknown = times.unknown(len(value))
    low, high, doubt = unknown.utc_low, unknown.utc_high, unknown.doubt
    for text, why in FORMATS:
        found = times.parse(value, time_formats.Format(text, "UTC"))
        new = pc.and_(pc.is_null(low), pc.is_valid(found.utc_low))
        wide = why == NO_ZONE
        low = pc.if_else(new, pc.subtract(found.utc_low, EAST) if wide else found.utc_low, low)
        high = pc.if_else(new, pc.add(found.utc_high, WEST) if wide else found.utc_high, high)
        doubt = pc.if_else(new, why, doubt)
    return {"utc_low": low, "utc_high": high, "doubt": doubt, "source_text": value}
