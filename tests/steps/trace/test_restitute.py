"""Restitute on the training chain: the accounts balance, transaction by transaction and as a whole."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.errors import ChainError
from leadline.model.tables import digest
from leadline.model.words import OUTSIDE_LEDGER
from leadline.scenario.chain.blocks import BlockFiles, read_blocks
from leadline.scenario.plan import NETWORK
from leadline.steps import trace
from leadline.steps.restitute import SPEC
from leadline.steps.restitute.run import SIDES, _check, _Entries
from leadline.steps.step import Pin

Traced = Callable[..., dict[str, pa.Table]]


@pytest.fixture
def accounts(traced: Traced, case: Any, hand_inputs: Any) -> Callable[..., dict[str, pa.Table]]:
    """A function: restitute over what trace found."""

    def run(**settings: object) -> dict[str, pa.Table]:
        given = {"currency": "USD", "valuation_date": "2018-03-01", **settings}
        return dict(SPEC.run(hand_inputs(SPEC, traced(**settings), case.pins, given)))

    return run


def sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    out = dict.fromkeys(SIDES, 0)
    for row in rows:
        out[row["side"]] += row["value_sat"]
    return out


def test_the_whole_balances(accounts: Callable[..., dict[str, pa.Table]], case: Any) -> None:
    tables = accounts()
    total = sums(tables["entry"].to_pylist())
    assert total["receipt"] == sum(case.truth.payments.column("value_sat").to_pylist())
    assert total["receipt"] == sum(total[s] for s in ("held", OUTSIDE_LEDGER, "cash_out", "other_out", "fee"))
    assert total[OUTSIDE_LEDGER] == 0, "no block is missing"
    assert {r["side"]: r["value_sat"] for r in tables["balance"].to_pylist()} == total


def test_every_transaction_of_the_set_balances(accounts: Callable[..., dict[str, pa.Table]]) -> None:
    by_tx: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in accounts()["entry"].to_pylist():
        by_tx[row["tx"]].append(row)
    closed = [rows for rows in by_tx.values() if any(r["side"] == "spent_input" for r in rows)]
    assert closed
    for rows in closed:
        total = sums(rows)
        assert total["spent_input"] == total["change"] + total["cash_out"] + total["other_out"] + total["fee"]


def test_what_is_held_is_the_operators_and_unspent(accounts: Callable[..., dict[str, pa.Table]], case: Any) -> None:
    ledger = open_ledger(case.pins["ledger"][0].path)
    owner = dict(
        zip(case.truth.owners.column("script").to_pylist(), case.truth.owners.column("owner").to_pylist(), strict=True)
    )
    for row in accounts()["entry"].to_pylist():
        _, txid, vout = row["outpoint"].split(":")
        output = ledger.out_index(txid, int(vout))
        if row["side"] == "held":
            assert ledger.out_spender[output] < 0
            assert owner[ledger.script_bytes(int(ledger.out_script[output]))] in ("operator", "site")
        if row["side"] == "cash_out":
            assert owner[ledger.script_bytes(int(ledger.out_script[output]))] not in ("operator", "site")


def test_values_are_sums_and_unknown_without_prices(accounts: Callable[..., dict[str, pa.Table]]) -> None:
    rows = accounts()["balance"].to_pylist()
    assert [r["side"] for r in rows] == sorted(SIDES)
    assert all(r["unvalued"] == 0 and r["at_payment"] is not None and r["currency"] == "USD" for r in rows)
    for r in accounts(currency="EUR")["balance"].to_pylist():
        assert (r["at_payment"], r["at_valuation"], r["unvalued"], r["currency"]) == (None, None, r["outputs"], "")


def test_every_side_is_valued_by_the_price_file_itself(accounts: Callable[..., dict[str, pa.Table]], case: Any) -> None:
    """The oracle reads the CSV, takes the day of each entry's block and rounds each entry half to even, in decimals."""
    lines = case.pins["price"][0].path.read_text().splitlines()
    price = {d: Decimal(p) for d, p in (line.split(",") for line in lines if re.match(r"\d{4}-", line))}
    ledger = open_ledger(case.pins["ledger"][0].path)
    tables = accounts()
    paid: dict[str, Decimal] = defaultdict(Decimal)
    late: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["entry"].to_pylist():
        block = int(ledger.tx_block([ledger.tx_index(row["tx"].removeprefix("tx:"))])[0])
        day = datetime.fromtimestamp(int(ledger.block_time[block]), UTC).date().isoformat()
        for sums, on in ((paid, day), (late, "2018-03-01")):
            worth = Decimal(row["value_sat"]) * price[on] / 100_000_000
            sums[row["side"]] += worth.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert late["receipt"] > 0
    for row in tables["balance"].to_pylist():
        assert (row["at_payment"], row["at_valuation"]) == (paid[row["side"]], late[row["side"]])
    for given in ({"valuation_date": None}, {"valuation_date": "2031-01-01"}):
        undated = accounts(**given)["balance"].to_pylist()
        assert {r["at_valuation"] for r in undated} == {None}
        assert {r["side"]: r["at_payment"] for r in undated} == {side: paid[side] for side in SIDES}


def test_accounts_that_do_not_balance_are_refused() -> None:
    entries = _Entries()
    outputs = np.array([1], np.int64)
    entries.add("receipt", outputs, outputs, np.array([10]))
    for side in ("held", OUTSIDE_LEDGER, "cash_out", "other_out", "fee"):
        with pytest.raises(ChainError, match="do not balance"):
            _check(entries)
        entries.add(side, outputs, outputs, np.array([2]))
    _check(entries)


def test_the_same_inputs_give_the_same_tables(accounts: Callable[..., dict[str, pa.Table]]) -> None:
    one, two = accounts(), accounts()
    for spec in SPEC.writes:
        assert one[spec.name].schema == spec.schema
        assert digest(spec, one[spec.name]) == digest(spec, two[spec.name])


def test_a_ledger_from_before_the_first_payment_gives_nothing(case: Any, hand_inputs: Any, tmp_path: Any) -> None:
    """No payment is on it: trace and restitute say so by empty tables, and by a balance of nothing on every side."""
    blocks = list(read_blocks(case.folder / "chain"))[:101]
    with BlockFiles(tmp_path / "early") as files:
        for block in blocks:
            files.add([block])
    build(tmp_path / "ledger", [tmp_path / "early"], NETWORK)
    pin = open_ledger(tmp_path / "ledger").pin()
    pins = {**case.pins, "ledger": [Pin("ledger", "early", tmp_path / "ledger", str(pin["digest"]), pin)]}
    given = {"currency": "USD", "valuation_date": "2018-03-01"}
    traced = dict(trace.SPEC.run(hand_inputs(trace.SPEC, {"address": case.address}, pins, given)))
    assert {name for name, table in traced.items() if table.num_rows} <= {"attribution", "coverage"}
    tables = dict(SPEC.run(hand_inputs(SPEC, traced, pins, given)))
    assert tables["entry"].num_rows == 0
    assert {(r["side"], r["value_sat"]) for r in tables["balance"].to_pylist()} == {(side, 0) for side in SIDES}
