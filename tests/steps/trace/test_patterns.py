"""Patterns: counted on chains written by hand, and on the training chain beside whose hands really paid."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger import open_ledger
from leadline.model.predicates import PREDICATES
from leadline.steps.step import Claims
from leadline.steps.trace import run
from leadline.steps.trace.patterns import _quiet, patterns
from leadline.steps.trace.payments import Payments

NAMES = SimpleNamespace(service=np.full(64, -1), busy=np.zeros(64, bool))


def ledger_of(view: Any, versions: list[int] | None = None) -> Any:
    """A ledger of names only, over a view."""
    return SimpleNamespace(
        network="regtest",
        script_kind=np.full(len(view.cluster), 2, np.uint8),
        tx_version=np.array(versions or [1] * view.transactions, np.int32),
        tx_locktime=np.zeros(view.transactions, np.uint32),
        in_sequence=np.full(len(view.in_prev), 0xFFFFFFFF, np.uint32),
        txid_hex=lambda tx: f"{tx:064x}",
        outpoint=lambda o: f"{0:064x}:{o}",
        script_bytes=lambda s: bytes([s]),
    )


@pytest.fixture
def found(context_of: Any) -> Any:
    """The function `rows_of`."""
    return partial(rows_of, context_of)


def rows_of(context_of: Any, view: Any, scripts: dict[str, int], walked: Any, versions: list[int] | None = None) -> Any:
    """Rows by predicate, and the basis; scripts called m1, m2 ... are accounts' payment addresses."""
    claims = Claims("trace")
    mine = {s: name for name, s in scripts.items() if name.startswith("m")}
    outputs = [o for o, s in enumerate(view.out_script.tolist()) if s in mine]
    by_output, account = {}, {}
    for o in outputs:
        subject = f"account:site/{mine[int(view.out_script[o])]}"
        id_ = claims.add(subject, "received", f"outpoint:{o:064x}:0")
        claims.rest(id_, "ledger", "ledger:regtest", f"out:{o:064x}:0")
        by_output[o], account[id_] = [id_], subject
    paid = Payments(np.array(outputs), by_output, account, np.array(sorted(mine)), None)
    services: Any = SimpleNamespace(names=NAMES)
    view = replace(view, ledger=ledger_of(view, versions))
    table = patterns(context_of(view, paid, claims, services=services), walked)
    known = {r["id"]: r for r in claims.tables()["finding"].to_pylist()}
    rows: dict[str, list[Any]] = {}
    for row in table.to_pylist():
        rows.setdefault(known[row["finding"]]["predicate"], []).append(known[row["finding"]] | row)
    return rows, claims.tables()["basis"].to_pylist()


def test_one_cluster_that_pays_two_accounts_and_the_merge_it_rests_on(view_of: Any, found: Any) -> None:
    view, scripts = view_of(
        [
            (["coinbase"], [("a", 100), ("b", 100), ("a", 100), ("b", 50)]),
            ([(0, 0), (0, 1)], [("c", 200)]),
            ([(0, 2)], [("m1", 90)]),
            ([(0, 3)], [("m2", 40)]),
        ]
    )
    rows, basis = found(view, scripts, {5: {2: 1}, 6: {3: 1}})
    (row,) = rows["shares_payer"]
    assert (row["subject"], row["object"], row["n"], row["value_sat"]) == ("account:site/m1", "account:site/m2", 2, 130)
    assert "that the payments spend" in row["facts"] and "paid 2 accounts" in row["facts"]
    assert f"tx:{1:064x}" in {b["ref"] for b in basis if b["kind"] == "merge" and b["finding"] == row["id"]}
    rows, _ = found(view, scripts, {5: {2: 1}, 6: {}})
    assert "shares_payer" not in rows


def test_parts_of_one_payment_and_a_refund(view_of: Any, found: Any) -> None:
    view, scripts = view_of(
        [
            (["coinbase"], [("a", 300)]),
            ([(0, 0)], [("m1", 90), ("m1", 60), ("a", 150)]),
            ([(1, 0)], [("a", 30), ("x", 50)]),
        ]
    )
    rows, _ = found(view, scripts, {1: {0: 1}, 2: {0: 1}})
    (parts,) = rows["paid_in_parts"]
    assert (parts["n"], parts["value_sat"]) == (2, 150) and "in 1 transactions" in parts["facts"]
    (refund,) = rows["refunded"]
    assert (refund["value_sat"], refund["facts"]) == (30, "to a script that had paid the account")


def test_a_habit_needs_three_payments_all_alike(view_of: Any, found: Any) -> None:
    txs: list[Any] = [(["coinbase"], [("a", 100), ("b", 100), ("c", 100)])]
    txs += [([(0, k)], [("m1", 90)]) for k in range(3)]
    view, scripts = view_of(txs)
    walked = {3 + k: {k: 1} for k in range(3)}
    rows, _ = found(view, scripts, walked)
    (row,) = rows["paid_by_habit"]
    assert row["object"] == "pattern:v1.open.final.p2pkh" and row["facts"].startswith("all 3 transactions")
    assert "3 of 4 transactions of the ledger" in row["facts"]
    rows, _ = found(view, scripts, walked, [1, 1, 2, 1])
    assert "paid_by_habit" not in rows


def test_every_account_has_its_habit_and_hours_whatever_the_account_before_it_lacks(view_of: Any, found: Any) -> None:
    """m1 has too few payments, m2 and m3 enough; a transaction is ten minutes after the one before."""
    payees = ["m1"] * 2 + ["m2"] * 8 + ["m3"] * 9
    txs: list[Any] = [(["coinbase"], [(f"a{n}", 100) for n in range(len(payees))])]
    txs += [([(0, n)], [(payee, 90)]) for n, payee in enumerate(payees)]
    view, scripts = view_of(txs)
    rows, _ = found(view, scripts, {len(payees) + n: {n: 1} for n in range(len(payees))})
    hours = {r["subject"]: r for r in rows["paid_at_hours"]}
    assert set(hours) == {"account:site/m2", "account:site/m3"}
    for subject, (first, last) in {"m2": (3, 10), "m3": (11, 19)}.items():
        count = np.bincount([n * 600 // 3600 % 24 for n in range(first, last + 1)], minlength=24)
        row = hours[f"account:site/{subject}"]
        assert f"UTC: {' '.join(f'{h:02d}:{n}' for h, n in enumerate(count) if n)};" in row["facts"]
        assert (row["n"], row["of"], row["value_sat"]) == (last - first + 1, last - first + 1, 90 * (last - first + 1))
    habits = {r["subject"]: r["n"] for r in rows["paid_by_habit"]}
    assert habits == {"account:site/m2": 8, "account:site/m3": 9}


@pytest.mark.parametrize(
    ("hours", "length", "start"), [([22, 1, 5], 16, 6), ([0], 23, 1), (range(24), 0, 0), ([0, 12], 11, 1)]
)
def test_the_longest_run_of_empty_hours(hours: Any, length: int, start: int) -> None:
    assert _quiet([int(h in set(hours)) for h in range(24)]) == (length, start)


def test_payers_of_the_training_chain_are_private_hands(traced: Any, case: Any, monkeypatch: Any) -> None:
    given: list[Any] = []
    original = run.patterns
    monkeypatch.setattr(run, "patterns", lambda context, walked: given.append(walked) or original(context, walked))
    tables = traced()
    ledger = open_ledger(case.folder / "ledger")
    owner = {o["script"]: o["owner"] for o in case.truth.owners.to_pylist()}
    coins = {coin for near in given[0].values() for coin in near}
    hands = {owner[ledger.script_bytes(int(ledger.out_script[coin]))].partition(":")[0] for coin in coins}
    assert len(coins) > 10 and hands <= {"person", "customer"}
    made = {r["id"]: r["predicate"] for r in tables["finding"].to_pylist()}
    for row in tables["pattern"].to_pylist():
        assert PREDICATES[made[row["finding"]]].step == "trace" and row["n"] <= row["of"]
