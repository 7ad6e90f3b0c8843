"""Signs of a service without a cluster, counted along a chain of change written by hand."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger.attribution.service_signs import (
    PAYEES,
    REACH,
    SENDERS,
    ServiceSigns,
    service_signs,
)
from leadline.engines.ledger.view import View

ViewOf = Callable[..., tuple[View, dict[str, int]]]


def payouts(view_of: ViewOf, depositors: int, steps: int, *, regular: bool = False) -> tuple[View, dict[str, int]]:
    """A sweep of deposits and `steps` payouts from it, each to one payee and with change to a new script."""
    txs: list[Any] = [(["coinbase"], [(f"x{i}", 1_000_003)]) for i in range(depositors)]
    txs += [([(i, 0)], [(f"d{i}", 1_000_001)]) for i in range(depositors)]
    txs.append(([(depositors + i, 0) for i in range(depositors)], [("h0", 900_001)]))
    for k in range(steps):
        payee = "y0" if regular else f"y{k}"
        txs.append(([(len(txs) - 1, 0)], [(f"h{k + 1}", 800_001 - 20_000 * k), (payee, 10_000)]))
    return view_of(txs)


def signs(view: View, scripts: dict[str, int], tx: int) -> ServiceSigns:
    ledger: Any = SimpleNamespace(
        script_kind=np.array([ord(name[0]) for name in scripts], np.uint8),
        tx_version=np.ones(view.transactions, np.int32),
        tx_locktime=np.zeros(view.transactions, np.uint32),
        in_sequence=np.full(len(view.in_prev), 0xFFFFFFFF, np.uint32),
    )
    return service_signs(replace(view, ledger=ledger), np.array([tx], np.int64), np.empty(0, np.int64))


def test_many_payees_from_a_collection_of_many_senders_are_a_services(view_of: ViewOf) -> None:
    view, scripts = payouts(view_of, 8, 14)
    found = signs(view, scripts, view.transactions - 1)
    assert (int(found.payees[0]), int(found.collected[0]), int(found.widest[0])) == (14, 8, 1)
    assert found.service[0] and found.mixes[0]
    assert int(found.length[0]) == 15


@pytest.mark.parametrize(("depositors", "steps"), [(SENDERS - 1, 14), (8, PAYEES - 1)])
def test_one_sign_less_is_nobody(view_of: ViewOf, depositors: int, steps: int) -> None:
    view, scripts = payouts(view_of, depositors, steps)
    assert not signs(view, scripts, view.transactions - 1).service[0]


def test_a_regular_payee_is_no_customer_of_a_mixer(view_of: ViewOf) -> None:
    view, scripts = payouts(view_of, 8, 14, regular=True)
    found = signs(view, scripts, view.transactions - 1)
    assert int(found.payees[0]) == 1 and not found.mixes[0]


def test_chains_are_bounded(view_of: ViewOf) -> None:
    view, scripts = payouts(view_of, 8, 3 * REACH)
    assert int(signs(view, scripts, view.transactions - 1).length[0]) <= REACH + 2


def test_nothing_asked(view_of: ViewOf) -> None:
    view, scripts = payouts(view_of, 8, 3)
    assert len(signs(view, scripts, 0).payees) == 1
