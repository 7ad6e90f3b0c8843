"""Every sentence a package prints of itself is held by a check on the training case, or fails here by name.

The sentences are taken out of the templates themselves: a new one that `sentences.SAID` does not assign is a failure.
What `method` says is held by test_method.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance import test_method as method
from tests.acceptance.prose import fragments
from tests.acceptance.sentences import SAID
from tests.acceptance.test_left_out import flat, read
from tests.acceptance.test_method import World

from leadline.kinds.writers.report.annex import SECTIONS
from leadline.kinds.writers.report.drafts import drafts
from leadline.model.predicates import PREDICATES
from leadline.model.words import BANDS, HOP_RULES
from leadline.steps import rank
from leadline.steps.disclosure_sentences import OPEN, PRESUPPOSES, REFUTES, RULES
from leadline.steps.refer.refer_io import DECIDES_ON
from leadline.steps.validation import WIDE

ROOT = Path(__file__).resolve().parents[2]


def words(package: Path, name: str = "report.pdf") -> str:
    """The text of a package's file without white space, quotes straight."""
    return flat(package / "data" / name).replace("’", "'").replace("“", '"').replace("”", '"')


def squeezed(text: str) -> str:
    return "".join(text.split())


def training_case(w: World) -> None:
    for package in w.packages:
        made = read(package, "decisions")
        scripted = sum(r["scripted"] == "true" for r in made)
        said = f"Of {len(made)} decisions in this package {scripted} were made by the training case's"
        assert (squeezed(said) in words(package)) == (scripted > 0)


def against_first(w: World) -> None:
    """Every reason against a claim of the package stands in the report in its own words."""
    told = 0
    for package in w.packages:
        text = words(package)
        for r in read(package, "reasons"):
            if r["role"] == "against":
                told += 1
                assert squeezed(r["says"])[:40] in text
    assert told


def asked(w: World) -> None:
    states: Counter[str] = Counter()
    for package in w.packages:
        rows, text = read(package, "legal_requests"), words(package)
        open_ = sum(r["state"] == "open" for r in rows)
        states["open" if open_ else "answered" if rows else "none"] += 1
        assert (squeezed("were answered; Section") in text or squeezed("was answered; Section") in text) == (
            bool(rows) and not open_
        )
        assert (squeezed("No recorded release is in this package") in text) == (not rows)
        assert not open_ or re.search(rf"{open_}outputs?ha(s|ve)notbeenansweredbyaservice", text)
        inferred = read(package, "legal_requests_inferred")
        accepted = {d.finding.hex() for d, s in w.case.decisions() if s == "in_force" and d.verdict == "accepted"}
        assert {r["finding"] for r in inferred} <= accepted
        assert all(r["address"] and r["btc"] and r["release_utc_low"] for r in (*rows, *inferred))
    assert len(states) > 1


def tied(w: World) -> None:
    decided = {d.finding.hex() for d, s in w.case.decisions() if s == "in_force" and d.verdict == "accepted"}
    for package in w.packages:
        assert {r["finding"] for r in read(package, "accounts")} <= decided


def paid_by(w: World) -> None:
    """Each payer counted is one a decision names for that very payment, by a record and a place in a return."""
    named = {r["id"].hex(): r for r in w.case.current("finding").to_pylist()}
    basis = defaultdict(set)
    for r in w.case.current("basis").to_pylist():
        if r["role"] == "for":
            basis[r["finding"].hex()].add((r["ref"], r["locator"]))
    accepted = {d.finding.hex() for d, s in w.case.decisions() if s == "in_force" and d.verdict == "accepted"}
    states: Counter[str] = Counter()
    for package in w.packages:
        counted, decided = defaultdict(set), defaultdict(set)
        for r in read(package, "payers"):
            states[f"{r['whose']} {r['state']}"] += 1
            claim, record = named[r["finding"]], named[r["record"]]
            assert (claim["predicate"], claim["subject"]) == ("payer_candidate", r["account"])
            assert (record["predicate"], record["object"]) == ("customer_of_record", r["payment"])
            assert r["finding"] in accepted and (f"finding:{r['record']}", "") in basis[r["finding"]]
            decided[r["person"], r["account"], r["payment"]].add(r["state"])
            if r["state"] == "counted" and r["customer"] != "withheld":
                assert claim["object"] == record["subject"] == r["customer"]
                assert (f"exhibit:{r['exhibit']}", r["locator"]) in basis[r["record"]]
                if r["whose"] == "own":
                    counted[r["person"], r["account"], r["payment"]].add(r["customer"])
        payments = read(package, "payments")
        for r in payments:
            key = (r["person"], r["account"], r["outpoint"])
            assert (r["tie"] == "payer") == bool(counted[key])
            assert r["customers"] == (" ".join(sorted(counted[key])) or "none")
        text = words(package)
        nobody = sum(not decided[r["person"], r["account"], r["outpoint"]] for r in payments)
        assert text.count("whopaidisnotdecided") == nobody
        apart = [r for r in payments if r["tie"] == "account"]
        assert text.count("notcountedaspaidbythisperson") == len(apart) - nobody
        for person in read(package, "persons"):
            own = [r for r in payments if r["person"] == person["person"] and r["tie"] == "payer"]
            share = {r["outpoint"]: int(r["value_sat"]) * int(r["share_ppm"]) // 1_000_000 for r in own}
            assert int(person["payer_share_sat"]) == sum(share.values()) <= int(person["payer_sat"])
    assert states["own counted"] and states["own unrecorded"] and states["other counted"]


def whole_case(w: World) -> None:
    """The lines of the whole case stand once, behind the section that says so."""
    from_case = squeezed("These lines count every payment of the case")
    for package in w.packages:
        assert words(package).count(from_case) == 1
    assert len(w.case.current("payment")) > len({r["outpoint"] for r in w.rows("payments")}), "the case holds others"


def decided(w: World) -> None:
    accepted = {d.finding.hex() for d, s in w.case.decisions() if s == "in_force" and d.verdict == "accepted"}
    for r in w.rows("findings"):
        assert (r["entered"] == "decided") == (r["finding"] in accepted)
    assert {r["entered"] for r in w.rows("findings")} == {"decided", "basis", "context"}


def bands(w: World) -> None:
    assert rank.BANDS == ("A", "B", "U", "C", "D") and set(rank.BANDS) == set(BANDS)
    for package in w.packages:
        rows = read(package, "persons")
        assert [int(r["place"]) for r in rows] == sorted(int(r["place"]) for r in rows)
        assert [rank.BANDS.index(r["band"]) for r in rows] == sorted(rank.BANDS.index(r["band"]) for r in rows)
        for r in rows:
            unknown = set(r["unknown"].split(",")) - {"none"}
            assert not unknown & {k.removesuffix("=no") for k in r["known"].split(",")}
            assert (squeezed(f"shared by {r['sharing']} persons") in words(package)) or r["sharing"] == "1"


def asked_before(w: World) -> None:
    """Said of an answer that is dated before its customer's return came in; in the training case of none."""
    acquired = {r["exhibit"].hex(): r["acquired_at"] for r in w.case.current("exhibit").to_pylist()}
    named: dict[str, str] = {}
    for r in w.case.current("customer").to_pylist():
        at = acquired[r["exhibit"].hex()]
        named[r["customer"]] = min(at, named.get(r["customer"], at))
    for package in w.packages:
        for r in read(package, "answers"):
            dated = r["utc_high"] not in ("", "unknown", "none")
            odd = dated and r["member"] in named and r["utc_high"].replace(" ", "T")[:19] < named[r["member"]][:19]
            assert (r["before_return"] == "yes") == bool(odd)
        said = squeezed("dated before the return that names this customer") in words(package)
        assert said == any(r["before_return"] == "yes" for r in read(package, "answers"))


def unvalued(w: World) -> None:
    for package in w.packages:
        missing = any(r["unvalued"] != "0" for r in read(package, "persons"))
        assert (squeezed("no price pinned for the day") in words(package)) == missing
        assert squeezed("Not valued: no price series") not in words(package), "the training case has one"
        assert all(int(r["value_sat"]) > 0 for r in read(package, "payments"))


def withheld(w: World) -> None:
    for package in w.packages:
        told = sum(int(r["withheld"]) for r in read(package, "releases"))
        assert (squeezed("withheld from this package") in words(package)) == (told > 0)


def figures(w: World) -> None:
    """Intervals wider than is said have no share; a path's figure stands as the table has it."""
    assert WIDE == 300_000, "the report says three tenths"
    for package in w.packages:
        text = words(package)
        for r in read(package, "figures"):
            if r["interval"].startswith("wilson") and r["n"] != "0":
                assert ("%" in r["words"]) == (int(r["high_ppm"]) - int(r["low_ppm"]) <= WIDE)
            if r["of"] == "all":
                assert squeezed(r["words"])[:12] in text


def beside(w: World) -> None:
    for package in w.packages:
        some = Counter(r["person"] for r in read(package, "alternatives"))
        bare = sum(not some[r["person"]] for r in read(package, "persons"))
        assert words(package).count(squeezed("No such claim about these records and payments")) == bare
        summed = {r["finding"] for r in read(package, "payments")} | {r["finding"] for r in read(package, "accounts")}
        assert not summed & {r["finding"] for r in read(package, "alternatives")}


def media(w: World) -> None:
    """Known is of a list's digest or two methods, never seen of none: as match's findings say of the file."""
    words_of = ("known_as", "same_video_as", "contains_clip_of")
    findings = w.case.current("finding").to_pylist()
    known = {r["subject"] for r in findings if r["predicate"] in words_of and r["object"].startswith("entry:")}
    for package in w.packages:
        rows = read(package, "media")
        for r in rows:
            file = {r["file"], r["media"]} - {"none"}
            assert r["status"] != "known" or file & known
            assert r["status"] != "never_seen" or not file & known
            assert (r["tie"] == "none") == (r["file"] == "none")
        bare = {r["person"] for r in read(package, "persons")} - {r["person"] for r in rows}
        assert words(package).count(squeezed("No upload, download or message that names")) == len(bare)


def short(w: World) -> None:
    for package in w.packages:
        text = words(package)
        assert all(r["finding"][:12] in text for r in read(package, "accounts"))


def accounts(w: World) -> None:
    keys = {(r["account"], r["locator"]) for r in w.case.current("account").to_pylist()}
    assert any(place == f"row:users/{account.rpartition('/')[2]}" for account, place in keys)


def claims(w: World) -> None:
    assert {r["predicate"] for r in w.rows("findings")} <= PREDICATES.keys()


def places(w: World) -> None:
    kinds = {re.split(r"[:@]", r["locator"])[0] for r in w.rows("basis") if r["kind"] == "exhibit"}
    assert kinds <= {"row", "line", "cell", "byte", "out"} and len(kinds) > 2


def outputs(w: World) -> None:
    for r in w.rows("payments"):
        assert int(r["value_sat"]) == int(w.view.out_value[w.output(r["outpoint"])])
        whole, _, part = r["btc"].partition(".")
        assert int(whole + part) == int(r["value_sat"]) and len(part) == 8


def private(w: World) -> None:
    """Between release and payment no transaction spends an address that a tag names as a service's."""
    services = {address for _, address in w.tagged}
    for r in w.rows("hops"):
        if r["rule"] == "spend" and r["seq"] != "0":
            index = w.ledger.tx_index(r["tx"].removeprefix("tx:"))
            inputs = w.view.in_prev[int(w.view.tx_first_in[index]) : int(w.view.tx_first_in[index + 1])]
            assert r["outpoint_in"] == "" or not {w.address(int(o)) for o in inputs} <= services


def files(w: World) -> None:
    for package in w.packages:
        text = words(package)
        for file in (package / "data" / "tables").iterdir():
            assert f"data/tables/{file.name}" in text
        assert all((package / "data" / n).is_file() for n in ("disclosure.txt", "graph.jsonld", "shapes.ttl"))
        digested = {line.split("  ", 1)[1] for line in (package / "manifest-sha256.txt").read_text().splitlines()}
        assert digested == {str(p.relative_to(package)) for p in (package / "data").rglob("*") if p.is_file()}


def annex(w: World) -> None:
    for package in w.packages:
        text = words(package, "court.pdf")
        custody = (package / "custody.txt").read_text("utf-8")
        assert "log root" in custody
        for r in read(package, "exhibits"):
            assert r["exhibit"] in custody and r["exhibit"][:16] in text
        assert {r["section"] for r in read(package, "court")} == set(SECTIONS)


CHECKS: dict[str, Callable[[World], None]] = {
    "training_case": training_case, "against_first": against_first, "asked": asked, "tied": tied, "paid_by": paid_by,
    "whole_case": whole_case, "decided": decided, "bands": bands, "asked_before": asked_before,
    "unvalued": unvalued, "withheld": withheld,
    "figures": figures, "beside": beside, "media": media, "short": short, "accounts": accounts, "claims": claims,
    "places": places, "outputs": outputs, "private": private, "files": files, "annex": annex,
    "shared": method.shared, "walks": method.walks, "releases": method.releases, "copies": method.copies,
    "basis": method.basis, "returned": method.returned, "records": method.records,
}  # fmt: skip
"""What would fail on this case if a sentence stopped being true."""
TESTED = {
    "companions": "tests/acceptance/test_companions.py::"
    "test_every_place_that_only_the_log_makes_so_is_marked_and_no_other",
    "no_image": "tests/acceptance/test_embedded_images.py::test_no_cell_and_no_packaged_file_is_an_image",
    "signed": "tests/acceptance/test_packages.py::test_every_package_verifies_and_one_changed_byte_does_not",
    "falls": "tests/acceptance/test_withdrawal.py::test_a_withdrawal_does_what_was_said",
}
"""What a test of its own holds."""
NO_FACT = {
    "label": "a heading, or the beginning of a line whose facts the tables give",
    "alternatives": "what may lie behind any return: true of none in particular, and excluded for none",
    "refuted": "what would show a claim to be wrong: said of nothing that happened",
}
"""What says nothing that this case could belie."""


@pytest.fixture(scope="module")
def world(played: Path) -> World:
    return World(played)


def test_every_sentence_of_the_templates_is_held_by_something() -> None:
    printed = {*fragments("referral.typ"), *fragments("court.typ")}
    held = [sentence for some in SAID.values() for sentence in some]
    assert printed - set(held) == set(), "give each a check in tests/acceptance/sentences.py"
    assert set(held) - printed == set(), "these are printed no more"
    assert len(held) == len(set(held))
    assert SAID.keys() == CHECKS.keys() | TESTED.keys() | NO_FACT.keys()


@pytest.mark.parametrize("check", CHECKS)
def test_what_a_package_prints_is_so(world: World, check: str) -> None:
    CHECKS[check](world)


def exists(test: str) -> bool:
    """Whether a test of this name, path::name, is there."""
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


@pytest.mark.parametrize("test", TESTED.values())
def test_a_test_that_holds_a_sentence_is_there(test: str) -> None:
    assert exists(test)


def test_every_rule_and_decided_predicate_has_its_sentences_for_the_other_side() -> None:
    assert RULES.keys() == PRESUPPOSES.keys() == set(HOP_RULES)
    assert set(HOP_RULES) <= REFUTES.keys() and OPEN.keys() <= PREDICATES.keys()
    beside = {"received", "known_as", "same_video_as", "contains_clip_of", "similar_to", "never_seen", "seized_in",
              "digest_of"}  # fmt: skip
    assert set(DECIDES_ON) - OPEN.keys() <= beside, "what is decided about people and coins says what it leaves open"


def test_what_a_rule_of_a_path_says_is_so_on_the_chain(world: World) -> None:
    """A hop by recorded spend spends the output named; a tag names what a release spends, or what a cash-out pays."""
    seen: Counter[str] = Counter()
    tagged = {address for _, address in world.tagged}
    predicate = {r["id"]: r["predicate"] for r in world.case.current("finding").to_pylist()}
    first = world.view.tx_first_in
    for r in world.case.current("hop").to_pylist():
        index = world.ledger.tx_index(r["tx"].removeprefix("tx:"))
        inputs = [int(o) for o in world.view.in_prev[int(first[index]) : int(first[index + 1])]]
        forward = predicate[r["finding"]] == "cashed_out"
        lay_on = {r["address"]} if forward else {world.address(o) for o in inputs if o >= 0}
        seen[r["rule"]] += 1
        seen["forward"] += forward
        assert r["rule"] != "tag" or lay_on & tagged
        assert r["rule"] != "cluster" or not lay_on & tagged, "else the tag would say so"
        if r["rule"] == "spend" and r["outpoint_in"]:
            assert world.output(r["outpoint_in"]) in inputs
    assert seen["spend"] and seen["tag"] and seen["cluster"] and seen["forward"]


def test_the_drafts_say_only_what_a_person_may_state(world: World) -> None:
    """No draft says that anything was done: each is printed as unsigned, with blanks for what the signer did."""
    unsigned, made = drafts()
    for package in world.packages:
        text = words(package, "court.pdf")
        assert text.count(squeezed(unsigned)[:40]) == len(made)
        for draft in made:
            assert all(squeezed(f)[:20] in text for f in draft.fields)
