"""Seeds from keys: what the records' public keys give on the chain, gap limit, accounts, and private keys untouched."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.kinds.bitcoin import descriptors
from leadline.kinds.bitcoin.address import base58check_decode
from leadline.model import evidence
from leadline.model.tables import from_columns
from leadline.scenario.chain.operator import branch
from leadline.steps.trace import SPEC
from leadline.steps.trace.seeds import scan

KEY = branch(1).public


@pytest.fixture
def with_keys(case: Any, hand_inputs: Any) -> Callable[..., dict[str, pa.Table]]:
    """A function: trace with these (subject, form, key, role) in the records, and without these addresses."""

    def run(*keys: tuple[str, str, str | None, str], without: tuple[str, ...] = (), **settings: Any) -> Any:
        rows = {
            name: [row[i] for row in keys] for i, name in enumerate(("subject", "form", "key", "role"))
        }  # fmt: skip
        n = len(keys)
        rows |= {
            "network": ["regtest"] * n, "doubt": ["none"] * n, "exhibit": [b"\2" * 32] * n,
            "locator": [f"row:settings/{i}" for i in range(n)],
        }  # fmt: skip
        address = case.address.filter(pc.invert(pc.is_in(case.address["address"], pa.array(without, pa.string()))))
        tables = {"address": address, "wallet": from_columns(evidence.WALLET, rows)}
        return dict(SPEC.run(hand_inputs(SPEC, tables, case.pins, {"currency": "USD", **settings})))

    return run


def test_a_bare_key_gives_every_address_of_the_wallet_and_no_other(with_keys: Any, case: Any) -> None:
    tables = with_keys(("service:site", "extended_key", KEY, "cold"))
    owners = case.truth.owners.to_pylist()
    mine = {o["address"] for o in owners if (o["owner"], o["wallet"]) == ("operator", "main")}
    rows = tables["derivation"].to_pylist()
    assert {r["address"] for r in rows} == mine and len(mine) > 20
    assert [r["place"] for r in rows if "/0/*" in r["branch"]].count(0) == 1
    assert {r["account"] for r in rows} == {None} and all(r["own"] for r in rows)
    used = [b for b in tables["branch"].to_pylist() if b["outcome"] == "used"]
    assert [(b["branch"], b["used"]) for b in used] == [(f"pkh({KEY}/0/*)", len(mine))]
    assert used[0]["derived"] == used[0]["last_used"] + 1 + 20
    assert sum(b["outcome"] == "unused" for b in tables["branch"].to_pylist()) == 11
    basis = tables["basis"].filter(pc.equal(tables["basis"]["finding"], rows[0]["finding"])).to_pylist()
    assert {b["kind"] for b in basis} == {"exhibit", "ledger"}


def test_the_gap_limit_ends_a_branch(with_keys: Any) -> None:
    text = f"pkh({KEY}/0/*)"
    far = f"pkh({KEY}/1/*)"
    tables = with_keys(
        ("service:site", "descriptor", text, "cold"), ("service:site", "descriptor", far, "cold"), gap_limit=7
    )
    rows = {b["branch"]: b for b in tables["branch"].to_pylist()}
    assert rows[text]["derived"] == rows[text]["last_used"] + 8
    assert (rows[far]["outcome"], rows[far]["derived"], rows[far]["used"]) == ("unused", 7, 0)


def test_an_accounts_own_descriptor_stands_for_its_address(with_keys: Any, case: Any) -> None:
    payment = case.truth.payments.to_pylist()[0]
    account = next(a for a in case.truth.accounts.to_pylist() if a["account"] == payment["account"])
    subject = f"account:site/{account['account']}"
    whole = with_keys()
    without = with_keys(without=(account["address"],))
    assert without["payment"].num_rows < whole["payment"].num_rows
    tables = with_keys(
        (subject, "descriptor", f"pkh({KEY}/0/0)", "payment"), ("service:site", "extended_key", KEY, "cold")
    )
    got = [r for r in tables["payment"].to_pylist() if r["account"] == subject]
    assert len(got) > len([r for r in whole["payment"].to_pylist() if r["account"] == subject])
    extra = next(r for r in got if r["outpoint"] not in set(whole["payment"]["outpoint"].to_pylist()))
    basis = tables["basis"].filter(pc.equal(tables["basis"]["finding"], extra["finding"])).to_pylist()
    assert {"exhibit", "finding", "ledger"} == {b["kind"] for b in basis}


def test_a_derived_address_that_the_records_give_an_account_names_it(with_keys: Any, case: Any) -> None:
    first = descriptors.branches(f"pkh({KEY}/0/*)", "test")[0].expression.scripts(0)[0]
    name = "script:regtest:" + hashlib.sha256(first).hexdigest()
    tables = with_keys(("service:site", "extended_key", KEY, "cold"))
    assert next(r for r in tables["derivation"].to_pylist() if r["place"] == 0)["script"] == name


def test_a_private_key_is_named_by_its_place_and_nothing_follows_from_it(with_keys: Any) -> None:
    tables = with_keys(("service:site", "private", None, "unknown"))
    (row,) = tables["branch"].to_pylist()
    assert (row["outcome"], row["derived"], row["locator"]) == ("private", 0, "row:settings/0")
    assert tables["derivation"].num_rows == 0


def test_the_market_s_own_wallet_ends_walks_and_keeps_cashouts(with_keys: Any) -> None:
    plain, known = with_keys(), with_keys(("service:site", "extended_key", KEY, "cold"))
    assert set(plain["cashout"]["outpoint"].to_pylist()) <= set(known["cashout"]["outpoint"].to_pylist())
    assert plain["release"].equals(known["release"])


def respelled(key: str, version: int) -> str:
    """The same extended key under other version bytes (SLIP-0132), in Base58Check."""
    body = version.to_bytes(4, "big") + base58check_decode(key)[4:]
    number = int.from_bytes(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4], "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return text


def test_a_key_that_gives_no_branch_says_why(with_keys: Any) -> None:
    """A key of several signers (Vpub), one that is none, one whose version fits its script, one of another network."""
    several, single = respelled(KEY, 0x02575483), respelled(KEY, 0x045F1CF6)
    assert (several[:4], single[:4]) == ("Vpub", "vpub")
    tables = with_keys(
        ("service:site", "extended_key", several, "cold"),
        ("service:site", "extended_key", "no key at all", "cold"),
        ("service:site", "descriptor", "wpkh(", "cold"),
        ("service:site", "extended_key", single, "cold"),
    )
    outcomes: dict[str, set[str]] = {}
    for row in tables["branch"].to_pylist():
        outcomes.setdefault(row["locator"], set()).add(row["outcome"])
    assert outcomes["row:settings/0"] == {"one_of_several"}
    assert outcomes["row:settings/1"] == outcomes["row:settings/2"] == {"not_read"}
    assert outcomes["row:settings/3"] <= {"used", "unused"}


def test_a_key_of_another_network_gives_nothing_here(case: Any, hand_inputs: Any, records: Any) -> None:
    wallet = {"subject": "service:site", "form": "extended_key", "key": KEY, "role": "cold", "network": "main"}
    tables = {"address": case.address, "wallet": records("wallet", wallet)}
    found = dict(SPEC.run(hand_inputs(SPEC, tables, case.pins, {"currency": "USD"})))
    assert [row["outcome"] for row in found["branch"].to_pylist()] == ["other_network"]
    assert not found["derivation"].num_rows


class Paid:
    """A ledger on which these scripts alone were paid; the first of them is its script 0."""

    def __init__(self, scripts: list[bytes]) -> None:
        self.number = {script: n for n, script in enumerate(scripts)}

    def find_scripts(self, scripts: list[bytes]) -> np.ndarray:
        return np.array([self.number.get(script, -1) for script in scripts])


@pytest.mark.parametrize(
    ("paid", "found", "derived"),
    [
        ([], [], 5), ([0], [0], 6), ([4], [4], 10), ([5], [], 5), ([0, 5], [0, 5], 11), ([4, 9, 14], [4, 9, 14], 20),
        ([4, 10], [4], 10),
    ],
)  # fmt: skip
def test_a_branch_ends_after_as_many_unpaid_places_as_the_gap(paid: list[int], found: list[int], derived: int) -> None:
    (ranged,) = descriptors.branches(f"pkh({KEY}/0/*)", "test")
    scripts = [ranged.expression.scripts(place)[0] for place in paid]
    used, places = scan(ranged.expression, Paid(scripts), 5)  # type: ignore[arg-type]
    assert (dict(used), places) == ({place: [paid.index(place)] for place in found}, derived)


def test_a_descriptor_of_one_place_is_that_place() -> None:
    (one,) = descriptors.branches(f"pkh({KEY}/0/3)", "test")
    paid = Paid(one.expression.scripts(0))
    assert scan(one.expression, paid, 20) == ({0: [0]}, 1)  # type: ignore[arg-type]
    assert scan(one.expression, Paid([]), 20) == ({}, 1)  # type: ignore[arg-type]
