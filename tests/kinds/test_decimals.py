"""Decimal text against Python's decimal, whose context is made wide enough to round nothing."""

from decimal import Context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.decimals import scaled

WIDE = Context(prec=2000)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=-(10**30), max_value=10**30),
    st.integers(0, 12),
)
def test_every_number_is_exact_or_none(number: object, places: int) -> None:
    text = str(number)
    power = WIDE.scaleb(WIDE.create_decimal(text), places)
    whole = int(power) if power == power.to_integral_value(context=WIDE) else None
    assert scaled(text, places) == whole


@pytest.mark.parametrize("text", ["", ".", "e1", "1e", "1e1000", "--1", "0x1", "1 2", "1_0", "١", "inf", "9" * 41])
def test_what_is_no_number_is_none(text: str) -> None:
    assert scaled(text, 8) is None
