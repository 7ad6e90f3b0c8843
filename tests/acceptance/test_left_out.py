"""Whatever the case holds about a person's records is in his package or counted as left out, with the reason."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from tests.acceptance.test_method import World

from leadline.model.referral import ONLY_PAID
from leadline.steps.validation import WIDE

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def world(played: Path) -> World:
    return World(played)


def read(package: Path, table: str) -> Rows:
    with (package / "data" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def of_each(world: World) -> Iterator[tuple[Path, str, set[str]]]:
    """(package, person, refs of what is his there: members, accounts paid for, payments, files)."""
    for package in world.packages:
        for person in (r["person"] for r in read(package, "persons")):
            refs = set()
            for table, columns in (("accounts", ("member", "other")), ("payments", ("outpoint",)),
                                   ("media", ("media", "file"))):  # fmt: skip
                refs |= {r[c] for r in read(package, table) if r["person"] == person for c in columns}
            yield package, person, refs - {"none"}


def test_every_claim_about_a_person_s_records_is_in_or_counted(world: World) -> None:
    findings = world.case.current("finding").to_pylist()
    seen: Counter[str] = Counter()
    for package, person, refs in of_each(world):
        inside = {r["finding"] for r in read(package, "findings")}
        inside |= {r["finding"] for r in read(package, "alternatives")}
        out = Counter(f["predicate"] for f in findings if {f["subject"], f["object"]} & refs
                      and f["id"].hex() not in inside)  # fmt: skip
        told = {r["predicate"]: int(r["claims"]) for r in read(package, "left_out") if r["person"] == person}
        assert told == dict(out)
        assert all(r["reason"] for r in read(package, "left_out"))
        seen.update(told)
    assert len(seen) > 3, "several kinds are left out, so that counting them means something"


def test_every_answer_about_a_member_travels_with_its_place(world: World) -> None:
    banded = {r["person"]: r for r in world.case.current("band").to_pylist()}
    answers = defaultdict(set)
    for r in world.case.current("answer").to_pylist():
        answers[r["finding"]].add((r["member"], r["question"], r["answer"], r["exhibit"].hex(), r["locator"]))
    words = set()
    for package, person, _ in of_each(world):
        given = {tuple(r[c] for c in ("member", "question", "answer", "exhibit", "locator"))
                 for r in read(package, "answers") if r["person"] == person}  # fmt: skip
        row = next(r for r in read(package, "persons") if r["person"] == person)
        band = banded[person]
        assert given == answers[band["finding"]]
        assert (int(row["place"]), int(row["sharing"])) == (band["place"], band["sharing"])
        assert row["suggested"] == (band["suggested"] or "none")
        words |= {r[2] for r in given}
    assert words >= {"no", "unknown"}


def test_every_exhibit_named_anywhere_is_listed_with_who_acquired_it(world: World) -> None:
    for package in world.packages:
        listed = {r["exhibit"] for r in read(package, "exhibits")}
        named = {r["exhibit"] for table in ("identifiers", "media", "answers", "copies") for r in read(package, table)}
        named |= {r["exhibit"] for r in read(package, "payers")} - {"none"}
        named |= {r["ref"].removeprefix("exhibit:") for r in read(package, "basis") if r["kind"] == "exhibit"}
        assert named <= listed


def test_decisions_stand_in_the_order_in_which_they_were_made(world: World) -> None:
    made = {d.id: n for n, (d, _) in enumerate(world.case.decisions())}
    superseded = 0
    for package in world.packages:
        of = defaultdict(list)
        for r in read(package, "decisions"):
            of[r["finding"]].append(r)
        for rows in of.values():
            rows.sort(key=lambda r: int(r["number"]))
            assert [int(r["number"]) for r in rows] == [*range(1, len(rows) + 1)]
            assert [made[r["id"]] for r in rows] == sorted(made[r["id"]] for r in rows)
            assert all(r["standing"] == "superseded" for r in rows[:-1]) and rows[-1]["standing"] != "superseded"
            superseded += len(rows) - 1
    assert superseded, "the case has some, so that their order means something"


def flat(path: Path) -> str:
    """The words of a report or page, without white space."""
    if path.suffix == ".txt":
        return "".join(path.read_text("utf-8").split())
    document: Any = pypdfium2.PdfDocument(path)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_a_user_of_whom_only_payments_speak_is_said_to_be_one(world: World) -> None:
    told = 0
    for package in world.packages:
        named = {r["finding"]: r for r in read(package, "findings")}
        cited: dict[str, set[str]] = defaultdict(set)
        for r in read(package, "basis"):
            if r["role"] == "for":
                ref = r["ref"].removeprefix("finding:")
                cited[r["finding"]].add(named[ref]["predicate"] if r["kind"] == "finding" else r["kind"])
        tied = {r["finding"] for r in read(package, "accounts") if r["predicate"] == "user_candidate"}
        bare = [f for f in tied if cited[f] == {"payer_candidate"}]
        # a page's foot may stand within the sentence, so its beginning is counted
        begin = "".join(ONLY_PAID[:60].split())
        assert flat(package / "data" / "disclosure.txt").count(begin) == len(bare)
        assert flat(package / "data" / "report.pdf").count(begin) == len(bare)
        told += len(bare)
    assert told


def test_a_share_of_few_is_said_to_be_of_few(world: World) -> None:
    few = 0
    for package in world.packages:
        for r in read(package, "figures"):
            if r["interval"].startswith("wilson") and r["n"] != "0":
                wide = int(r["high_ppm"]) - int(r["low_ppm"]) > WIDE
                assert ("%" not in r["words"] and "too little for a share" in r["words"]) == wide
                few += wide
            elif r["interval"] == "none":
                assert "%" not in r["words"], "a count is no estimate"
    assert few


def test_every_rule_that_speaks_of_a_claim_beside_is_named(world: World, oracle: Callable[..., Any]) -> None:
    spoke = defaultdict(set)
    for r in world.case.current("link").to_pylist():
        spoke[r["finding"].hex()].add((r["role"], r["rule"]))
    named = 0
    for package in world.packages:
        for r in read(package, "alternatives"):
            if r["restrictions"] == "none":
                said = {(part.partition(": ")[0], rule) for part in r["reasons"].split("; ") if part != "none"
                        for rule in part.partition(": ")[2].split(", ")}  # fmt: skip
                assert said == spoke[r["finding"]]
                named += len(said)
    assert named
