"""A finding is laid open down to the exhibit; what rests on something is named, however far above."""

from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import UsageError
from leadline.model.predicates import PREDICATES
from leadline.store.case import Case
from leadline.store.impact import resting
from leadline.store.lookup import find_id
from leadline.views.explain import explain


def test_the_tree_goes_down_to_the_exhibit(small: Case, hand: ModuleType) -> None:
    small.decide([{**hand.ABOVE, "verdict": "accepted", "reason": "seen"}])
    tree = explain(small, hand.ABOVE_ID)
    assert tree["says"] == PREDICATES["payer_candidate"].says
    assert tree["not_said"] == PREDICATES["payer_candidate"].not_said
    below = next(item for item in tree["for"] if item["kind"] == "finding")
    assert below["rests"]["for"][0]["locator"] == "line:1"
    assert [item["kind"] for item in tree["against"]] == ["merge"]
    assert [d["state"] for d in tree["decisions"]] == ["in_force"]
    assert "reason" not in tree["decisions"][0]


def test_an_id_may_be_abbreviated_when_one_finding_fits(small: Case, hand: ModuleType) -> None:
    whole = hand.FINDING.hex()
    for text in (whole, f"finding:{whole}", whole[:8], whole[:9].upper()):
        assert find_id(small, text) == hand.FINDING
    for text in (whole[:5], "zzzzzz", "f" * 64, "", "é" * 8):
        with pytest.raises(UsageError):
            find_id(small, text)


@pytest.mark.parametrize("what", ["exhibit", "place", "tag", "merge", "rule", "finding", "decision", "nothing"])
def test_what_rests_on_something(small: Case, hand: ModuleType, what: str, tmp_path: Path) -> None:
    made = small.decide([{**claim, "verdict": "accepted", "reason": "r"} for claim in (hand.CLAIM, hand.ABOVE)])
    folder = tmp_path / "package"
    (folder / "data" / "tables").mkdir(parents=True)
    (folder / "data" / "tables" / "basis.csv").write_text(f"finding,ref,locator\n{hand.ABOVE_ID.hex()},x,y\n")
    small.add_package("us-1", folder, {})
    exhibit = next(iter(small.runs()[0].exhibits))
    ref = {
        "exhibit": f"exhibit:{exhibit}",
        "place": f"exhibit:{exhibit}#line:1",
        "tag": f"{hand.TAG}#entry:5",
        "merge": hand.MERGE,
        "rule": "rule:multi_input",
        "finding": f"finding:{hand.FINDING.hex()}",
        "decision": f"decision:{made[0].id}",
        "nothing": f"{hand.TAG}#entry:6",
    }[what]
    found = resting(small, ref)
    both = {hand.FINDING: True, hand.ABOVE_ID: True}
    expected = {"tag": {hand.ABOVE_ID: True}, "merge": {hand.ABOVE_ID: False}, "decision": {}, "nothing": {}}
    expected["rule"] = expected["merge"]
    assert dict(found.findings) == expected.get(what, both)
    decisions = {"tag": made[1:], "merge": made[1:], "rule": made[1:], "decision": made[:1], "nothing": []}.get(
        what, made
    )
    assert set(found.decisions) == {d.id for d in decisions}
    assert found.packages == (() if what in ("nothing", "decision") else ("us-1",))


def test_what_nothing_can_rest_on_is_refused(small: Case) -> None:
    for ref in ("account:site/1", "x", "exhibit:12"):
        with pytest.raises(UsageError):
            resting(small, ref)
