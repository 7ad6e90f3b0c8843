"""What can be tied through the CoinJoins that paths end at, and those the market's own coins went into."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger.tracing.mixlinks import RULES, links
from leadline.model import findings
from leadline.model.ledger import MIXES
from leadline.model.predicates import TIED_THROUGH_MIX
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.model.words import COINJOIN
from leadline.steps.trace.context import Context


def mix_links(context: Context, stops: pa.Table) -> pa.Table:
    """The mixlink table: ties of the outputs at which paths ended, and of the market's coins, a finding each.

    Ties of other people's coins in the same mixes are not written down.
    """
    view, claims, ledger = context.view, context.claims, context.view.ledger
    at = stops.filter(pc.equal(stops.column("reason"), COINJOIN)).column("at").to_pylist()
    ended = {ledger.out_index(txid, int(vout)) for _, txid, vout in (text.split(":") for text in set(at))}
    own = np.zeros(len(view.cluster), np.bool_)
    own[view.cluster[context.paid.stated]] = True
    mine = own[view.cluster[view.out_script]] & (view.out_spender >= 0)
    txs = np.union1d(view.out_tx(np.array(sorted(ended), np.int64)), view.spending_tx(np.flatnonzero(mine)))
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.MIXLINK.columns}
    found = links(view, txs[view.looks(txs, MIXES)])
    for tx, output, coin, rule, tried in zip(
        *(c.tolist() for c in (found.tx, found.output, found.spent, found.rule, found.tried)), strict=True
    ):
        if output not in ended and not mine[coin]:
            continue
        made, spent = ledger.outpoint(output), ledger.outpoint(coin)
        id_ = claims.add(f"outpoint:{made}", TIED_THROUGH_MIX, f"outpoint:{spent}")
        for outpoint in (made, spent):
            claims.rest(id_, "ledger", f"ledger:{ledger.network}", f"out:{outpoint}")
        values = (
            id_, ref("tx", ledger.txid_hex(tx)), f"outpoint:{made}", f"outpoint:{spent}", RULES[rule], tried,
            int(view.out_value[output]),
        )  # fmt: skip
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return from_columns(findings.MIXLINK, rows)
