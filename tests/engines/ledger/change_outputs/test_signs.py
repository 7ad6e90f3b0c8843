"""Signs of change on transactions written by hand, and the score they add up to."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.change_outputs.signs import (
    SIGNS,
    Signs,
    payments,
    signs,
)
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def with_ledger(view: View, scripts: dict[str, int]) -> View:
    """The view with what `signs` reads of a ledger: the kind is the first letter of a script's name."""
    kinds = np.array([ord(name[0]) for name in scripts], np.uint8)
    n = view.transactions
    ledger: Any = SimpleNamespace(
        script_kind=kinds,
        tx_version=np.ones(n, np.int32),
        tx_locktime=np.zeros(n, np.uint32),
        in_sequence=np.full(len(view.in_prev), 0xFFFFFFFF, np.uint32),
    )
    return replace(view, ledger=ledger)


def said(view: View, scripts: dict[str, int], tx: int) -> dict[str, int]:
    found = signs(with_ledger(view, scripts), np.array([tx], np.int64))
    return {name: int(found.says[0, i]) for i, name in enumerate(SIGNS) if found.says[0, i] >= 0}


def test_each_sign_alone(view_of: ViewOf) -> None:
    coin = (["coinbase"], [("a1", 50_000_000)])
    assert said(*view_of([coin, ([(0, 0)], [("b9", 1_234), ("a2", 5_678)])]), 1) == {"form": 1}
    assert said(*view_of([coin, ([(0, 0)], [("a3", 20_000), ("a2", 5_678)])]), 1) == {"round": 1}
    two = (["coinbase"], [("a4", 9_999)])
    assert said(*view_of([coin, two, ([(0, 0), (1, 0)], [("a3", 40_000_001), ("a2", 5_678)])]), 2) == {"smallest": 1}
    met = (["coinbase"], [("a5", 777)])
    assert said(*view_of([coin, met, ([(0, 0)], [("a5", 1_234), ("a2", 5_678)])]), 2) == {"fresh": 1}
    later = ([(1, 0), (2, 1)], [("a7", 1)])
    again = (["coinbase"], [("a1", 333)])
    found = said(*view_of([coin, again, ([(0, 0)], [("a6", 1_234), ("a2", 5_678)]), later]), 2)
    assert found == {"cluster": 1, "fingerprint": 1}


def test_only_transactions_of_one_owner_with_two_outputs_are_asked(view_of: ViewOf) -> None:
    view, _ = view_of(
        [
            (["coinbase"], [("a1", 5), ("a2", 5)]),
            ([(0, 0)], [("a3", 2), ("a4", 2)]),
            ([(0, 1)], [("a5", 4)]),
            (["outside"], [("a6", 2), ("a7", 2)]),
            ([(1, 0)], [("a8", 1), ("a9", 1)]),
        ],
        mixed=[4],
    )
    assert payments(view, 3).tolist() == []
    assert payments(view).tolist() == [1]


@given(st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=6, max_size=6), min_size=1, max_size=9))
def test_the_score_orders_and_never_reaches_certainty(rows: list[list[int]]) -> None:
    said = Signs(np.arange(len(rows)), np.array(rows, np.int8))
    for row, pick, close, score in zip(rows, said.change, said.close, said.score_ppm, strict=True):
        ones, zeros = row.count(1), row.count(0)
        assert pick == (-1 if ones == zeros else int(ones > zeros))
        assert close == (abs(ones - zeros) <= 1)
        assert score == max(ones, zeros) * 1_000_000 // (ones + zeros + 1)
        assert 0 <= score < 1_000_000


def test_nothing_asked_nothing_said(view_of: ViewOf) -> None:
    view, scripts = view_of([(["coinbase"], [("a1", 5)])])
    assert signs(with_ledger(view, scripts), payments(view)).says.shape == (0, len(SIGNS))
