"""A wallet followed forward: each rule on a hand-made chain, and accounts that balance on random ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.tracing import wallet
from leadline.engines.ledger.tracing.walks import Names
from leadline.engines.ledger.tracing.wallet import CASH, CHANGE, LEFT, MINGLED, OWN, PASSED, SWEEP
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def followed(view: View, receipts: list[int], service: dict[int, int], hops: int = 4) -> wallet.Wallet:
    """The wallet with services given by script."""
    names = np.full(len(view.cluster), -1, np.int64)
    for script, number in service.items():
        names[script] = number
    known = Names(names, names, np.zeros(len(names), np.bool_))

    def goes(output: int, own: bool) -> int | None:
        found = None if own else wallet.service_of(view, known, output)
        return None if found is None else found[0]

    seeds = np.array(receipts, np.int64)
    return wallet.follow(view, seeds, np.unique(view.out_script[seeds]), goes, hops, lambda *_: None)


def rules(found: wallet.Wallet) -> dict[int, int]:
    return dict(zip(found.output.tolist(), found.rule.tolist(), strict=True))


def test_the_rules(view_of: ViewOf) -> None:
    view, s = view_of(
        [
            (["coinbase"], [("shop1", 50), ("shop2", 50), ("stranger", 7)]),  # outputs 0 1 2
            ([(0, 0), (0, 1)], [("sweep", 99)]),  # 3: the only output
            ([(1, 0)], [("hot", 30), ("rest", 68)]),  # 4 to a service, 5 the only other
            ([(2, 1)], [("x", 20), ("y", 47)]),  # 6 7: two unknown
            ([(3, 0)], [("x2", 19)]),  # 8: passed on again
            ([(3, 1), (0, 2)], [("z", 54)]),  # 9: y spent with a stranger's coin
        ]
    )
    found = followed(view, [0, 1], {s["hot"]: 0})
    assert found.txs.tolist() == [1, 2, 3, 4]
    assert rules(found) == {3: SWEEP, 4: CASH, 5: CHANGE, 6: PASSED, 7: MINGLED, 8: PASSED}
    assert found.mingled.tolist() == [7]
    assert found.held(view).tolist() == []


def test_coins_passed_on_that_come_back_are_received_again(view_of: ViewOf) -> None:
    view, _ = view_of(
        [
            (["coinbase"], [("shop1", 50)]),  # output 0
            ([(0, 0)], [("x", 20), ("y", 29)]),  # 1 2: two unknown
            ([(1, 0)], [("shop2", 19)]),  # 3: somebody pays the shop again
            ([(1, 1)], [("z", 28)]),  # 4
        ]
    )
    found = followed(view, [0, 3], {})
    assert found.receipts.tolist() == [0, 3]
    assert rules(found) == {1: PASSED, 2: PASSED, 3: LEFT, 4: PASSED}
    assert found.held(view).tolist() == [3]


def test_common_spending_found_late_counts_early(view_of: ViewOf) -> None:
    view, _ = view_of(
        [
            (["coinbase"], [("shop", 50)]),
            ([(0, 0)], [("a", 20), ("b", 30)]),
            (["coinbase"], [("shop", 5)]),
            ([(1, 0), (2, 0)], [("c", 25)]),  # a and shop are one owner's
        ]
    )
    found = followed(view, [0, 3], {})
    assert rules(found) == {1: OWN, 2: PASSED, 4: SWEEP}
    assert found.held(view).tolist() == [4]


def test_a_sweep_shows_the_service_of_every_output_of_the_script(view_of: ViewOf) -> None:
    view, s = view_of(
        [
            (["coinbase"], [("shop", 100)]),
            ([(0, 0)], [("deposit", 40), ("back", 60)]),
            (["coinbase"], [("other", 9)]),
            ([(1, 0), (2, 0)], [("hot", 49)]),
            ([(1, 1)], [("deposit", 20), ("back2", 40)]),  # never swept
        ]
    )
    found = followed(view, [0], {s["hot"]: 3})
    assert rules(found) == {1: CASH, 2: CHANGE, 5: CASH, 6: CHANGE}
    assert found.witness[found.rule == CASH].tolist() == [1, 1]
    assert found.held(view).tolist() == [6]


def test_what_is_passed_on_beyond_the_limit_has_left(view_of: ViewOf) -> None:
    view, _ = view_of(
        [(["coinbase"], [("shop", 10)]), ([(0, 0)], [("a", 4), ("b", 6)]), ([(1, 0)], [("c", 2), ("d", 2)])]
    )
    assert rules(followed(view, [0], {}, hops=1)) == {1: PASSED, 2: PASSED, 3: LEFT, 4: LEFT}


@given(st.data())
def test_accounts_of_any_chain_balance(view_of: ViewOf, data: st.DataObject) -> None:
    lines: list[Any] = []
    free: list[tuple[int, int, int]] = []
    for t in range(data.draw(st.integers(2, 12))):
        k = data.draw(st.integers(0, min(3, len(free))))
        spent = [free.pop(data.draw(st.integers(0, len(free) - 1))) for _ in range(k)]
        most = sum(v for *_, v in spent) if spent else 1000
        outputs = []
        for _ in range(data.draw(st.integers(1, 3))):
            value = data.draw(st.integers(0, most))
            most -= value
            outputs.append((data.draw(st.sampled_from("abcdefghijkl")), value))
        lines.append(([s[:2] for s in spent] or ["coinbase"], outputs))
        free += [(t, v, sat) for v, (_, sat) in enumerate(outputs)]
    view, scripts = view_of(lines)
    n = len(view.out_value)
    receipts = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4, unique=True))
    named = dict.fromkeys(data.draw(st.lists(st.sampled_from(sorted(scripts.values())), max_size=2)), 0)
    found = followed(view, receipts, named, data.draw(st.integers(0, 3)))
    value, rule = view.out_value, found.rule
    mine = set(found.receipts.tolist()) | set(found.output[rule <= PASSED].tolist())
    fees = 0
    for t in found.txs.tolist():
        spent_ = view.in_prev[view.tx_first_in[t] : view.tx_first_in[t + 1]].tolist()
        assert set(spent_) <= mine
        fees += int(value[spent_].sum()) - int(value[view.tx_first_out[t] : view.tx_first_out[t + 1]].sum())
    unspent = view.out_spender[found.output] < 0
    gone = found.output[(rule > PASSED) | ((rule == PASSED) & unspent)]
    lost = np.intersect1d(found.receipts, found.mingled)
    held = found.held(view)
    total = int(value[held].sum()) + int(value[gone].sum()) + int(value[lost].sum()) + fees
    assert int(value[found.receipts].sum()) == total
