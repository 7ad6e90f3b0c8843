"""What a court asks is answered in every package, from the case itself; the drafts are nobody's statement yet."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.engines.ledger import open_ledger
from leadline.flow.custody import SELF_CONSISTENT
from leadline.flow.refer import refer, standing
from leadline.kinds.writers.report.annex import SECTIONS
from leadline.kinds.writers.report.drafts import drafts
from leadline.steps.refer import CUSTODY, verify_package
from leadline.store import keys
from leadline.store.case import Case
from leadline.store.log import root_of
from leadline.store.settings import change, changed


def packages(folder: Path) -> list[Path]:
    found = sorted((folder / "case" / "packages").iterdir())
    assert found
    return found


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def answers(package: Path, section: str) -> list[dict[str, str]]:
    return [r for r in rows(package, "court") if r["section"] == section]


def test_the_tracing_rule_stands_with_the_parameters_of_the_case(played: Path) -> None:
    settings = Case.open(played / "case").settings
    for package in packages(played):
        said = {r["item"]: r["value"] for r in answers(package, "tracing")}
        assert (said["hop limit"], said["gap limit"]) == (str(settings.hop_limit), str(settings.gap_limit))
        assert said["forward from the market"] == settings.taint and said["withdrawn from the case"] == "none"
        assert said["back from a payment"] == "pro rata by value"


def test_prices_lists_and_ledgers_are_named_with_their_days_and_versions(played: Path) -> None:
    case = Case.open(played / "case")
    price, ledger = case.settings.pinned("price")[0], case.settings.pinned("ledger")[0]
    days = [line.split(",")[0] for line in price.at(case.root).read_text().splitlines()[1:] if line[:2] == "20"]
    info = open_ledger(ledger.at(case.root)).info()
    for package in packages(played):
        (series,) = [r for r in answers(package, "prices") if r["item"].startswith("series")]
        assert price.digest in series["says"] and min(days) in series["value"] and max(days) in series["value"]
        runs = [r for r in answers(package, "searched") if r["item"].startswith("ledger")]
        assert len(runs) == len(info["segments"])
        assert f"to {info['height']:,}," in runs[-1]["value"]
        lists = {r["item"].removeprefix("list ") for r in answers(package, "searched") if r["item"].startswith("list")}
        assert lists == {pin.name for pin in case.settings.pinned("list")}


def test_what_was_not_searched_adds_up_to_the_tables(played: Path) -> None:
    case = Case.open(played / "case")
    for package in packages(played):
        said = Counter()
        for r in answers(package, "not searched"):
            number = re.match(r"([\d,]+) ", r["value"])
            said[r["item"]] += int(number[1].replace(",", "")) if number else 0
        left = sum(case.current("tally")["left_out"].to_pylist())
        assert said["records"] == case.current("reject").num_rows + left
        assert said["media"] == case.current("unsearched").num_rows
        assert said["ledger and prices"] == case.current("gap").num_rows
        assert said["tags"] == case.current("tag_fault").num_rows


def test_custody_tells_acts_and_is_signed(played: Path, tmp_path: Path) -> None:
    case = Case.open(played / "case")
    key = keys.public(played / "training.key.pub")
    by_digest = {"".join(n.split("/")[1:]): e for e in case.log.entries for n in e.files if n.startswith("exhibits/")}
    acquired = {r["exhibit"].hex(): r for r in case.current("exhibit").to_pylist()}
    for package in packages(played):
        text = (package / CUSTODY).read_text("utf-8")
        size = int(re.search(r"log: \S+, (\d+) entries", text)[1])
        assert f"log root (RFC 6962, SHA-256): {root_of(case.log.lines[:size]).hex()}" in text
        assert SELF_CONSISTENT in text and case.log.origin in text
        cited = {r["exhibit"] for r in rows(package, "exhibits")}
        told = {line.split("; ")[0]: line.split("; ") for line in text.splitlines() if line.count("; ") == 3}
        told = {digest: row for digest, row in told.items() if re.fullmatch("[0-9a-f]{64}", digest)}
        assert told.keys() == cited
        for digest, (_, item, got, taken) in told.items():
            entry, row = by_digest[digest], acquired[digest]
            assert taken == f"{entry.at}, {entry.by}" and got == f"{row['acquired_at']}, {row['acquired_by']}"
            assert item == (row["item"] or "unknown")
        for run in case.current_runs():
            assert f"leadline {run.environment['packages']['leadline']}" in text
        assert verify_package(package, [key]).ok


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_changed_custody_is_noticed(copied: Callable[[], Path], how: str) -> None:
    folder = copied()
    package, key = packages(folder)[0], keys.public(folder / "training.key.pub")
    place = package / CUSTODY
    if how == "removed":
        place.unlink()
    else:
        place.write_text(place.read_text().replace("none", "us-0123456789abcdef"))
    found = verify_package(package, [key])
    assert not found.ok and CUSTODY in found.problems[0]


def test_a_later_package_names_those_it_supersedes(copied: Callable[[], Path]) -> None:
    folder = copied()
    case, key = Case.open(folder / "case"), keys.load(folder / "training.key")
    before = standing(case)
    assert all(len(names) == 1 for names in before.values())
    case.change(changed(case.settings, change("scope=another scope")), "test", {})
    made = refer(case, key, restricted="hold_back").made
    assert all(standing(case)[p.jurisdiction][-1] == p.name for p in made)
    assert {p.jurisdiction for p in made} == set(before)
    for package in made:
        text = (case.root / "packages" / package.name / CUSTODY).read_text("utf-8")
        tail = text.partition(f"For jurisdiction {package.jurisdiction} this package supersedes:\n")[2]
        assert tuple(tail.split()) == before[package.jurisdiction]
        assert standing(case)[package.jurisdiction] == (*before[package.jurisdiction], package.name)
    case.change(changed(case.settings, change("scope=")), "test", {})
    again = refer(case, key, restricted="hold_back")
    assert not again.made and set(again.there) == {names[0] for names in before.values()}
    assert {place: names[-1] for place, names in standing(case).items()} == {
        place: names[0] for place, names in before.items()
    }, "what was referred last stands, also where it lay there already"


def test_the_annex_prints_every_answer_and_drafts_that_nobody_signed(played: Path, oracle) -> None:
    pypdf = oracle("pypdf")
    unsigned, statements = drafts()
    assert ["902(13)" in d.source for d in statements] == [True, False] and "19.4" in statements[1].source
    for package in packages(played):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(package / "data/court.pdf").pages)
        flat = re.sub("[\\s\u200b]", "", text)
        assert flat.count("Draft,unsigned") == len(statements) == 2
        for d in statements:
            assert re.sub(r"\s", "", d.title) in flat and all(re.sub(r"\s", "", f) in flat for f in d.fields)
        for title, _ in SECTIONS.values():
            assert re.sub(r"\s", "", title) in flat
        assert "report.pdf" in flat and "tables/court.csv" in flat and "custody.txt" in flat
        for r in rows(package, "court"):
            assert re.sub(r"\s", "", r["value"])[:24] in flat, r
            assert re.sub(r"\s", "", r["says"])[:24] in flat, r
        for r in rows(package, "exhibits"):
            assert r["exhibit"][:32] in flat and r["exhibit"][32:] in flat
        assert "noneyet" in flat
        assert re.sub(r"\s", "", unsigned)[:60] in flat
