"""What the method says of payments, releases and values, held against the chain's own bytes and the tag pack's text."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.view import as_of
from leadline.kinds.bitcoin import address
from leadline.model.meanings import DAY_RULES
from leadline.steps.trace import SPEC
from leadline.steps.trace.released import tagged_ppm

Traced = Callable[..., dict[str, pa.Table]]


def test_the_tagged_share_of_a_release_is_what_its_transaction_spent_of_tagged_addresses(
    traced: Traced, case: Any
) -> None:
    ledger = open_ledger(case.folder / "ledger")
    view = as_of(ledger, frozenset())
    said = yaml.safe_load(case.pins["tag"][0].path.read_text())["tags"]
    own = {(f"service:{t['actor']}", t["address"]) for t in said}
    rows = traced()["release"].to_pylist()
    for row in rows:
        txid, _ = row["release_outpoint"].removeprefix("outpoint:").split(":")
        tx = ledger.tx_index(txid)
        spent = [int(o) for o in view.in_prev[int(view.tx_first_in[tx]) : int(view.tx_first_in[tx + 1])]]
        paid = [
            (address.encode(ledger.script_bytes(int(view.out_script[o])), ledger.network), int(view.out_value[o]))
            for o in spent
        ]
        tagged = sum(sat for at, sat in paid if (row["service"], at) in own)
        assert row["tagged_ppm"] == tagged * 1_000_000 // sum(sat for _, sat in paid)
        assert (row["tagged_ppm"] > 0) == (row["grade"] == "recorded"), "recorded: it spends a tagged address"
    assert {r["tagged_ppm"] for r in rows if r["grade"] == "inferred"} == {0}


def test_a_tagged_input_worth_next_to_nothing_is_said_to_be(view_of: Callable[..., Any]) -> None:
    view, name = view_of([([], [("tagged", 16), ("other", 9_984)]), ([(0, 0), (0, 1)], [("market", 10_000)])])
    direct = [-1] * (max(name.values()) + 1)
    direct[name["tagged"]] = 3
    assert tagged_ppm(view, np.array(direct), 1, 3) == 1_600
    assert tagged_ppm(view, np.array(direct), 1, 2) == 0
    assert tagged_ppm(view, np.array(direct), 0, 3) is None, "newly mined coins spend no script"


def test_a_payment_is_valued_on_the_utc_day_of_its_blocks_header(traced: Traced, case: Any) -> None:
    ledger = open_ledger(case.folder / "ledger")
    view = as_of(ledger, frozenset())
    tables = traced()
    earliest = dict(zip(*(tables["payment"].column(c).to_pylist() for c in ("outpoint", "utc_low")), strict=True))
    near = 0
    rows = [r for r in tables["valuation"].to_pylist() if r["at"] == "payment"]
    for row in rows:
        tx = ledger.tx_index(row["outpoint"].split(":")[1])
        assert row["day"] == datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date()
        assert row["day_rule"] == DAY_RULES["payment"] == "UTC day of the block header's time"
        near += row["outpoint"] in earliest and row["day"] != earliest[row["outpoint"]].date()
    assert rows and near, "some blocks are of the first hours of a day, where their earliest time is the day before"


def test_an_address_stated_for_two_accounts_is_one_output_with_each_statement_against_the_other(
    case: Any, hand_inputs: Any
) -> None:
    rows = case.address.to_pylist()
    paid = Counter(r["account"] for r in case.truth.payments.to_pylist())
    first = next(r for r in rows if paid[int(r["subject"].rpartition("/")[2])] > 1)
    other = next(r["subject"] for r in rows if r["subject"] != first["subject"])
    again = {**first, "subject": other, "exhibit": hashlib.sha256(b"backup").digest(), "locator": "line:7"}
    twice = pa.Table.from_pylist([*rows, again], schema=case.address.schema)
    given = {"currency": "USD", "valuation_date": "2018-03-01"}
    plain, tables = (
        dict(SPEC.run(hand_inputs(SPEC, {"address": a}, case.pins, given, frozenset()))) for a in (case.address, twice)
    )
    shared = [r for r in tables["payment"].to_pylist() if r["account"] in (first["subject"], other)]
    outputs = {r["outpoint"] for r in plain["payment"].to_pylist() if r["account"] == first["subject"]}
    both = [r for r in shared if r["outpoint"] in outputs]
    assert len(both) == 2 * len(outputs) and outputs
    where = {
        first["subject"]: (f"exhibit:{first['exhibit'].hex()}", first["locator"]),
        other: (f"exhibit:{again['exhibit'].hex()}", "line:7"),
    }
    against = {}
    for r in tables["basis"].to_pylist():
        if r["role"] == "against" and r["kind"] == "exhibit":
            against[r["finding"]] = (r["ref"], r["locator"])
    for r in both:
        (stranger,) = {first["subject"], other} - {r["account"]}
        assert against[r["finding"]] == where[stranger]
    assert not set(against) & {r["finding"] for r in shared if r["outpoint"] not in outputs}
    assert sum(r["value_sat"] for r in plain["exposure"].to_pylist()) == sum(
        r["value_sat"] for r in tables["exposure"].to_pylist()
    ), "what was paid is paid once"
