"""Packages: what enters, what is refused, same inputs same bytes, and every kind of tampering."""

import csv
import dataclasses
import hashlib
import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pypdf import PdfReader
from tests.steps.refer.conftest import sha

from leadline.errors import RestrictionError, StaleError
from leadline.steps.refer import build, verify_package
from leadline.steps.refer import package as packages


def tree(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*")) if p.is_file()}  # fmt: skip


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data/tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def quick(monkeypatch):
    """Only the CSV writer, for tests that are not about the other formats."""
    monkeypatch.setattr(packages, "WRITERS", [w for w in packages.WRITERS if w.name == "tables"])


def test_one_package_a_jurisdiction_with_decided_persons_only(world, key, now, tmp_path, quick):
    outcome = build(world.source(), key, now, tmp_path)
    assert [p.jurisdiction for p in outcome.packages] == ["kr", "us"]
    assert [p.persons for p in outcome.packages] == [2, 3]
    assert [h.person for h in outcome.held] == ["person:account:site/5"]
    for package in outcome.packages:
        assert verify_package(package.path, [(key.name, key.public)]).ok
        assert package.name == f"{package.jurisdiction}-{package.tagmanifest[:16]}"


def test_undecided_and_rejected_persons_stay_out(world, key, now, tmp_path, quick):
    world.decisions = [(*d[:2], "unsure" if n < 2 else d[2], *d[3:]) for n, d in enumerate(world.decisions)]
    outcome = build(world.source(), key, now, tmp_path)
    referred = {r["person"] for p in outcome.packages for r in rows(p.path, "persons")}
    assert "person:account:site/0" not in referred and len(referred) == 4


def test_what_rests_on_a_cluster_is_asked_once_it_is_accepted(world, key, now, tmp_path, quick):
    rests = [r for r in world.rows["release"] if r[-1] == "inferred"]
    for row in rests:
        world.decide(row[0])
    package = next(p for p in build(world.source(), key, now, tmp_path).packages if p.jurisdiction == "us")
    asked = list(rows(package.path, "legal_requests_inferred"))
    assert asked and {r["grade"] for r in asked} == {"inferred"}
    assert {r["release_outpoint"] for r in asked} <= {r[3] for r in rests}


def test_a_request_states_the_release_itself(world, key, now, tmp_path, quick):
    package = build(world.source(), key, now, tmp_path).packages[1]
    asked = rows(package.path, "legal_requests")
    release = {(r[3].split(":")[1], r[1]): r for r in world.rows["release"]}
    assert {r["asset"] for r in asked} == {"BTC on regtest"}
    for r in asked:
        stated = release[r["release_outpoint"].split(":")[1], r["payment"]]
        assert (int(r["release_height"]), int(r["value_sat"])) == (stated[9], stated[4])
        assert r["release_utc_low"] == stated[10].isoformat().replace("+00:00", "Z")
        assert r["release_utc_high"] == stated[11].isoformat().replace("+00:00", "Z")
    # entry 1 of the pack states no label; what speaks against names nobody
    assert {r["tag_label"] for r in asked} == {"Northgate hot wallet", "service:northgate"}


def test_payments_without_a_price_are_counted_and_those_with_one_are_not(world, key, now, tmp_path, quick):
    person = "person:account:site/0"
    package = build(world.source(), key, now, tmp_path / "priced").packages[1]
    assert {r["unvalued"] for r in rows(package.path, "persons")} == {"0"}
    lost = [r[2] for r in world.rows["payment"] if r[1] == "account:site/0"][:2]
    whole = world.rows["valuation"]
    world.rows["valuation"] = [r for r in whole if r[1] not in lost]
    package = build(world.source(), key, now, tmp_path / "lost").packages[1]
    mine = next(r for r in rows(package.path, "persons") if r["person"] == person)
    kept = [r[6] for r in whole if r[2] == "payment" and r[1] not in lost
            and r[1] in {p[2] for p in world.rows["payment"] if p[1] == "account:site/0"}]  # fmt: skip
    assert mine["unvalued"] == "2"
    assert Decimal(mine["payer_fiat"]) + Decimal(mine["account_fiat"]) == sum(kept)
    world.rows["valuation"] = [r for r in whole if r[1] not in {p[2] for p in world.rows["payment"]}]
    package = build(world.source(), key, now, tmp_path / "none").packages[1]
    for r in rows(package.path, "persons"):
        assert (r["unvalued"], r["payer_fiat"], r["account_fiat"], r["currency"]) == ("5", "unknown", "unknown", "USD")


def test_payments_are_split_by_what_was_decided(world, key, now, tmp_path, quick):
    package = next(p for p in build(world.source(), key, now, tmp_path).packages if p.jurisdiction == "us")
    payments = rows(package.path, "payments")
    by_tie = {(r["person"], r["tie"]): 0 for r in payments}
    for r in payments:
        by_tie[(r["person"], r["tie"])] += int(r["value_sat"])
    for person in rows(package.path, "persons"):
        # payments 0, 1 and 3 have a return; payment 2 has none; payment 4 rests on the inferred grade
        assert (person["payer_payments"], person["account_payments"]) == ("3", "2")
        assert int(person["payer_sat"]) == by_tie[(person["person"], "payer")]
        assert int(person["account_sat"]) == by_tie[(person["person"], "account")]
    assert {r["grade"] for r in rows(package.path, "legal_requests")} == {"recorded"}
    assert not list(rows(package.path, "legal_requests_inferred")), "nobody decided it, nobody is asked"
    assert {r["state"] for r in rows(package.path, "legal_requests")} == {"open", "answered"}


def test_what_stands_against_enters_too(world, key, now, tmp_path, quick):
    package = build(world.source(), key, now, tmp_path).packages[1]
    assert {"for", "against"} == {r["role"] for r in rows(package.path, "basis")}
    assert {"for", "against"} == {r["role"] for r in rows(package.path, "reasons")}
    entered = {r["finding"]: r["entered"] for r in rows(package.path, "findings")}
    assert set(entered.values()) == {"decided", "basis", "context"}
    assert {r["finding"] for r in rows(package.path, "basis")} == set(entered)
    below = {
        r["ref"].removeprefix("finding:")
        for r in rows(package.path, "basis")
        if r["kind"] == "finding" and entered[r["finding"]] != "context"
    }
    assert below and "context" not in {entered[f] for f in below}, "what a decided finding rests on is its basis"
    examined = [r for r in rows(package.path, "media") if r["examiner"] != "none"]
    assert {r["examiner"] for r in examined} == {"training/1", "training/2"}, "of a claim, and of the file as seized"
    assert {r["status"] for r in examined} == {"never_seen"}


def test_a_digest_named_in_a_message_is_the_seized_file(world, key, now, tmp_path, quick):
    package = build(world.source(), key, now, tmp_path).packages[1]
    named = [r for r in rows(package.path, "media") if r["act"] == "message"]
    assert named and all(
        r["media"].startswith("media:md5-") and r["locator"].startswith("row:messages/") for r in named
    )
    files = {r["media"]: r for r in rows(package.path, "media") if r["act"] == "upload"}
    findings = {r["finding"]: r for r in rows(package.path, "findings")}
    for row in named:
        assert (row["status"], row["examiner"]) == (files[row["file"]]["status"], files[row["file"]]["examiner"])
        tie = findings[row["tie"].removeprefix("finding:")]
        assert (tie["subject"], tie["predicate"], tie["object"]) == (row["media"], "digest_of", row["file"])
        assert "made to collide" in tie["not_said"]
        assert [r for r in rows(package.path, "basis") if r["finding"] == tie["finding"] and r["kind"] == "exhibit"]
    assert {r["examiner"] for r in named} == {"none", "training/2"}
    world.rows["named_digest"] += [(*row[:2], "media:" + "cd" * 32, "md5") for row in world.rows["named_digest"]]
    other = build(world.source(), key, now, tmp_path / "several").packages[1]
    assert {(r["file"], r["tie"]) for r in rows(other.path, "media")} == {("none", "none")}, (
        "of two files it is neither"
    )


def test_the_lists_searched_go_along_with_their_licence(world, key, now, tmp_path, quick):
    package = build(world.source(), key, now, tmp_path).packages[1]
    (row,) = rows(package.path, "lists")
    assert (row["version"], row["dated"], row["licence"]) == ("7", "2017-12-01", "Agency agreement 12/2017")


def test_a_rejected_likeness_says_nothing_of_a_file(world, key, now, tmp_path, quick):
    media = next(row[3] for row in world.rows["event"] if row[2] == "upload")
    like = world.claim("match", media, "contains_clip_of", "entry:" + "ab" * 32 + "/1",
                       ("list", "list:" + "ab" * 32, "entry:1", "for"))  # fmt: skip
    world.claims["match"]._findings = {k: v for k, v in world.claims["match"]._findings.items() if v[2] != "never_seen"}
    kept = set(world.claims["match"]._findings)
    world.claims["match"]._basis = [row for row in world.claims["match"]._basis if row[0] in kept]
    world.decisions = [row for row in world.decisions if row[3] != "training/1"]
    status = {}
    for name in ("known", "rejected"):
        if name == "rejected":
            world.decide(like, "rejected")
        package = build(world.source(), key, now, tmp_path / name).packages[1]
        status[name] = {r["status"] for r in rows(package.path, "media") if r["media"] == media}
    assert status == {"known": {"known"}, "rejected": {"not_searched"}}


def test_a_stale_decision_is_refused_and_named(world, key, now, tmp_path, quick):
    finding = world.decisions[0][1]
    world.stale.add(finding)
    with pytest.raises(StaleError) as caught:
        build(world.source(), key, now, tmp_path)
    assert finding.hex() in caught.value.where and not list(tmp_path.iterdir())
    assert "decide it again" in caught.value.remedy and "withdraw" not in caught.value.remedy


def test_a_decision_whose_finding_is_gone_is_refused(world, key, now, tmp_path, quick):
    world.decide(b"\x11" * 32)
    with pytest.raises(StaleError) as caught:
        build(world.source(), key, now, tmp_path)
    assert "11" * 32 in caught.value.where
    decision = world.decisions[-1][0]
    assert f"withdraw+=decision:{decision.hex()} " in caught.value.remedy and "again" not in caught.value.remedy


@pytest.mark.parametrize("exhibit", ["site", "return", "enquiries"])
def test_what_may_not_travel_is_refused_and_named(world, key, now, tmp_path, quick, exhibit):
    world.restrictions[exhibit] = "grand_jury"
    with pytest.raises(RestrictionError) as caught:
        build(world.source(), key, now, tmp_path)
    assert hashlib.sha256(exhibit.encode()).hexdigest() in caught.value.where and not list(tmp_path.iterdir())
    outcome = build(world.source(), key, now, tmp_path, restricted="hold_back")
    assert not outcome.packages and len(outcome.held) == 6
    world.cleared = {"grand_jury": frozenset({"us"})}
    outcome = build(world.source(), key, now, tmp_path, restricted="hold_back")
    assert [p.jurisdiction for p in outcome.packages] == ["us"]


@pytest.mark.parametrize("word", ["privileged", "child_identity", "a_word_of_tomorrow"])
def test_some_restrictions_cannot_be_cleared(world, key, now, tmp_path, quick, word):
    world.restrictions["return"] = word
    world.cleared = {word: frozenset({"us", "kr"})}
    with pytest.raises(RestrictionError):
        build(world.source(), key, now, tmp_path)


def test_a_restriction_on_the_case_is_on_every_exhibit(world, key, now, tmp_path, quick):
    source = dataclasses.replace(world.source(), restrictions=("court_sealed",))
    with pytest.raises(RestrictionError):
        build(source, key, now, tmp_path)
    freed = dataclasses.replace(source, cleared={"court_sealed": frozenset({"us", "kr"})})
    for package in build(freed, key, now, tmp_path).packages:
        assert b"court_sealed" in (package.path / "data/tables/exhibits.csv").read_bytes()


def test_same_inputs_same_bytes(world, key, now, tmp_path, quick):
    first, second = tmp_path / "a", tmp_path / "b"
    build(world.source(), key, now, first)
    build(world.source(), key, now, second)
    assert tree(first) == tree(second) and len(tree(first)) > 30


def test_the_time_of_signing_is_outside_the_payload(world, key, now, tmp_path, quick):
    first, second = tmp_path / "a", tmp_path / "b"
    build(world.source(), key, now, first)
    build(world.source(), key, now.replace(year=2027), second)
    a, b = tree(first), tree(second)
    assert {p for p in a if a[p] != b[p]} == {p for p in a if p.endswith("package.sig")}


def test_bagit_accepts_every_bag(world, key, now, tmp_path, oracle, quick):
    bagit = oracle("bagit")
    for package in build(world.source(), key, now, tmp_path).packages:
        assert bagit.Bag(str(package.path)).validate()


def test_every_changed_file_is_noticed(world, key, now, tmp_path, quick):
    package = build(world.source(), key, now, tmp_path).packages[0].path
    trusted = [(key.name, key.public)]
    for path in sorted(p for p in package.rglob("*") if p.is_file()):
        before = path.read_bytes()
        for changed in (before[:-1], before + b"\n", bytes([before[0] ^ 1]) + before[1:]):
            path.write_bytes(changed)
            assert not verify_package(package, trusted).ok, path.name
        path.unlink()
        assert not verify_package(package, trusted).ok, path.name
        path.write_bytes(before)
    for extra in ("data/more.csv", "more.txt"):
        (package / extra).write_text("x")
        assert not verify_package(package, trusted).ok
        (package / extra).unlink()
    (package / "data/link").symlink_to("/etc/hostname")
    assert not verify_package(package, trusted).ok
    (package / "data/link").unlink()
    assert verify_package(package, trusted).ok


@pytest.mark.parametrize("name", [".DS_Store", "data/.DS_Store", "Thumbs.db", "._report.pdf"])
def test_what_an_operating_system_leaves_is_named_and_passes(world, key, now, tmp_path, quick, name):
    package = build(world.source(), key, now, tmp_path).packages[0].path
    trusted = [(key.name, key.public)]
    (package / name).write_text("x")
    found = verify_package(package, trusted)
    assert found.ok
    assert "its payload is whole" in found.verdict
    assert found.verdict.endswith("one file stands beside it")
    assert any(line.startswith(f"{name}: ") for line in found.notes)
    (package / "note.txt").write_text("x")
    found = verify_package(package, trusted)
    assert not found.ok
    assert "its payload is whole" in found.verdict
    assert found.verdict.endswith("2 files stand beside it")
    (package / "note.txt").unlink()
    (package / "data" / "report.pdf").write_bytes(b"%PDF-1.7 of somebody else")
    assert not verify_package(package, trusted).ok


def test_signed_again_with_another_key_is_refused(world, key, new_key, now, tmp_path, quick):
    other = new_key(8)
    package = build(world.source(), other, now, tmp_path).packages[0].path
    assert not verify_package(package, [(key.name, key.public)]).ok
    assert not verify_package(package, []).ok
    assert not verify_package(tmp_path, [(key.name, key.public)]).ok
    assert verify_package(package, [(key.name, key.public), (other.name, other.public)]).ok


def test_a_renamed_signature_of_another_package_is_refused(world, key, now, tmp_path, quick):
    one, two = (p.path for p in build(world.source(), key, now, tmp_path).packages)
    (one / "package.sig").write_bytes((two / "package.sig").read_bytes())
    assert not verify_package(one, [(key.name, key.public)]).ok


@pytest.mark.parametrize(("predicate", "payer", "account"), [("received", 2, 2), ("released", 2, 3),
                                                             ("customer_of_record", 2, 3)])  # fmt: skip
def test_what_was_rejected_counts_for_nobody(world, key, now, tmp_path, quick, predicate, payer, account):
    findings = world.source().table("finding").to_pylist()
    payment = next(r for r in world.rows["payment"] if r[1] == "account:site/0" and r[3] == 1_000_001)[2]
    finding = next(r["id"] for r in findings if r["predicate"] == predicate and r["object"] == payment)
    world.decide(finding, "rejected")
    package = build(world.source(), key, now, tmp_path).packages[1].path
    person = next(r for r in rows(package, "persons") if r["person"] == "person:account:site/0")
    assert (int(person["payer_payments"]), int(person["account_payments"])) == (payer, account)


def test_the_signed_name_is_said_and_held_against_the_folder(world, key, now, tmp_path, quick):
    one, two = (p.path for p in build(world.source(), key, now, tmp_path).packages)
    trusted = [(key.name, key.public)]
    whole = verify_package(one, trusted)
    assert whole.ok and whole.name == one.name and whole.verdict.startswith(f"{one.name}: whole") and not whole.notes
    copy = one.rename(one.with_name("from the post"))
    otherwise = verify_package(copy, trusted)
    assert otherwise.ok and otherwise.name == one.name and one.name in otherwise.notes[0]
    swapped = two.name
    two.rename(two.with_name("aside"))
    taken = verify_package(copy.rename(copy.with_name(swapped)), trusted)
    assert not taken.ok and taken.name == one.name and swapped in taken.problems[0] and one.name in taken.problems[0]


def test_an_exhibit_that_the_case_holds_by_reference_says_so(world, key, now, tmp_path, quick):
    source = world.source()
    exhibit = source.tables["exhibit"]
    held = pa.array(["reference" if row == sha("site") else "stored" for row in exhibit["exhibit"].to_pylist()])
    at = exhibit.schema.get_field_index("held")
    tables = {**source.tables, "exhibit": exhibit.set_column(at, exhibit.schema.field(at), held)}
    for package in build(dataclasses.replace(source, tables=tables), key, now, tmp_path).packages:
        found = {r["exhibit"]: r for r in rows(package.path, "exhibits")}
        site = found[sha("site").hex()]
        assert site["held"] == "reference" and found[sha("return").hex()]["held"] == "stored"
        assert (site["size"], site["authority"]) == ("4096", "search warrant 17/2018")


def test_without_a_price_series_the_report_says_so_once_and_no_currency_is_called_none(world, key, now, tmp_path):
    world.rows["valuation"] = []
    made = world.source()
    face = dataclasses.replace(made.case, pins=tuple(pin for pin in made.case.pins if pin[0] != "price"))
    package = build(dataclasses.replace(made, case=face), key, now, tmp_path).packages[1]
    text = "\n".join(page.extract_text() for page in PdfReader(package.path / "data" / "report.pdf").pages)
    said = " ".join(text.split())
    assert said.count("Not valued: no price series is pinned in this case, so that every value in USD is unknown.") == 1
    assert "unknown USD" in said
    assert not re.search(r"\bnone USD|unknown none|0\.00 none", said)
    assert {r["currency"] for r in rows(package.path, "payments")} == {"USD"}
