"""Forward from the market's receipts: the outputs by which the operator's coins reached a service."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.tracing import wallet
from leadline.engines.ledger.tracing.wallet import CASH, CHANGE, LEFT, PASSED, Wallet
from leadline.engines.ledger.view import View
from leadline.model import findings
from leadline.model.predicates import CASHED_OUT
from leadline.model.tables import from_columns
from leadline.steps.trace.context import Context
from leadline.steps.trace.paths import Hop, Paths
from leadline.steps.trace.payments import block_bounds
from leadline.steps.trace.services import Services

UNKNOWN = "service:unknown"
"""A cluster that behaves like a service and has no name."""


@dataclass(frozen=True, slots=True)
class Cashed:
    """The cashout table and its outputs (`reached`), the outputs by which the market's own coins were `handed` on to
    hands nobody knows, and the market's outputs of which the ledger does not tell what became (`lost`)."""

    table: pa.Table
    reached: list[int]
    handed: list[int]
    lost: list[int]


def cashouts(context: Context) -> Cashed:
    """The cashout table and what became of the market's other coins.

    A `cashed_out` finding tells each output of the market that reached a service.
    The wallet is the closed set of engines.ledger.tracing.wallet. Each finding rests on its shortest path from a
    receipt and on what names the service.
    """
    view, claims, paths, services = context.view, context.claims, context.paths, context.services
    paid, ledger = context.paid, view.ledger

    def goes(output: int, own: bool) -> int | None:
        found = None if own else wallet.service_of(view, services.names, output)
        return None if found is None else found[0]

    stated = paid.stated[services.names.service[paid.stated] < 0]
    held = wallet.follow(view, paid.output, stated, goes, context.hop_limit, context.inputs.progress)
    place = {int(o): i for i, o in enumerate(held.output.tolist())}
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.CASHOUT.columns}
    reached = np.flatnonzero(held.rule == CASH)
    for i in reached.tolist():
        output = int(held.output[i])
        service = int(held.service[i])
        name = services.refs[service] if service >= 0 else UNKNOWN
        id_ = claims.add(name, CASHED_OUT, paths.outpoint(output))
        hops = _path(held, place, output, paths)
        paths.add(id_, [*hops, *_sweep(services, view, int(held.witness[i]), service)])
        for received in paid.findings.get(hops[0].spent, []):
            claims.rest(id_, "finding", f"finding:{received.hex()}")
        claims.rest(id_, "ledger", f"ledger:{ledger.network}", f"out:{ledger.outpoint(output)}")
        found = wallet.service_of(view, services.names, int(held.witness[i]))
        if service >= 0 and found is not None:
            services.rest(claims, id_, found[1], ledger)
        tx = int(ledger.out_tx([output])[0])
        low, high = block_bounds(int(view.tx_time[tx]))
        values = (
            id_, name, paths.outpoint(output), int(view.out_value[output]), int(view.tx_height[tx]), low, high,
            int(held.depth[i]),
        )  # fmt: skip
        for column, value in zip(rows, values, strict=True):
            rows[column].append(value)
    kept = {*held.receipts.tolist(), *held.output[held.rule <= CHANGE].tolist()}
    handed = [
        o
        for o, rule, spent in zip(held.output.tolist(), held.rule.tolist(), held.parent.tolist(), strict=True)
        if rule in (PASSED, LEFT) and spent in kept
    ]
    return Cashed(from_columns(findings.CASHOUT, rows), held.output[reached].tolist(), handed, held.lost(view).tolist())


def _path(held: Wallet, place: dict[int, int], output: int, paths: Paths) -> list[Hop]:
    """From the nearest receipt to `output`, step by step: each transaction spent nothing but the market's coins."""
    hops = []
    while output in place:
        i = place[output]
        spent = int(held.parent[i])
        tx = int(paths.ledger.out_tx([output])[0])
        hops.append(Hop(tx, spent, output))
        output = spent
    return hops[::-1]


def _sweep(services: Services, view: View, output: int, service: int) -> list[Hop]:
    """What shows the service: nothing more when the output's script is named, else the transaction that swept it.

    `output` is the one that showed the service: the output paid, or another of the same script.
    """
    found = wallet.service_of(view, services.names, output)
    script = int(view.out_script[output])
    if found is None or service < 0 or found[1] == script:
        return []
    tx = int(view.spending_tx(np.array([output]))[0])
    rule = "tag" if services.names.direct[found[1]] >= 0 else "cluster"
    return [Hop(tx, output, int(view.tx_first_out[tx]), rule, services.level_ppm(found[1]))]
