"""What `ledger tx` says of a CoinJoin-shaped transaction and of a Tx0: ties through the one, the ways of the other."""

import numpy as np

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.tracing import mixlinks
from leadline.engines.ledger.view import as_of
from leadline.model.ledger import TX0
from leadline.views import transaction as plain
from leadline.views.named import tx_of
from leadline.views.transaction import Facts


def transaction(ledger: Ledger, txid: str) -> Facts:
    """A transaction with what ties its outputs to its inputs where it is a mix.

    Raises:
        UsageError: `txid` is no transaction of the ledger.
    """
    found = tx_of(ledger, txid)
    return {**plain.transaction(ledger, found), **facts(ledger, found)}


def facts(ledger: Ledger, tx: int) -> Facts:
    """`ties`: outputs and the coins they go with. `premixes`, of a Tx0 only: its premix outputs and who spends each."""
    view = as_of(ledger, frozenset())
    tied = mixlinks.links(view, np.array([tx] if ledger.is_coinjoin[tx] else [], np.int64))
    found: Facts = {
        "ties": [
            {
                "output": ledger.outpoint(output),
                "coin": ledger.outpoint(coin),
                "rule": mixlinks.RULES[rule],
                "sets_tried": tried,
            }
            for output, coin, rule, tried in zip(
                *(c.tolist() for c in (tied.output, tied.spent, tied.rule, tied.tried)), strict=True
            )
        ]
    }
    if ledger.tx_join[tx] == TX0:
        went = mixlinks.premixes(view, tx)
        found["premixes"] = [
            {"output": ledger.outpoint(o), "spent_by": ledger.txid_hex(t) if t >= 0 else None, "mixes": bool(mixes)}
            for o, t, mixes in zip(went.output.tolist(), went.tx.tolist(), went.mixes.tolist(), strict=True)
        ]
    return found


def lines(found: Facts) -> list[str]:
    """The same as text, a line each; none where there is nothing to say."""
    said = [f"tied by {t['rule']}: {t['output']} goes with {t['coin']}" for t in found["ties"]]
    for premix in found.get("premixes", []):
        where = f"{'in mix' if premix['mixes'] else 'spent by'} {premix['spent_by']}"
        said.append(f"premix {premix['output']}: {where if premix['spent_by'] else 'not spent in this ledger'}")
    return said
