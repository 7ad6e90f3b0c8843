"""A view of a real built ledger: as of a lower pin, later spends and merges are not there."""

from pathlib import Path

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.view import as_of
from leadline.model.progress import silent
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The ledger of the tiny training chain."""
    folder: Path = tmp_path_factory.mktemp("view")
    plan, _ = draw_plan(Options(SIZES["tiny"], 5))
    build_chain(folder / "chain", plan)
    build(folder / "ledger", sorted((folder / "chain").glob("*.dat")), "regtest", silent)
    return open_ledger(folder / "ledger")


def test_a_view_below_the_tip_knows_nothing_later(ledger: Ledger) -> None:
    low = ledger.at(ledger.height - 200)
    view, whole = as_of(low, frozenset()), as_of(ledger, frozenset())
    assert view.transactions < whole.transactions
    spent = view.out_spender[view.out_spender >= 0]
    assert spent.max() < len(view.in_prev)
    early = whole.out_spender[: len(view.out_value)]
    assert ((view.out_spender == early) | ((view.out_spender < 0) & (early >= len(view.in_prev)))).all()
    assert view.tx_time.shape == view.mixed.shape == (view.transactions,)


def test_withdrawn_merges_split_clusters(ledger: Ledger) -> None:
    whole = as_of(ledger, frozenset())
    label = int(np.bincount(whole.cluster).argmax())
    merges = ledger.merge_txs_of(label)
    view = as_of(ledger, frozenset(merges))
    assert int(view.unmerged.sum()) == len(merges)
    assert int((view.cluster == label).sum()) < int((whole.cluster == label).sum())
    assert int((as_of(ledger, frozenset({"00" * 32})).unmerged).sum()) == 0
