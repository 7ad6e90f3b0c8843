"""Taint by every rule: the kernels against plain integers on random chains, and the rules' textbook cases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.tracing.portion_kernels import portion
from leadline.engines.ledger.tracing.taint import BY_ACCOUNT, BY_COIN, Taint, taint
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]
RULES = (*BY_COIN, *BY_ACCOUNT)


@settings(deadline=None)
@given(st.integers(0, 2**51), st.integers(0, 2**51), st.integers(1, 2**51))
def test_a_portion_is_exact(a: int, b: int, c: int) -> None:
    b = min(b, c)
    assert portion(a, b, c) == divmod(a * b, c)


def shared(amount: int, weights: list[int]) -> list[int]:
    """Floors, then one each to the largest rests, the earlier first."""
    total = sum(weights)
    parts = [amount * w // total for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def by_hand(rule: str, inputs: list[tuple[int, int]], outputs: list[int]) -> list[int]:
    """Tainted satoshi of each output of one transaction, the fee last, from (value, tainted) of its inputs."""
    amount, total = sum(d for _, d in inputs), sum(v for v, _ in inputs)
    slots = [*outputs, total - sum(outputs)]
    if rule == "poison":
        return [*outputs, 0]
    if rule == "haircut":
        return shared(amount, slots)
    if rule == "tiho":
        parts = [0] * len(slots)
        for j in [*sorted(range(len(outputs)), key=lambda j: (-outputs[j], j)), len(outputs)]:
            parts[j] = min(amount, slots[j])
            amount -= parts[j]
        return parts
    runs = inputs[::-1] if rule == "lifo" else inputs
    satoshi = [flag for v, d in runs for flag in [1] * d + [0] * (v - d)]
    parts, at = [], 0
    for slot in slots:
        parts.append(sum(satoshi[at : at + slot]))
        at += slot
    return parts


@st.composite
def chains(draw: Any) -> tuple[list[Any], list[tuple[int, int]]]:
    """A few transactions with inputs, outputs and fees, some CoinJoin-shaped, and which outputs are seeds."""
    txs: list[Any] = [(["coinbase"], [(f"s{draw(st.integers(0, 5))}", draw(st.integers(1, 40))) for _ in range(4)])]
    free = [(0, i) for i in range(4)]
    worth = {(0, i): value for i, (_, value) in enumerate(txs[0][1])}
    for t in range(1, draw(st.integers(1, 7)) + 1):
        count = draw(st.integers(1, min(3, len(free))))
        inputs = [free.pop(draw(st.integers(0, len(free) - 1))) for _ in range(count)]
        left = sum(worth[i] for i in inputs)
        outputs = []
        for _ in range(draw(st.integers(1, 3))):
            value = draw(st.integers(0, left))
            outputs.append((f"s{draw(st.integers(0, 5))}", value))
            left -= value
        txs.append((inputs, outputs))
        for i, (_, value) in enumerate(outputs):
            free.append((t, i))
            worth[t, i] = value
    places = sorted(worth)
    return txs, draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chains(), st.sets(st.integers(0, 5), max_size=2), st.booleans())
def test_rules_by_coin_equal_plain_integers(
    view_of: ViewOf, drawn: tuple[list[Any], list[tuple[int, int]]], closed: set[int], joins: bool
) -> None:
    txs, chosen = drawn
    mixed = [len(txs) - 1] if joins else []
    view, names = view_of(txs, mixed=mixed)
    seeds = np.array([int(view.tx_first_out[t]) + i for t, i in chosen], np.int64)
    ends = np.isin(view.out_script, [i for name, i in names.items() if int(name[1:]) in closed])
    for rule in BY_COIN:
        tainted = [0] * len(view.out_value)
        for o in seeds.tolist():
            tainted[o] = int(view.out_value[o])
        fee = stopped = again = 0
        passed = set()
        for t in range(view.transactions):
            spent = [int(p) for p in view.in_prev[view.tx_first_in[t] : view.tx_first_in[t + 1]] if p >= 0]
            dirty = [0 if ends[p] else tainted[p] for p in spent]
            if not sum(dirty):
                continue
            passed |= {p for p, d in zip(spent, dirty, strict=True) if d}
            if t in mixed:
                stopped += sum(dirty)
                continue
            made = range(int(view.tx_first_out[t]), int(view.tx_first_out[t + 1]))
            inputs = [(int(view.out_value[p]), d) for p, d in zip(spent, dirty, strict=True)]
            parts = by_hand(rule, inputs, [int(view.out_value[o]) for o in made])
            for o, part in zip(made, parts, strict=False):
                again += min(tainted[o], part)
                tainted[o] = max(tainted[o], part)
            fee += parts[-1]
        got = taint(view, rule, seeds, ends)
        want = [(o, d) for o, d in enumerate(tainted) if d and o not in passed]
        assert list(zip(got.output.tolist(), got.sat.tolist(), strict=True)) == want, rule
        assert (got.fee, got.stopped, got.again) == (fee, stopped, again), rule


def total(found: Taint) -> int:
    return int(found.sat.sum()) + int(found.held.sum()) + found.fee + found.stopped + found.again


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chains(), st.sets(st.integers(0, 5), max_size=2), st.booleans())
def test_no_satoshi_is_lost_or_made(
    view_of: ViewOf, drawn: tuple[list[Any], list[tuple[int, int]]], closed: set[int], joins: bool
) -> None:
    txs, chosen = drawn
    view, names = view_of(txs, mixed=[len(txs) - 1] if joins else [])
    seeds = np.array([int(view.tx_first_out[t]) + i for t, i in chosen], np.int64)
    ends = np.isin(view.out_script, [i for name, i in names.items() if int(name[1:]) in closed])
    for rule in RULES:
        found = taint(view, rule, seeds, ends)
        assert (found.sat <= view.out_value[found.output]).all()
        if rule != "poison":
            assert total(found) == int(view.out_value[seeds].sum()), rule


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [("poison", 30, 60), ("haircut", 10, 20), ("fifo", 30, 0), ("lifo", 0, 30), ("tiho", 0, 30)],
)
def test_one_transaction_of_clean_and_tainted_coins(view_of: ViewOf, rule: str, first: int, second: int) -> None:
    view, _ = view_of(
        [(["coinbase"], [("a", 30), ("b", 60)]), ([(0, 0), (0, 1)], [("c", 30), ("d", 60)])],
    )
    found = taint(view, rule, np.array([0], np.int64), np.zeros(4, np.bool_))
    where = dict(zip(found.output.tolist(), found.sat.tolist(), strict=True))
    assert (where.get(2, 0), where.get(3, 0)) == (first, second)


@pytest.mark.parametrize(("rule", "gone"), [("pro_rata", 20), ("lowest", 0)])
def test_an_account_that_pays_from_mixed_money(view_of: ViewOf, rule: str, gone: int) -> None:
    """An account with 60 clean and 30 tainted pays 60 away and keeps 30."""
    view, names = view_of(
        [(["coinbase"], [("a", 30), ("b", 60)]), ([(0, 0), (0, 1)], [("shop", 60), ("a", 30)])],
    )
    view = replace(view, cluster=np.array([0, 0, 2][: len(names)], np.int64))
    ends = view.out_script == names["shop"]
    found = taint(view, rule, np.array([0], np.int64), ends)
    assert (int(found.sat.sum()), int(found.held.sum())) == (gone, 30 - gone)


def test_order_of_the_chain_is_kept_within_a_block(view_of: ViewOf) -> None:
    view, _ = view_of([(["coinbase"], [("a", 9)]), ([(0, 0)], [("b", 9)]), ([(1, 0)], [("c", 9)])])
    view = replace(view, tx_height=np.array([1, 2, 2]))
    for rule in BY_COIN:
        assert taint(view, rule, np.array([0], np.int64), np.zeros(3, np.bool_)).output.tolist() == [2]
