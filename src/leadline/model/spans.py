"""A span of time for which a decision holds: from a moment until, and without, another; either end may be open."""

from dataclasses import dataclass
from datetime import UTC, datetime

from leadline.errors import UsageError

OPEN = ".."
"""Written for an end that nobody knows (ISO 8601-2)."""
FORM = "FROM/UNTIL, each a day or a moment in UTC (2016-03-01/2017-06-30T12:00:00Z), or .. for an open end"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until, and without, `end`; None where that end is open."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def bounded(self) -> bool:
        """Whether an end is known."""
        return self.start is not None or self.end is not None

    def meets(self, other: "Span") -> bool:
        """Whether some moment lies in both."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def within(self, other: "Span") -> bool:
        """Whether no moment of this lies outside `other`."""
        starts = other.start is None or (self.start is not None and self.start >= other.start)
        return starts and (other.end is None or (self.end is not None and self.end <= other.end))

    def holds(self, low: datetime | None, high: datetime | None) -> bool:
        """Whether what happened between `low` and `high` certainly lies in it; unknown times lie in a whole span only.

        A moment that may lie outside is not held.
        """
        if low is None or high is None:
            return not self.bounded
        return (self.start is None or low >= self.start) and (self.end is None or high < self.end)

    def joined(self, other: "Span") -> "Span":
        """The least span that holds both."""
        starts = [s.start for s in (self, other) if s.start is not None]
        ends = [s.end for s in (self, other) if s.end is not None]
        return Span(min(starts) if len(starts) == 2 else None, max(ends) if len(ends) == 2 else None)


WHOLE = Span()
"""All of time."""


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def read(text: str | None) -> Span:
    """The span that a decision's value states, WHOLE for none; UsageError when it states none, or one of no length."""
    if text is None or not text.strip():
        return WHOLE
    ends = text.strip().split("/")
    try:
        if len(ends) != 2:
            raise ValueError
        start, end = (_moment(part) for part in ends)
    except ValueError:
        raise UsageError("the value is no span of time", remedy=FORM) from None
    if not _before(start, end):
        raise UsageError("the span ends before it begins", remedy=FORM)
    return Span(start, end)


def _moment(text: str) -> datetime | None:
    """A day's first moment or a moment in UTC; ValueError for one whose zone is not stated."""
    if text == OPEN:
        return None
    if "T" not in text:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found.astimezone(UTC)


def written(span: Span) -> str:
    """`span` as a decision's value states it."""
    return "/".join(
        OPEN if end is None else f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for end in (span.start, span.end)
    )


def in_words(text: str) -> str:
    """A span as `written` gives it, for people."""
    start, end = text.split("/")
    if start == end:
        return "all of time"
    return " ".join(f"{word} {moment}" for word, moment in (("from", start), ("until", end)) if moment != OPEN)
