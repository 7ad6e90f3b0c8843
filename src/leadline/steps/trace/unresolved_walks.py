"""Walks that ended without an answer, judged once more: by whose hands the nearest transaction on them left.

Only walks of payments for which no service was found are judged: where the coins are known to come from a service, no
count of signs is asked. The nearest transaction that shows the signs ends the path; what lies behind it is the
service's own history, and all its shares end there together.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from leadline.engines.ledger.attribution.behaviour import Counted
from leadline.engines.ledger.attribution.service_signs import ServiceSigns, service_signs
from leadline.engines.ledger.tracing import walks
from leadline.engines.ledger.view import Ints, View

UNNAMED_SERVICE, MIXES = 100, 101
"""Kinds of end beside those of engines.ledger.tracing.walks: hands that behave like a service, like one that mixes."""
OPEN = (walks.LIMIT, walks.CROWD, walks.NEWLY_MINED)
"""Kinds of end that say nothing about anybody."""

SLIVER_PPM = 20_000
"""A service that let go of less than a fiftieth of the coins is no addressee of a request about them: such a share is
what remains of a stranger's deposit after a service merged it with everybody's. The share stays on the books, as a
history merged from many hands."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a walk back: the payment (its place among them), the outputs from it back, the kind of end, where,
    the share in millionths, the service (-1 none), the coin spent there, and whether its script is itself tagged."""

    seed: int
    chain: list[int]
    kind: int
    at: int
    share: int
    service: int
    spent: int
    direct: bool


IN_ORDER = attrgetter("seed", "chain", "kind", "at", "share", "service", "spent", "direct")
"""The order of ends: of what they hold, from left to right."""


def without_strangers(ends: list[End]) -> list[End]:
    """The ends, services that let go of strangers' coins only turned into merged histories.

    Two signs say so: the service's whole share of a payment is below `SLIVER_PPM`; or the market's own coins came in
    beside, over hops, so that the hands between took the market's deposit and are a service's, not a payer's.
    """
    beside = {end.seed for end in ends if end.kind == walks.MARKET}
    share: dict[tuple[int, int], int] = defaultdict(int)
    for end in ends:
        if end.kind == walks.SERVICE:
            share[end.seed, end.service] += end.share

    def strange(end: End) -> bool:
        few = share[end.seed, end.service] < SLIVER_PPM
        return end.kind == walks.SERVICE and (few or (end.seed in beside and len(end.chain) > 1))

    return [replace(e, kind=walks.CROWD, service=-1, direct=False) if strange(e) else e for e in ends]


def judged(ends: list[End], view: View, counted: Counted, stated: Ints) -> list[tuple[End, str | None]]:
    """The ends, those that share a new end made one, each with the counted signs as words where they decided.

    `stated` are the scripts the records list: their owner keeps an address an account, whoever pays it.
    """
    ends = without_strangers(ends)
    found = {end.seed for end in ends if end.kind == walks.SERVICE}
    open_ = [end for end in ends if end.kind in OPEN and end.seed not in found]
    outputs = np.unique(np.array([o for end in open_ for o in end.chain], np.int64))
    txs = view.out_tx(outputs)
    asked = np.unique(txs)
    signs = service_signs(view, asked, stated)
    place = {int(o): int(i) for o, i in zip(outputs, np.searchsorted(asked, txs), strict=True)}
    service, mixes = signs.service.tolist(), signs.mixes.tolist()
    cut: dict[tuple[int, int], int] = defaultdict(int)
    nearest: dict[tuple[int, int], End] = {}
    out: list[tuple[End, str | None]] = []
    for end in ends:
        step = None
        if end.kind in OPEN and end.seed not in found:
            step = next((k for k, o in enumerate(end.chain) if service[place[o]]), None)
        if step is not None:
            at = end.chain[step]
            cut[end.seed, at] += end.share
            first = int(view.in_prev[view.tx_first_in[asked[place[at]]]])
            new = MIXES if mixes[place[at]] else UNNAMED_SERVICE
            nearest.setdefault((end.seed, at), End(end.seed, end.chain[: step + 1], new, at, 0, -1, first, False))
        else:
            out.append((end, _cluster_words(counted, int(view.cluster[view.out_script[end.spent]]), end.kind)))
    for key, end in nearest.items():
        out.append((replace(end, share=cut[key]), _words(signs, place[key[1]])))
    return sorted(out, key=lambda pair: IN_ORDER(pair[0]))


def _cluster_words(counted: Counted, label: int, kind: int) -> str | None:
    """The signs of a cluster that behaves like a service."""
    if kind != walks.BUSY:
        return None
    return (
        f"{counted.scripts[label]} scripts spent together, {counted.payees[label]} foreign scripts paid, paid by "
        f"{counted.payers[label]} transactions of others"
    )


def _words(signs: ServiceSigns, i: int) -> str:
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
