"""What stands beside a package: every claim about its persons' records travels with its verdict, restricted or not."""

import csv
import dataclasses
from pathlib import Path

import pytest
from tests.steps.refer.conftest import START, World, outpoint, sha

from leadline.steps.refer import build
from leadline.steps.refer import package as packages

OTHER, UNDECIDED = "customer:northgate/NG-9001", "customer:northgate/NG-9002"
PAID, RELEASED = outpoint("pay 0 2", 0), outpoint("release 0 2", 3)


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data/tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def told(world: World) -> World:
    """Payment 2 of person 0 is answered after all: the return names two strangers, one rejected, one never decided."""
    back = f"exhibit:{sha('enquiries').hex()}"
    released = next(r[0] for r in world.rows["release"] if r[1] == PAID)
    for n, customer in enumerate((OTHER, UNDECIDED)):
        world.add("event", f"event:northgate/withdrawal/x{n}", customer, "withdrawal", "tx:" + RELEASED.split(":")[1],
                  "addr0x2", 3_000_503, START, START, "none", None, sha("enquiries"), f"line:{90 + n}")  # fmt: skip
        record = world.claim("link", customer, "customer_of_record", PAID, ("exhibit", back, f"line:{90 + n}", "for"),
                             ("finding", f"finding:{released.hex()}", "", "for"))  # fmt: skip
        candidate = world.claim("link", "account:site/0", "payer_candidate", customer,
                                ("finding", f"finding:{record.hex()}", "", "for"),
                                ("exhibit", back, f"line:{80 + n}", "against"))  # fmt: skip
        if customer == OTHER:
            world.decide(candidate, "rejected")
            world.decide(record, "unsure")
    for state in ("rejected", "unsure"):
        like = world.claim("link", "account:site/0", "same_person", f"account:site/9{state}",
                           ("exhibit", f"exhibit:{sha('site').hex()}", "row:users/9", "for"))  # fmt: skip
        world.decide(like, state)
    return world


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the CSV writer."""
    monkeypatch.setattr(packages, "WRITERS", [w for w in packages.WRITERS if w.name == "tables"])


def us(world: World, key, now, tmp_path, **more) -> Path:
    source = dataclasses.replace(world.source(), **more)
    return next(p.path for p in build(source, key, now, tmp_path).packages if p.jurisdiction == "us")


def test_each_release_says_what_the_return_says_of_it(told, key, now, tmp_path, quick):
    found = {r["payment"]: r for r in rows(us(told, key, now, tmp_path), "releases") if "site/0" in r["person"]}
    mine = "customer:northgate/NG-0000"
    assert (found[PAID]["answer"], found[PAID]["returned"], found[PAID]["customers"]) == (
        "confirmed", f"{OTHER} {UNDECIDED}", "none")  # fmt: skip
    counted = found[outpoint("pay 0 1", 1)]
    assert (counted["answer"], counted["returned"], counted["customers"]) == ("confirmed", mine, mine)
    told.rows["event"] = [r for r in told.rows["event"] if r[1] not in (OTHER, UNDECIDED)]
    silent = {r["payment"]: r for r in rows(us(told, key, now, tmp_path / "2"), "releases")}
    assert (silent[PAID]["answer"], silent[PAID]["returned"]) == ("unanswered", "none")
    told.rows["event"] = [r for r in told.rows["event"] if r[2] != "withdrawal"]
    nobody = rows(us(told, key, now, tmp_path / "3"), "releases")
    assert {(r["answer"], r["returned"]) for r in nobody} == {("not_asked", "none")}


def test_a_denied_release_stands_with_its_payment_and_counts_for_nobody(told, key, now, tmp_path, quick):
    paid = outpoint("pay 0 1", 1)
    finding = next(r[0] for r in told.rows["release"] if r[1] == paid)
    before = us(told, key, now, tmp_path / "before")
    (counted,) = (r for r in rows(before, "payments") if r["outpoint"] == paid)
    assert counted["tie"] == "payer"
    told.decide(finding, "rejected")
    package = us(told, key, now, tmp_path / "after")
    (row,) = (r for r in rows(package, "releases") if r["payment"] == paid)
    assert (row["answer"], row["customers"]) == ("denied", "none")
    (payment,) = (r for r in rows(package, "payments") if r["outpoint"] == paid)
    assert (payment["tie"], payment["share_ppm"]) == ("account", "0")
    assert (finding.hex(), "rejected") in {(r["finding"], r["verdict"]) for r in rows(package, "decisions")}
    assert finding.hex() in {r["finding"] for r in rows(package, "hops")}, "its path can be looked at"


def test_every_end_of_a_walk_that_is_no_recorded_release_stands_with_its_payment(told, key, now, tmp_path, quick):
    package = us(told, key, now, tmp_path)
    mine = {r["outpoint"] for r in rows(package, "payments")}
    inferred = {(r[1], r[3], r[2]) for r in told.rows["release"] if r[-1] == "inferred" and r[1] in mine}
    stopped = {(r[1], r[2], f"stop:{r[3]}") for r in told.rows.get("stop", ()) if r[1] in mine}
    got = {(r["payment"], r["at"], r["what"], r["grade"]) for r in rows(package, "ends")}
    assert inferred
    assert got == {(*row, "inferred") for row in inferred} | {(*row, "stopped") for row in stopped}


def test_every_claim_beside_the_package_travels_with_its_verdict(told, key, now, tmp_path, quick):
    package = us(told, key, now, tmp_path)
    beside = {(r["predicate"], r["subject"], r["object"]): r for r in rows(package, "alternatives")}
    verdicts = {
        ("payer_candidate", "account:site/0", OTHER): "rejected",
        ("customer_of_record", OTHER, PAID): "unsure",
        ("payer_candidate", "account:site/0", UNDECIDED): "undecided",
        ("customer_of_record", UNDECIDED, PAID): "undecided",
        ("same_person", "account:site/0", "account:site/9rejected"): "rejected",
        ("same_person", "account:site/0", "account:site/9unsure"): "unsure",
    }
    for key_, verdict in verdicts.items():
        row = beside[key_]
        assert row["verdict"] == verdict and row["restrictions"] == "none", key_
        assert row["standing"] == ("none" if verdict == "undecided" else "in_force")
    assert {(r["basis_for"], r["basis_against"]) for k, r in beside.items() if k[2] == OTHER} == {("1", "1")}
    made = {d[1].hex(): d[2] for d in told.decisions}
    carried = {r["finding"]: r["verdict"] for r in rows(package, "decisions")}
    decided = {r["finding"] for r in beside.values() if r["verdict"] != "undecided"}
    assert decided <= set(carried) and all(made[f] == v for f, v in carried.items())
    # whoever stands beside is named by reference only
    assert OTHER not in {r["subject"] for r in rows(package, "identifiers")}


def test_what_counts_does_not_stand_beside(told, key, now, tmp_path, quick):
    package = us(told, key, now, tmp_path)
    beside = {r["finding"] for r in rows(package, "alternatives")}
    assert not beside & {r["finding"] for name in ("accounts", "payments", "releases") for r in rows(package, name)}
    on_a_cluster = {r[0].hex() for r in told.rows["release"] if r[-1] == "inferred"}
    assert on_a_cluster & beside, "a release that rests on a cluster counts nowhere, and is not left out either"


def test_restricted_strangers_travel_as_references_and_counts(told, key, now, tmp_path, quick):
    # the persons' own bands rest on the same exhibit, and would bar them whole
    told.claims["rank"]._findings.clear()
    told.claims["rank"]._basis.clear()
    told.rows.pop("band")
    told.restrictions["enquiries"] = "grand_jury"
    package = us(told, key, now, tmp_path / "barred")
    beside = rows(package, "alternatives")
    held = [r for r in beside if r["restrictions"] != "none"]
    assert {(r["subject"], r["object"], r["restrictions"]) for r in held} == {("withheld", "withheld", "grand_jury")}
    assert sorted(r["verdict"] for r in held) == ["rejected", "undecided", "undecided", "unsure"]
    assert all(int(r["basis_for"]) for r in held)
    release = next(r for r in rows(package, "releases") if r["payment"] == PAID)
    assert (release["answer"], release["returned"], release["withheld"]) == ("confirmed", "none", "2")
    for path in (package / "data").rglob("*.csv"):
        assert b"NG-900" not in path.read_bytes(), path.name
    assert not {r["finding"] for r in held} & {r["finding"] for r in rows(package, "decisions")}
    freed = us(told, key, now, tmp_path / "free", cleared={"grand_jury": frozenset({"us"})})
    assert {r["restrictions"] for r in rows(freed, "alternatives")} == {"none"}


def test_a_stale_verdict_and_an_earlier_one_are_shown_as_such(told, key, now, tmp_path, quick):
    rejected = next(d[1] for d in told.decisions if d[2] == "rejected")
    told.stale.add(rejected)
    whole = told.source()
    before = whole.decisions.slice(0, 1)
    package = us(told, key, now, tmp_path, earlier=before)
    row = next(r for r in rows(package, "alternatives") if r["finding"] == rejected.hex())
    assert (row["verdict"], row["standing"]) == ("rejected", "stale")
    standing = [(r["finding"], r["standing"]) for r in rows(package, "decisions")]
    assert (rejected.hex(), "stale") in standing
    assert (before.column("finding")[0].as_py().hex(), "superseded") in standing


def test_the_report_names_whom_the_return_named(told, key, now, tmp_path, oracle):
    pypdf = oracle("pypdf")
    package = us(told, key, now, tmp_path)
    text = "\n".join(p.extract_text() for p in pypdf.PdfReader(package / "data/report.pdf").pages)
    flat = " ".join(text.split())
    assert "no customer returned" not in flat
    said = "the service's return names " + f"{OTHER} , as payer: rejected; {UNDECIDED} , as payer: not decided"
    assert said.replace(" ", "") in flat.replace("’", "'").replace(" ", "")
