"""One owner's wallet followed forward from what it received: a closed set of outputs whose accounts balance.

The set holds the outputs received and, of every transaction all of whose inputs it holds, the outputs that stay the
owner's. Which those are is decided in chain order, by these rules:

    own       the script is stated to be the owner's, or was spent together with his scripts
    service   the script is a named service's, or a service sweeps the output; so for every output of that script, once
              one was swept. A cluster that behaves like a service and has no name is a service too
    sweep     the only output of a transaction, by none of the above
    change    the only output left when all others go to services
              (a script learned by sweep or change makes its whole cluster the owner's, by that rule)
    passed    any other output: no longer known to be the owner's, but followed for some hops while spent alone

Coins passed on may come back as somebody's payment: what reaches a receipt that way has left and is received again.
What is passed on beyond those hops has left. So has an output that is spent together with foreign coins: from there on
nobody can say whose satoshi are whose. Every transaction of the set balances: inputs = outputs + fee.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from leadline.engines.ledger.tracing.walks import Names
from leadline.engines.ledger.view import Ints, View
from leadline.model.progress import Progress

OWN, SWEEP, CHANGE, PASSED, CASH, LEFT, MINGLED = range(7)
"""How an output stands: kept by one of three rules; passed on and followed; gone to a service (named or not); gone
elsewhere; spent together with foreign coins."""

Goes = Callable[[int, bool], int | None]
"""Asked of an output, and whether its script is already known as the owner's: the service it went to (-1 one without a
name), or None."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """The closed set, in chain order.

    receipts: what came in from outside. txs: the transactions that spend the set and nothing else. output, rule,
    service, depth, parent: every output they created, how it stands, the service it went to (-1 unknown), transactions
    from the nearest receipt, the output spent on that shortest way. witness: the output of the same script that showed
    the service (-1 none). mingled: outputs of the set (receipts too) that are spent together with foreign coins.
    """

    receipts: Ints
    txs: Ints
    output: Ints
    rule: Ints
    service: Ints
    depth: Ints
    parent: Ints
    witness: Ints
    mingled: Ints

    @property
    def mine(self) -> Ints:
        """Outputs that are the owner's: what came in, and what he kept."""
        return np.sort(np.concatenate([self.receipts, self.output[self.rule <= CHANGE]]))

    def held(self, view: View) -> Ints:
        """The owner's outputs that stand unspent at the ledger's last block."""
        return self.mine[view.unspent(self.mine)]

    def lost(self, view: View) -> Ints:
        """The owner's outputs of which the ledger does not tell what became: it lacks blocks after them."""
        return self.mine[view.lost(self.mine)]


@dataclass(slots=True)
class _Walk:
    """What the walk knows so far."""

    view: View
    goes: Goes
    hops: int
    own: dict[int, int]  # by cluster of the owner: the rule by which it is his
    depth: dict[int, int] = field(default_factory=dict)  # by output of the set
    passes: dict[int, int] = field(default_factory=dict)  # by output of the set: hops since it was the owner's
    rows: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)  # output: rule, service, depth, parent
    known: dict[int, tuple[int, int]] = field(default_factory=dict)  # by script: service, output showing it
    txs: list[int] = field(default_factory=list)
    mingled: set[int] = field(default_factory=set)
    paid: set[int] = field(default_factory=set)  # receipts that coins passed on to unknown hands came back in


def follow(view: View, receipts: Ints, stated: Ints, goes: Goes, hops: int, progress: Progress) -> Wallet:
    """The wallet that received `receipts` and owns the clusters of the scripts `stated`; see the module.

    The walk is repeated while it learns of further clusters of the owner, so that an output met early is judged by what
    was learned late; this ends because what is known only grows.
    """
    own = dict.fromkeys(np.unique(view.cluster[stated]).tolist(), OWN)
    known: dict[int, tuple[int, int]] = {}
    while True:
        walk = _Walk(view, goes, hops, dict(own), known=dict(known))
        _run(walk, receipts, progress)
        if walk.own == own and walk.known == known:
            break
        own, known = walk.own, walk.known
    created = np.array(sorted(walk.rows), np.int64)
    columns = np.array([walk.rows[o] for o in created.tolist()], np.int64).reshape(-1, 4)
    columns[np.isin(created, list(walk.mingled)), 0] = MINGLED
    return Wallet(
        receipts=np.setdiff1d(receipts, [o for o in walk.rows if o not in walk.paid]),
        txs=np.array(walk.txs, np.int64),
        output=created,
        rule=columns[:, 0],
        service=columns[:, 1],
        depth=columns[:, 2],
        parent=columns[:, 3],
        witness=np.array([walk.known.get(s, (-1, -1))[1] for s in view.out_script[created].tolist()], np.int64),
        mingled=np.array(sorted(walk.mingled), np.int64),
    )


def service_of(view: View, names: Names, output: int) -> tuple[int, int] | None:
    """(service, the script that says so) an output went to, or None; service -1 is a service without a name.

    The output's own script speaks first. Else the transaction that spends it does, when all it pays is one service's
    and it is that service's sweep: it pays a script that is itself named, or collects from several senders.
    """
    script = int(view.out_script[output])
    if names.service[script] >= 0:
        return int(names.service[script]), script
    spender = int(view.out_spender[output])
    if spender >= 0:
        t = int(view.in_tx(np.array([spender]))[0])
        paid = view.out_script[view.tx_first_out[t] : view.tx_first_out[t + 1]]
        services = np.unique(names.service[paid])
        one = len(services) == 1 and (services[0] >= 0 or bool(names.busy[paid].all()))
        if one and ((services[0] >= 0 and names.direct[paid[0]] >= 0) or _senders(view, t) > 1):
            return int(services[0]), int(paid[0])
    return (-1, script) if names.busy[script] else None


def _senders(view: View, tx: int) -> int:
    """From how many different senders the coins come that a transaction spends."""
    spent = view.in_prev[view.tx_first_in[tx] : view.tx_first_in[tx + 1]]
    return len(np.unique(view.sender(view.out_tx(spent[spent >= 0]))))


def _run(walk: _Walk, receipts: Ints, progress: Progress) -> None:
    """Every transaction that spends the set, in chain order: a spender comes after what it spends."""
    view = walk.view
    held = np.unique(receipts)
    walk.depth = dict.fromkeys(held.tolist(), 0)
    walk.passes = dict(walk.depth)
    queue = np.unique(view.spending_tx(held)).tolist()
    queue = [t for t in queue if t >= 0]
    heapq.heapify(queue)
    last = -1
    while queue:
        t = heapq.heappop(queue)
        if t == last:
            continue
        last = t
        if len(walk.txs) % 1000 == 0:
            progress("the market's wallet", len(walk.txs), len(walk.txs) + len(queue))
        spent = view.in_prev[view.tx_first_in[t] : view.tx_first_in[t + 1]].tolist()
        if not all(p in walk.depth for p in spent):
            walk.mingled.update(p for p in spent if p in walk.depth)
            continue
        walk.txs.append(t)
        nearest = min(spent, key=lambda p: (walk.depth[p], p))
        depth = walk.depth[nearest] + 1
        passes = min(walk.passes[p] for p in spent)
        for o, (rule, service) in _judged(walk, t, passes).items():
            if passes and walk.depth.get(o) == 0:
                walk.paid.add(o)
                rule, service = LEFT, -1
            walk.rows[o] = (rule, service, depth, nearest)
            if rule > PASSED:
                continue
            walk.depth.setdefault(o, depth)
            walk.passes.setdefault(o, passes + 1 if rule == PASSED else 0)
            spender = int(view.out_spender[o])
            if spender >= 0:
                heapq.heappush(queue, int(view.in_tx(np.array([spender]))[0]))


def _judged(walk: _Walk, t: int, passes: int) -> dict[int, tuple[int, int]]:
    """Rule and service of every output of transaction `t`; the owner's clusters grow with what is his."""
    view = walk.view
    judged: dict[int, tuple[int, int]] = {}
    outputs = range(int(view.tx_first_out[t]), int(view.tx_first_out[t + 1]))
    open_ = []
    for o in outputs:
        script = int(view.out_script[o])
        kept = walk.own.get(int(view.cluster[script]))
        own = kept is not None
        service = walk.goes(o, own)
        if service is not None:
            walk.known.setdefault(script, (service, o))
        if service is not None or (script in walk.known and not own):
            judged[o] = (CASH, walk.known[script][0])
        elif kept is not None:
            judged[o] = (kept, -1)
        else:
            judged[o] = (PASSED if passes < walk.hops else LEFT, -1)
            open_.append(o)
    gone = sum(rule == CASH for rule, _ in judged.values())
    if not passes and len(open_) == 1 and gone == len(outputs) - 1:
        rule = SWEEP if len(outputs) == 1 else CHANGE
        judged[open_[0]] = (rule, -1)
        walk.own[int(view.cluster[view.out_script[open_[0]]])] = rule
    return judged
