"""Decisions from a file of JSON lines: what each line must give, and which line is named where one does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.store.conftest import ABOVE, ABOVE_ID, CLAIM, FINDING, fill

from leadline.errors import UsageError
from leadline.flow.deciding import decide_file, decide_one, read_claims
from leadline.store.case import Case

GOOD = {**CLAIM, "predicate": "received", "verdict": "rejected", "reason": "a typing error"}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return fill(tmp_path / "case")


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "decisions.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_a_line_gives_five_texts_and_perhaps_a_value(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, "", {**GOOD, "value": "2016/2017", "more": 1}, "   ", {**GOOD, "reason": "Grüße"})
    assert read_claims(path) == [
        {**GOOD, "value": None}, {**GOOD, "value": "2016/2017"}, {**GOOD, "reason": "Grüße", "value": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not a JSON object"), ("[]", "not a JSON object"), ("7", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        *(({k: v for k, v in GOOD.items() if k != name}, f"'{name}' is missing") for name in GOOD),
        ({**GOOD, "reason": "  "}, "'reason' is missing"), ({**GOOD, "subject": 7}, "'subject' is missing"),
        ({**GOOD, "value": ""}, "'value' is missing"), ({**GOOD, "value": 1}, "'value' is missing"),
        ({**GOOD, "reason": "half \ud800"}, "'reason' is missing"), ({**GOOD, "reason": "half \udfff"}, "'reason'"),
        ({**GOOD, "verdict": "yes"}, "an unknown verdict"),
    ],
)  # fmt: skip
def test_the_line_that_is_no_decision_is_named(tmp_path: Path, line: Any, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_claims(written(tmp_path, GOOD, "", line))
    assert refused.value.what.startswith(says) and refused.value.where == "decisions.jsonl line:3"
    assert refused.value.remedy


def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "x", tmp_path / "none", tmp_path):
        with pytest.raises(UsageError) as refused:
            read_claims(path)
        assert refused.value.where == str(path)


def test_lines_about_findings_that_do_not_exist_are_counted_and_left_out(case: Case, tmp_path: Path) -> None:
    other = {**GOOD, "subject": "account:site/2"}
    above = {**ABOVE, "verdict": "accepted", "reason": "seen", "value": "2016-01-01/.."}
    found = decide_file(case, written(tmp_path, GOOD, other, above, other), "Unit 7", scripted=True)
    assert ([d.finding for d in found.made], found.left_out) == ([FINDING, ABOVE_ID], 2)
    assert [(d.verdict, d.value, d.scripted, d.on_behalf_of) for d in found.made] == [
        ("rejected", None, True, "Unit 7"), ("accepted", "2016-01-01/..", True, "Unit 7"),
    ]  # fmt: skip
    assert {d.finding for d, _ in case.decisions()} == {FINDING, ABOVE_ID}


def test_nothing_is_decided_where_one_line_is_wrong(case: Case, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        decide_file(case, written(tmp_path, GOOD, "{"), "", scripted=False)
    assert case.decisions() == []


def test_one_finding_is_decided_by_a_beginning_of_its_id(case: Case) -> None:
    found = decide_one(
        case, FINDING.hex()[:10], {"verdict": "unsure", "reason": "r", "value": None}, "", scripted=False
    )
    (made,) = found.made
    assert (made.finding, made.verdict, made.scripted, found.left_out) == (FINDING, "unsure", False, 0)
    with pytest.raises(UsageError, match="needs a verdict"):
        decide_one(case, FINDING.hex(), {"verdict": "", "reason": "r"}, "", scripted=False)
    with pytest.raises(UsageError, match="no current finding"):
        decide_one(case, "0" * 64, {"verdict": "unsure", "reason": "r"}, "", scripted=False)
