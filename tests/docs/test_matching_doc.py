"""docs/matching.md prints every figure of the benchmarks that made it, as they would."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from benchmarks.matching import containers

from leadline.engines.media import decoders

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


def test_the_page_prints_the_table_of_containers_for_the_decoders_that_are_locked() -> None:
    figures = json.loads((ROOT / "docs" / "containers.json").read_text("utf-8"))
    assert containers.section(figures) in (ROOT / "docs" / "matching.md").read_text("utf-8")
    assert [row["what"] for row in figures["rows"]] == list(containers.CONTAINERS)
    installed = decoders()
    assert {name: figures["decoders"][name] for name in ("pillow", "pi-heif")} == {
        name: installed[name] for name in ("pillow", "pi-heif")
    }, "measure again: python -m benchmarks.matching.containers"
