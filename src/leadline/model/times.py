"""Times with their doubt: an interval in UTC, why it is one, and the text it was read from."""

from dataclasses import dataclass
from datetime import datetime

SURE, ASSUMED_ZONE, AMBIGUOUS, NONEXISTENT, NO_ZONE, DAY_ALONE, FRACTION, BLOCK, UNSTATED = (
    "none",
    "assumed_zone",
    "ambiguous",
    "nonexistent",
    "no_zone",
    "day",
    "fraction",
    "block",
    "unknown",
)
DOUBTS = {
    SURE: "the source states the offset or is in UTC",
    ASSUMED_ZONE: "the zone comes from the map, not from the source",
    AMBIGUOUS: "the local time exists twice (clocks put back); the interval covers both",
    NONEXISTENT: "the local time does not exist (clocks put forward); the interval covers both readings",
    NO_ZONE: "the zone is not stated, or not to be relied on; the interval covers every zone there is",
    DAY_ALONE: "only the day is known",
    FRACTION: "the source states more than microseconds; the interval covers the one it lies in",
    BLOCK: "the time is a block header's, which may be off by up to two hours",
    UNSTATED: "no time is stated",
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
