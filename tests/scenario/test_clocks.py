"""Clocks of the training case against Python's own zones, on nights when they change too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.scenario.clocks import BUCHAREST, CET, local, offsets, utc

SECONDS = st.lists(st.integers(1_356_998_400, 1_546_300_800) | st.integers(1_509_220_800, 1_509_264_000), max_size=20)


@pytest.mark.parametrize("zone", [BUCHAREST, CET])
@settings(deadline=None)
@given(SECONDS)
def test_local_times_are_those_of_the_zone(zone: str, seconds: list[int]) -> None:
    at = np.array(seconds, np.int64)
    moments = [datetime.fromtimestamp(s, ZoneInfo(zone)) for s in seconds]
    assert local(at, zone) == [m.strftime("%Y-%m-%d %H:%M:%S") for m in moments]
    assert offsets(at, zone).tolist() == [int(m.utcoffset().total_seconds()) for m in moments]
    assert utc(at) == [datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%d %H:%M:%S") for s in seconds]
