"""Exposure: how much of what outputs are worth came from each category, directly and through others, and by which ones.

A walk back like the one of walks.py, for categories instead of services: shares are split by value at every
transaction, exactly, and end at a script that has a category, at a CoinJoin, a coinbase, the ledger's edge or the hop
limit. Direct is what ends at the transaction that made the output itself, indirect all else.
"""

from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger.tracing import walks
from leadline.engines.ledger.tracing.shares import split
from leadline.engines.ledger.tracing.walks import Names
from leadline.engines.ledger.view import Ints, View

SERVICE_ENDS = walks.SERVICE
ENDS = {
    walks.COINJOIN: "coinjoin",
    walks.BUSY: "untagged_service",
    walks.NEWLY_MINED: "coinbase",
    walks.LIMIT: "hop_limit",
    walks.EDGE: "ledger_edge",
    walks.CROWD: "merged_history",
    walks.MARKET: "own",
}
"""What the share is called that reaches no category."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One row an output and an end: its position among those asked, category (-1 none), kind of end, hops, satoshi.

    `at` is the output at which it ended: the transaction behind the number, one step away. Rows of one output add up to
    its value.
    """

    seed: Ints
    category: Ints
    kind: Ints
    hops: Ints
    at: Ints
    sat: Ints


def exposure(view: View, outputs: Ints, categories: Names, hops: int, own: Ints) -> Exposure:
    """The exposure of `outputs`; `categories` names scripts by category as Names does by service, `own` are the
    scripts asked about, at which a walk ends too."""
    steps, ends = walks.back(view, outputs, categories, hops, own)
    seed = steps.seed[ends.step]
    order = np.lexsort((ends.at, ends.kind, ends.service, steps.depth[ends.step], seed))
    seed, share = seed[order], ends.share[order]
    sat = split(view.out_value[outputs], seed, share) if len(outputs) else share
    return Exposure(seed, ends.service[order], ends.kind[order], steps.depth[ends.step][order], ends.at[order], sat)
