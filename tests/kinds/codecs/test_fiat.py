"""Fiat amounts against Decimal's own arithmetic."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.entries import PRICE
from leadline.model.tables import from_columns


@given(st.integers(0, 21_000_000 * 10**8), st.integers(1, 10**10))
def test_worth_is_half_even_to_the_cent(sat: int, rate: int) -> None:
    exact = Decimal(sat) * Decimal(rate).scaleb(-2) / Decimal(10**8)
    assert fiat.decimal(fiat.worth(sat, rate)) == exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def test_worth_rounds_a_half_to_the_even_cent() -> None:
    assert [fiat.worth(50_000_000, r) for r in (1, 3, 5)] == [0, 2, 2]


def _table() -> pa.Table:
    return from_columns(
        PRICE,
        {
            "line": [2, 3, 4],
            "day": [date(2016, 1, 1), date(2016, 1, 2), date(2016, 1, 1)],
            "currency": ["USD", "USD", "EUR"],
            "close": [Decimal("430.12"), Decimal("433.00"), Decimal("396.00")],
            "field": ["close"] * 3,
        },
    )


def test_series_holds_one_currency_and_leaves_withdrawn_lines_out() -> None:
    series = fiat.series("ab" * 32, _table(), "USD", without=[3])
    assert series is not None
    assert series.days == {date(2016, 1, 1): (43_012, 2)}
    assert series.name == "abababababab close"
    assert fiat.series("ab" * 32, _table(), "GBP") is None
