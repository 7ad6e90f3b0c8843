"""What a step is given of a case, what its run's id is made of, and that what it does not declare it cannot see."""

from pathlib import Path
from typing import Any

import pytest
from tests.store.conftest import ABOVE, ABOVE_ID, CLAIM, FINDING, fill

from leadline.errors import IntegrityError, UsageError
from leadline.flow import inputs, operators, pinning
from leadline.flow.disclosed import about, limits
from leadline.flow.inputs import FlowInputs
from leadline.flow.pins import pinned
from leadline.model.progress import silent
from leadline.steps.step import StepSpec
from leadline.store import keys
from leadline.store.case import Case
from leadline.store.settings import change, changed


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fill(tmp_path / "case")


def spec(**more: Any) -> StepSpec:
    given: dict[str, Any] = {
        "name": "made", "method": "m", "version": 1, "says": "Made.", "reads": (), "pins": (), "decides_on": (),
        "settings": (), "writes": (), "place": "x:y",
    }  # fmt: skip
    return StepSpec(**{**given, **more})


def given(case: Case, **more: Any) -> FlowInputs:
    return FlowInputs(case, spec(**more), silent)


def say(case: Case, text: str) -> None:
    case.change(changed(case.settings, change(text)), "test", {})


def test_a_step_sees_what_it_declares_and_nothing_else(case: Case) -> None:
    found = given(case, reads=("account", "finding"), settings=("hop_limit", "restrictions"), pins=("price",))
    assert found.table("account")["account"].to_pylist() == ["account:site/1"]
    assert found.entities("account").num_rows == 1
    assert dict(found.settings) == {"hop_limit": case.settings.hop_limit, "restrictions": []}
    assert found.sql("SELECT count(*) AS n FROM account").to_pylist() == [{"n": 1}]
    assert found.pins("price") == []
    for wrong in (lambda: found.table("event"), lambda: found.entities("finding"), lambda: found.pins("list")):
        with pytest.raises(UsageError):
            wrong()
    for name in ("pins", "withdrawn", "name", "no_such"):
        with pytest.raises(UsageError):
            inputs.setting(case, name)


def test_decisions_in_force_on_declared_predicates_alone_are_given(case: Case) -> None:
    case.decide([{**CLAIM, "verdict": "rejected", "reason": "r"}, {**ABOVE, "verdict": "accepted", "reason": "r"}])
    both = given(case, decides_on=("received", "payer_candidate")).decisions()
    assert set(both["finding"].to_pylist()) == {FINDING, ABOVE_ID}
    assert given(case, decides_on=("received",)).decisions()["finding"].to_pylist() == [FINDING]
    assert given(case).decisions().num_rows == 0
    assert inputs.rejected(case, ("received", "payer_candidate")).to_pylist() == [FINDING]
    case.decide([{**CLAIM, "verdict": "unsure", "reason": "r"}])
    assert inputs.rejected(case, ("received",)).to_pylist() == []


@pytest.mark.parametrize(
    ("pins", "relevant"),
    [
        ((), set()), (("ledger",), {"tx:" + "1a" * 32, "rule:multi_input"}), (("tag",), {"tag:" + "2b" * 32}),
        (("list", "price"), {"list:" + "3c" * 32, "price:" + "4d" * 32}),
    ],
)  # fmt: skip
def test_only_withdrawals_of_what_a_step_pins_matter_to_it(
    case: Case, pins: tuple[str, ...], relevant: set[str]
) -> None:
    every = ("tx:" + "1a" * 32, "rule:multi_input", "tag:" + "2b" * 32, "list:" + "3c" * 32, "price:" + "4d" * 32)
    for ref in every:
        say(case, f"withdraw+={ref}")
    found = given(case, pins=pins)
    assert found.withdrawn == relevant
    assert inputs.relevant(case, spec(pins=pins)) == sorted(relevant)
    assert inputs.digests(case, spec(pins=tuple(p for p in pins if p != "ledger"))).get("withdrawn", []) == sorted(
        relevant if "ledger" not in pins else []
    )


def test_the_inputs_of_a_run_name_tables_settings_and_decisions(case: Case) -> None:
    asked = spec(reads=("account", "event"), settings=("hop_limit",), decides_on=("received",), pins=("price",))
    first = inputs.digests(case, asked)
    assert first == {
        "table:account": next(r.tables["account"][0] for r in case.current_runs() if "account" in r.tables),
        "table:event": "empty", "pin:price": [], "settings": {"hop_limit": case.settings.hop_limit},
        "decisions": "none",
    }  # fmt: skip
    case.decide([{**CLAIM, "verdict": "rejected", "reason": "r"}])
    say(case, "hop_limit=9")
    second = inputs.digests(case, asked)
    assert second["settings"] == {"hop_limit": 9} and len(second["decisions"]) == 64
    assert {k for k in first if first[k] != second[k]} == {"settings", "decisions"}


def test_a_pin_is_given_as_it_was_pinned_and_refused_where_it_changed_or_is_gone(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "BTC-USD.csv"
    path.write_text("date,close\n2016-03-01,400.00\n")
    pinning.pin(case, "price", path, "test")
    (pin,) = pinned(case, "price")
    assert (pin.kind, pin.name, pin.path.name) == ("price", "BTC-USD.csv", path.name)
    assert given(case, pins=("price",)).pins("price") == [pin]
    path.write_text("date,close\n2016-03-01,401.00\n")
    with pytest.raises(IntegrityError, match="not what was pinned") as refused:
        pinned(case, "price")
    assert refused.value.where == f"price:{pin.digest}"
    path.unlink()
    with pytest.raises(IntegrityError):
        pinned(case, "price")
    say(case, f"withdraw+=price:{pin.digest}")
    assert pinned(case, "price") == []


def test_a_page_says_where_findings_were_computed(case: Case, tmp_path: Path) -> None:
    (tmp_path / "BTC-USD.csv").write_text("date,close\n2016-03-01,400.00\n")
    pinning.pin(case, "price", tmp_path / "BTC-USD.csv", "test")
    head, run, pin = about(case)
    assert head == "case small, authority not stated"
    (made,) = case.current_runs(("trace",))
    assert run.startswith(f"run {made.id}: hand version 1, by leadline ")
    assert pin.startswith("price BTC-USD.csv") and pin.endswith(f"digest {case.settings.pinned('price')[0].digest}")
    say(case, "authority=Agency")
    say(case, "hop_limit=7")
    assert about(case)[0] == "case small, authority Agency"
    assert any("7" in line for line in limits(case))


def test_operators_are_put_on_the_roll_and_taken_off(case: Case, tmp_path: Path) -> None:
    made = {name: keys.new(tmp_path / name, f"agency.example/{name}") for name in ("first", "second")}
    operators.add(case, "first", tmp_path / "first.pub", "officer", "begin")
    signed = Case.open(case.root, operator=made["first"])
    operators.add(signed, "second", tmp_path / "second.pub", "reader", "looks")
    assert {name: o.role for name, o in signed.operators.items()} == {"first": "officer", "second": "reader"}
    assert signed.operators["second"].public == made["second"].public
    with pytest.raises(UsageError, match="nobody of that name"):
        operators.remove(signed, "third", "x")
    operators.remove(signed, "second", "left")
    assert set(signed.operators) == {"first"}
