"""Shares are rounded, and say neither nothing of something nor all of a part."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.commands.exposure import share


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (2, 3, "66.67 %"),
        (1, 3, "33.33 %"),
        (1, 8, "12.50 %"),
        (1, 10**6, "< 0.01 %"),
        (10**6 - 1, 10**6, "> 99.99 %"),
        (0, 5, "0.00 %"),
        (5, 5, "100.00 %"),
        (0, 0, "-"),
    ],
)
def test_shares(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


@given(st.integers(1, 10**15), st.data())
def test_shares_are_what_decimal_rounds_them_to(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    exact = (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if share(part, whole)[0] not in "<>":
        assert share(part, whole) == f"{exact} %"
