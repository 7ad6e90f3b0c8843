"""What a ledger lacks for a case, as whole days: a list that can be given to anyone, as it names no address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from leadline.engines.ledger.ledger import Ledger

AHEAD = timedelta(hours=2)
"""A block's time may be so far off (Bitcoin Core, MAX_FUTURE_BLOCK_TIME)."""
FIRST = date(2009, 1, 3)
"""The day of the main network's genesis block; every other network is younger."""
LAST = date(9998, 12, 31)
"""A year short of the calendar's end, so that a day more never runs over it."""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole UTC days from `first` to `last`, both included."""

    first: date
    last: date


def wanted(times: Iterable[tuple[datetime, datetime]], before: int, after: int) -> list[Days]:
    """Runs of days from `before` days ahead of every (earliest, latest) time to `after` days behind it, merged.

    No run begins before FIRST; times whose span ends before it ask for nothing.
    """
    spans = sorted(
        (_moved(low.astimezone(UTC).date(), -before), _moved(high.astimezone(UTC).date(), after)) for low, high in times
    )
    spans = [(max(first, FIRST), last) for first, last in spans if last >= FIRST]
    runs: list[Days] = []
    for first, last in spans:
        if runs and first <= runs[-1].last + timedelta(1):
            runs[-1] = Days(runs[-1].first, max(runs[-1].last, last))
        else:
            runs.append(Days(first, last))
    return runs


def _moved(day: date, days: int) -> date:
    """A day so many days later, at most LAST and at least the calendar's first."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), LAST.toordinal()))


def without(runs: Sequence[Days], covered: Sequence[Days]) -> list[Days]:
    """The runs without the days covered."""
    left = list(runs)
    for have in covered:
        cut: list[Days] = []
        for run in left:
            if have.last < run.first or run.last < have.first:
                cut.append(run)
                continue
            if run.first < have.first:
                cut.append(Days(run.first, have.first - timedelta(1)))
            if have.last < run.last:
                cut.append(Days(have.last + timedelta(1), run.last))
        left = cut
    return left


def covers(ledger: Ledger) -> list[Days]:
    """Days of which the ledger has every block: those wholly inside one of its segments."""
    days = []
    at = 0
    for segment in ledger.info()["segments"]:
        times = ledger.block_time[at : at + segment["blocks"]]
        at += segment["blocks"]
        first = datetime.fromtimestamp(int(times.min()), UTC) + AHEAD
        last = datetime.fromtimestamp(int(times.max()), UTC) - AHEAD
        begins = first.date() + timedelta(1) if segment["first_height"] != 0 else first.date()
        ends = last.date() - timedelta(1)
        if begins <= ends:
            days.append(Days(begins, ends))
    return days
