"""Walks back from outputs: which service's transaction let the coins go, or why the walk ended, with exact shares.

All walks go one hop at a time over all outputs together. A share is split at every transaction among its inputs by
value (shares.py), so the shares of every walk add up to exactly one million.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.tracing.shares import WHOLE, input_values, split
from leadline.engines.ledger.view import Ints, View
from leadline.model.ledger import COINBASE, JOIN_UNKNOWN, MIXES, OUTSIDE

SERVICE, COINJOIN, BUSY, NEWLY_MINED, LIMIT, EDGE, CROWD, MARKET = range(8)
"""How a walk ends: at a service, a CoinJoin, a cluster that behaves like a service, a coinbase, the hop limit, the
ledger's edge, in a history merged from many hands, or at an address of the market itself."""

FUNDERS = 4
"""Inputs from at least so many different senders, none of them named, are a history merged from many hands: the shape
of a service sweeping its customers' deposits. A private wallet may look so too; the walk stops rather than name a
stranger."""
BRANCHES = 512
"""Most branches followed a payment and hop. A private wallet's transaction has few inputs; more than this after at most
a few hops is a history merged from many hands, of which no branch says much. The largest shares are followed."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Outputs the walks stood on: seed (its position), output, parent step (-1 at the seed), depth."""

    seed: Ints
    output: Ints
    parent: Ints
    depth: Ints


@dataclass(frozen=True, slots=True)
class Ends:
    """Where walks ended: kind, step, the output `at` which, share in millionths, service, and one output it spent.

    `service` is -1 unless kind is SERVICE, `spent` -1 unless it is SERVICE or BUSY. `direct` says that the script of
    `spent` itself is named, not only its cluster.
    """

    kind: Ints
    step: Ints
    at: Ints
    share: Ints
    service: Ints
    spent: Ints
    direct: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of scripts: the service each is named as, the service of its cluster (both -1 for none), and
    whether its cluster behaves like a service."""

    direct: Ints
    service: Ints
    busy: npt.NDArray[np.bool_]


def back(view: View, outputs: Ints, names: Names, hops: int, market: Ints) -> tuple[Steps, Ends]:
    """Steps and ends of the walks back from `outputs`, at most `hops` transactions before the one that created each.

    A transaction all of whose inputs are one service's is that service's, whatever its shape. Otherwise a
    CoinJoin-shaped one ends the walk. Otherwise every input is judged alone: a named service ends its share there, so
    does a cluster that behaves like one, and an input that spends one of the scripts `market`, whose coins are other
    people's payments; what is left is walked further back. Nothing is walked past a service or the market.
    """
    stated = np.zeros(len(view.cluster), np.bool_)
    stated[market] = True
    seed = np.arange(len(outputs), dtype=np.int64)
    steps = [Steps(seed, outputs, np.full(len(outputs), -1, np.int64), np.zeros(len(outputs), np.int64))]
    ends = [_plain(LIMIT, *(np.empty(0, np.int64),) * 3)]
    share = np.full(len(outputs), WHOLE, np.int64)
    base, depth = 0, 0
    while len(steps[-1].output):
        now = steps[-1]
        found, nxt = _one_back(view, now.output, share, names, stated)
        ends.append(_shifted(found, base))
        row, prev, part = nxt
        step = row + base
        base += len(now.output)
        depth += 1
        if depth > hops:
            ends.append(_plain(LIMIT, step, prev, part))
            break
        keep = _largest(now.seed[row], part, prev)
        ends.append(_plain(CROWD, step[~keep], prev[~keep], part[~keep]))
        row, prev, step, share = row[keep], prev[keep], step[keep], part[keep]
        steps.append(Steps(now.seed[row], prev, step, np.full(len(row), depth, np.int64)))
    return (
        Steps(*(np.concatenate([getattr(s, f) for s in steps]) for f in Steps.__slots__)),
        Ends(*(np.concatenate([getattr(e, f) for e in ends]) for f in Ends.__slots__)),
    )


def _one_back(
    view: View, outputs: Ints, share: Ints, names: Names, stated: npt.NDArray[np.bool_]
) -> tuple[Ends, tuple[Ints, Ints, Ints]]:
    """The walks that end at the transactions which created `outputs`, and (row, output spent, share) of the others."""
    txs = view.out_tx(outputs)
    row, inputs = view.inputs_of(txs)
    prev = view.in_prev[inputs]
    held = prev >= 0
    at = np.maximum(prev, 0)
    script = view.out_script[at]
    direct = np.where(held, names.direct[script], -1)
    service = np.where(held, names.service[script], -1)
    part = split(share, row, input_values(view, txs, row, prev))
    n = len(outputs)
    low = np.full(n, np.iinfo(np.int64).max)
    high = np.full(n, -1, np.int64)
    np.minimum.at(low, row, service)
    np.maximum.at(high, row, service)
    minted = np.zeros(n, np.bool_)
    minted[row[prev == COINBASE]] = True
    apart = view.mixed[txs] & ~minted & ~((low == high) & (high >= 0))
    whole = apart | minted
    why = np.where(view.looks(txs, (JOIN_UNKNOWN,)), EDGE, np.where(view.looks(txs, MIXES), COINJOIN, CROWD))
    ends = [
        *(
            _plain(kind, rows, outputs[rows], share[rows])
            for kind in (COINJOIN, EDGE, CROWD)
            for rows in [np.flatnonzero(apart & (why == kind))]
        ),
        _plain(NEWLY_MINED, np.flatnonzero(minted), outputs[minted], share[minted]),
    ]
    single = ~whole[row]
    named = single & (service >= 0)
    ends.append(_services(row[named], outputs, part[named], service[named], prev[named], direct[named] >= 0))
    edge = single & (prev == OUTSIDE)
    ends.append(_by_row(EDGE, row[edge], outputs, part[edge], prev[edge]))
    market = single & (service < 0) & held & stated[script]
    ends.append(_by_row(MARKET, row[market], outputs, part[market], prev[market]))
    busy = single & (service < 0) & held & ~market & names.busy[script]
    ends.append(_by_row(BUSY, row[busy], outputs, part[busy], prev[busy]))
    on = single & held & (service < 0) & ~busy & ~market
    crowd = on & (_funders(view, row, prev, on, n) >= FUNDERS)[row]
    ends.append(_by_row(CROWD, row[crowd], outputs, part[crowd], prev[crowd]))
    on &= ~crowd
    joined = Ends(*(np.concatenate([getattr(e, f) for e in ends]) for f in Ends.__slots__))
    return joined, (row[on], prev[on], part[on])


def _funders(view: View, row: Ints, prev: Ints, of: npt.NDArray[np.bool_], n: int) -> Ints:
    """By row, from how many different senders the inputs chosen by `of` came; every coinbase is a sender of its own."""
    pairs = np.unique(np.stack([row[of], view.sender(view.out_tx(prev[of]))], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=n)


def _services(row: Ints, outputs: Ints, part: Ints, service: Ints, prev: Ints, direct: npt.NDArray[np.bool_]) -> Ends:
    """One end a row and service: shares added, and the first input named directly, else the first of the cluster."""
    order = np.lexsort((np.arange(len(row)), ~direct, service, row))
    row, part, service, prev, direct = row[order], part[order], service[order], prev[order], direct[order]
    first = np.ones(len(row), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (service[1:] != service[:-1])
    group = np.cumsum(first) - 1
    share = np.zeros(int(first.sum()), np.int64)
    np.add.at(share, group, part)
    row, service, prev, direct = row[first], service[first], prev[first], direct[first]
    return Ends(np.full(len(row), SERVICE, np.int64), row, outputs[row], share, service, prev, direct)


def _by_row(kind: int, row: Ints, outputs: Ints, part: Ints, prev: Ints) -> Ends:
    """One end of `kind` a row: shares added, its first input named."""
    rows, first = np.unique(row, return_index=True)
    share = np.zeros(len(rows), np.int64)
    np.add.at(share, np.searchsorted(rows, row), part)
    spent = np.maximum(prev[first], -1)
    none = np.full(len(rows), -1, np.int64)
    return Ends(np.full(len(rows), kind, np.int64), rows, outputs[rows], share, none, spent, none >= 0)


def _plain(kind: int, step: Ints, at: Ints, share: Ints) -> Ends:
    none = np.full(len(step), -1, np.int64)
    return Ends(np.full(len(step), kind, np.int64), step.astype(np.int64), at, share, none, none, none >= 0)


def _shifted(ends: Ends, by: int) -> Ends:
    return Ends(ends.kind, ends.step + by, ends.at, ends.share, ends.service, ends.spent, ends.direct)


def _largest(seed: Ints, share: Ints, output: Ints) -> npt.NDArray[np.bool_]:
    """Which branches are followed: the BRANCHES largest shares of each seed, the earlier output first among equals."""
    order = np.lexsort((output, -share, seed))
    ordered = seed[order]
    place = np.arange(len(seed)) - np.searchsorted(ordered, ordered)
    keep = np.empty(len(seed), np.bool_)
    keep[order] = place < BRANCHES
    return keep
