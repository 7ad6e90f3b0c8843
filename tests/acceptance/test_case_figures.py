"""A played case prints its own figures: returns beside the truth, a denial a person enters, the same in a package."""

import csv
import json
import re
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


def wrong(played: Path, *kinds: str) -> set[tuple[str, str]]:
    """(service, output) of the withdrawals about which a return is wrong in one of these ways."""
    rows = truth.read(played / "truth", "mistakes").to_pylist()
    return {(f"service:{r['service']}", f"outpoint:{r['txid']}:{r['vout']}") for r in rows if r["kind"] in kinds}


def denials(played: Path, releases: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """(service, payment) of the releases that a return denies."""
    no = wrong(played, "denied")
    return {(r["service"], r["payment"]) for r in releases if (r["service"], r["release_outpoint"]) in no}


@pytest.fixture
def returned(played: Path) -> set[tuple[str, str]]:
    """(service, output) of every withdrawal that the two exchanges' returns state, right or wrong."""
    rows = truth.read(played / "truth", "withdrawals").to_pylist()
    made = {
        (f"service:{r['service']}", f"outpoint:{r['txid']}:{r['vout']}")
        for r in rows
        if r["customer"] and r["service"] in RETURNING
    }
    return made - wrong(played, "mistaken", "late", "denied")


def test_a_release_is_confirmed_denied_or_unanswered_as_the_returns_really_are(
    played: Path, returned: set[tuple[str, str]]
) -> None:
    releases = Case.open(played / "case").current("release").to_pylist()
    denied = denials(played, releases)
    rest = [r for r in releases if (r["service"], r["payment"]) not in denied]
    right = sum((r["service"], r["release_outpoint"]) in returned for r in rest)
    got = figures(played / "case")
    answered = right + len(releases) - len(rest)
    assert got["asked", "all", "all"] == (len(releases), len(releases))
    assert got["confirmed", "all", "all"] == (right, answered)
    assert got["denied", "all", "all"] == (answered - right, answered)
    assert got["unanswered", "all", "all"] == (len(releases) - answered, len(releases))
    assert answered - right > 0 and right < answered < len(releases)  # not so by construction


def test_a_rejected_release_is_a_denial(copied: Callable[[], Path]) -> None:
    case = copied() / "case"
    before = figures(case)
    opened = Case.open(case)
    rejected = {d.finding for d, state in opened.decisions() if d.verdict == "rejected" and state == "in_force"}
    finding = next(r["finding"] for r in opened.current("release").to_pylist() if r["finding"] not in rejected).hex()
    said("case", "decide", str(case), finding, "--verdict", "rejected", "--reason", "northgate: no such withdrawal")
    after = figures(case)
    assert after["denied", "all", "all"][0] > before["denied", "all", "all"][0]
    assert after["asked", "all", "all"] == before["asked", "all", "all"]


def read(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_no_figure_of_a_package_counts_its_own_payments(played: Path, returned: set[tuple[str, str]]) -> None:
    """Counted anew from the truth: releases of payments outside the package, apart for each rule."""
    case = Case.open(played / "case")
    denied = denials(played, case.current("release").to_pylist())
    whole = figures(played / "case")
    rules: dict[tuple[bytes, str], set[str]] = {}
    ends = {(h["finding"], h["path"]): h for h in sorted(case.current("hop").to_pylist(), key=lambda h: h["seq"])}
    for h in case.current("hop").to_pylist():
        last = ends[h["finding"], h["path"]]["outpoint_out"]
        rules.setdefault((h["finding"], last), set()).update({h["rule"]} - {"spend"})
    for package in sorted((played / "case" / "packages").iterdir()):
        own = {r["outpoint"] for r in read(package, "payments")}
        asked: dict[str, list[int]] = {}
        for r in case.current("release").to_pylist():
            if r["payment"] not in own:
                rule = " and ".join(sorted(rules[r["finding"], r["release_outpoint"]])) or "spend"
                count = asked.setdefault(rule, [0, 0, 0])
                count[1] += (no := (r["service"], r["payment"]) in denied)
                count[0] += not no and (r["service"], r["release_outpoint"]) in returned
                count[2] += 1
        rows = {(r["figure"], r["rule"], r["of"]): (int(r["part"]), int(r["n"])) for r in read(package, "figures")}
        for rule, (right, no, n) in asked.items():
            assert rows["confirmed", rule, "all"] == (right, right + no) and rows["asked", rule, "all"] == (n, n)
        kept_out = sum(r["payment"] in own for r in case.current("release").to_pylist())
        assert sum(n for *_, n in asked.values()) == whole["asked", "all", "all"][1] - kept_out
        assert not [key for key in rows if key[1] == "all" and key[0] not in ("found", "false_joins")]
        assert {k: v for k, v in rows.items() if k[0] in ("found", "false_joins")}.items() <= whole.items()


def test_a_page_names_only_tables_that_lie_in_the_package(played: Path, oracle: Callable[..., Any]) -> None:
    named = set()
    for package in sorted((played / "case" / "packages").iterdir()):
        for page in ("report.pdf", "court.pdf"):
            pages = oracle("pypdf").PdfReader(package / "data" / page).pages
            text = re.sub(r"[\s\u200b]", "", "".join(p.extract_text() for p in pages))
            named |= {(package, name) for name in re.findall(r"tables/([a-z_]+\.csv)", text)}
    assert {name for _, name in named} >= {"legal_requests.csv", "legal_requests_inferred.csv", "court.csv"}
    assert not [name for package, name in named if not (package / "data" / "tables" / name).is_file()]


FOOT = (
    r"leadline[\d.]+·holdsrecords,digestsandfigures;noimageofanykind\d+/\d+"
    r"Referral·jurisdiction[A-Z]+·trainingcaseContainspersonaldata"
)
"""Foot and head of a page, without white space: they may stand within a sentence."""


def test_every_report_says_what_this_case_measured_beside_each_path(played: Path, oracle: Callable[..., Any]) -> None:
    paths = 0
    for package in sorted((played / "case" / "packages").iterdir()):
        kinds = {(r["person"], r["rule"], r["hops"]) for r in read(package, "releases")}
        people = {person for person, _, _ in kinds}
        pages = oracle("pypdf").PdfReader(package / "data" / "report.pdf").pages
        text = " ".join(" ".join(page.extract_text().split()) for page in pages)
        assert "Figures of this case" in text
        assert text.count("How often such paths to payments outside this package") == len(people)
        for _, rule, hops in kinds:
            assert f"by {rule} with {hops} private transaction" in text
            figures = {(r["figure"], r["rule"], r["of"]): r["words"] for r in read(package, "figures")}
            of = rule, f"{hops} hops"
            flat = re.sub(FOOT, "", text.replace(" ", ""))
            said = [figures.get((name, *of), "not measured").replace(" ", "") for name in ("confirmed", "at_least")]
            assert f"{said[0]},atleast{said[1]}" in flat, "the figure that leaves out the unanswered never stands alone"
        assert "A return confirms the output, not the hops" in text
        paths += len(kinds)
    assert paths
