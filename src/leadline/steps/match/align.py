"""Where one video stands in another: frames that agree, at one offset in time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

SLACK_MS = 500
"""Offsets within half a second of each other are one: two samplings of one video differ by up to their frame steps."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of frames at one offset: how many distinct frames of either side at least, offset, span and coverage.

    `offset_ms`: time in the first less time in the second, the median; `span_ms`: from the first to the last frame of
    the first side; `covered_ppm`: share of the second side's frames, in millionths.
    """

    frames: int
    offset_ms: int
    span_ms: int
    covered_ppm: int


def align(times_a: Integers, times_b: Integers, pairs_a: Integers, pairs_b: Integers) -> Alignment | None:
    """The offset at which most frames agree; None without pairs.

    `times_*`: milliseconds of the compared frames of each side; `pairs_*`: places in them of the frames that are near.
    Of several windows of SLACK_MS with equally many frames the one nearest to offset 0 counts, then the earliest.
    """
    if not len(pairs_a):
        return None
    offset = times_a[pairs_a] - times_b[pairs_b]
    order = np.lexsort((pairs_b, pairs_a, offset))
    offset, left, right = offset[order], pairs_a[order], pairs_b[order]
    ends = np.searchsorted(offset, offset + SLACK_MS, "right")
    best = max(
        range(len(offset)),
        key=lambda i: (_frames(left[i : ends[i]], right[i : ends[i]]), -abs(int(offset[i])), -i),
    )
    at = slice(best, ends[best])
    times = times_a[left[at]]
    covered = len(np.unique(right[at])) * 1_000_000 // len(times_b)
    middle = int(offset[at][(ends[best] - best - 1) // 2])
    return Alignment(_frames(left[at], right[at]), middle, int(times.max() - times.min()), covered)


def _frames(left: Integers, right: Integers) -> int:
    """Distinct frames on the side that has fewer."""
    return min(len(np.unique(left)), len(np.unique(right)))
