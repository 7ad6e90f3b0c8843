"""Claims and decisions as the report prints them: what stands against first, and who decided for whom."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.kinds.writers.report.claims import beside, claim, decision, verdict
from leadline.model.words import DECISION_STATES

DECIDED = {
    "verdict": "accepted", "standing": "in_force", "decided_by": "officer 1", "on_behalf_of": None,
    "decided_at": datetime(2018, 5, 1, tzinfo=UTC), "reason": "the return names him", "scripted": False,
    "id": b"\xab" * 32, "number": 1,
}  # fmt: skip
FINDING = {
    "finding": b"\x01" * 32, "subject": "account:market/1", "predicate": "payer_candidate", "object": "customer:n/1",
    "says": "says", "not_said": "does not say",
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (None, "not decided"),
        ({"verdict": "undecided", "standing": "none"}, "not decided"),
        ({"verdict": "rejected", "standing": "in_force"}, "rejected"),
        ({"verdict": "accepted", "standing": "stale"}, "accepted, stale: the basis has changed since"),
    ],
)
def test_a_stale_verdict_is_never_printed_as_one_that_holds(row: dict[str, Any] | None, text: str) -> None:
    assert verdict(row) == text


def test_every_state_of_a_decision_is_printed_and_only_one_in_force_silently() -> None:
    said = {state: decision(DECIDED | {"standing": state})["standing"] for state in DECISION_STATES}
    assert [state for state, text in said.items() if not text] == ["in_force"]


def test_who_decided_and_for_whom() -> None:
    assert decision(DECIDED)["by"] == "officer 1"
    assert decision(DECIDED | {"on_behalf_of": "the court"})["by"] == "officer 1, on behalf of the court"


def test_reasons_against_stand_before_those_for() -> None:
    rules = [("b_for", "for"), ("z_against", "against"), ("a_for", "for"), ("c_against", "against")]
    reasons = [{"rule": rule, "role": role, "says": rule, "weight_ppm": 1} for rule, role in rules]
    found = claim(FINDING, reasons, [DECIDED], [])
    assert [r["rule"] for r in found["reasons"]] == ["c against", "z against", "a for", "b for"]
    assert (found["predicate"], found["not_said"], len(found["decisions"])) == ("payer candidate", "does not say", 1)


def test_a_claim_beside_says_how_much_speaks_each_way_and_every_decision() -> None:
    row = FINDING | {"verdict": "unsure", "standing": "in_force", "basis_for": 2, "basis_against": 3}
    found = beside(
        row | {"reasons": "none", "restrictions": "mlat_use"}, [DECIDED, DECIDED | {"standing": "superseded"}]
    )
    assert (found["basis_for"], found["basis_against"], found["restrictions"]) == (2, 3, "mlat_use")
    assert [d["standing"] for d in found["decisions"]] == ["", "superseded by a newer decision"]
