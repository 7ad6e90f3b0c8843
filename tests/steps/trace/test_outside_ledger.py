"""Outside the ledger is not unspent, in any table: a chain with missing blocks, the whole one the oracle."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.view import as_of
from leadline.model.words import OUTSIDE_LEDGER, UNSPENT
from leadline.scenario.chain.blocks import BlockFiles, read_blocks
from leadline.scenario.plan import NETWORK
from leadline.steps import restitute, trace
from leadline.steps.restitute.run import SIDES
from leadline.steps.step import Pin
from leadline.views.exposure import WENT, of_address

GIVEN = {"currency": "USD", "valuation_date": "2018-03-01"}


@pytest.fixture(scope="module")
def whole(case: Any) -> Ledger:
    return open_ledger(case.folder / "ledger")


@pytest.fixture(scope="module")
def sliced(case: Any, whole: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Pin:
    """The chain without the blocks in which the market's coins were spent in the middle of its life."""
    folder = tmp_path_factory.mktemp("sliced")
    blocks = list(read_blocks(case.folder / "chain"))
    outs = [whole.out_index(r["txid"], r["vout"]) for r in case.truth.payments.to_pylist()]
    spenders = whole.out_spender[np.array(outs)]
    spent = np.sort(whole.tx_block(whole.in_tx(spenders[spenders >= 0])))
    first, last = int(spent[len(spent) // 3]), int(spent[2 * len(spent) // 3])
    with BlockFiles(folder / "chain") as files:
        for n, block in enumerate(blocks):
            if not first <= n <= last:
                files.add([block])
    build(folder / "ledger", [folder / "chain"], NETWORK)
    pin = open_ledger(folder / "ledger").pin()
    return Pin("ledger", "sliced", folder / "ledger", str(pin["digest"]), pin)


@pytest.fixture(scope="module")
def tables(case: Any, sliced: Pin, hand_inputs: Any) -> dict[str, pa.Table]:
    pins = {**case.pins, "ledger": [sliced]}
    traced = dict(trace.SPEC.run(hand_inputs(trace.SPEC, {"address": case.address}, pins, GIVEN)))
    return traced | dict(restitute.SPEC.run(hand_inputs(restitute.SPEC, traced, pins, GIVEN)))


def spent(whole: Ledger, outpoint: str) -> bool:
    _, txid, vout = outpoint.split(":")
    return bool(whole.out_spender[whole.out_index(txid, int(vout))] >= 0)


def test_an_output_is_unspent_lost_or_spent_and_unspent_ones_are_so_on_the_whole_chain(
    sliced: Pin, whole: Ledger
) -> None:
    ledger = open_ledger(sliced.path)
    view = as_of(ledger, frozenset())
    outputs = np.arange(len(view.out_value))
    unspent, lost = view.unspent(outputs), view.lost(outputs)
    assert (unspent.astype(int) + lost + (view.out_spender >= 0) == 1).all()
    assert (unspent == ((view.out_spender < 0) & ledger.reaches_tip(outputs))).all()
    gone = np.array([spent(whole, f"outpoint:{ledger.outpoint(o)}") for o in outputs.tolist()])
    assert not gone[unspent].any()
    assert gone[lost].any() and not gone[lost].all(), "both kinds lie outside: nobody may say which"


def test_restitute_holds_only_what_no_missing_block_can_have_spent(tables: dict[str, pa.Table], whole: Ledger) -> None:
    rows = tables["entry"].to_pylist()
    held = [r["outpoint"] for r in rows if r["side"] == "held"]
    lost = [r["outpoint"] for r in rows if r["side"] == OUTSIDE_LEDGER]
    assert not any(spent(whole, o) for o in held)
    assert any(spent(whole, o) for o in lost)
    total: Counter[str] = Counter()
    for r in rows:
        total[r["side"]] += r["value_sat"]
    assert total["receipt"] == sum(total[s] for s in ("held", OUTSIDE_LEDGER, "cash_out", "other_out", "fee"))
    assert {r["side"]: r["value_sat"] for r in tables["balance"].to_pylist()} == {side: total[side] for side in SIDES}


def test_trace_says_what_of_the_market_it_cannot_follow(tables: dict[str, pa.Table]) -> None:
    (gap,) = [r for r in tables["gap"].to_pylist() if r["what"] == OUTSIDE_LEDGER]
    lost = [r for r in tables["entry"].to_pylist() if r["side"] == OUTSIDE_LEDGER]
    assert gap["n"] == len(lost)
    assert str(sum(r["value_sat"] for r in lost)) in gap["says"]


def test_taint_by_every_rule_parts_unspent_from_outside(tables: dict[str, pa.Table], traced: Any) -> None:
    by_rule: dict[str, Counter[str]] = {}
    for r in tables["taint"].to_pylist():
        by_rule.setdefault(r["rule"], Counter())[r["place"]] += r["value_sat"]
    assert all(sums[OUTSIDE_LEDGER] > 0 for sums in by_rule.values())
    received = {r["outpoint"]: r["value_sat"] for r in tables["payment"].to_pylist()}
    for rule, sums in by_rule.items():
        assert rule == "poison" or sums.total() == sum(received.values())
    assert not [r for r in traced()["taint"].to_pylist() if r["place"] == OUTSIDE_LEDGER], "nothing is missing there"


def test_exposure_asked_by_hand_says_outside(
    case: Any, sliced: Pin, tables: dict[str, pa.Table], hand_inputs: Any
) -> None:
    ledger = open_ledger(sliced.path)
    text = next(r["outpoint"] for r in tables["entry"].to_pylist() if r["side"] == OUTSIDE_LEDGER)
    _, txid, vout = text.split(":")
    script = ledger.script_bytes(int(ledger.out_script[ledger.out_index(txid, int(vout))]))
    (address,) = {r["address"] for r in case.truth.accounts.to_pylist() if r["script"] == script}
    found = of_address(
        hand_inputs(trace.SPEC, {"address": case.address}, {**case.pins, "ledger": [sliced]}, GIVEN),
        address,
        whole_cluster=False,
    )
    lost = sum(p.value_sat for p in found.parts if (p.way, p.category) == (WENT, OUTSIDE_LEDGER))
    assert lost > 0
    assert not any(p.category == UNSPENT and spent(open_ledger(case.folder / "ledger"), p.at) for p in found.parts)
    mine = ledger.outputs_of([ledger.find_script(script)])
    value = int(ledger.out_value[mine[as_of(ledger, frozenset()).lost(mine)]].sum())
    assert 0 < found.history[-1].outside_sat == value <= lost


def test_an_account_with_one_open_end_holds_nothing_for_sure(view_of: Any) -> None:
    """Of two outputs of one owner only the later lies behind the last gap: under rules by account nobody can say which
    of them carries the taint."""
    view, _ = view_of([(["coinbase"], [("a", 10)]), (["coinbase"], [("a", 5)])])
    later = replace(view, tip_first_out=1)
    assert view.unspent(np.array([0, 1])).all()
    assert later.unspent(np.array([0, 1])).tolist() == [False, True]
    assert later.lost(np.array([0, 1])).tolist() == [True, False]
