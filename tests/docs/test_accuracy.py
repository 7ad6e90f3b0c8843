"""docs/accuracy.md is what the benchmark makes of docs/accuracy.json, and holds every figure that stands in it."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHOLE = json.loads((ROOT / "docs" / "accuracy.json").read_text("utf-8"))
PAGE = (ROOT / "docs" / "accuracy.md").read_text("utf-8")
REMEDY = "run: python benchmarks/trace.py accuracy --docs"


@pytest.fixture(scope="module")
def document() -> Iterator[ModuleType]:
    """The module of the benchmark that writes the page."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from tracing import document

        yield document
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def test_no_figure_of_the_page_is_typed_by_hand(document: ModuleType) -> None:
    assert document.text(WHOLE) == PAGE, REMEDY


def shares(value: Any) -> Iterator[dict[str, Any]]:
    """Every share below `value`."""
    if isinstance(value, dict):
        if {"part", "n", "share"} <= set(value):
            yield value
        for inner in value.values():
            yield from shares(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shares(inner)


def test_the_page_prints_every_share_good_or_bad(document: ModuleType) -> None:
    own = {name: part for name, part in WHOLE["self-consistency"].items() if name != "seeds"}  # pooled stands for them
    found = [*shares(own), *shares(WHOLE["outside truth"])]
    assert len(found) > 300
    assert [row for row in found if row["n"] and document.said(row) not in PAGE] == []
    case = WHOLE["this case"]["figures"]
    sums = [row for row in case if row["rule"] == "all" or row["of"].startswith(("by ", "all"))]
    shown = [row for row in sums if row["figure"] != "denied"]  # whose parts stand beside what was confirmed
    assert [row for row in shown if row["interval"] != "none" and row["words"] not in PAGE] == []


def test_a_share_of_nothing_is_not_measured(document: ModuleType) -> None:
    assert document.said({"part": 0, "n": 0, "share": None, "interval": None}) == "not measured"
    assert document.said({"part": 1, "n": 2, "share": 0.5, "interval": [0.25, 0.75]}) == (
        "50.00 % (1 of 2; 25.00 to 75.00)"
    )


def test_every_difficult_case_is_swept_from_none_to_nearly_a_third() -> None:
    swept = WHOLE["self-consistency"]["sweeps"]
    assert {"payjoin", "shared_custody", "dust_attack", "imported_keys", "peer_to_peer", "broker"} <= set(swept)
    for levels in swept.values():
        assert {"0 %", "10 %", "20 %", "30 %"} <= set(levels)


def test_change_is_measured_on_a_hundred_thousand_transactions_and_taint_adds_up() -> None:
    whole = WHOLE["self-consistency"]["pooled"]
    assert whole["change"]["transactions"] >= 100_000
    exact = {rule: row["sum less receipts"] for rule, row in whole["taint"].items() if rule != "poison"}
    assert len(exact) == 6 and set(exact.values()) == {0}


def test_the_three_kinds_of_figure_stand_apart() -> None:
    heads = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert heads == ["The worst of it", "Self-consistency", "Outside truth", "This case"]
    for line in PAGE.split("## The worst of it")[1].split("## Self-consistency")[0].splitlines():
        if line.startswith("| ") and not line.startswith("| what"):
            assert "(self-consistency)" in line or "(outside truth)" in line
