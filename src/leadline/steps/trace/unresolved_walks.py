"""Walks that ended without an answer, judged once more: by whose hands the nearest transaction on them left.

Only walks of payments for which no service was found are judged: where the coins are known to come from a service, no
count of signs is asked. The nearest transaction that shows the signs ends the path; what lies behind it is the
service's own history, and all its shares end there together.
"""

from collections import defaultdict
from typing import TypeAlias

import numpy as np

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution.behaviour import Counted
from leadline.engines.ledger.attribution.service_signs import Hands, hands
from leadline.engines.ledger.tracing import walks
from leadline.engines.ledger.view import Ints, View

HANDS, MIXES = 100, 101
"""Kinds of end beside those of engines.ledger.tracing.walks: hands that behave like a service, like one that mixes."""
OPEN = (walks.LIMIT, walks.CROWD, walks.NEWLY_MINED)
"""Kinds of end that say nothing about anybody."""

SLIVER_PPM = 20_000
"""A service that let go of less than a fiftieth of the coins is no addressee of a request about them: such a share is
what remains of a stranger's deposit after a service merged it with everybody's. The share stays on the books, as a
history merged from many hands."""

Row: TypeAlias = tuple[int, list[int], int, int, int, int, int, bool]
"""(seed, outputs from the payment back, kind, at, share, service, spent, direct) of one end."""


def without_strangers(rows: list[Row]) -> list[Row]:
    """The rows, services that let go of strangers' coins only turned into merged histories.

    Two signs say so: the service's whole share of a payment is below `SLIVER_PPM`; or the market's own coins came in
    beside, over hops, so that the hands between took the market's deposit and are a service's, not a payer's.
    """
    beside = {row[0] for row in rows if row[2] == walks.MARKET}
    share: dict[tuple[int, int], int] = defaultdict(int)
    for seed, _, kind, _, part, service, _, _ in rows:
        if kind == walks.SERVICE:
            share[seed, service] += part
    return [
        (*row[:2], walks.CROWD, row[3], row[4], -1, row[6], False)
        if row[2] == walks.SERVICE and (share[row[0], row[5]] < SLIVER_PPM or (row[0] in beside and len(row[1]) > 1))
        else row
        for row in rows
    ]


def judged(rows: list[Row], ledger: Ledger, view: View, counted: Counted, stated: Ints) -> list[tuple[Row, str | None]]:
    """The rows, those that share a new end made one, each with the counted signs as words where they decided.

    `stated` are the scripts the records list: their owner keeps an address an account, whoever pays it.
    """
    rows = without_strangers(rows)
    found = {row[0] for row in rows if row[2] == walks.SERVICE}
    open_ = [row for row in rows if row[2] in OPEN and row[0] not in found]
    outputs = np.unique(np.array([o for row in open_ for o in row[1]], np.int64))
    txs = view.out_tx(outputs)
    asked = np.unique(txs)
    signs = hands(ledger, view, asked, stated)
    place = {int(o): int(i) for o, i in zip(outputs, np.searchsorted(asked, txs), strict=True)}
    service, mixes = signs.service.tolist(), signs.mixes.tolist()
    cut: dict[tuple[int, int], int] = defaultdict(int)
    nearest: dict[tuple[int, int], Row] = {}
    out: list[tuple[Row, str | None]] = []
    for row in rows:
        seed, chain, kind, _, share, _, spent, _ = row
        step = None
        if kind in OPEN and seed not in found:
            step = next((k for k, o in enumerate(chain) if service[place[o]]), None)
        if step is not None:
            at = chain[step]
            cut[seed, at] += share
            first = int(view.in_prev[view.tx_first_in[asked[place[at]]]])
            new = MIXES if mixes[place[at]] else HANDS
            nearest.setdefault((seed, at), (seed, chain[: step + 1], new, at, 0, -1, first, False))
        else:
            out.append((row, _cluster_words(counted, int(view.cluster[view.out_script[spent]]), kind)))
    for key, row in nearest.items():
        out.append(((*row[:4], cut[key], *row[5:]), _words(signs, place[key[1]])))
    return sorted(out, key=lambda pair: pair[0])


def _cluster_words(counted: Counted, label: int, kind: int) -> str | None:
    """The signs of a cluster that behaves like a service."""
    if kind != walks.BUSY:
        return None
    return (
        f"{counted.scripts[label]} scripts spent together, {counted.payees[label]} foreign scripts paid, paid by "
        f"{counted.payers[label]} transactions of others"
    )


def _words(signs: Hands, i: int) -> str:
    """The signs along a chain of change."""
    words = (
        f"along {signs.length[i]} transactions joined by scored change, {signs.payees[i]} foreign scripts paid, "
        f"at most {signs.widest[i]} at once, and coins of {signs.collected[i]} senders collected in one transaction"
    )
    if not signs.mixes[i]:
        return words
    return (
        f"{words}; {_percent(int(signs.single[i]))} of the scripts collected from and "
        f"{_percent(int(signs.fresh[i]))} of those paid were used once only"
    )


def _percent(ppm: int) -> str:
    return f"{ppm // 10_000} %"
