"""Peel chains on ledgers written by hand."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from leadline.engines.ledger.tracing.peel import Peels, peels
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def followed(view: View, scripts: dict[str, int], *outputs: int, known: tuple[str, ...] = ()) -> Peels:
    ledger: Any = SimpleNamespace(
        script_kind=np.array([ord(name[0]) for name in scripts], np.uint8),
        tx_version=np.ones(view.transactions, np.int32),
        tx_locktime=np.zeros(view.transactions, np.uint32),
        in_sequence=np.full(len(view.in_prev), 0xFFFFFFFF, np.uint32),
    )
    closed = np.isin(np.arange(len(view.cluster)), [scripts[name] for name in known])
    return peels(replace(view, ledger=ledger), np.array(outputs), closed)


def test_a_chain_goes_on_with_its_change(view_of: ViewOf) -> None:
    txs: list[Any] = [(["coinbase"], [("a0", 900_001)])]
    for k in range(5):
        txs.append(([(k, 0)], [(f"a{k + 1}", 800_001 - 100_000 * k), (f"b{k}", 50_000)]))
    view, scripts = view_of(txs)
    found = followed(view, scripts, 0)
    assert found.branch.tolist() == [0] * 5 and found.step.tolist() == list(range(5))
    assert [int(view.out_value[o]) for o in found.peeled] == [50_000] * 5
    assert not any(found.close) and (found.score_ppm > 500_000).all()
    assert found.spent.tolist()[1:] == found.kept.tolist()[:-1]


def test_dust_mixes_and_foreign_coins_end_it(view_of: ViewOf) -> None:
    start = (["coinbase"], [("a0", 900_001)])
    other = (["coinbase"], [("c0", 900_001)])
    for step, mixed in (
        (([(0, 0)], [("a1", 899_001), ("b0", 999)]), []),
        (([(0, 0)], [("a1", 400_001), ("b0", 40_000)]), [2]),
        (([(0, 0), (1, 0)], [("a1", 400_001), ("b0", 40_000)]), [2]),
        (([(0, 0)], [("a1", 400_001)]), []),
    ):
        view, scripts = view_of([start, other, step], mixed=mixed)
        assert len(followed(view, scripts, 0).tx) == 0


def test_both_branches_where_the_signs_are_close(view_of: ViewOf) -> None:
    txs: list[Any] = [
        (["coinbase"], [("a0", 900_001)]),
        ([(0, 0)], [("a1", 500_001), ("a2", 300_001)]),
        ([(1, 0)], [("a3", 300_001), ("b0", 40_000)]),
        ([(1, 1)], [("a4", 200_001), ("b1", 40_000)]),
    ]
    view, scripts = view_of(txs)
    found = followed(view, scripts, 0)
    assert found.close.tolist()[0] == 1
    assert sorted(zip(found.branch.tolist(), found.tx.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3)]


def test_many_chains_at_once_are_each_what_they_are_alone(view_of: ViewOf) -> None:
    txs: list[Any] = [(["coinbase"], [("a0", 900_001), ("c0", 700_001)])]
    for k in range(4):
        txs.append(([(2 * k - 1 if k else 0, 0)], [(f"a{k + 1}", 800_001 - 100_000 * k), (f"b{k}", 50_000)]))
        txs.append(([(2 * k, 0) if k else (0, 1)], [(f"c{k + 1}", 600_001 - 100_000 * k), (f"d{k}", 40_000)]))
    view, scripts = view_of(txs)
    whole = followed(view, scripts, 0, 1)
    for begin in (0, 1):
        alone = followed(view, scripts, begin)
        assert whole.tx[whole.begin == begin].tolist() == alone.tx.tolist() and len(alone.tx) == 4


def test_a_chain_ends_at_who_is_known(view_of: ViewOf) -> None:
    txs: list[Any] = [
        (["coinbase"], [("a0", 900_001)]),
        ([(0, 0)], [("a1", 300_001), ("s0", 50_000)]),
        ([(1, 0)], [("a2", 200_001), ("b0", 40_000)]),
        ([(2, 0)], [("s1", 100_001), ("b1", 90_000)]),
    ]
    view, scripts = view_of(txs)
    found = followed(view, scripts, 0, known=("s0", "s1"))
    assert found.tx.tolist() == [1, 2] and [int(view.out_value[o]) for o in found.kept] == [300_001, 200_001]
    assert len(followed(view, scripts, 0, known=("a0",)).tx) == 0
