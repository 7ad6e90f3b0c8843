"""A played case prints its own figures: returns beside the truth, a denial a person enters, the same in a package."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from leadline.cli import cli
from leadline.scenario import truth
from leadline.scenario.plan import RETURNING
from leadline.store.case import Case


def said(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(cli, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    value: dict[str, object] = json.loads(result.stdout)
    return value


def figures(case: Path) -> dict[tuple[str, str, str], tuple[int, int]]:
    found = said("case", "validation", str(case))["figures"]
    assert isinstance(found, list)
    return {(f["figure"], f["rule"], f["of"]): (f["part"], f["n"]) for f in found}


@pytest.fixture
def returned(played: Path) -> set[tuple[str, str]]:
    """(service, output) of every withdrawal the two exchanges' customers really made."""
    rows = truth.read(played / "truth", "withdrawals").to_pylist()
    return {
        (f"service:{r['service']}", f"outpoint:{r['txid']}:{r['vout']}")
        for r in rows
        if r["customer"] and r["service"] in RETURNING
    }


def test_a_release_is_confirmed_exactly_when_a_customer_really_withdrew_it(
    played: Path, returned: set[tuple[str, str]]
) -> None:
    releases = Case.open(played / "case").current("release").to_pylist()
    right = sum((r["service"], r["release_outpoint"]) in returned for r in releases)
    got = figures(played / "case")
    assert got["asked", "all", "all"] == (len(releases), len(releases))
    assert got["confirmed", "all", "all"] == (right, right)
    assert got["unanswered", "all", "all"] == (len(releases) - right, len(releases))


def test_a_rejected_release_is_a_denial(copied: Callable[[], Path]) -> None:
    case = copied() / "case"
    before = figures(case)
    finding = Case.open(case).current("release").to_pylist()[0]["finding"].hex()
    said("case", "decide", str(case), finding, "--verdict", "rejected", "--reason", "northgate: no such withdrawal")
    after = figures(case)
    assert after["denied", "all", "all"][0] > before["denied", "all", "all"][0] == 0
    assert after["asked", "all", "all"] == before["asked", "all", "all"]


def test_every_package_holds_the_case_s_figures(played: Path) -> None:
    got = figures(played / "case")
    packages = sorted((played / "case" / "packages").iterdir())
    assert packages
    for package in packages:
        with (package / "data" / "tables" / "figures.csv").open(encoding="utf-8", newline="") as lines:
            rows = {(r["figure"], r["rule"], r["of"]): (int(r["part"]), int(r["n"])) for r in csv.DictReader(lines)}
        assert rows == got


def test_every_report_says_what_this_case_measured_beside_each_path(played: Path, oracle: Callable[..., Any]) -> None:
    paths = 0
    for package in sorted((played / "case" / "packages").iterdir()):
        with (package / "data" / "tables" / "releases.csv").open(encoding="utf-8", newline="") as lines:
            shown = sum(1 for _ in csv.DictReader(lines))
        pages = oracle("pypdf").PdfReader(package / "data" / "report.pdf").pages
        text = " ".join(" ".join(page.extract_text().split()) for page in pages)
        assert "Figures of this case" in text
        assert text.count("confirmed in this case: 100.00 %") == shown
        paths += shown
    assert paths
