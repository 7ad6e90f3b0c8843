"""The exchanges' answers: columns as agreed, every withdrawal of a customer asked about, the same bytes twice."""

import csv
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from leadline.scenario.exchange_returns import (
    harbour,
    northgate,
    write_csv,
    write_workbook,
)
from leadline.scenario.mistakes import KINDS, Mistake, draw, swapped
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
    made = fake_truth.withdrawals.filter(pc.is_in(fake_truth.withdrawals["customer"], _array(answer.customers)))
    wrong = draw(7, fake_truth.payments, fake_truth.withdrawals)
    expected = [r for r in made.to_pylist() if not _left_out(wrong.get((r["txid"], r["vout"])))]
    assert len(rows) - sloppy == len(expected) == answer.withdrawals > 0 and sloppy == 6
    amounts = sorted(round(float(row["amount_btc"]) * 10**8) for row in rows[:-sloppy])
    assert amounts == sorted(r["value_sat"] for r in expected)
    used = {c for c in drawn[0].purchases["customer"].to_pylist() if c.startswith("northgate/")}
    assert used <= set(answer.customers) and len(answer.customers) > len(used)


def _left_out(mistake: Mistake | None) -> bool:
    return mistake is not None and mistake.kind in ("late", "denied")


def test_each_kind_of_mistake_stands_in_the_answers_as_it_is_described(
    drawn: tuple[Plan, People], fake_truth: ChainTruth
) -> None:
    wrong = draw(7, fake_truth.payments, fake_truth.withdrawals)
    assert {m.kind for m in wrong.values()} == set(KINDS)
    answers = {"northgate": northgate(*drawn, fake_truth), "harbour": harbour(*drawn, fake_truth)}
    reference = dict(zip(*(drawn[1].records[c].to_pylist() for c in ("customer", "reference")), strict=True))
    for (txid, _), mistake in wrong.items():
        rows = answers[mistake.service].sheets[1].rows
        named = {row[0] for row in rows if txid in row and "In" not in row}
        copied = {row[0] for row in rows if swapped(txid) in row}
        own = {reference[mistake.customer]}
        expected = {
            "false": ({reference.get(mistake.instead)}, set()),
            "mistaken": (set(), own),
            "late": (set(), set()),
            "denied": (set(), set()),
        }
        assert (named, copied) == expected[mistake.kind], mistake.kind
        assert mistake.instead != mistake.customer


@given(st.text("0123456789abcdef", min_size=64, max_size=64).filter(lambda t: len(set(t)) > 1))
def test_a_miscopied_transaction_is_another_of_the_same_digits(txid: str) -> None:
    other = swapped(txid)
    assert other != txid and sorted(other) == sorted(txid)
    assert sum(a != b for a, b in zip(txid, other, strict=True)) == 2


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
    wrong = draw(7, fake_truth.payments, fake_truth.withdrawals)
    for move in sent.to_pylist():
        mistake = wrong.get((move["txid"], move["vout"]))
        if mistake is not None and mistake.kind != "false":
            continue
        shown = mine[move["txid"], "Out"][2]
        assert isinstance(shown, datetime)
        moment = shown.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        assert abs(move["time"] - 240 - moment) in (0, 3_600)
