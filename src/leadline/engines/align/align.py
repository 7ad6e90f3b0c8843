"""The offset in time at which most different frames of two videos agree, and what agrees there.

Method: each pair of near frames allows the offsets at which they stand at one moment; the offset that most pairs allow
is found by sweeping over the ends of those spans (the mode of the offset histogram, without its bins).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.align import align_kernels as kernels

Integers = npt.NDArray[np.int64]

SLACK_MS = 500
"""Two samplings of one video differ by up to their frame steps: offsets within half a second of each other are one."""
STILL = 8
"""Frames that follow one another within so many bits are one scene: a still picture would fake agreement."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Near frames, a column each, those of one pair of videos together.

    `t`, `until`: milliseconds at which the first video's frame begins and ends; `other_t`: of the second's frame;
    `frame`, `other`: numbers of the frames, rising with time within a video; `scene`, `other_scene`: as `scenes` gives
    them; `distance` in bits.
    """

    t: Integers
    until: Integers
    other_t: Integers
    frame: Integers
    other: Integers
    scene: Integers
    other_scene: Integers
    distance: Integers


@dataclass(frozen=True, slots=True)
class Alignments:
    """One row a pair of videos, at the offset where most scenes agree.

    `frames`: scenes that agree, of the video that has fewer; `offset`: time in the first less time in the second;
    `span`: from the first of the agreeing frames to the end of the last, in the first; `covered`, `own`: frames of the
    second and of the first that agree; `matched`: milliseconds of the first in agreeing frames; `longest`: milliseconds
    of the second without a frame between that does not agree; `median` distance in bits.
    """

    frames: Integers
    offset: Integers
    span: Integers
    covered: Integers
    own: Integers
    matched: Integers
    longest: Integers
    median: Integers


def align(starts: Integers, pairs: Pairs) -> Alignments:
    """The alignment of each group of pairs; group g is rows ``starts[g]`` to ``starts[g + 1]``, none of them empty.

    Of several offsets with equally many scenes the one nearest to 0 counts, then the least.
    """
    out = np.zeros((len(starts) - 1, 8), np.int64)
    _, scene = np.unique(pairs.scene, return_inverse=True)
    _, other = np.unique(pairs.other_scene, return_inverse=True)
    kernels.align(
        starts, pairs.t, pairs.until, pairs.other_t, pairs.frame, pairs.other, scene.ravel(), other.ravel(),
        pairs.distance, SLACK_MS // 2, out,
    )  # fmt: skip
    return Alignments(*(out[:, i].copy() for i in range(8)))


def scenes(values: npt.NDArray[np.uint8], starts: Integers) -> Integers:
    """The number of the scene of each frame; video v is rows ``starts[v]`` to ``starts[v + 1]`` of `values` (n x 32),
    in order of time. A scene goes on while frames lie within STILL bits of its first one."""
    words = np.ascontiguousarray(values).view(np.uint64).reshape(-1, 4)
    numbers: Integers = kernels.scenes(words, starts, STILL)
    return numbers


def plain(pairs: Sequence[tuple[int, int, int, int, int]]) -> tuple[int, int]:
    """(scenes that agree, offset) of one group of (t, until, other_t, scene, other_scene), in plain Python."""
    spans = [(t - o - SLACK_MS // 2, max(t, u) - o + SLACK_MS // 2, s, r) for t, u, o, s, r in pairs]
    best: tuple[int, int, int] | None = None
    for at in sorted({low for low, *_ in spans}):
        inside = [x for x in spans if x[0] <= at <= x[1]]
        count = min(len({s for *_, s, _ in inside}), len({r for *_, r in inside}))
        middle = (max(x[0] for x in inside) + min(x[1] for x in inside)) // 2
        found = (-count, abs(middle), middle)
        best = found if best is None or found < best else best
    assert best is not None
    return -best[0], best[2]
