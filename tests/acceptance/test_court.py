"""What a court asks is answered in every package, from the case itself; the drafts are nobody's statement yet."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.attribution import behaviour, service_signs
from leadline.engines.ledger.clustering import clusters
from leadline.engines.ledger.tracing import walks
from leadline.flow.custody import SELF_CONSISTENT
from leadline.flow.refer import refer, standing
from leadline.kinds.writers.report.annex import SECTIONS
from leadline.kinds.writers.report.drafts import drafts
from leadline.model.findings import TAINT_RULES
from leadline.model.ledger import RULES
from leadline.steps.refer import CUSTODY, verify_package
from leadline.steps.trace import tags, unresolved_walks
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
        assert said["withdrawn from the case"] == "none" and said["back from a payment"] == "pro rata by value"
        forward = [item for item in said if item.startswith("forward from the market: ")]
        assert len(forward) == len(TAINT_RULES)
        assert forward[0] == f"forward from the market: {settings.taint.replace('_', ' ')}, the case's rule"


def test_every_threshold_of_tracing_stands_with_its_value_and_source(played: Path) -> None:
    for package in packages(played):
        said = {r["item"]: (r["value"], r["says"]) for r in answers(package, "tracing")}
        for item, numbers in {
            "cut-off by branches": [walks.BRANCHES],
            "cut-off by senders": [walks.FUNDERS],
            "least share named": [unresolved_walks.SLIVER_PPM],
            "tags that name": [tags.LEAST_LEVEL],
            "tags that speak for a cluster": [tags.CLUSTER_LEVEL],
            "a service by behaviour": [behaviour.SCRIPTS, behaviour.PAYEES, behaviour.PAYERS],
            "a service along change": [service_signs.PAYEES, service_signs.SENDERS],
            "cluster rule dust": [clusters.MOST_DUST],
        }.items():
            value, says = said[item]
            assert re.findall(r"\d[\d,]*\d|\d", value) == [f"{n:,}" for n in numbers]
            assert "choice of the program's makers" in says
        assert {f"cluster rule {rule.replace('_', ' ')}" for rule in RULES} <= said.keys()
        assert "Meiklejohn" in said["cluster rule multi input"][1]


def test_the_rules_of_taint_stand_with_what_each_says_of_the_case(played: Path) -> None:
    sums: Counter[str] = Counter()
    for row in Case.open(played / "case").current("taint").to_pylist():
        sums[row["rule"]] += row["value_sat"] if row["place"].startswith("service:") else 0
    for package in packages(played):
        for row in answers(package, "tracing"):
            if row["item"].startswith("forward from the market: "):
                rule = row["item"].removeprefix("forward from the market: ").partition(",")[0].replace(" ", "_")
                assert row["value"] == f"{sums[rule] // 10**8}.{sums[rule] % 10**8:08} BTC at services"


def test_a_price_file_says_what_it_says_of_itself_and_the_day_rule_what_it_leaves_open(played: Path) -> None:
    case = Case.open(played / "case")
    first = case.settings.pinned("price")[0].at(case.root).read_text().splitlines()[0]
    assert first.startswith("# ")
    paid = {r["outpoint"]: r for r in case.current("payment").to_pylist()}
    two = sum(r["utc_low"].date() != r["utc_high"].date() for r in paid.values())
    assert two
    for package in packages(played):
        (series,) = [r for r in answers(package, "prices") if r["item"].startswith("series")]
        assert first.removeprefix("# ")[:240] in series["says"]
        said = {r["item"]: r["value"] for r in answers(package, "prices")}
        assert said["payments that may lie on either of two UTC days"] == f"{two:,} of {len(paid):,}"


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
        told = {line.split("; ")[0]: line.split("; ")[:4] for line in text.splitlines() if line.count("; ") > 2}
        told = {digest: row for digest, row in told.items() if re.fullmatch("[0-9a-f]{64}", digest)}
        assert told.keys() == cited
        for digest, (_, item, got, taken) in told.items():
            entry, row = by_digest[digest], acquired[digest]
            assert taken == f"{entry.at}, {entry.by}" and got == f"{row['acquired_at']}, {row['acquired_by']}"
            assert item == (row["item"] or "unknown")
        for run in case.current_runs():
            assert f"leadline {run.environment['packages']['leadline']}" in text
        assert verify_package(package, [key]).ok


def test_custody_says_who_cleared_a_restriction_when_and_why(played: Path) -> None:
    case = Case.open(played / "case")
    entries = [e for e in case.log.entries if e.act == "set" and "mlat_use" in str(e.note.get("set", ""))]
    assert entries
    for package in packages(played):
        place = package.name.partition("-")[0]
        lines = (package / CUSTODY).read_text("utf-8").splitlines()
        at = lines.index(f"Restrictions cleared for jurisdiction {place}: which; at, by; reason")
        (entry,) = [e for e in entries if f"clear+={place}:mlat_use" in e.note["set"]]
        assert lines[at + 1] == f"mlat_use; {entry.at}, {entry.by}; {entry.note['reason']}"


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
