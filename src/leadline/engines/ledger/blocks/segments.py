"""Runs of blocks that can belong to one chain, taken from the heaviest on; each is tried in logarithmic time."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of blocks each following the one before: record numbers, first height or -1, first and last block time."""

    records: tuple[int, ...]
    first_height: int
    prev: bytes
    hash: bytes
    times: tuple[int, int]


class Kept:
    """Segments of one chain: no height twice, no block twice upon the same one, no time inside a heavier run's.

    Heights decide where both are told, times where one is not.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._prevs: set[bytes] = set()
        self._heights: list[tuple[int, int]] = []
        self._times, self._untold = _Spans(), _Spans()

    def add(self, segment: Segment) -> bool:
        """Whether the segment can belong to the chain of those kept; then it is kept too."""
        told = segment.first_height >= 0
        heights = segment.first_height, segment.first_height + len(segment.records) - 1
        if segment.prev in self._prevs or (told and self._overlaps(heights)):
            return False
        if (self._untold if told else self._times).fills(segment.times):
            return False
        self.segments.append(segment)
        self._prevs.add(segment.prev)
        self._times.add(segment.times)
        if told:
            self._heights.insert(bisect_left(self._heights, heights), heights)
        else:
            self._untold.add(segment.times)
        return True

    def _overlaps(self, heights: tuple[int, int]) -> bool:
        k = bisect_right(self._heights, (heights[1], 1 << 62)) - 1
        return k >= 0 and self._heights[k][1] >= heights[0]


class _Spans:
    """Spans of time of which none lies strictly inside another: sorted by their beginning, and so by their end."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def fills(self, span: tuple[int, int]) -> bool:
        """Whether a span begins before this one and ends after it."""
        k = bisect_left(self._spans, (span[0], -1)) - 1
        return k >= 0 and self._spans[k][1] > span[1]

    def add(self, span: tuple[int, int]) -> None:
        """Adds a span, in place of those inside it."""
        if span[0] == span[1]:
            return
        k = bisect_left(self._spans, span)
        if k and self._spans[k - 1][1] >= span[1]:
            return
        end = k
        while end < len(self._spans) and self._spans[end][1] <= span[1]:
            end += 1
        self._spans[k:end] = [span]


def in_order(segments: Sequence[Segment]) -> list[Segment]:
    """Segments by height; those whose height is not told stand before the first one that begins later in time."""
    known = sorted((s for s in segments if s.first_height >= 0), key=lambda s: s.first_height)
    untold = sorted((s for s in segments if s.first_height < 0), key=lambda s: (s.times[0], s.hash), reverse=True)
    ordered: list[Segment] = []
    for segment in known:
        while untold and untold[-1].times[0] < segment.times[0]:
            ordered.append(untold.pop())
        ordered.append(segment)
    return ordered + untold[::-1]
