"""docs/VALIDATION.md is what the figures say, names every one that was measured outside, and claims no laboratory."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "VALIDATION.md").read_text("utf-8")


@pytest.fixture(scope="module")
def validation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("validation", ROOT / "tools" / "validation.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_figure_is_typed_by_hand(validation: ModuleType) -> None:
    assert validation.text() == PAGE, "run: python tools/validation.py"


def test_every_outside_figure_stands_with_how_its_truth_arose(validation: ModuleType) -> None:
    outside = json.loads((ROOT / "docs" / "accuracy.json").read_text("utf-8"))["outside truth"]
    assert outside
    for row in outside:
        assert f"| {row['what']} | {row['how its truth arose']}" in PAGE
        assert validation.said(row) in PAGE
    assert validation.said({"part": 0, "n": 0, "share": None, "interval": None}) == "not measured"


def test_it_claims_no_laboratory_and_says_what_was_not_validated() -> None:
    assert "No independent laboratory has tested this program yet" in PAGE
    for step in ("link", "rank", "refer", "restitute"):
        assert step in PAGE.partition("## What was not validated")[2].partition("##")[0]


def test_every_oracle_of_the_tests_is_known_by_name(validation: ModuleType) -> None:
    assert validation.oracles(ROOT / "tests") <= set(validation.ORACLES)
