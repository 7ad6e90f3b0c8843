"""Ties through mixes on the training chain: every one to its true owner, and only of coins the case is about."""

from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.tracing.mixlinks import links
from leadline.engines.ledger.view import as_of
from leadline.steps.step import Claims
from leadline.steps.trace.mixes import mix_links
from leadline.steps.trace.payments import Payments


def test_ties_are_to_the_true_owner(case: Any) -> None:
    ledger = open_ledger(case.folder / "ledger")
    view = as_of(ledger, frozenset())
    owner = {o["script"]: o["owner"] for o in case.truth.owners.to_pylist()}
    found = links(view, np.flatnonzero(view.mixed))
    who = [
        [owner[ledger.script_bytes(int(ledger.out_script[o]))] for o in side] for side in (found.output, found.spent)
    ]
    assert len(found.tx) and who[0] == who[1]


def test_only_what_a_path_ended_at_or_the_market_spent_is_written_down(case: Any, context_of: Any) -> None:
    ledger = open_ledger(case.folder / "ledger")
    view = as_of(ledger, frozenset())
    found = links(view, np.flatnonzero(view.mixed))
    one = int(found.output[0])
    none = Payments(np.zeros(0, np.int64), {}, {}, np.zeros(0, np.int64), pa.table({}))
    stops = pa.table({"reason": ["coinjoin", "hop_limit"], "at": [f"outpoint:{ledger.outpoint(o)}" for o in (one, 0)]})
    claims = Claims("trace")
    rows = mix_links(context_of(view, none, claims), stops).to_pylist()
    assert rows and {r["output"] for r in rows} == {f"outpoint:{ledger.outpoint(one)}"}
    assert claims.tables()["finding"].num_rows == len(rows)
    coin = int(found.spent[0])
    own = Payments(np.zeros(0, np.int64), {}, {}, np.array([view.out_script[coin]]), pa.table({}))
    rows = mix_links(context_of(view, own, Claims("trace")), stops.slice(0, 0)).to_pylist()
    assert f"outpoint:{ledger.outpoint(coin)}" in {r["coin"] for r in rows}
