"""Pages of a history against a plain walk over all transactions."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.tracing.expand import page
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def plain(view: View, own: set[int]) -> list[tuple[int, int, int]]:
    """(transaction, received, spent) of every one that touches `own`."""
    received: Counter[int] = Counter()
    spent: Counter[int] = Counter()
    for o, script in enumerate(view.out_script.tolist()):
        if script in own:
            received[int(view.out_tx(np.array([o]))[0])] += int(view.out_value[o])
            if view.out_spender[o] >= 0:
                spent[int(view.spending_tx(np.array([o]))[0])] += int(view.out_value[o])
    return [(t, received[t], spent[t]) for t in sorted({*received, *spent})]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_pages_add_up_to_the_history(view_of: ViewOf, data: Any) -> None:
    txs: list[Any] = [(["coinbase"], [("s0", 100), ("s1", 100), ("s2", 100)])]
    free = [(0, 0), (0, 1), (0, 2)]
    for t in range(1, data.draw(st.integers(1, 8)) + 1):
        inputs = [free.pop(data.draw(st.integers(0, len(free) - 1))) for _ in range(min(len(free), 2))]
        outputs = [(f"s{data.draw(st.integers(0, 4))}", data.draw(st.integers(0, 50))) for _ in range(2)]
        txs.append((inputs or ["coinbase"], outputs))
        free += [(t, 0), (t, 1)]
    view, names = view_of(txs)
    own = {i for name, i in names.items() if name in ("s0", "s3")}

    def outputs_of(scripts: Any) -> Any:
        return np.flatnonzero(np.isin(view.out_script, scripts))

    view = replace(view, ledger=SimpleNamespace(outputs_of=outputs_of))
    want = plain(view, own)
    got, at = [], 0
    while at < len(want):
        part = page(view, sorted(own), at, 3)
        assert part.total == len(want) and len(part.tx) == min(3, len(want) - at)
        got += list(zip(part.tx.tolist(), part.received.tolist(), part.spent.tolist(), strict=True))
        assert part.after.tolist()[-1] == sum(r - s for _, r, s in got)
        assert all(other < 0 or other == view.cluster[other] for other in part.other.tolist())
        at += 3
    assert got == want
    assert len(page(view, sorted(own), len(want), 3).tx) == 0


def test_the_far_side_is_the_payer_of_what_came_and_the_payee_of_what_went(view_of: ViewOf) -> None:
    view, names = view_of(
        [
            (["coinbase"], [("payer", 90)]),
            ([(0, 0)], [("mine", 60), ("payer", 30)]),
            ([(1, 0)], [("shop", 50), ("mine", 10)]),
        ]
    )
    ledger: Any = SimpleNamespace(outputs_of=lambda scripts: np.flatnonzero(np.isin(view.out_script, scripts)))
    found = page(replace(view, ledger=ledger), [names["mine"]])
    assert found.other.tolist() == [names["payer"], names["shop"]]
    assert (found.received.tolist(), found.spent.tolist()) == ([60, 10], [0, 60])
    assert found.other_sat.tolist() == [90, 50]
