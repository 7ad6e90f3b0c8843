"""What a ledger lacks for a case, as ranges of heights, for whoever hands out blocks by height.

They are made of whole days and nothing else, and rounded outward to STEP blocks: so they tell no more than the days do,
and no address, amount or transaction at all. Where the ledger has the blocks of a day it tells their heights; elsewhere
they lie between what the slowest and the fastest chain would have reached from the nearest blocks it has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.coverage.order import AHEAD, Days
from leadline.engines.ledger.ledger import Ledger
from leadline.errors import ChainError

STEP = 144
"""Blocks a day, as the protocol aims at one in ten minutes: ranges begin at a multiple of it and end before one."""
SLOWEST, FASTEST = STEP // 2, STEP * 2
"""Blocks a day a chain may make for long: half and twice what it aims at. Difficulty follows within 2,016 blocks, so
more and less than that lasts days, not months."""
SLACK = 2016
"""Blocks by which a chain may be ahead of the fastest or behind the slowest: one period of difficulty."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Heights:
    """Blocks from height `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Run:
    """Blocks of known height that follow each other: the first one's height, and the times of all."""

    first: int
    times: npt.NDArray[np.int64]

    @property
    def last(self) -> int:
        """The last one's height."""
        return self.first + len(self.times) - 1


def known(ledger: Ledger) -> list[Run]:
    """The runs of blocks of which a ledger tells the heights; those it does not are no help here."""
    runs, at = [], 0
    for segment in ledger.info()["segments"]:
        times = ledger.block_time[at : at + segment["blocks"]].astype(np.int64)
        at += segment["blocks"]
        if segment["first_height"] is not None:
            runs.append(Run(segment["first_height"], times))
    return runs


def wanted(days: Iterable[Days], runs: Sequence[Run]) -> list[Heights]:
    """The heights at which every block of these days stands, in steps of STEP; ChainError when no run tells one."""
    if not runs:
        raise ChainError("no pinned ledger tells a height", remedy="ask by day: leadline ledger missing-blocks CASE")
    found = []
    for run in days:
        begin = datetime.combine(run.first, time(), UTC) - AHEAD
        end = datetime.combine(run.last + timedelta(1), time(), UTC) + AHEAD
        low, high = _lowest(int(begin.timestamp()), runs), _highest(int(end.timestamp()), runs)
        found.append(Heights(min(low, high) // STEP * STEP, max(low, high) // STEP * STEP + STEP - 1))
    return _merged(found)


def without(ranges: Iterable[Heights], runs: Iterable[Run]) -> list[Heights]:
    """The ranges without the steps of which the runs hold every block."""
    left = list(ranges)
    for have in _merged(Heights(run.first, run.last) for run in runs):
        first, last = -(-have.first // STEP) * STEP, (have.last + 1) // STEP * STEP - 1
        if last < first:
            continue
        before = (Heights(r.first, min(r.last, first - 1)) for r in left)
        behind = (Heights(max(r.first, last + 1), r.last) for r in left)
        left = [r for r in (*before, *behind) if r.first <= r.last]
    return _merged(left)


def _lowest(seconds: int, runs: Sequence[Run]) -> int:
    """The least height at which a block of this time or later can stand."""
    least = 0
    for run in runs:
        first, last = int(run.times.min()), int(run.times.max())
        if first < seconds <= last:
            return run.first + int(np.argmax(run.times >= seconds))
        if last < seconds:
            least = max(least, run.last + 1 + max((seconds - last) * SLOWEST // DAY - SLACK, 0))
        else:
            least = max(least, run.first - (first - seconds) * FASTEST // DAY - SLACK)
    return least


def _highest(seconds: int, runs: Sequence[Run]) -> int:
    """The greatest height at which a block of this time or earlier can stand."""
    most = []
    for run in runs:
        first, last = int(run.times.min()), int(run.times.max())
        if first <= seconds < last:
            return run.first + int(np.flatnonzero(run.times <= seconds)[-1])
        if last <= seconds:
            most.append(run.last + (seconds - last) * FASTEST // DAY + SLACK)
        else:
            most.append(run.first - 1 - max((first - seconds) * SLOWEST // DAY - SLACK, 0))
    return max(min(most), 0)


def _merged(ranges: Iterable[Heights]) -> list[Heights]:
    """The ranges in order, those that touch as one."""
    found: list[Heights] = []
    for r in sorted(ranges, key=lambda r: (r.first, r.last)):
        if found and r.first <= found[-1].last + 1:
            found[-1] = Heights(found[-1].first, max(found[-1].last, r.last))
        else:
            found.append(r)
    return found
