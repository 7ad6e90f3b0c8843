"""The sweep finds what plain Python finds; a trimmed copy, a still scene and a loop are said for what they are."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline.engines.align import STILL, Pairs, align, scenes
from leadline.engines.align.align import plain

RNG = np.random.Generator(np.random.PCG64(3))


def pairs(rows: list[tuple[int, int, int, int, int]]) -> Pairs:
    """Pairs whose frames are their own scenes."""
    t, until, other_t, scene, other = (np.array(c, np.int64) for c in zip(*rows, strict=True))
    return Pairs(t, until, other_t, scene, other, scene, other, np.full(len(rows), 9))


small = st.integers(0, 40).map(lambda x: 100 * x)
row = st.tuples(small, st.sampled_from((0, 300, 2000)), small, st.integers(0, 6), st.integers(0, 6))


@settings(deadline=None)
@given(st.lists(st.lists(row, min_size=1, max_size=25), min_size=1, max_size=4))
@example([[(0, 0, 100, 0, 0), (0, 2000, 1000, 0, 0)]])
def test_the_sweep_equals_the_reference(groups: list[list[tuple[int, int, int, int, int]]]) -> None:
    timed = [[(t, t + length, o, s, r) for t, length, o, s, r in group] for group in groups]
    starts = np.cumsum([0, *map(len, timed)])
    found = align(starts, pairs([p for group in timed for p in group]))
    assert list(zip(found.frames.tolist(), found.offset.tolist(), strict=True)) == [plain(group) for group in timed]


def test_a_trimmed_copy() -> None:
    rows = [(1000 * k, 1000 * k + 1000, 1000 * (k + 4) + 80, k, k + 4) for k in range(5)]
    stray = [(0, 1000, 60_000, 0, 60)]
    found = align(np.array([0, 6]), pairs(rows + stray))
    assert found.frames[0] == found.covered[0] == found.own[0] == 5
    assert abs(found.offset[0] + 4000) <= 500
    assert (found.span[0], found.matched[0], found.longest[0], found.median[0]) == (5000, 5000, 4000, 9)


def test_the_longest_stretch_has_no_gap() -> None:
    rows = [(1000 * k, 1000 * k, 1000 * k, k, k) for k in (0, 1, 2, 5, 6)]
    found = align(np.array([0, 5]), pairs(rows))
    assert (found.frames[0], found.span[0], found.longest[0]) == (5, 6000, 2000)


def test_a_still_scene_is_one() -> None:
    values = RNG.integers(0, 256, (3, 32), dtype=np.uint8)
    still = np.repeat(values[:1], 20, axis=0)
    still[1::2, 0] ^= 1
    found = scenes(np.concatenate([still, values[1:], values[:1]]), np.array([0, 22, 23]))
    assert found.tolist() == [0] * 20 + [1, 2, 3]
    assert STILL >= 1
