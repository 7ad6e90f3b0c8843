"""Listed prices at intake: exact amounts with their currency and times, nothing rounded, everything else a reject."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import MappingError
from leadline.kinds.mapping.grammar import parse
from leadline.steps.intake import Source, read_exhibit

TEXT = """
name = "prices"
says = "listed prices"
reader = "table"
[[part]]
[[part.record]]
table = "offer"
offer = "offer:site/{id}"
currency = "{cur}"
amount = { column = "amount", unit = "decimal" }
time = { column = "since", format = "iso", zone = "UTC", stated = true }
until = { column = "until", format = "%d.%m.%Y", zone = "Europe/Bucharest" }
where = [{ column = "cur", not = ["BTC"] }]
[[part.record]]
table = "offer"
offer = "offer:site/{id}"
currency = "BTC"
amount = { column = "amount", unit = "btc" }
where = [{ column = "cur", is = ["BTC"] }]
"""


def read(folder: Path, *rows: str) -> Any:
    path = folder / "prices.csv"
    path.write_text("\n".join(["id,amount,cur,since,until", *rows]) + "\n", encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).digest()
    return read_exhibit(Source(digest, path), parse(TEXT), lambda *_: None)


def test_amounts_currencies_and_times(tmp_path: Path) -> None:
    tables = read(
        tmp_path,
        "1,25.50,USD,2016-01-01 00:00:00,02.03.2016",
        "2,0.0125,BTC,,",
        "3,30.000,eur,,",
        "4,12.345,USD,,",  # not an exact amount of cents
        "5,-3,USD,,",
        "6,5,dollars,,",
        "7,0.000000001,BTC,,",
        "8,5,USD,,31.02.2016",
        "9,,USD,,",
    )
    first, bitcoin, euro = tables["offer"].to_pylist()
    assert [(r["offer"], r["currency"], r["amount"]) for r in (first, bitcoin, euro)] == [
        ("offer:site/1", "USD", 2_550),
        ("offer:site/2", "BTC", 1_250_000),
        ("offer:site/3", "EUR", 3_000),
    ]
    assert first["utc_low"] == first["utc_high"] == datetime(2016, 1, 1, tzinfo=UTC)
    assert (first["until_low"], first["until_doubt"], first["until_text"]) == (
        datetime(2016, 3, 1, 22, tzinfo=UTC), "day", "02.03.2016",
    )  # fmt: skip
    assert datetime(2016, 3, 2, 21, 59, tzinfo=UTC) < first["until_high"] <= datetime(2016, 3, 2, 22, tzinfo=UTC)
    assert bitcoin["utc_low"] is bitcoin["until_high"] is None
    assert (bitcoin["doubt"], bitcoin["until_doubt"]) == ("unknown", "unknown")
    reasons = {r["locator"]: r["reason"] for r in tables["reject"].to_pylist()}
    assert sorted(reasons.values()) == [
        "bad_number", "bad_number", "bad_number", "bad_row", "bad_time", "missing_key",
    ]  # fmt: skip
    (tally,) = tables["tally"].to_pylist()
    assert (tally["rows_in"], tally["mapped"], tally["rejected"]) == (9, 3, 6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.from_regex(r"\A[0-9]{1,9}(\.[0-9]{0,4})?\Z"), min_size=1, max_size=20))
def test_decimal_text_is_read_exactly_or_not_at_all(tmp_path: Path, texts: list[str]) -> None:
    tables = read(tmp_path, *(f"{i},{text},USD,," for i, text in enumerate(texts)))
    got = {int(r["offer"].rpartition("/")[2]): r["amount"] for r in tables["offer"].to_pylist()}
    for i, text in enumerate(texts):
        hundredths = Decimal(text) * 100
        exact = hundredths == int(hundredths) and len(text.partition(".")[0]) <= 8
        assert got.get(i) == (int(hundredths) if exact else None), text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "btc"', 'unit = "decimal"', "none of that currency"),
        (', unit = "decimal"', "", "column and unit"),
        ('{ column = "amount", unit = "decimal" }', '"5"', "column and unit"),
        ('unit = "decimal"', 'unit = "euro"', "unknown unit"),
        ('currency = "{cur}"\n', "", "needs 'currency'"),
        ('table = "offer"', 'table = "account"', "unknown key"),
    ],
)
def test_a_map_that_would_misread_amounts_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(MappingError, match=says):
        parse(TEXT.replace(old, new, 1))
