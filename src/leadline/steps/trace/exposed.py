"""Exposure of every payment to the categories of the pinned tags, with the output behind each number."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.exposure import ENDS, exposure
from leadline.engines.ledger.view import View
from leadline.engines.ledger.walks import SERVICE, Names
from leadline.model import findings
from leadline.model.tables import from_columns
from leadline.steps.step import Pin
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.payments import Payments
from leadline.steps.trace.services import CLUSTER_LEVEL, LEAST_LEVEL, Services, scripts_of, usable


def exposed(
    paid: Payments, services: Services, pins: Sequence[Pin], withdrawn: frozenset[str], view: View, ledger: Ledger,
    paths: Paths, hop_limit: int,
) -> pa.Table:  # fmt: skip
    """The exposure table: satoshi of each payment by category or reason, direct or indirect, and where it ended."""
    words, names = _categories(pins, withdrawn, services, view, ledger)
    found = exposure(view, paid.output, names, hop_limit, paid.stated)
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


def _categories(
    pins: Sequence[Pin], withdrawn: frozenset[str], services: Services, view: View, ledger: Ledger
) -> tuple[list[str], Names]:
    """The categories, and which scripts and clusters have which: a script by its surest tag, a cluster only when all
    tags that speak for it agree. Other tools' claims and tags below LEAST_LEVEL say nothing."""
    known: dict[str, int] = {}
    direct = np.full(len(view.cluster), -1, np.int64)
    level = np.full(len(view.cluster), -1, np.int64)
    speaking: dict[int, set[int]] = defaultdict(set)
    for pin in pins:
        pack = usable(pin, withdrawn)
        columns = (pack.column(c).to_pylist() for c in ("category", "confidence_level", "cluster_definer"))
        found = scripts_of(pack.column("address").to_pylist(), ledger)
        for script, category, said, definer in zip(found, *columns, strict=True):
            if script < 0 or not category:
                continue
            number = known.setdefault(category, len(known))
            sure = LEAST_LEVEL if said is None else said
            if sure > level[script]:
                level[script], direct[script] = sure, number
            if sure >= CLUSTER_LEVEL and definer is not False:
                speaking[int(view.cluster[script])].add(number)
    by_cluster = np.full(len(view.cluster), -1, np.int64)
    for cluster, numbers in speaking.items():
        if len(numbers) == 1:
            (by_cluster[cluster],) = numbers
    service = np.where(direct >= 0, direct, by_cluster[view.cluster])
    return list(known), Names(direct, service, services.names.busy & (service < 0))
