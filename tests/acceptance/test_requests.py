"""What to ask services next: with a return withdrawn, the releases it answered are open again."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pytest

from leadline.cli import call
from leadline.flow import run as flow_run
from leadline.store.case import open_case
from leadline.store.settings import change, changed


def _asked(folder: Path, capfd: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capfd.readouterr()
    out = folder / "requests.csv"
    assert call(["case", "request", str(folder / "case"), "--out", str(out), "--json"]) == 0
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert json.loads(capfd.readouterr().out)["rows"] == len(rows)
    return rows


def test_a_withdrawn_return_opens_its_requests(copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = copied()
    before = _asked(folder, capfd)
    case = open_case(folder / "case")
    customers = case.current("customer")
    stated = customers.filter(pc.equal(customers["service"], "service:harbour"))["exhibit"].unique().to_pylist()
    settings = case.settings
    for exhibit in stated:
        settings = changed(settings, change(f"withdraw+=exhibit:{exhibit.hex()}"))
    case.change(settings, "test", {})
    flow_run.run(case)
    after = _asked(folder, capfd)
    new = [row for row in after if row not in before]
    assert new
    assert {row["service"] for row in new} == {"service:harbour"}
    released = set(case.current("release")["release_outpoint"].to_pylist())
    assert all(row["release_outpoint"] in released and row["state"] == "open" for row in after)


def test_the_inferred_is_a_file_of_its_own_and_holds_what_was_accepted(
    copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copied()
    case = open_case(folder / "case")
    releases = {r["finding"].hex(): r for r in case.current("release").to_pylist() if r["grade"] == "inferred"}
    accepted = {d.finding.hex() for d, s in case.decisions() if s == "in_force" and d.verdict == "accepted"}
    out, inferred = folder / "requests.csv", folder / "inferred.csv"
    assert (
        call(["case", "request", str(folder / "case"), "--out", str(out), "--inferred", str(inferred), "--json"]) == 0
    )
    said = json.loads(capfd.readouterr().out)
    asked = list(csv.DictReader(inferred.read_text("utf-8").splitlines()))
    assert said["inferred"]["rows"] == len(asked)
    assert {r["finding"] for r in asked} <= accepted & set(releases)
    assert {r["grade"] for r in csv.DictReader(out.read_text("utf-8").splitlines())} <= {"recorded"}
