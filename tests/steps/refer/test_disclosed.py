"""The page for the other side stands in every package, for payers, persons, places and releases."""

from pathlib import Path

import pytest
from tests.steps.refer.test_alternatives import OTHER, PAID, rows, told

from leadline.model.predicates import PREDICATES
from leadline.steps import disclosure, validation
from leadline.steps.disclosure import Grouped, claim, page, supported
from leadline.steps.disclosure_sentences import OPEN, REFUTES
from leadline.steps.refer import build
from leadline.steps.refer import package as packages
from leadline.steps.refer.referred_persons import accepted, persons

__all__ = ["told"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tables and the page."""
    kept = [w for w in packages.WRITERS if w.name in ("tables", "disclosure")]
    monkeypatch.setattr(packages, "WRITERS", kept)


def read(package: Path) -> str:
    return (package / "data/disclosure.txt").read_text(encoding="utf-8")


def test_every_package_holds_a_page_that_describes_each_decided_claim(told, key, now, tmp_path, quick):
    made = build(told.source(), key, now, tmp_path).packages
    assert len(made) == 2
    for package in made:
        text = read(package.path)
        claims = {r["finding"] for r in rows(package.path, "accounts")}
        claims |= {r["located_finding"] for r in rows(package.path, "persons")}
        claims |= {r["finding"] for r in rows(package.path, "releases") if r["customers"] != "none"}
        assert claims
        for id_ in claims:
            part = text.split(f"finding:{id_}\nIt says: ", 1)[1].split("It says: ", 1)[0]
            for words in ("It does not say: ", "What it rests on", "What it leaves open", "What would refute it"):
                assert words in part, id_
        assert validation.CONFIRMS in text
        for row in rows(package.path, "persons"):
            assert row["person"] in text


def test_the_page_says_what_stands_beside_a_payer_with_its_verdict(told, key, now, tmp_path, quick):
    package = next(p for p in build(told.source(), key, now, tmp_path).packages if p.jurisdiction == "us").path
    text = read(package)
    assert f"rejected: account:site/0 payer_candidate {OTHER}" in text
    assert REFUTES["payer_candidate"] in text and all(line in text for line in OPEN["payer_candidate"])


def test_whoever_is_withheld_is_not_on_the_page(told, key, now, tmp_path, quick):
    told.claims["rank"]._findings.clear()
    told.claims["rank"]._basis.clear()
    told.rows.pop("band")
    told.restrictions["enquiries"] = "grand_jury"
    text = read(next(p for p in build(told.source(), key, now, tmp_path).packages if p.jurisdiction == "us").path)
    assert "NG-900" not in text and "rejected: withheld (grand_jury), finding:" in text


def test_names_stay_off_the_page(told, key, now, tmp_path, quick):
    for package in build(told.source(), key, now, tmp_path).packages:
        text = read(package.path)
        for row in rows(package.path, "identifiers"):
            assert row["kind"] != "name" or row["value"] not in text


def test_a_page_exists_for_every_claim_a_person_decides(told):
    source = told.source()
    tables = {**source.tables, "decision": source.decisions}
    people, _ = persons(source, accepted(source))
    ids = {t.finding for p in people for t in p.every_tie} | {f for p in people for _, f in p.located}
    assert ids
    for id_ in ids:
        text = page(id_, tables, ["run link"])
        assert "What it leaves open" in text and "What would refute it" in text and "Decided: accepted" in text
    assert page(bytes(32), tables, []) == "" and claim(bytes(32), tables, []) == []


def test_every_predicate_people_decide_has_its_own_open_ends_and_refutation():
    for predicate in PREDICATES.values():
        if predicate.step == "link" or predicate.name in ("released", "banded"):
            assert OPEN[predicate.name], predicate.name
            assert predicate.name == "released" or REFUTES[predicate.name], predicate.name


def test_a_payer_s_page_counts_none_of_the_payments_it_rests_on(told):
    source = told.source()
    tables = {**source.tables, "decision": source.decisions}
    candidate = next(d[1] for d in told.decisions if d[2] == "accepted")
    mine = supported(candidate, tables)
    paid = {r[2] for r in told.rows["payment"] if r[1] == "account:site/0"}
    assert mine & paid and PAID not in mine
    counted = {f.rule: f.n for f in validation.figures(tables, mine) if (f.figure, f.of) == ("asked", "all")}
    whole = {f.rule: f.n for f in validation.figures(tables) if (f.figure, f.of) == ("asked", "all")}
    assert counted["all"] == whole["all"] - len(mine & paid)
    assert validation.lines(validation.unpooled(validation.brief(validation.figures(tables, mine))))[1] in page(
        candidate, tables, []
    )


def test_tables_read_once_describe_a_claim_as_tables_asked_each_time(told):
    source = told.source()
    tables = {name: source.table(name) for name in ("finding", "basis", "hop", "release", "event", "link")}
    once = Grouped(tables)
    found = tables["finding"].column("id").to_pylist()
    assert found
    for id_ in found:
        assert claim(id_, once, []) == claim(id_, tables, [])
        assert supported(id_, once) == supported(id_, tables)
    assert claim(b"\x00" * 32, once, []) == []


def test_each_release_stands_with_what_the_return_answers_and_a_direct_one_has_nothing_between(
    told, key, now, tmp_path, quick
):
    words = {"confirmed": "the service's return names a customer for this output", "unanswered": "unanswered: "}
    seen = set()
    for package in build(told.source(), key, now, tmp_path).packages:
        text = read(package.path)
        for r in rows(package.path, "releases"):
            line = f"  released: finding:{r['finding']}, {r['release_outpoint']} by {r['service']}: "
            (said,) = {found.strip() for found in text.splitlines() if found.strip().startswith(line.strip())}
            assert said.startswith(line.strip() + " " + words.get(r["answer"], ""))
            seen.add(r["answer"])
        assert "0 such transactions" not in text
    assert "confirmed" in seen


@pytest.mark.parametrize(("steps", "told"), [(0, None), (1, "there is 1 such"), (3, "there are 3 such")])
def test_what_a_path_leaves_open_between_is_said_only_where_there_is_a_between(steps, told):
    lines = disclosure._open("released", [{"seq": n} for n in range(steps + 1)])
    between = [line for line in lines if line.startswith("Who held the coins at each private transaction between")]
    assert [told in line for line in between] == ([] if told is None else [True])
