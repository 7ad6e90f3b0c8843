"""A clip is found where it was cut from."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.steps.match.align import SLACK_MS, align


@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(0, 20), st.integers(-90_000, 90_000), st.integers(0, 20))
def test_the_offset_of_a_clip(seed: int, length: int, cut: int, moved: int, wrong: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    times = np.arange(length + cut) * 1000
    own = times[cut:] - 1000 * cut + moved + rng.integers(0, 200, length)
    a = np.concatenate([np.arange(length), rng.integers(0, length, wrong)])
    b = np.concatenate([np.arange(length) + cut, rng.integers(0, length + cut, wrong)])
    found = align(own, times, a, b)
    assert found is not None and found.frames >= length
    if not wrong:
        assert abs(found.offset_ms - (moved - 1000 * cut)) <= SLACK_MS
        assert found.span_ms == own.max() - own.min()
        assert found.covered_ppm == length * 1_000_000 // (length + cut)


def test_nothing_near() -> None:
    none = np.empty(0, np.int64)
    assert align(np.arange(3), np.arange(3), none, none) is None


def test_a_still_scene_is_not_counted_twice() -> None:
    found = align(np.arange(4) * 100, np.array([0, 5000]), np.arange(4), np.zeros(4, np.int64))
    assert found is not None and found.frames == 1
