"""The merges between two scripts: a shortest way, checked by a plain search on random chains."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.attribution.behaviour import PAYEES, PAYERS, SCRIPTS, busy
from leadline.engines.ledger.attribution.merges import joins
from leadline.engines.ledger.clustering.clusters import MOST_DUST
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def spent_scripts(view: View, t: int, least: int = 0, most: int = 10**9) -> set[int]:
    """The scripts of which a transaction spends coins of so many satoshi."""
    prev = view.in_prev[view.tx_first_in[t] : view.tx_first_in[t + 1]]
    return {int(view.out_script[p]) for p in prev if p >= 0 and least <= view.out_value[p] <= most}


def ways(view: View) -> list[tuple[int, str, set[int]]]:
    """(transaction, rule, scripts) of everything that joins scripts."""
    merging = [t for t in range(view.transactions) if not (view.mixed[t] or view.unmerged[t])]
    links = zip(view.links.tx.tolist(), view.links.script.tolist(), view.links.other.tolist(), strict=True)
    inputs = [(t, "multi_input", spent_scripts(view, t, MOST_DUST + 1)) for t in merging]
    inputs += [(t, "dust", spent_scripts(view, t)) for t in merging if spent_scripts(view, t, most=MOST_DUST)]
    return inputs + [(t, "same_key", {a, b}) for t, a, b in links]


def distance(view: View, start: int, targets: set[int]) -> int | None:
    """Fewest merges from a script to any target, by plain search."""
    seen, front, steps = {start}, {start}, 0
    while front:
        if front & targets:
            return steps
        front = {s for _, _, group in ways(view) if group & front for s in group} - seen
        seen |= front
        steps += 1
    return None


@given(st.data())
def test_a_path_is_shortest_and_made_of_its_own_transactions(view_of: ViewOf, data: st.DataObject) -> None:
    coins = data.draw(st.lists(st.sampled_from([1, 10**6]), min_size=20, max_size=20))
    lines: list[Any] = [(["coinbase"], list(zip("abcdefghij" * 2, coins, strict=True)))]
    free = [(0, v) for v in range(20)]
    for _ in range(data.draw(st.integers(1, 7))):
        k = data.draw(st.integers(1, 2))
        lines.append(([free.pop(data.draw(st.integers(0, len(free) - 1))) for _ in range(k)], [("k", 1)]))
    count = len(lines)
    mixed = data.draw(st.sets(st.integers(1, count - 1), max_size=1))
    unmerged = data.draw(st.sets(st.integers(1, count - 1), max_size=1))
    pair = st.tuples(st.integers(1, count - 1), st.integers(0, 9), st.integers(0, 9))
    links = data.draw(st.lists(pair, max_size=3).map(sorted))
    view, scripts = view_of(lines, mixed=sorted(mixed), unmerged=sorted(unmerged), links=links)
    targets = data.draw(st.sets(st.integers(0, len(scripts) - 1), min_size=1, max_size=3))
    found = joins(view, np.array(sorted(targets), np.int64))
    for script in range(len(scripts)):
        want = distance(view, script, targets)
        if want is None:
            assert found.tx[script] == -1
            continue
        path, end = found.path(script)
        assert len(path) == want and end in targets
        here = script
        for step in path:
            there = int(found.script[here])
            assert any({here, there} <= group for *by, group in ways(view) if tuple(by) == step)
            here = there


def _service(payers: int, payees: int, scripts: int) -> list[Any]:
    """A cluster of `scripts` deposits, paid by `payers` people, that pays `payees`."""
    lines: list[Any] = [(["coinbase"], [(f"person{i}", 10)]) for i in range(payers)]
    lines += [([(i, 0)], [(f"deposit{i % scripts}", 9)]) for i in range(payers)]
    if scripts > payers:
        lines.append((["coinbase"], [(f"deposit{i}", 9) for i in range(payers, scripts)]))
    last = [(payers + i, 0) for i in range(payers)]
    last += [(2 * payers, i) for i in range(max(0, scripts - payers))]
    lines.append((last, [(f"payee{i}", 1) for i in range(payees)] + [("deposit0", 1)]))
    return lines


def test_all_three_signs_are_needed(view_of: ViewOf) -> None:
    enough = (PAYERS, PAYEES, max(SCRIPTS, PAYERS))
    view, s = view_of(_service(*enough))
    flags = busy(view)
    assert flags[s["deposit0"]] and flags[s["deposit1"]]
    assert not flags[s["person0"]] and not flags[s["payee0"]]
    for fewer in ((PAYERS - 1, *enough[1:]), (PAYERS, PAYEES - 1, enough[2])):
        view, s = view_of(_service(*fewer))
        assert not busy(view).any()
    view, s = view_of(_service(PAYERS + 5, PAYEES, SCRIPTS - 1))
    assert not busy(view).any()
