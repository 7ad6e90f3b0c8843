"""Peel chains of the case: from the coins services released to payers, and from those the market handed on."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.tracing import peel
from leadline.model import findings
from leadline.model.predicates import PEELED
from leadline.model.tables import from_columns
from leadline.steps.trace.context import Context
from leadline.steps.trace.paths import RECORDED, Hop

LEAST_STEPS = 3
"""Fewest steps of a chain that is written down: every payment with change is a step, and two of them no pattern."""
MOST_STEPS = 32
"""Steps a chain of a case is followed: beyond, the least score says nothing any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: transaction, coin spent, outputs kept and peeled off, score in millionths, whether close."""

    tx: int
    spent: int
    kept: int
    peeled: int
    score: int
    close: bool


def peeled(context: Context, releases: pa.Table, handed: list[int]) -> pa.Table:
    """The peel table: a `peeled` finding for each chain and each branch of LEAST_STEPS, its path in hops.

    Chains begin with outputs by which a service released coins over hops, and with the market's own `handed` on to
    unknown hands. They end at services, at what behaves like one, at the market's addresses and at mixes.
    """
    view, paths, claims, names = context.view, context.paths, context.claims, context.services.names
    why: dict[int, set[bytes]] = defaultdict(set)
    for id_, text, hops in zip(
        *(releases.column(c).to_pylist() for c in ("finding", "release_outpoint", "hops")), strict=True
    ):
        if hops:
            _, txid, vout = text.split(":")
            why[view.ledger.out_index(txid, int(vout))].add(id_)
    begins = np.array(sorted({*why, *handed}), np.int64)
    own = np.zeros(len(view.cluster), np.bool_)
    own[view.cluster[context.paid.stated]] = True
    known = (names.service >= 0) | names.busy | own[view.cluster]
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.PEEL.columns}
    for begin, steps in _chains(peel.peels(view, begins, known, MOST_STEPS)):
        output = int(begins[begin])
        id_ = claims.add(paths.outpoint(output), PEELED, paths.outpoint(steps[-1].kept))
        paths.add(id_, [Hop(step.tx, step.spent, step.kept, "peel", step.score) for step in steps])
        for finding in sorted(why[output]):
            claims.rest(id_, "finding", f"finding:{finding.hex()}")
        least = RECORDED
        for number, step in enumerate(steps):
            least, off = min(least, step.score), step.peeled
            values = (
                id_, number, f"tx:{view.ledger.txid_hex(step.tx)}", paths.outpoint(step.spent),
                paths.outpoint(step.kept), paths.outpoint(off), int(view.out_value[off]), _payee(context, off),
                step.score, step.close, least,
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return from_columns(findings.PEEL, rows)


def _chains(found: peel.Peels) -> list[tuple[int, list[Step]]]:
    """(begin, steps from the begin on) of every chain and branch of LEAST_STEPS that is its own."""
    by_branch: dict[tuple[int, int], list[tuple[int, Step]]] = defaultdict(list)
    parted: dict[tuple[int, int], int] = {}
    columns = (
        found.begin,
        found.branch,
        found.from_branch,
        found.step,
        found.tx,
        found.spent,
        found.kept,
        found.peeled,
    )
    for begin, branch, origin, step, *rest in zip(
        *(c.tolist() for c in (*columns, found.score_ppm, found.close)), strict=True
    ):
        tx, spent, kept, off, score, close = rest
        by_branch[begin, branch].append((step, Step(tx, spent, kept, off, score, bool(close))))
        parted[begin, branch] = origin
    chains = []
    for (begin, branch), own in by_branch.items():
        if len(own) < LEAST_STEPS:
            continue
        steps, at = [step for _, step in own], branch
        while parted[begin, at] >= 0:
            since, at = by_branch[begin, at][0][0], parted[begin, at]
            before = [step for number, step in by_branch[begin, at] if number < since]
            fork = before[-1]
            steps = [*before[:-1], replace(fork, kept=fork.peeled, peeled=fork.kept, score=0), *steps]
        chains.append((begin, steps))
    return chains


def _payee(context: Context, output: int) -> str | None:
    """The account or service an output pays, None for neither."""
    paid, services = context.paid, context.services
    if output in paid.findings:
        return paid.account[paid.findings[output][0]]
    service = int(services.names.service[context.view.out_script[output]])
    return services.refs[service] if service >= 0 else None
