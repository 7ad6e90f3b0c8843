"""Exposure of every payment to the categories of the pinned tags, with the output behind each number."""

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.tracing.exposure import ENDS, exposure
from leadline.engines.ledger.tracing.walks import SERVICE, Names
from leadline.engines.ledger.view import View
from leadline.model import findings
from leadline.model.tables import from_columns, from_rows
from leadline.steps.trace.context import Context
from leadline.steps.trace.services import Services
from leadline.steps.trace.tags import CATEGORY, CLUSTER_LEVEL, NAMES, Tags

CONFLICTING = "conflicting_tags"
"""Where equally sure tags, or the tags that speak for a cluster, state different categories."""


def exposed(context: Context) -> pa.Table:
    """The exposure table: satoshi of each payment by category or reason, direct or indirect, and where it ended."""
    paid, paths = context.paid, context.paths
    words, names = categories(context.tags, context.services, context.view)
    found = exposure(context.view, paid.output, names, context.hop_limit, paid.stated)
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.EXPOSURE.columns}
    sums: dict[tuple[int, str, bool, int], int] = defaultdict(int)
    for seed, category, kind, hops, at, sat in zip(
        found.seed.tolist(), found.category.tolist(), found.kind.tolist(), found.hops.tolist(), found.at.tolist(),
        found.sat.tolist(), strict=True,
    ):  # fmt: skip
        word = words[category] if kind == SERVICE else ENDS[kind]
        sums[seed, word, hops == 0, at] += sat
    for (seed, word, direct, at), sat in sums.items():
        values = (paths.outpoint(int(paid.output[seed])), word, direct, paths.outpoint(at), sat)
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return from_columns(findings.EXPOSURE, rows)


def by_account(payment: pa.Table, exposure: pa.Table) -> pa.Table:
    """The account_exposure table: rows of `exposure` added over the payments of each account in `payment`.

    An output that pays an address of two accounts counts for each of them.
    """
    accounts: dict[str, list[str]] = defaultdict(list)
    for account, outpoint in zip(*(payment.column(c).to_pylist() for c in ("account", "outpoint")), strict=True):
        accounts[outpoint].append(account)
    sums: dict[tuple[str, str, bool], int] = defaultdict(int)
    payments: dict[tuple[str, str, bool], set[str]] = defaultdict(set)
    columns = ("payment", "category", "direct", "value_sat")
    for outpoint, category, direct, sat in zip(*(exposure.column(c).to_pylist() for c in columns), strict=True):
        for account in accounts[outpoint]:
            sums[account, category, direct] += sat
            payments[account, category, direct].add(outpoint)
    return from_rows(findings.ACCOUNT_EXPOSURE, ((*key, sat, len(payments[key])) for key, sat in sums.items()))


def categories(tags: Tags, services: Services, view: View) -> tuple[list[str], Names]:
    """The categories, and which scripts and clusters have which: a script by its surest tag, a cluster by the tags
    that speak for it. Where those differ the category is CONFLICTING, never the first of several. Other tools' claims
    and tags too unsure say nothing."""
    known: dict[str, int] = {CONFLICTING: 0}
    direct = np.full(len(view.cluster), -1, np.int64)
    level = np.full(len(view.cluster), -1, np.int64)
    speaking: dict[int, set[int]] = defaultdict(set)
    for tag in tags.rows:
        category = tag.said["category"]
        if tag.use not in (NAMES, CATEGORY) or not category:
            continue
        number, script = known.setdefault(category, len(known)), tag.script
        if tag.level > level[script]:
            level[script], direct[script] = tag.level, number
        elif tag.level == level[script] and direct[script] != number:
            direct[script] = 0
        if tag.level >= CLUSTER_LEVEL and tag.said["cluster_definer"] is not False:
            speaking[int(view.cluster[script])].add(number)
    by_cluster = np.full(len(view.cluster), -1, np.int64)
    for cluster, numbers in speaking.items():
        by_cluster[cluster] = next(iter(numbers)) if len(numbers) == 1 else 0
    service = np.where(direct >= 0, direct, by_cluster[view.cluster])
    return list(known), Names(direct, service, services.names.busy & (service < 0))
