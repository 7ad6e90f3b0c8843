"""What a court asks, answered from a case of four files, one list and a price series of five days."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.flow import pinning
from leadline.flow.court import court
from leadline.flow.intake import intake
from leadline.flow.run import run_step
from leadline.model import findings
from leadline.model.tables import from_columns
from leadline.steps import match
from leadline.store.case import Case
from leadline.store.settings import change, changed


def sha(n: int) -> str:
    return hashlib.sha256(bytes([n])).hexdigest()


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Three files named by their digests alone and a row that is none; one list whose two pictures nothing compares."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Case.create(tmp_path / "case", "court")
    prices = [f"2016-03-0{n},{100 * n}.50" for n in range(1, 6)]
    (tmp_path / "BTC-USD.csv").write_text("# close of an exchange\ndate,close\n" + "\n".join(prices) + "\n")
    pinning.pin(made, "price", tmp_path / "BTC-USD.csv", "test")
    low = ["00" * 32, "01" * 32]
    (tmp_path / "list.csv").write_text(
        f"sha256,pdq,quality\n{sha(0)},,80\n"
        + "".join(f",{value},{q}\n" for value, q in zip(low, (80, 10), strict=True))
    )
    pinning.pin(made, "list", tmp_path / "list.csv", "test", licence="Agreement 12")
    lines = [f"{sha(n)},9,image/png,,,," for n in range(3)]
    (tmp_path / "media.csv").write_text(
        "sha256,size,media_type,pdq_hex,quality,frame,t_ms\n" + "\n".join(lines) + "\nno digest,9,image/png,,,,\n"
    )
    intake(made, [tmp_path / "media.csv"], "media_signatures")
    run_step(made, match.SPEC)
    return made


def answers(case: Case, section: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    rows = [r for r in court(case).to_pylist() if r["section"] == section]
    assert [r["number"] for r in rows] == list(range(1, len(rows) + 1))
    for r in rows:
        found.setdefault(r["item"], []).append((r["value"], r["says"]))
    return found


def paid(case: Case, *times: tuple[datetime, datetime]) -> None:
    """Payments at these times, as a run of trace would have found them."""
    n = len(times)
    columns = {
        "finding": [bytes([i]) * 32 for i in range(n)], "account": ["account:site/1"] * n,
        "outpoint": [f"outpoint:{i:064x}:0" for i in range(n)], "value_sat": [5] * n, "height": [1] * n,
        "utc_low": [low for low, _ in times], "utc_high": [high for _, high in times],
    }  # fmt: skip
    case.append_run("trace", "hand", 1, {}, {}, {"payment": from_columns(findings.PAYMENT, columns)}, {})


def test_the_prices_are_told_with_their_days_and_what_the_rule_of_days_leaves_open(case: Case) -> None:
    pin = case.settings.pinned("price")[0]
    first = datetime(2016, 3, 1, 12, tzinfo=UTC)
    midnight = datetime(2016, 3, 3, 23, tzinfo=UTC), datetime(2016, 3, 4, 3, tzinfo=UTC)
    paid(case, (first, first.replace(hour=16)), midnight)
    found = answers(case, "prices")
    ((span, says),) = next(rows for item, rows in found.items() if item.startswith("series"))
    assert span == "5 days, 2016-03-01 to 2016-03-05" and pin.digest in says and "close of an exchange" in says
    ((value, says),) = found["payments that may lie on either of two UTC days"]
    assert value == "1 of 2" and "differ by 33.28 %" in says, "300.50 to 400.50"
    assert found["prices of days after the last payment"][0][0] == "1"
    assert found["currency"][0][0] == "USD" and found["valuation date"][0][0] == "none"


def test_another_currency_has_no_price(case: Case) -> None:
    case.change(changed(case.settings, change("currency=EUR")), "test", {})
    case.change(changed(case.settings, change("valuation_date=2018-03-05")), "test", {})
    found = answers(case, "prices")
    ((value, says),) = next(rows for item, rows in found.items() if item.startswith("series"))
    assert (value, says) == ("no price", "the file holds none in EUR")
    assert found["valuation date"][0][0] == "2018-03-05"


def test_a_list_is_told_with_what_of_it_was_compared_and_what_was_not(case: Case) -> None:
    ((known, says),) = answers(case, "searched")["list list.csv"]
    assert known == "version unknown, of an unknown day"
    states = {r["state"]: r["hashes"] for r in case.current("searched").to_pylist() if r["hasher"] == "pdq-1"}
    compared = sum(r["hashes"] for r in case.current("searched").to_pylist() if r["state"] == "compared")
    assert says == f"{compared} of its hashes were compared; Agreement 12"
    rest = answers(case, "not searched")
    assert sorted(value for value, _ in rest.get("list list.csv", [])) == sorted(
        f"{n} of pdq-1: {state.replace('_', ' ')}" for state, n in states.items() if state != "compared" and n
    )
    assert states.keys() - {"compared"}


def test_what_could_not_be_read_or_compared_is_counted_by_reason(case: Case) -> None:
    rest = answers(case, "not searched")
    assert [value for value, _ in rest["media"]] == ["3 digest only"]
    assert [value for value, _ in rest["records"]] == ["1 bad digest", "0 rows left out"]
    assert "ledger and prices" not in rest and "tags" not in rest
    assert rest["everything else"][0][0] == "not searched" and rest["ledger"][0][0].startswith("every block")


def test_the_tracing_rules_state_this_case_s_settings(case: Case) -> None:
    for text in ("hop_limit=7", "gap_limit=33", "taint=lifo", "withdraw+=tag:" + "0a" * 32):
        case.change(changed(case.settings, change(text)), "test", {})
    found = answers(case, "tracing")
    assert (found["hop limit"][0][0], found["gap limit"][0][0]) == ("7", "33")
    assert found["withdrawn from the case"][0][0] == "tag:" + "0a" * 32
    assert found["time of a block"][0][0] == "its header's, 2 hours either way"
    rules = [item for item in found if item.startswith("forward from the market: ")]
    assert rules[0] == "forward from the market: lifo, the case's rule" and len(rules) == 7
    assert not [item for item in rules[1:] if "case's" in item or "lifo" in item]
