"""The picture of a transaction: every value is drawn, nothing is wider than the screen, unknown is said in words."""

import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadline.commands.picture import SHOWN, lines, shortened
from leadline.kinds.bitcoin.amount import btc

IDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
ADDRESS = st.sampled_from(["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1p" + "q" * 58, None])
VALUE = st.integers(0, 21 * 10**14)
SPENT = st.fixed_dictionaries(
    {
        "outpoint": st.one_of(st.none(), IDS.map(lambda t: t + ":3")),
        "value_sat": st.one_of(st.none(), VALUE),
        "address": ADDRESS,
        "kind": st.sampled_from(["p2pkh", "outside", "nonstandard"]),
        "script": st.one_of(st.none(), st.binary(max_size=100).map(bytes.hex)),
    }
)
MADE = st.fixed_dictionaries(
    {
        "value_sat": VALUE,
        "address": ADDRESS,
        "kind": st.just("p2pk"),
        "script": st.just("41" * 67),
        "spent_by": IDS,
        "state": st.sampled_from(["spent", "unspent", "unspendable", "outside"]),
    }
)


def made(spent: list[Any], created: list[Any], fee: int | None) -> dict[str, Any]:
    return {
        "txid": "ab" * 32,
        "height": 170,
        "block": "00" * 32,
        "block_time": 1_231_731_025,
        "ledger_height": 4312,
        "coinbase": False,
        "subsidy_sat": None,
        "shape": "wasabi2",
        "inputs": spent,
        "outputs": created,
        "fee_sat": fee,
    }


@given(
    st.lists(SPENT, min_size=1, max_size=SHOWN),
    st.lists(MADE, min_size=1, max_size=SHOWN),
    st.one_of(st.none(), VALUE),
    st.integers(76, 250),
    st.booleans(),
)
def test_everything_is_drawn_and_fits(
    spent: list[Any], created: list[Any], fee: int | None, width: int, ascii_only: bool
) -> None:
    drawn = lines(made(spent, created, fee), width, ascii_only=ascii_only)
    assert all(len(line) <= width for line in drawn)
    text = "\n".join(drawn)
    for row in (*spent, *created):
        assert row["value_sat"] is None or btc(row["value_sat"]) in text
    assert (btc(fee) in text) if fee is not None else ("fee unknown" in " ".join(text.split()))
    head = " ".join(text.split("\n\n")[0].split())
    assert "2009-01-12 03:30:25 UTC" in head
    assert "shaped like wasabi2" in head
    assert "unspent" not in text or any(r["state"] == "unspent" for r in created)
    assert not ascii_only or text.isascii()
    assert all(unicodedata.east_asian_width(c) in ("N", "Na", "A") for c in text)


@given(st.lists(SPENT, min_size=1, max_size=3), st.lists(MADE, min_size=1, max_size=3), st.integers(1, 75))
def test_on_a_narrow_screen_sides_stand_below_each_other(spent: list[Any], created: list[Any], width: int) -> None:
    drawn = lines(made(spent, created, 5), width)
    assert all(len(line) <= max(width, 40) for line in drawn[1:])
    assert not any("│" in line for line in drawn)


def test_what_is_not_drawn_is_counted() -> None:
    row = {"value_sat": 2, "address": None, "kind": "p2pk", "script": "00", "spent_by": "ab" * 32, "state": "spent"}
    text = "\n".join(lines(made([dict(row, outpoint="x:0")] * 90, [row] * 41, 5), 120))
    assert f"... {90 - SHOWN} more inputs worth 0.00000100 BTC" in text
    assert "... 1 more outputs worth 0.00000002 BTC" in text


@given(st.text("abc0123456789: ", max_size=90), st.integers(4, 80))
def test_shortened_text_fits(text: str, room: int) -> None:
    found = shortened(text, room)
    assert len(found) <= room
    assert found == text or "..." in found
