"""Copies of the records that differ, and outputs that several accounts share, as a package tells them."""

import csv
import hashlib
from pathlib import Path

import pytest

from leadline.model.referral import file_of, once
from leadline.steps.refer import build
from leadline.steps.refer import package as packages

ACCOUNT = "account:site/1"


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data/tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def quick(monkeypatch):
    """Only the CSV writer."""
    monkeypatch.setattr(packages, "WRITERS", [w for w in packages.WRITERS if w.name == "tables"])


def state(world, account: str, address: str, exhibit: str, locator: str, role: str = "payment") -> None:
    script = f"script:regtest:{sha(address).hex()}"
    world.add("address", account, address, "regtest", script, role, None, None, "none", None, sha(exhibit), locator)


def test_an_address_that_one_copy_lacks_is_told_with_the_payments_that_stand_on_it(
    world, key, now, tmp_path, quick
) -> None:
    state(world, ACCOUNT, "first", "site", "row:wallets/1")
    state(world, ACCOUNT, "second", "enquiries", "line:9")
    state(world, ACCOUNT, "change", "site", "row:wallets/2", "cold")
    world.add("account", ACCOUNT, "user", None, None, "none", None, sha("return"), "line:4")
    made = build(world.source(), key, now, tmp_path).packages
    got = [r for p in made for r in rows(p.path, "copies")]
    paid = [r for p in made for r in rows(p.path, "payments") if r["account"] == ACCOUNT]
    assert paid
    assert {(r["account"], r["address"], r["exhibit"], r["lacking"], int(r["payments"])) for r in got} == {
        (ACCOUNT, "first", sha("site").hex(), sha("enquiries").hex(), len(paid)),
        (ACCOUNT, "second", sha("enquiries").hex(), sha("site").hex(), 0),
    }, "a return that lists the account and states no address of anybody is no copy of them"


def test_an_account_that_another_copy_lacks_wholly_is_told(world, key, now, tmp_path, quick) -> None:
    other = "account:site/777"
    state(world, ACCOUNT, "first", "site", "row:wallets/1")
    for exhibit in ("site", "enquiries"):
        world.add("account", other, "user", None, None, "none", None, sha(exhibit), "row:users/777")
    state(world, other, "theirs", "enquiries", "line:10")
    made = build(world.source(), key, now, tmp_path).packages
    got = {(r["account"], r["address"], r["lacking"], r["listed"]) for p in made for r in rows(p.path, "copies")}
    assert got == {(ACCOUNT, "first", sha("enquiries").hex(), "no")}


def test_copies_that_agree_are_not_named(world, key, now, tmp_path, quick) -> None:
    for exhibit, locator in (("site", "row:wallets/1"), ("enquiries", "line:9")):
        state(world, ACCOUNT, "first", exhibit, locator)
    assert not [r for p in build(world.source(), key, now, tmp_path).packages for r in rows(p.path, "copies")]


def test_an_output_counts_once_as_payer_where_any_row_says_so() -> None:
    paid = [
        {"outpoint": "a", "tie": "account"}, {"outpoint": "a", "tie": "payer"},
        {"outpoint": "b", "tie": "account"}, {"outpoint": "b", "tie": "account"},
    ]  # fmt: skip
    assert {tie: [r["outpoint"] for r in found] for tie, found in once(paid).items()} == {
        "payer": ["a"],
        "account": ["b"],
    }


def test_a_media_row_is_about_the_seized_file_where_its_digest_is_tied_to_one() -> None:
    assert file_of({"media": "media:md5-1", "file": "media:2"}) == "media:2"
    assert file_of({"media": "media:md5-1", "file": "none"}) == "media:md5-1"


def test_an_output_of_two_accounts_of_one_person_is_one_in_every_sum(world, key, now, tmp_path, quick) -> None:
    plain = build(world.source(), key, now, tmp_path / "plain").packages
    person = next(r for p in plain for r in rows(p.path, "persons") if r["person"] == f"person:{ACCOUNT}")
    shared = next(r for r in world.rows["payment"] if r[1] == ACCOUNT)
    other = "account:site/1b"
    link = world.claim("link", ACCOUNT, "same_person", other, ("exhibit", f"exhibit:{sha('site').hex()}", "x", "for"))
    world.decide(link)
    ref = f"person:{ACCOUNT}"
    world.add("membership", ref, other, 0, ref, link, "decided", None, None)
    place = ("exhibit", f"exhibit:{sha('site').hex()}", "row:wallets/1", "against")
    again = world.claim(
        "trace", other, "received", str(shared[2]), (*place[:3], "for"), (*place[:2], "row:w", "against")
    )
    world.add("payment", again, other, *shared[2:])
    made = build(world.source(), key, now, tmp_path / "shared").packages
    now_ = next(r for p in made for r in rows(p.path, "persons") if r["person"] == f"person:{ACCOUNT}")
    for column in ("payer_payments", "payer_sat", "account_payments", "account_sat", "payer_fiat", "account_fiat"):
        assert now_[column] == person[column], column
    both = [r for p in made for r in rows(p.path, "payments") if r["outpoint"] == shared[2]]
    assert {(r["account"], r["stated_for_others"]) for r in both} == {(ACCOUNT, "0"), (other, "1")}
