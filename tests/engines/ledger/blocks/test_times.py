"""Median time past against a plain reading of BIP113."""

from statistics import median_high

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.blocks.times import SPAN, median_time_of, median_times

runs = st.lists(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=30), min_size=1, max_size=4)


@given(runs, st.booleans())
def test_each_block_has_the_median_of_its_eleven_or_none(times: list[list[int]], from_genesis: bool) -> None:
    block_time = np.array([t for run in times for t in run], np.uint32)
    starts = np.cumsum([0, *map(len, times[:-1])]).tolist()
    first = [0 if from_genesis and n == 0 else 1_000 * (n + 1) for n in range(len(times))]
    height = np.array([h + k for h, run in zip(first, times, strict=True) for k in range(len(run))], np.int64)
    expected = [
        median_high(run[max(0, k - SPAN + 1) : k + 1]) if k >= SPAN - 1 or h == 0 else -1
        for h, run in zip(first, times, strict=True)
        for k in range(len(run))
    ]
    assert median_times(block_time, height, starts).tolist() == expected
    assert [median_time_of(n, block_time, height, starts) for n in range(len(block_time))] == expected
