"""Calibration: its bars and its counts within a distance are those of counting pair by pair."""

from hypothesis import given
from hypothesis import strategies as st

from leadline.flow.calibrate import RADII, STEP, Calibration


@given(st.lists(st.integers(0, 256), min_size=1, max_size=40).map(sorted), st.integers(0, 256))
def test_bars_and_counts_are_those_of_the_pairs(least: list[int], radius: int) -> None:
    found = Calibration(
        {"tried": 2, "copy": 1, "low_quality": 0, "no_picture": 0}, {"crop": ((0, 1, 2), (1, 1, 2))}, tuple(least), 9
    )
    assert found.within(radius) == len([d for d in least if d <= radius])
    facts = found.facts()
    assert facts["nearest_unrelated"] == min(least)
    for bar in facts["unrelated"]:
        assert bar["to"] - bar["from"] + 1 == STEP and bar["from"] % STEP == 0
        assert bar["pairs"] == len([d for d in least if bar["from"] <= d <= bar["to"]]) > 0
    assert sum(bar["pairs"] for bar in facts["unrelated"]) == len(least)
    bars = [f"  {b['from']:3} to {b['to']:3} bits: {b['pairs']:,} pairs" for b in facts["unrelated"]]
    assert found.lines()[-len(bars) :] == bars
    assert [(r["radius"], r["found"], r["recall_ppm"]) for r in facts["recall"]] == [
        (radius, n, n * 500_000) for radius, n in zip(RADII, (1, 1, 2), strict=True)
    ]
