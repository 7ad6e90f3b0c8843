"""Where taint ends, on transactions written by hand whose sums anybody can add up."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger.tracing.walks import Names
from leadline.model.findings import PAYMENT, TAINT_RULES
from leadline.model.tables import empty
from leadline.steps.step import Claims
from leadline.steps.trace.payments import Payments
from leadline.steps.trace.services import Services
from leadline.steps.trace.tainted import tainted

Places = dict[str, tuple[int, int]]
CHAIN = [
    (["coinbase"], [("market", 100)]),
    ([(0, 0)], [("shop", 60), ("hop", 30), ("desk", 10)]),
    ([(1, 0)], [("late", 60)]),
    ([(1, 1)], [("end", 25)]),
    ([(1, 2)], [("past", 10)]),
]
"""The market pays a shop that spends on, a private hop that pays 5 in fees, and a desk that spends on."""


@pytest.fixture
def places(view_of: Any, context_of: Any) -> Callable[..., dict[str, Places]]:
    """A function: {rule: {place: (outputs, satoshi)}} of the market's receipt on CHAIN."""

    def found(
        chain: Any = CHAIN, named: str = "shop", busy: str = "", reached: tuple[int, ...] = ()
    ) -> dict[str, Places]:
        view, scripts = view_of(chain)
        service = np.full(len(scripts), -1, np.int64)
        if named:
            service[scripts[named]] = 0
        behaves = np.zeros(len(scripts), np.bool_)
        if busy:
            behaves[scripts[busy]] = True
        claims = Claims("trace")
        names = Names(service.copy(), service, behaves)
        services = Services(("service:shop",), (False,), {}, names, *(None,) * 2, {}, {})  # type: ignore[arg-type]
        paid = Payments(np.array([0]), {}, {}, np.array([scripts["market"]]), empty(PAYMENT))
        table = tainted(context_of(view, paid, claims, services=services), list(reached), "fifo")
        result: dict[str, Places] = {rule: {} for rule in TAINT_RULES}
        for row in table.to_pylist():
            assert row["named"] == (row["rule"] == "fifo")
            result[row["rule"]][row["place"]] = (row["outputs"], row["value_sat"])
        return result

    return found


def test_taint_ends_at_a_named_service_and_goes_on_elsewhere(places: Callable[..., dict[str, Places]]) -> None:
    """All of the receipt is tainted, so every rule sees the same: 60 with the shop, whatever it spends later."""
    for rule, got in places().items():
        fee = {} if rule == "poison" else {"fee": (0, 5)}
        assert got == {"service:shop": (1, 60), "unspent": (2, 35)} | fee, rule


def test_taint_ends_where_trace_found_a_cash_out(places: Callable[..., dict[str, Places]]) -> None:
    """The desk's output is a cash-out whose service has no name; the shop's is one under its name."""
    for rule, got in places(reached=(3,)).items():
        fee = {} if rule == "poison" else {"fee": (0, 5)}
        assert got == {"service:shop": (1, 60), "service:unknown": (1, 10), "unspent": (1, 25)} | fee, rule


def test_a_cluster_that_behaves_like_a_service_ends_taint_but_the_market_s_own_does_not(
    places: Callable[..., dict[str, Places]],
) -> None:
    for rule, got in places(named="", busy="hop").items():
        assert got == {"service:unknown": (1, 30), "unspent": (2, 70)}, rule
    for rule, got in places(busy="market").items():
        assert got["service:shop"] == (1, 60) and "service:unknown" not in got, rule


def test_the_market_s_own_script_ends_no_taint(places: Callable[..., dict[str, Places]]) -> None:
    """The market's own script, though a tag names it as the shop, ends nothing: its coins are followed on."""
    for rule, got in places(named="market").items():
        assert "service:shop" not in got, rule
        assert got["unspent"] == (3, 95), rule
