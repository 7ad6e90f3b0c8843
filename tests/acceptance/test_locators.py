"""A thousand rows drawn at random: what they claim stands where they say, as read by code that is not Leadline's."""

import csv
import ctypes
import io
import random
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from leadline.store.case import Case, open_case

ROWS = 1_000
REGTEST = bytes.fromhex("fabfb5da")
CLAIMED = {
    "account": ("account",),
    "identifier": ("value",),
    "event": ("subject", "amount_sat", "address"),
    "address": ("address",),
    "customer": ("customer", "name", "born", "country"),
    "circumstance": ("subject", "answer"),
    "media": ("media",),
}
"""Columns whose value must stand in the place named, for every record table."""


class Place:
    """The raw text of a locator, by sqlite3, openpyxl, csv and byte slices alone."""

    def __init__(self, case: Case, scratch: Path) -> None:
        self._case = case
        self._scratch = scratch
        self._databases: dict[bytes, sqlite3.Connection] = {}
        self._books: dict[bytes, Any] = {}
        beside = case.current("occurrence").to_pylist()
        self._beside = {row["parent"]: row for row in beside if row["parent"] and row["name"].endswith("-wal")}

    def text(self, exhibit: bytes, locator: str) -> str:
        kind, _, argument = locator.partition(":")
        path = self._case.exhibit_path(exhibit.hex())
        if kind == "row":
            table, _, key = argument.partition("/")
            row = self._database(exhibit, path).execute(f'SELECT * FROM "{table}" WHERE id = ?', (int(key),)).fetchone()
            return "|".join(str(value) for value in row)
        if kind == "byte":
            low, _, high = argument.partition("-")
            return path.read_bytes()[int(low) : int(high)].decode("utf-8", "replace")
        if kind == "line":
            line = path.read_text("utf-8").split("\n")[int(argument) - 1]
            return "|".join(next(csv.reader(io.StringIO(line)))) + "|" + line
        if kind == "cell":
            sheet, _, cell = argument.rpartition("!")
            row = self._book(exhibit, path)[sheet][int(re.sub(r"\D", "", cell))]
            return "|".join(str(c.value) for c in row)
        if kind == "part":
            return path.read_text("utf-8", "replace")
        pytest.fail(f"no other code resolves {kind}")

    def _database(self, exhibit: bytes, path: Path) -> sqlite3.Connection:
        if exhibit not in self._databases:
            copy = self._scratch / f"{exhibit.hex()}.db"
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
            if exhibit in self._beside:
                wal = copy.with_name(copy.name + "-wal")
                shutil.copyfile(self._case.exhibit_path(self._beside[exhibit]["exhibit"].hex()), wal)
                wal.chmod(0o600)
            self._databases[exhibit] = sqlite3.connect(copy)
        return self._databases[exhibit]

    def _book(self, exhibit: bytes, path: Path) -> Any:
        if exhibit not in self._books:
            self._books[exhibit] = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        return self._books[exhibit]

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


def stands(value: Any, text: str) -> bool:
    """Whether `text` holds a record's value: refs by their key's last part, satoshi also as bitcoin."""
    if value is None:
        return True
    if isinstance(value, int):
        btc = Decimal(value) / 100_000_000
        return str(value) in text or f"{btc:.8f}" in text or format(btc.normalize(), "f") in text
    if re.match(r"[a-z]+:", str(value)):
        value = str(value).rpartition(":")[2].rpartition("/")[2]
    return str(value).lower() in text.lower() or str(value).replace("-", ".") in text


@pytest.fixture
def place(played: Path, tmp_path: Path) -> Any:
    found = Place(open_case(played / "case"), tmp_path)
    yield found
    found.close()


def draw(table: pa.Table, n: int, pick: random.Random) -> list[dict[str, Any]]:
    return [table.slice(pick.randrange(table.num_rows), 1).to_pylist()[0] for _ in range(n)] if table.num_rows else []


def test_records_stand_where_they_say(played: Path, place: Place) -> None:
    seed = secrets.randbelow(2**31)
    pick = random.Random(seed)
    case = open_case(played / "case")
    checked = 0
    for name, columns in CLAIMED.items():
        for row in draw(case.current(name), ROWS // len(CLAIMED) + 1, pick):
            if row.get("status") == "embedded" or str(row.get("subject")).startswith("service:"):
                continue
            text = place.text(row["exhibit"], row["locator"])
            for column in columns:
                assert stands(row[column], text), (seed, name, column, row["locator"])
            checked += 1
    assert checked > ROWS * 0.8


def test_what_findings_rest_on_exists(played: Path, place: Place, oracle: Callable[[str], ModuleType]) -> None:
    seed = secrets.randbelow(2**31)
    pick = random.Random(seed)
    case = open_case(played / "case")
    basis = case.current("basis")
    known = {"exhibit": 0, "finding": 0, "ledger": 0, "tag": 0, "list": 0, "price": 0, "merge": 0, "decision": 0}
    ids = {row.hex() for row in case.current("finding")["id"].to_pylist()}
    pins = {(p.kind, p.digest): p.at(case.root) for p in case.settings.pins}
    pbk = oracle("pbk")
    chain = {k: v for path in (played / "chain").glob("blk*.dat") for k, v in core_reads(pbk, path).items()}
    decisions = {d.id for d in case.all_decisions()}
    resolve: dict[str, Callable[[str, str], bool]] = {
        "exhibit": lambda key, locator: bool(place.text(bytes.fromhex(key), locator)),
        "finding": lambda key, _: key in ids,
        "ledger": lambda key, locator: key == "regtest" and _on_chain(chain, locator),
        "tag": lambda key, locator: _entry(pins["tag", key], locator),
        "list": lambda key, locator: ("list", key) in pins and (not locator or locator.startswith("entry:")),
        "price": lambda key, locator: bool(pins["price", key].read_text().split("\n")[int(locator[5:]) - 1]),
        "merge": lambda key, locator: locator.rpartition(">rule:")[0] == f"tx:{key}" and key in chain,
        "decision": lambda key, _: key in decisions,
    }
    for row in draw(basis, ROWS, pick):
        key = row["ref"].partition(":")[2]
        assert resolve[row["kind"]](key, row["locator"]), (seed, row["kind"], row["ref"], row["locator"])
        known[row["kind"]] += 1
    assert all(known[kind] for kind in ("exhibit", "finding", "ledger", "tag"))


def core_reads(pbk: ModuleType, path: Path) -> dict[str, tuple[int, int]]:
    """Every transaction of a block file as Bitcoin Core's kernel reads it: txid -> (inputs, outputs)."""
    data, found, at = path.read_bytes(), {}, 0
    while at + 8 <= len(data) and data[at : at + 4] == REGTEST:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        raw = data[at + 8 : at + 8 + size]
        buffer = (ctypes.c_ubyte * size).from_buffer_copy(raw)
        block = pbk.block.Block._from_handle(pbk.capi.bindings.btck_block_create(buffer, size))
        for tx in block.transactions:
            found[str(tx.txid)] = (len(tx.inputs), len(tx.outputs))
        at += 8 + size
    return found


def _on_chain(chain: dict[str, tuple[int, int]], locator: str) -> bool:
    """The transaction is on the chain and has that many inputs or outputs."""
    kind, txid, *number = locator.split(":")
    inputs, outputs = chain[txid]
    return kind == "tx" or int(number[0]) < (outputs if kind == "out" else inputs)


def _entry(path: Path, locator: str) -> bool:
    """The pack has that many entries."""
    return int(locator.removeprefix("entry:")) < len(re.findall(r"^\s*-?\s*address:", path.read_text(), re.M))
