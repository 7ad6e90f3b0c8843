"""Times with their doubt: an interval in UTC, why it is one, and the text it was read from."""

from dataclasses import dataclass
from datetime import datetime

DOUBTS = {
    "none": "the source states the offset or is in UTC",
    "assumed_zone": "the zone comes from the map, not from the source",
    "ambiguous": "the local time exists twice (clocks put back); the interval covers both",
    "nonexistent": "the local time does not exist (clocks put forward); the interval covers both readings",
    "no_zone": "the zone is not stated, or not to be relied on; the interval covers every zone there is",
    "day": "only the day is known",
    "fraction": "the source states more than microseconds; the interval covers the one it lies in",
    "block": "the time is a block header's, which may be off by up to two hours",
    "unknown": "no time is stated",
}
"""Why utc_low and utc_high differ, or what they rest on: the closed list."""

BLOCK_DOUBT_SECONDS = 7200
"""A header's time may lie up to two hours ahead of network time (Bitcoin consensus rule MAX_FUTURE_BLOCK_TIME)."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment between two UTC bounds (both None when unknown), its doubt and its source text."""

    utc_low: datetime | None
    utc_high: datetime | None
    doubt: str
    source_text: str
