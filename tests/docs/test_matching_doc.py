"""docs/matching.md prints every figure of docs/matching.json, as the benchmark that made both would."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_prints_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    spec = importlib.util.spec_from_file_location("accuracy", ROOT / "benchmarks" / "matching" / "accuracy.py")
    assert spec and spec.loader
    accuracy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(accuracy)
    rows = json.loads((ROOT / "docs" / "matching.json").read_text("utf-8"))
    assert {row["n"] > 1 for row in rows} == {True}
    assert accuracy.section(rows) in (ROOT / "docs" / "matching.md").read_text("utf-8")
