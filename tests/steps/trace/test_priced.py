"""Amounts equal to listed prices: by hand, beside plain arithmetic, and on the training chain beside its truth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.fiat import Series
from leadline.model import evidence
from leadline.model.tables import from_columns
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options
from leadline.scenario.prices import close_cents
from leadline.scenario.tariffs import EXACT_PPM, draw_tariffs
from leadline.steps import open_pins
from leadline.steps.step import Claims
from leadline.steps.trace import SPEC
from leadline.steps.trace.gaps import Gap
from leadline.steps.trace.payments import Payments
from leadline.steps.trace.priced import MOST, TOLERANCE_PPM, _off, _offs, _worth, priced

COIN = 100_000_000
T0 = 1_500_000_000
DAY = 86_400
EXHIBIT = bytes(31) + b"\x01"


@pytest.fixture
def compare(view_of: Any, context_of: Any, hand_inputs: Any, records: Any, monkeypatch: Any) -> Any:
    """A function: rows, gaps and basis for payments to m, strangers' outputs on the same or far days, and offers."""

    def run(paid: list[int], strangers: list[int], far: list[int], *offers: dict[str, Any], rate: int | None) -> Any:
        txs = [(["coinbase"], [*(("m", v) for v in paid), *(("x", v) for v in strangers)])]
        txs.append((["coinbase"], [("x", v) for v in far]))
        view, scripts = view_of(txs)
        view = replace(view, tx_time=np.array([T0, T0 + 40 * DAY]))
        series = Series("ab" * 32, "close", "USD", {datetime.fromtimestamp(T0, UTC).date(): (rate, 7)} if rate else {})
        monkeypatch.setattr(open_pins, "prices", lambda _, currency: series if currency == "USD" else None)
        ledger: Any = SimpleNamespace(
            network="regtest",
            script_kind=np.full(len(view.cluster), 2, np.uint8),
            outpoint=lambda o: f"{0:064x}:{o}",
        )
        claims = Claims("trace")
        by_output, account = {}, {}
        for o in range(len(paid)):
            id_ = claims.add("account:site/m", "received", f"outpoint:{0:064x}:{o}")
            claims.rest(id_, "ledger", "ledger:regtest", f"out:{0:064x}:{o}")
            by_output[o], account[id_] = [id_], "account:site/m"
        payments = Payments(np.arange(len(paid)), by_output, account, np.array([scripts["m"]]), None)  # type: ignore[arg-type]
        listed = [{"offer": f"offer:site/{i}", "until_doubt": "unknown", **o} for i, o in enumerate(offers)]
        inputs = hand_inputs(SPEC, {"offer": records("offer", *listed)})
        table, gaps = priced(context_of(replace(view, ledger=ledger), payments, claims, inputs=inputs))
        return table.to_pylist(), gaps, claims.tables()["basis"].to_pylist()

    return run


def test_bitcoin_to_the_satoshi_with_its_chance(compare: Any) -> None:
    rows, gaps, basis = compare(
        [500_000, 500_001, 700_000],
        [500_000, 500_000, 499_999, 900_000],
        [500_000],
        {"currency": "BTC", "amount": 500_000},
        {"currency": "BTC", "amount": 500_000},
        {"currency": "BTC", "amount": 900_000},
        rate=None,
    )
    (row,) = rows
    assert not gaps and row["at"] == f"outpoint:{0:064x}:0"
    assert (row["amount"], row["worth"], row["off_ppm"], row["offers"], row["offer"]) == (
        500_000, 500_000, 0, 2, "offer:site/0",
    )  # fmt: skip
    assert (row["chance_n"], row["chance_of"], row["compared"]) == (
        3,
        4,
        3,
    )  # 900_000 is listed too; a far day is not asked
    assert row["series"] == "none"
    mine = {(b["kind"], b["locator"]) for b in basis if b["finding"] == row["finding"]}
    assert {k for k, _ in mine} == {"finding", "exhibit"}
    assert {loc for kind, loc in mine if kind == "exhibit"} == {"line:1", "line:2"}


def test_a_converted_price_within_its_tolerance_and_its_day(compare: Any) -> None:
    rate = 2_000_00  # cents a bitcoin: 30.00 dollars are 0.015 bitcoin
    exact, most, beyond = 1_500_000, 1_501_500, 1_502_500
    rows, _, basis = compare(
        [exact, most, beyond], [1_501_500, 1_499_999], [exact], {"currency": "USD", "amount": 3_000}, rate=rate
    )
    by = {r["at"][-1]: r for r in rows}
    assert sorted(by) == ["0", "1"]
    assert (by["0"]["worth"], by["0"]["off_ppm"], by["1"]["worth"], by["1"]["off_ppm"]) == (3_000, 0, 3_003, 1_000)
    assert (by["0"]["chance_n"], by["0"]["chance_of"]) == (1, 2)  # 1,499,999 satoshi are 30.00 dollars too
    assert (by["1"]["chance_n"], by["1"]["chance_of"]) == (2, 2)
    assert by["0"]["series"] == "abababababab close"
    assert ("price", "line:7") in {(b["kind"], b["locator"]) for b in basis if b["finding"] == by["0"]["finding"]}
    rows, _, _ = compare([exact], [exact], [], {"currency": "USD", "amount": 3_000}, rate=None)
    assert rows == []  # no price of that day: unknown, not equal


@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        (None, None, True),
        (0, 0, True),
        (7_200, None, True),
        (7_201, None, False),
        (None, -7_200, True),
        (None, -7_201, False),
    ],
)
def test_a_price_must_have_stood(compare: Any, since: int | None, until: int | None, stands: bool) -> None:
    moment = datetime.fromtimestamp(T0, UTC)
    low, high = (None if s is None else moment + timedelta(seconds=s) for s in (since, until))
    offer = {"currency": "BTC", "amount": 500_000, "utc_low": low, "utc_high": low}
    offer |= {"until_low": high, "until_high": high}
    rows, _, _ = compare([500_000], [], [], offer, rate=None)
    assert bool(rows) == stands


def test_the_stated_end_of_one_record_holds_for_an_older_one_without(compare: Any) -> None:
    ended = datetime.fromtimestamp(T0 - 30 * DAY, UTC)
    same = {"offer": "offer:site/one", "currency": "BTC", "amount": 500_000}
    rows, _, _ = compare([500_000], [], [], same, {**same, "until_low": ended, "until_high": ended}, rate=None)
    assert rows == []


def test_a_currency_nothing_converts_is_a_gap(compare: Any) -> None:
    rows, gaps, _ = compare([500_000], [], [], {"currency": "EUR", "amount": 500_000}, rate=100_000)
    assert rows == []
    (gap,) = gaps
    assert gap == Gap("no_series", "offer:site/0", None, 1, EXHIBIT, "line:1", gap.says)
    assert "EUR" in gap.says


@given(
    st.lists(st.tuples(st.integers(0, 21_000_000 * COIN), st.integers(1, 50_000_000)), min_size=1, max_size=30),
    st.lists(st.integers(1, MOST), min_size=1, max_size=8, unique=True),
)
def test_columns_agree_with_plain_arithmetic(pairs: list[tuple[int, int]], amounts: list[int]) -> None:
    sat, rate = (np.array(c, np.int64) for c in zip(*pairs, strict=True))
    worth = _worth(sat, rate)
    listed = sorted(amounts)
    off = _offs(worth, np.array(listed, np.int64))
    for i, (s, r) in enumerate(pairs):
        plain = fiat.worth(s, r)
        if s * r <= 2**62:
            assert worth[i] == plain
        else:
            assert worth[i] > max(listed) and plain > max(listed) * 0.99
        nearest = min(listed, key=lambda a: (abs(a - int(worth[i])), a))
        assert off[i] == min(_off(int(worth[i]), nearest), 1_000_000)


def test_the_training_chain(case: Any, hand_inputs: Any) -> None:
    options = Options(SIZES["tiny"], 1)
    plan, _ = draw_plan(options)
    tariffs = draw_tariffs(options).to_pylist()
    when = {
        k: [None if r[k] is None else datetime.fromtimestamp(r[k], UTC) for r in tariffs] for k in ("since", "until")
    }
    n = len(tariffs)
    columns = {
        "offer": [f"offer:site/{r['tariff']}" for r in tariffs],
        "currency": [r["currency"] for r in tariffs],
        "amount": [r["units"] for r in tariffs],
        "utc_low": when["since"], "utc_high": when["since"], "doubt": ["none"] * n, "source_text": [None] * n,
        "until_low": when["until"], "until_high": when["until"], "until_doubt": ["none"] * n, "until_text": [None] * n,
        "exhibit": [EXHIBIT] * n, "locator": [f"row:tariffs/{r['tariff']}" for r in tariffs],
    }  # fmt: skip
    tables = {"address": case.address, "offer": from_columns(evidence.OFFER, columns)}
    made = SPEC.run(hand_inputs(SPEC, tables, case.pins, {"currency": "USD"}))
    found = {r["at"] for r in made["priced"].to_pylist()}
    wanted = set()
    for p in case.truth.payments.to_pylist():
        cents = fiat.worth(p["value_sat"], close_cents(p["time"]))
        for r in tariffs:
            if r["since"] - 7_200 <= p["time"] <= (r["until"] or 2**40) + 7_200:
                value = p["value_sat"] if r["currency"] == "BTC" else cents
                tolerance = 0 if r["currency"] == "BTC" else TOLERANCE_PPM
                if abs(value - r["units"]) * 1_000_000 <= tolerance * r["units"]:
                    wanted.add(f"outpoint:{p['txid']}:{p['vout']}")
    assert found == wanted and len(found) >= 4
    exact = {p["purchase"] for p in plan.purchases.to_pylist() if p["tariff"] is not None}
    assert len(exact) == round(48 * EXACT_PPM / 1_000_000)
    named = {f"outpoint:{p['txid']}:{p['vout']}" for p in case.truth.payments.to_pylist() if p["purchase"] in exact}
    assert found <= named
