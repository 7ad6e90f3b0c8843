"""A return that came under a letter of request travels only where that was cleared, by a logged setting."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.store.case import open_case
from leadline.store.settings import change, changed


def _refer(folder: Path, capfd: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    capfd.readouterr()
    code = call(["refer", str(folder / "case"), "--key", str(folder / "training.key"), "--json", *more])
    return code, json.loads(capfd.readouterr().out)


def _set(folder: Path, *texts: str) -> None:
    case = open_case(folder / "case")
    settings = case.settings
    for text in texts:
        settings = changed(settings, change(text))
    case.change(settings, "test", {"set": list(texts)})


def test_the_training_case_rests_on_a_restricted_exhibit(played: Path) -> None:
    words = set()
    for path in (played / "case" / "packages").glob("*/data/tables/exhibits.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            words |= {row["restrictions"] for row in csv.DictReader(file)}
    assert words == {"mlat_use", "none"}


def test_what_is_not_cleared_is_refused_named_and_held_back(
    copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copied()
    case = open_case(folder / "case")
    place = sorted(case.settings.clearances()["mlat_use"] & {p.name[:2] for p in (case.root / "packages").iterdir()})
    _set(folder, *(f"clear-={p}:mlat_use" for p in place))
    code, value = _refer(folder, capfd)
    assert (code, value["error"]["kind"]) == (1, "RestrictionError")
    assert "(mlat_use)" in value["error"]["where"] and "clear+=" in value["error"]["remedy"]
    code, value = _refer(folder, capfd, "--hold-back")
    held = [row for row in value["held"] if row["reason"] == "restricted: mlat_use"]
    assert code == 0 and held
    _set(folder, *(f"clear+={p}:mlat_use" for p in place))
    assert _refer(folder, capfd)[0] == 0


def test_a_restriction_on_the_whole_case_bars_everyone(
    copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copied()
    _set(folder, "restrictions+=court_sealed")
    assert _refer(folder, capfd)[1]["error"]["kind"] == "RestrictionError"
    code, value = _refer(folder, capfd, "--hold-back")
    assert (code, value["packages"], value["there"]) == (0, [], [])
