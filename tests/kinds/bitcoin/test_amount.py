"""Amounts: text and satoshi both ways, against Python's decimal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import amount


@given(st.integers(-(2**62), 2**62))
def test_satoshi_come_back(sat: int) -> None:
    assert amount.sat_from_btc(amount.btc(sat)) == sat
    assert Decimal(amount.btc(sat)) * 100_000_000 == sat


@pytest.mark.parametrize(
    ("text", "sat"),
    [
        ("1", 10**8),
        ("0.5", 5 * 10**7),
        (" 12449.560000000 ", 1_244_956_000_000),
        ("1e-8", 1),
        ("1E-08", 1),
        ("1.5e-7", 15),
        ("2.1e+1", 21 * 10**8),
        ("0.10e0", 10**7),
    ],
)
def test_amounts_as_records_write_them(text: str, sat: int) -> None:
    assert amount.sat_from_btc(text) == sat


@pytest.mark.parametrize(
    "text", ["", "1,5", "1e-9", "1.5e-8", "e-8", "1e", "0.000000001", ".5", "nan", "1 2", "99999999999999", "١"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        amount.sat_from_btc(text)
