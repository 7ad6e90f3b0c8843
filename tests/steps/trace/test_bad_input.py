"""Bad input, one test a kind: one line names item and place, the rest goes on, and what is unknown is said."""

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.kinds.bitcoin.address import encode
from leadline.kinds.codecs import tagpack
from leadline.kinds.mapping.grammar import parse
from leadline.model import evidence
from leadline.model.progress import silent
from leadline.model.tables import from_columns
from leadline.scenario.chain.blocks import BlockFiles
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.locks import Keyring
from leadline.scenario.chain.wallets import HABITS, Wallet
from leadline.steps.intake import Source, read_exhibit
from leadline.steps.step import Pin
from leadline.steps.trace import SPEC
from leadline.steps.trace.explain import draw

MAP = parse(
    """
name = "accounts"
says = "accounts with an address and what was booked"
reader = "table"
network = "regtest"
[[part]]
[[part.record]]
table = "address"
subject = "account:site/{id}"
address = "{address}"
role = "payment"
[[part.record]]
table = "event"
event = "event:site/credit/{id}"
subject = "account:site/{id}"
kind = "credit"
amount_sat = { column = "btc", unit = "btc" }
"""
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., dict[str, pa.Table]]:
    """A function: intake of a CSV with these (id, address, btc) rows."""

    def run(*rows: tuple[str, str, str]) -> dict[str, pa.Table]:
        path = tmp_path / "accounts.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("id", "address", "btc"), *rows])
        return read_exhibit(Source(hashlib.sha256(path.read_bytes()).digest(), path), MAP, silent)

    return run


@pytest.fixture
def traced_with(case: Any, hand_inputs: Any) -> Callable[..., dict[str, pa.Table]]:
    """A function: trace of the training chain with these tables and pins beside its own."""

    def run(pins: dict[str, list[Pin]] | None = None, **tables: pa.Table) -> dict[str, pa.Table]:
        given = {"currency": "USD", "valuation_date": "2018-03-01"}
        whole = {"address": case.address, **tables}
        return dict(SPEC.run(hand_inputs(SPEC, whole, {**case.pins, **(pins or {})}, given)))

    return run


def good(case: Any) -> str:
    """An address that is paid on the training chain."""
    account = case.truth.payments.to_pylist()[0]["account"]
    return str(next(a["address"] for a in case.truth.accounts.to_pylist() if a["account"] == account))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfm", "bad_address"),  # a wrong checksum
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "other_network"),  # the real chain's
        ("LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", "bad_address"),  # Litecoin's
        ("0x52908400098527886E0F7030069857D2E4169EE7", "bad_address"),  # Ethereum's
    ],
)
def test_a_wrong_or_foreign_address_is_one_reject_with_its_place(
    read: Any, traced_with: Any, case: Any, wrong: str, reason: str
) -> None:
    got = read(("1", wrong, "0.5"), ("2", good(case), "0.5"))
    assert [(r["reason"], r["locator"]) for r in got["reject"].to_pylist()] == [(reason, "line:2")]
    assert wrong not in str(got["reject"].to_pydict())
    assert got["address"]["subject"].to_pylist() == ["account:site/2"]
    rows = traced_with(address=got["address"])["payment"].to_pylist()
    assert rows and {r["account"] for r in rows} == {"account:site/2"}


def test_an_unparsable_amount_is_one_reject_and_the_address_stays(read: Any, case: Any) -> None:
    got = read(("1", good(case), "half"), ("2", good(case), "0.5"), ("3", good(case), "22000000"))
    assert [(r["reason"], r["locator"]) for r in got["reject"].to_pylist()] == [
        ("bad_number", "line:2"), ("bad_number", "line:4"),
    ]  # fmt: skip
    assert got["event"]["amount_sat"].to_pylist() == [50_000_000] and got["address"].num_rows == 3


def test_addresses_of_a_network_that_is_not_pinned_are_counted(traced_with: Any, case: Any) -> None:
    rows = case.address.slice(0, 3).to_pylist()
    foreign = from_columns(evidence.ADDRESS, {n: [r[n] for r in rows] for n in rows[0]} | {"network": ["main"] * 3})
    tables = traced_with(address=pa.concat_tables([case.address.slice(3), foreign]))
    (row,) = (r for r in tables["gap"].to_pylist() if r["what"] == "other_network")
    assert (row["about"], row["n"], row["locator"]) == ("ledger:main", 3, rows[0]["locator"])
    assert "3 addresses are of network main" in row["says"]


def test_a_ledger_that_ends_before_the_payment(case: Any, traced_with: Any) -> None:
    payments = case.truth.payments.to_pylist()
    last = max(p["height"] for p in payments)
    pin = open_ledger(case.folder / "ledger").at(last - 1).pin()
    short = Pin("ledger", "chain", case.folder / "ledger", str(pin["digest"]), pin)
    n = len(payments)
    booked = from_columns(
        evidence.EVENT,
        {
            "event": [f"event:site/credit/{i}" for i in range(n)],
            "subject": [f"account:site/{p['account']}" for p in payments],
            "kind": ["credit"] * n,
            "object": [f"tx:{p['txid']}" for p in payments],
            "doubt": ["none"] * n,
            "exhibit": [b"\1" * 32] * n,
            "locator": [f"row:credits/{i}" for i in range(n)],
        },
    )
    tables = traced_with({"ledger": [short]}, event=booked)
    late = {p["txid"] for p in payments if p["height"] >= last}
    rows = [r for r in tables["gap"].to_pylist() if r["what"] == "beyond_ledger"]
    assert {r["about"].removeprefix("tx:") for r in rows} == late and late
    assert all(f"ends at height {last - 1}" in r["says"] and r["locator"].startswith("row:credits/") for r in rows)
    assert tables["payment"].num_rows == sum(p["height"] < last for p in payments)
    assert not [r for r in traced_with(event=booked)["gap"].to_pylist() if r["what"] == "beyond_ledger"]


def test_a_bad_tag_line_is_named_and_the_others_are_used(case: Any, traced_with: Any, tmp_path: Path) -> None:
    own = case.pins["tag"][0]
    text = own.path.read_text("utf-8")
    worse = tmp_path / "worse.yaml"
    worse.write_text(text + "- label: nobody\n- 7\n", "utf-8")
    pin = Pin("tag", "worse", worse, hashlib.sha256(worse.read_bytes()).hexdigest())
    tables = traced_with({"tag": [pin]})
    count = len(tagpack.parse(own.path.read_bytes()).rows)
    assert {(r["locator"], r["fault"]) for r in tables["tag_fault"].to_pylist()} >= {
        (f"entry:{count}", "no_address"), (f"entry:{count + 1}", "no_mapping"),
    }  # fmt: skip
    plain = traced_with()
    columns = ["payment", "service", "release_outpoint"]
    assert tables["release"].select(columns).to_pylist() and sorted(
        map(str, tables["release"].select(columns).to_pylist())
    ) == sorted(map(str, plain["release"].select(columns).to_pylist()))


def test_a_tag_cycle_is_one_fault_and_the_other_packs_are_used(case: Any, traced_with: Any, tmp_path: Path) -> None:
    path = tmp_path / "cycle.yaml"
    path.write_text("title: t\ncreator: c\ntags: &again\n  - *again\n", "utf-8")
    pin = Pin("tag", "cycle", path, hashlib.sha256(path.read_bytes()).hexdigest())
    tables = traced_with({"tag": [*case.pins["tag"], pin]})
    (fault,) = (r for r in tables["tag_fault"].to_pylist() if r["tag"] == f"tag:{pin.digest}")
    assert fault["fault"] == "unreadable" and fault["says"]
    assert tables["release"].num_rows == traced_with()["release"].num_rows


def test_a_missing_price_day_gives_no_value_and_says_so(case: Any, traced_with: Any, tmp_path: Path) -> None:
    plain = traced_with()
    day = plain["valuation"].to_pylist()[0]["day"]
    lines = case.pins["price"][0].path.read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "prices.csv"
    path.write_text("".join(line for line in lines if not line.startswith(day.isoformat())), "utf-8")
    pin = Pin("price", "prices", path, hashlib.sha256(path.read_bytes()).hexdigest())
    tables = traced_with({"price": [pin]})
    lost = plain["valuation"].num_rows - tables["valuation"].num_rows
    (row,) = (r for r in tables["gap"].to_pylist() if r["what"] == "no_price")
    assert (row["day"], row["n"]) == (day, lost) and lost > 0 and day.isoformat() in row["says"]
    assert day not in tables["valuation"]["day"].to_pylist() and tables["valuation"].num_rows
    assert not [r for r in plain["gap"].to_pylist() if r["what"] == "no_price"]


def test_a_script_that_hides_its_owner(tmp_path: Path, hand_inputs: Any) -> None:
    """A service pays a bare public key: the release stands with its outpoint, and its address is unknown, not empty."""
    with BlockFiles(tmp_path / "chain") as files:
        chain = Chain(Keyring(1, False), Dice(1, "hidden"), files)
        service, person = (Wallet(chain.ring, name, "one", HABITS[n]) for name, n in (("service", 0), ("person", 10)))
        paid = Wallet(chain.ring, "market", "one", HABITS[0]).lock()
        for height in range(1, 106):
            chain.begin(height, 1_500_000_000 + 600 * height)
            if height == 102:
                hot = service.lock()
                chain.send([chain.reserve.coins.pop(0)], [(hot, 1_000_000)], chain.reserve)
            if height == 103:
                chain.send([service.coins.pop()], [(person.lock(), 900_000)], service)
            if height == 104:
                chain.send([person.coins.pop()], [(paid, 800_000)], person)
            chain.close()
    build(tmp_path / "ledger", sorted((tmp_path / "chain").glob("blk*.dat")), "regtest")
    pin = open_ledger(tmp_path / "ledger").pin()
    tag = {
        "address": encode(hot.opening.script, "regtest"),
        "label": "x",
        "category": "exchange",
        "confidence": "ownership",
    }
    pack = tagpack.write({"title": "t", "creator": "c", "currency": "BTC"}, [tag])
    (tmp_path / "tags.yaml").write_bytes(pack)
    stated = {
        "subject": ["account:site/1"], "address": [encode(paid.opening.script, "regtest")], "network": ["regtest"],
        "script": ["script:regtest:" + hashlib.sha256(paid.opening.script).hexdigest()], "role": ["payment"],
        "doubt": ["none"], "exhibit": [b"\1" * 32], "locator": ["row:wallets/1"],
    }  # fmt: skip
    pins = {
        "ledger": [Pin("ledger", "chain", tmp_path / "ledger", str(pin["digest"]), pin)],
        "tag": [Pin("tag", "tags", tmp_path / "tags.yaml", hashlib.sha256(pack).hexdigest())],
    }
    tables = dict(SPEC.run(hand_inputs(SPEC, {"address": from_columns(evidence.ADDRESS, stated)}, pins, {})))
    (row,) = tables["release"].to_pylist()
    assert (row["service"], row["hops"], row["value_sat"], row["address"]) == ("service:x", 1, 900_000, None)
    assert row["release_outpoint"] in draw(row["finding"], tables)
    (gap,) = tables["gap"].to_pylist()
    assert gap["what"] == "no_series" and gap["n"] == 1
