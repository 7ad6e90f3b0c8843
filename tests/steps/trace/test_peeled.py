"""Peel chains of a case: begun by releases and by what the market handed on, with payees named and both ways shown."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from leadline.model.predicates import PREDICATES
from leadline.steps.disclosure_sentences import REFUTES
from leadline.steps.step import Claims
from leadline.steps.trace.explain import RULES
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.payments import Payments
from leadline.steps.trace.peeled import peeled


@pytest.fixture
def run(context_of: Any) -> Any:
    """The function `chains`."""
    return partial(chains, context_of)


def chains(
    context_of: Any, view: Any, scripts: dict[str, int], begins: list[int], paid: list[str], service: str = ""
) -> Any:
    """(rows of table peel, hop rows, findings) of chains from `begins`; accounts own `paid`."""
    ledger: Any = SimpleNamespace(
        network="regtest",
        script_kind=np.array([ord(name[0]) for name in scripts], np.uint8),
        tx_version=np.ones(view.transactions, np.int32),
        tx_locktime=np.zeros(view.transactions, np.uint32),
        in_sequence=np.full(len(view.in_prev), 0xFFFFFFFF, np.uint32),
        txid_hex=lambda tx: f"{tx:064x}",
        outpoint=lambda o: f"{0:064x}:{o}",
        out_index=lambda txid, vout: vout,
        out_script=view.out_script,
        out_value=view.out_value,
        script_bytes=lambda s: bytes([s]),
        block_first_tx=np.arange(view.transactions),
        block_height=view.tx_height,
        block_time=view.tx_time,
    )
    claims = Claims("trace")
    paths = Paths(ledger, claims)
    outputs = [o for o, s in enumerate(view.out_script.tolist()) if s in {scripts[p] for p in paid}]
    ids = {o: claims.add(f"account:site/{o}", "received", f"outpoint:{0:064x}:{o}") for o in outputs}
    for id_ in ids.values():
        claims.rest(id_, "ledger", "ledger:regtest", "out:" + "0" * 64 + ":0")
    stated = np.array([scripts[p] for p in paid], np.int64)
    received = Payments(
        np.array(outputs), {o: [i] for o, i in ids.items()}, {i: f"account:site/{o}" for o, i in ids.items()}, stated,
        pa.table({}),
    )  # fmt: skip
    named = np.full(len(view.cluster), -1)
    if service:
        named[scripts[service]] = 0
    services: Any = SimpleNamespace(
        names=SimpleNamespace(service=named, busy=np.zeros(len(named), bool)), refs=("service:one",)
    )
    released = next(iter(ids.values()))
    releases = pa.table(
        {
            "finding": pa.array([released] * len(begins), pa.binary(32)),
            "release_outpoint": [f"outpoint:{0:064x}:{o}" for o in begins],
            "hops": [1] * len(begins),
        }
    )
    table = peeled(
        context_of(replace(view, ledger=ledger), received, claims, paths=paths, services=services), releases, []
    )
    tables = claims.tables()
    return table.to_pylist(), paths.table().to_pylist(), tables


def test_a_chain_names_the_account_and_the_service_it_paid(view_of: Any, run: Any) -> None:
    txs: list[Any] = [(["coinbase"], [("a0", 900_001)])]
    payees = ("m1", "b1", "s1", "b2")
    for k, payee in enumerate(payees):
        txs.append(([(k, 0)], [(f"a{k + 1}", 800_001 - 100_000 * k), (payee, 50_000)]))
    view, scripts = view_of(txs)
    rows, hops, tables = run(view, scripts, [0], ["m1"], "s1")
    assert [r["paid"] for r in rows] == ["account:site/2", None, "service:one", None]
    assert [r["step"] for r in rows] == [0, 1, 2, 3] and all(r["peeled_sat"] == 50_000 for r in rows)
    assert rows[-1]["least_ppm"] == min(r["score_ppm"] for r in rows)
    (found,) = (f for f in tables["finding"].to_pylist() if f["predicate"] == "peeled")
    assert (found["subject"], found["object"]) == (rows[0]["coin"], rows[-1]["kept"])
    drawn = [h for h in hops if h["finding"] == found["id"]]
    assert [h["rule"] for h in drawn] == ["peel"] * 4 and {"peel"} <= set(RULES) & set(REFUTES)
    kinds = {b["kind"] for b in tables["basis"].to_pylist() if b["finding"] == found["id"]}
    assert kinds == {"finding", "ledger"} and PREDICATES["peeled"].not_said


def test_both_ways_go_on_where_the_signs_are_close(view_of: Any, run: Any) -> None:
    txs: list[Any] = [(["coinbase"], [("a0", 900_001), ("m1", 5_000)]), ([(0, 0)], [("a1", 450_001), ("a2", 440_001)])]
    for side in (0, 1):
        at = (1, side)
        for k in range(3):
            txs.append(([at], [(f"a{side}x{k}", 300_001 - 50_000 * k), (f"b{side}{k}", 40_000)]))
            at = (len(txs) - 1, 0)
    view, scripts = view_of(txs)
    rows, _, tables = run(view, scripts, [0], ["m1"])
    chains = {f["id"] for f in tables["finding"].to_pylist() if f["predicate"] == "peeled"}
    assert len(chains) == 2
    first = [r for r in rows if r["step"] == 0]
    assert {r["kept"] for r in first} == {r["peeled"] for r in first} and all(r["close"] for r in first)


def test_two_steps_are_no_chain(view_of: Any, run: Any) -> None:
    txs: list[Any] = [(["coinbase"], [("a0", 900_001), ("m1", 5_000)])]
    txs += [([(k, 0)], [(f"a{k + 1}", 800_001 - 100_000 * k), (f"b{k}", 50_000)]) for k in range(2)]
    view, scripts = view_of(txs)
    assert run(view, scripts, [0], ["m1"])[0] == []
