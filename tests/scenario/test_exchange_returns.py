"""The exchanges' answers: columns as agreed, every withdrawal of a customer asked about, the same bytes twice."""

import csv
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.compute as pc

from leadline.scenario.exchange_returns import (
    harbour,
    northgate,
    write_csv,
    write_workbook,
)
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan


def test_northgate_returns_every_withdrawal_of_its_customers(
    drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path: Path
) -> None:
    answer = northgate(*drawn, fake_truth)
    write_csv(tmp_path, answer.sheets)
    with (tmp_path / "northgate_withdrawals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sloppy = answer.sheets[1].sloppy
    expected = fake_truth.withdrawals.filter(pc.is_in(fake_truth.withdrawals["customer"], _array(answer.customers)))
    assert len(rows) - sloppy == len(expected) > 0 and sloppy == 6
    amounts = sorted(round(float(row["amount_btc"]) * 10**8) for row in rows[:-sloppy])
    assert amounts == sorted(expected["value_sat"].to_pylist())
    used = {c for c in drawn[0].purchases["customer"].to_pylist() if c.startswith("northgate/")}
    assert used <= set(answer.customers) and len(answer.customers) > len(used)


def _array(values: tuple[str, ...]) -> object:
    import pyarrow as pa

    return pa.array(values, pa.string())


def test_harbour_is_a_workbook_in_local_time_with_the_same_bytes(
    drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path: Path
) -> None:
    answer = harbour(*drawn, fake_truth)
    write_workbook(tmp_path / "one.xlsx", answer.sheets)
    time.sleep(1.1)
    write_workbook(tmp_path / "two.xlsx", answer.sheets)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert book.sheetnames == ["Accounts", "Transfers", "Logins"]
    header, *rows = book["Transfers"].iter_rows(values_only=True)
    assert header == ("Client ID", "Direction", "When (CET)", "To/From", "BTC", "Hash", "State")
    assert {row[1] for row in rows} == {"Out", "In"}
    mine = {(row[5], row[1]): row for row in rows}
    sent = fake_truth.withdrawals.filter(pc.is_in(fake_truth.withdrawals["customer"], _array(answer.customers)))
    for move in sent.to_pylist():
        shown = mine[move["txid"], "Out"][2]
        assert isinstance(shown, datetime)
        moment = shown.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        assert abs(move["time"] - 240 - moment) in (0, 3_600)
