"""The two exchanges' answers: customers, withdrawals and logins, as CSV and as a workbook, a few rows sloppy.

Only customers whose withdrawals were asked about are returned, and some who have nothing to do with it. A few rows are
false, mistaken or left out (scenario.mistakes).
"""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario import names
from leadline.scenario.clocks import CET, local, utc
from leadline.scenario.mistakes import draw, swapped
from leadline.scenario.people import DAY, People
from leadline.scenario.plan import END, LEAK, START, ChainTruth, Plan
from leadline.scenario.random_streams import stream

NOISE = 40
"""Bystanders a return names beside the customers asked about; a hundredth of the bystanders where that is more."""
FIXED = (2018, 4, 2, 9, 0, 0)
"""The time the workbook's archive entries and properties carry, so that the same answer is the same bytes."""

Rows = list[list[object]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file or sheet: name, header, rows, and how many of the rows are sloppy."""

    name: str
    header: tuple[str, ...]
    rows: Rows
    sloppy: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange's return, which customers stand in it, and how many withdrawals and deposits it states."""

    service: str
    sheets: tuple[Sheet, ...]
    customers: tuple[str, ...]
    withdrawals: int
    deposits: int


def _returned(plan: Plan, people: People, service: str) -> pa.Table:
    """The records this service returns, in order of reference."""
    records = people.records.filter(pc.equal(people.records["service"], service))
    strangers = records.filter(pc.equal(records["kind"], "bystander"))
    rng = stream(plan.options.seed, f"returns/{service}")
    few = min(len(strangers), max(NOISE // 4, len(strangers) // 100))
    noise = strangers.take(pa.array(np.sort(rng.choice(len(strangers), few, replace=False))))
    known = records.filter(pc.not_equal(records["kind"], "bystander"))
    return pa.concat_tables([known, noise]).sort_by("reference")


def _moves(table: pa.Table, customers: list[str], reference: dict[str, str]) -> list[dict[str, object]]:
    """Withdrawals or deposits of these customers in order of time."""
    mine = table.filter(pc.is_in(table["customer"], pa.array(customers, pa.string())))
    mine = mine.sort_by([("time", "ascending"), ("txid", "ascending"), ("vout", "ascending")])
    return [row | {"reference": reference[row["customer"]]} for row in mine.to_pylist()]


def _stated(plan: Plan, chain: ChainTruth, customers: list[str], reference: dict[str, str]) -> list[dict[str, object]]:
    """The withdrawals of these customers as the return states them, right or wrong, in order of time."""
    wrong = draw(plan.options.seed, chain.payments, chain.withdrawals)
    rows = []
    for row in _moves(chain.withdrawals, customers, reference):
        mistake = wrong.get((str(row["txid"]), int(str(row["vout"]))))
        if mistake is None:
            rows.append(row)
        elif mistake.kind == "false":
            rows.append(row | {"reference": reference[mistake.instead]})
        elif mistake.kind == "mistaken":
            rows.append(row | {"txid": swapped(str(row["txid"]))})
    return rows


def _logins(plan: Plan, records: pa.Table, service: str) -> list[tuple[str, int, str]]:
    """(reference, time, client address): three or four a customer, two in three from home."""
    rng = stream(plan.options.seed, f"exchange logins/{service}")
    rows = []
    for row in records.to_pylist():
        for k in range(int(rng.integers(3, 5))):
            at = int(rng.integers(LEAK[0] - 30 * DAY, LEAK[1] + 30 * DAY)) if k else int(rng.integers(START, END))
            elsewhere = names.ip(int(rng.integers(0, names.ADDRESSES)))
            rows.append((row["reference"], at, row["ip"] if rng.random() < 0.67 else elsewhere))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def amount(sat: int) -> str:
    """Satoshi as a decimal number of bitcoin with eight places."""
    return f"{sat // 10**8}.{sat % 10**8:08d}"


def northgate(plan: Plan, people: People, chain: ChainTruth) -> Answer:
    """The first exchange's answer: three tables, times in UTC."""
    records = _returned(plan, people, "northgate")
    customers = records["customer"].to_pylist()
    reference = dict(zip(customers, records["reference"].to_pylist(), strict=True))
    opened = utc(records["opened"].to_numpy())
    people_rows: Rows = [
        [r["reference"], r["name"], r["born"], r["country"].upper(), r["email"], r["phone"], r["holder"], at]
        for r, at in zip(records.to_pylist(), opened, strict=True)
    ]
    moves = _stated(plan, chain, customers, reference)
    created = utc(np.array([m["time"] for m in moves], np.int64) - 300)
    withdrawals: Rows = [
        [m["reference"], at, m["address"], amount(int(str(m["value_sat"]))), m["txid"], "completed"]
        for m, at in zip(moves, created, strict=True)
    ]
    sloppy: Rows = [
        [people_rows[0][0], "2017-13-45 10:00:00", "", "0.10000000", "", "cancelled"],
        ["", "2017-02-03 10:00:00", "", "0.20000000", "", "cancelled"],
        [people_rows[0][0], "2017-02-03 10:00:00", "", "0,3.1", "", "cancelled"],
        [people_rows[0][0], "2017-02-03 10:00:00", "", "0.40000000", "", "cancelled"],
        [people_rows[0][0], "2017-02-03 10:00:00", "", "0.50000000", "pending", "cancelled"],
        [people_rows[0][0], "2017-02-03 10:00:00", "2Nxxxxxxxx", "0.60000000", "ab" * 32, "cancelled"],
    ]
    logins = _logins(plan, records, "northgate")
    seen: Rows = [
        [ref, at, ip] for (ref, _, ip), at in zip(logins, utc(np.array([t for _, t, _ in logins])), strict=True)
    ]
    return Answer(
        "northgate",
        (
            Sheet(
                "northgate_customers.csv",
                ("reference", "name", "date_of_birth", "country", "email", "phone", "account_type", "opened_utc"),
                people_rows, 0,
            ),
            Sheet(
                "northgate_withdrawals.csv",
                ("reference", "created_utc", "destination_address", "amount_btc", "txid", "status"),
                withdrawals + sloppy, len(sloppy),
            ),
            Sheet("northgate_logins.csv", ("reference", "time_utc", "ip"), seen, 0),
        ),
        tuple(customers),
        len(moves), 0,
    )  # fmt: skip


def harbour(plan: Plan, people: People, chain: ChainTruth) -> Answer:
    """The second exchange's answer: three sheets, other columns, local times."""
    records = _returned(plan, people, "harbour")
    customers = records["customer"].to_pylist()
    reference = dict(zip(customers, records["reference"].to_pylist(), strict=True))
    opened = utc(records["opened"].to_numpy())
    people_rows: Rows = [
        [r["reference"], r["name"], r["born"], r["country"].upper(), r["email"], r["phone"], r["holder"].capitalize(),
         at[:10]]
        for r, at in zip(records.to_pylist(), opened, strict=True)
    ]  # fmt: skip
    out = [m | {"direction": "Out"} for m in _stated(plan, chain, customers, reference)]
    into = [m | {"direction": "In"} for m in _moves(chain.deposits, customers, reference)]
    moves = sorted(out + into, key=lambda m: (int(str(m["time"])), str(m["txid"]), int(str(m["vout"]))))
    moments = local(np.array([m["time"] for m in moves], np.int64) - 240, CET)
    transfers: Rows = [
        [m["reference"], m["direction"], _cell(at), m["address"], amount(int(str(m["value_sat"]))), m["txid"], "Done"]
        for m, at in zip(moves, moments, strict=True)
    ]
    sloppy: Rows = [
        [people_rows[0][0], "Out", "31.02.2017 25:10", "", "0.10000000", "", "Void"],
        ["", "Out", "2017-02-03 10:00:00", "", "0.20000000", "", "Void"],
    ]
    logins = _logins(plan, records, "harbour")
    at_home = local(np.array([t for _, t, _ in logins], np.int64), CET)
    seen: Rows = [[ref, _cell(at), ip] for (ref, _, ip), at in zip(logins, at_home, strict=True)]
    return Answer(
        "harbour",
        (
            Sheet(
                "Accounts",
                ("Client ID", "Full name", "DOB", "Nationality", "E-mail", "Mobile", "Type", "Registered"),
                people_rows, 0,
            ),
            Sheet(
                "Transfers",
                ("Client ID", "Direction", "When (CET)", "To/From", "BTC", "Hash", "State"),
                transfers + sloppy, len(sloppy),
            ),
            Sheet("Logins", ("Client ID", "When (CET)", "IP"), seen, 0),
        ),
        tuple(customers),
        len(out), len(into),
    )  # fmt: skip


def _cell(moment: str) -> datetime:
    """A workbook's own date cell, without a zone as workbooks have them."""
    return datetime.fromisoformat(moment)


def write_csv(folder: Path, sheets: Sequence[Sheet]) -> None:
    """Each sheet as a CSV file with a header, UTF-8, lines ended as RFC 4180 says."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        with (folder / sheet.name).open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\r\n")
            out.writerow(sheet.header)
            out.writerows(sheet.rows)


def write_workbook(path: Path, sheets: Sequence[Sheet], picture: bytes = b"") -> int:
    """The sheets as one workbook, the same bytes for the same rows; gives the place of `picture` in its archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.append(list(sheet.header))
        for row in sheet.rows:
            page.append(row)
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(_settled(made.getvalue(), picture))
    with zipfile.ZipFile(path) as archive:
        return len(archive.infolist()) - 1


def _settled(data: bytes, picture: bytes) -> bytes:
    """A workbook's archive with fixed times on every entry and in its properties, and a picture beside its sheets."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*FIXED)
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp.encode(), content)
            entry = zipfile.ZipInfo(name, FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
        if picture:
            entry = zipfile.ZipInfo("xl/media/image1.png", FIXED)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(entry, picture)
    return result.getvalue()
