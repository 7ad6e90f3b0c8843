"""Each named rule of change on payments written by hand, and the score of all of them."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.change_outputs import signs
from leadline.engines.ledger.change_outputs.asked import asked
from leadline.engines.ledger.change_outputs.fingerprints import ordered
from leadline.engines.ledger.change_outputs.rules import RULES
from leadline.engines.ledger.change_outputs.score import (
    ALONE,
    FAMILIES,
    score,
    weight,
)
from leadline.engines.ledger.view import View
from leadline.kinds.bitcoin import script as sc

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
ViewOf = Callable[..., tuple[View, dict[str, int]]]
KINDS = {"a": sc.P2PKH, "b": sc.P2WPKH, "s": sc.P2SH, "m": sc.MULTISIG}


def with_ledger(view: View, scripts: dict[str, int], **columns: dict[int, int]) -> View:
    """The view with what the rules read of a ledger; a script's kind is the first letter of its name."""
    names = list(scripts)
    n = view.transactions
    version, locktime = np.ones(n, np.int64), np.zeros(n, np.int64)
    sequence = np.full(len(view.in_prev), 0xFFFFFFFF, np.int64)
    for t, value in columns.get("version", {}).items():
        version[t] = value
    for t, value in columns.get("locktime", {}).items():
        locktime[t] = value
    for t, value in columns.get("sequence", {}).items():
        sequence[view.tx_first_in[t] : view.tx_first_in[t + 1]] = value
    ids = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (n, 32), np.uint8)
    ledger: Any = SimpleNamespace(
        script_kind=np.array([KINDS[name[0]] for name in names], np.uint8),
        tx_version=version,
        tx_locktime=locktime,
        in_sequence=sequence,
        in_value=np.where(view.in_prev >= 0, view.out_value[np.maximum(view.in_prev, 0)], -1),
        tx_id=ids,
        script_bytes=lambda s: names[s].encode(),
    )
    return replace(view, ledger=ledger)


COIN = (["coinbase"], [("a1", 50_000_000)])
SECOND = (["coinbase"], [("a8", 9_000)])
PAID = ([(0, 0)], [("a2", 1_234_567), ("a3", 40_000_001)])
"""A payment whose change is its second output, or its first; spent by the two transactions after it."""


def says(view_of: ViewOf, lines: list[Any], tx: int, **columns: dict[int, int]) -> dict[str, int]:
    """The output each rule names, by rule."""
    view, scripts = view_of(lines)
    found = score(asked(with_ledger(view, scripts, **columns), np.array([tx], np.int64)))
    return {rule.name: int(found.says[0, i]) for i, rule in enumerate(RULES) if found.says[0, i] >= 0}


def spent_by(first: Any, second: Any) -> list[Any]:
    """The payment and a transaction that spends each of its outputs."""
    return [COIN, SECOND, PAID, first, second]


ONE = ([(2, 0)], [("a4", 1_000)])
OTHER = ([(2, 1)], [("a5", 1_000)])


@pytest.mark.parametrize(
    ("rule", "lines", "columns", "output"),
    [
        ("optimal_change", [COIN, SECOND, ([(0, 0), (1, 0)], [("a2", 8_500), ("a3", 49_000_000)])], {}, 0),
        ("optimal_change_fee", [COIN, SECOND, ([(0, 0), (1, 0)], [("a2", 50_001_000), ("a3", 4_000)])], {}, 1),
        ("address_type", [COIN, SECOND, ([(0, 0)], [("b2", 8_500), ("a3", 49_000_000)])], {}, 1),
        ("power_of_ten_2", [COIN, SECOND, ([(0, 0)], [("a2", 100), ("a3", 4_321)])], {}, 1),
        ("power_of_ten_3", [COIN, SECOND, ([(0, 0)], [("a2", 4_321), ("a3", 1_000)])], {}, 0),
        ("power_of_ten_4", [COIN, SECOND, ([(0, 0)], [("a2", 20_000), ("a3", 21_000)])], {}, 1),
        ("power_of_ten_5", [COIN, SECOND, ([(0, 0)], [("a2", 200_000), ("a3", 210_000)])], {}, 1),
        ("power_of_ten_6", [COIN, SECOND, ([(0, 0)], [("a2", 2_000_000), ("a3", 2_100_000)])], {}, 1),
        ("power_of_ten_7", [COIN, SECOND, ([(0, 0)], [("a2", 20_000_000), ("a3", 21_000_000)])], {}, 1),
        ("version", spent_by(ONE, OTHER), {"version": {3: 2}}, 1),
        ("locktime", spent_by(ONE, OTHER), {"locktime": {2: 7, 3: 9}}, 0),
        ("rbf", spent_by(ONE, OTHER), {"sequence": {2: 1, 4: 5}}, 1),
        (
            "multisig",
            [([*COIN[0]], [("m1", 50_000_000)]), SECOND, ([(0, 0)], [("m2", 1), ("a3", 2)]), ONE, OTHER],
            {},
            0,
        ),
        ("segwit", [([*COIN[0]], [("b1", 50_000_000)]), SECOND, ([(0, 0)], [("a2", 1), ("b3", 2)]), ONE, OTHER], {}, 1),
        ("p2sh", [COIN, SECOND, ([(0, 0)], [("a2", 1), ("s3", 2)]), ONE, OTHER], {}, 0),
        ("p2wpkh", [COIN, SECOND, ([(0, 0)], [("b2", 1), ("a3", 2)]), ONE, OTHER], {}, 1),
        ("input_count", spent_by(([(2, 0), (1, 0)], [("a4", 1_000)]), OTHER), {}, 1),
        ("output_count", spent_by(([(2, 0)], [("a4", 1_000), ("a6", 5)]), OTHER), {}, 0),
        ("input_output_count", spent_by(([(2, 0)], [("a4", 1_000), ("a6", 5)]), OTHER), {}, 0),
        ("input_output_count", spent_by(([(2, 0), (1, 0)], [("a4", 1_000), ("a6", 5)]), OTHER), {}, None),
        (
            "absolute_fee",
            [COIN, SECOND, ([(0, 0)], [("a2", 9_000), ("a3", 49_990_000)]), ([(2, 0)], [("a4", 8_000)]), OTHER],
            {},
            0,
        ),
        ("one_time_change", [COIN, ([*COIN[0]], [("a2", 5)]), ([(0, 0)], [("a2", 4_000), ("a3", 5_000)])], {}, 1),
        ("shadow", [COIN, ([*COIN[0]], [("a2", 5)]), ([(0, 0)], [("a3", 4_000), ("a2", 5_000)])], {}, 0),
        ("address_reuse", [COIN, SECOND, ([(0, 0)], [("a2", 4_000), ("a1", 5_000)])], {}, 1),
        ("peeling_chain", spent_by(ONE, ([(2, 1)], [("a5", 1_000), ("a6", 5)])), {}, 1),
    ],
)
def test_a_rule_names_the_output_it_claims(
    view_of: ViewOf, rule: str, lines: list[Any], columns: dict[str, Any], output: int | None
) -> None:
    assert says(view_of, lines, 2, **columns).get(rule) == output


def test_what_went_back_to_the_payer_is_not_new(view_of: ViewOf) -> None:
    lines = [COIN, SECOND, ([(0, 0)], [("a1", 4_000), ("a3", 5_000)])]
    found = says(view_of, lines, 2)
    assert (found["shadow"], found["address_reuse"], "one_time_change" in found) == (1, 0, False)


def test_a_habit_says_nothing_while_an_output_is_unspent(view_of: ViewOf) -> None:
    whole = says(view_of, spent_by(ONE, OTHER), 2, version={3: 2})
    early = says(view_of, spent_by(ONE, OTHER)[:4], 2, version={3: 2})
    assert "version" in whole and "version" not in early


def test_unconfirmed_coins(view_of: ViewOf) -> None:
    view, scripts = view_of(spent_by(ONE, OTHER))
    height = view.tx_height.copy()
    height[[2, 3]] = 0
    height[4] = 9
    same = replace(view, tx_height=height)
    found = score(asked(with_ledger(same, scripts), np.array([2], np.int64)))
    assert found.says[0, [r.name for r in RULES].index("zeroconf")] == 0


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("xyz")), min_size=1, max_size=4))
def test_the_order_of_outputs_is_bip69(view_of: ViewOf, outputs: list[tuple[int, str]]) -> None:
    lines = [(["coinbase"], [("a1", 10)]), ([(0, 0)], [("a" + name, value) for value, name in outputs])]
    view, scripts = view_of(lines)
    want = outputs == sorted(outputs)
    assert ordered(with_ledger(view, scripts), np.array([1], np.int64)).tolist() == [int(want)]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True))
def test_the_order_of_inputs_is_bip69(view_of: ViewOf, picked: list[int]) -> None:
    lines = [(["coinbase"], [("a1", 10), ("a2", 10)]) for _ in range(3)]
    lines.append(([divmod(k, 2) for k in picked], [("a3", 5)]))
    view, scripts = view_of(lines)
    view = with_ledger(view, scripts)
    keys = [(view.ledger.tx_id[k // 2][::-1].tobytes(), k % 2) for k in picked]
    assert ordered(view, np.array([3], np.int64)).tolist() == [int(keys == sorted(keys))]


def test_no_rule_speaks_alone(view_of: ViewOf) -> None:
    view, scripts = view_of([COIN, SECOND, ([(0, 0)], [("a2", 4_321), ("a3", 5_678)]), ONE, OTHER])
    one = score(asked(with_ledger(view, scripts, version={3: 2}), np.array([2], np.int64)))
    assert one.reasons(0, 1) == ["version"]
    assert (one.change.tolist(), one.score_ppm.tolist(), one.close.tolist()) == ([-1], [0], [True])
    two = score(asked(with_ledger(view, scripts, version={3: 2}, locktime={3: 7}), np.array([2], np.int64)))
    assert two.reasons(0, 1) == ["version", "locktime"]
    assert two.change.tolist() == [1]
    assert 0 < two.score_ppm[0] < 1_000_000


@given(st.data())
def test_the_score_adds_what_families_say(view_of: ViewOf, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.sampled_from([1_234, 20_000, 5_000_000, 21_000]), min_size=2, max_size=3))
    names = data.draw(st.lists(st.sampled_from(["a1", "a2", "b2", "a8", "s4"]), min_size=2, max_size=3))
    n = min(len(values), len(names))
    lines = [COIN, SECOND, ([(0, 0), (1, 0)], list(zip(names[:n], values[:n], strict=True)))]
    lines += [([(2, k)], [(f"a{k}9", 7)]) for k in range(n)]
    view, scripts = view_of(lines)
    version = data.draw(st.dictionaries(st.integers(2, 4), st.integers(1, 2)))
    version = {t: v for t, v in version.items() if t < len(lines)}
    found = score(asked(with_ledger(view, scripts, version=version), np.array([2], np.int64)))
    sums, agree = [], []
    for output in range(n):
        named = [r for i, r in enumerate(RULES) if found.says[0, i] == output]
        by = {f: max((weight(r) for r in named if r.family == f), default=0) for f in FAMILIES}
        sums.append(sum(by.values()))
        agree.append(sum(w > 0 for w in by.values()))
    first = sums.index(max(sums))
    alone = agree[first] < ALONE or sorted(sums)[-1] == sorted(sums)[-2]
    assert found.change.tolist() == [-1 if alone else first]
    assert (found.best[0], found.next[0]) == (max(sums), sorted(sums)[-2])


def test_every_rule_says_what_it_claims_and_where_it_is_from() -> None:
    assert len(RULES) == len({r.name for r in RULES}) == 26
    for rule in RULES:
        assert rule.says.endswith(".") and rule.source
        assert (rule.right_ppm is None) == (rule.wrong_ppm is None)
        assert weight(rule) > 0
    assert signs.SIGNS
