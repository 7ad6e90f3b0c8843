"""How far the clusters find the records' own addresses again: a truth no one outside has, held out part by part."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger.attribution import heldout
from leadline.model import findings
from leadline.model.tables import from_columns
from leadline.model.words import ALL, BY_MONTH, BY_SWEEP, DEPOSIT
from leadline.steps.trace.context import Context
from leadline.steps.trace.tags import scripts_of


def coverage(context: Context) -> pa.Table:
    """The coverage table: by sweep and by month, by each rule of clusters, and with the CoinJoin rules off."""
    view, paid = context.view, context.paid
    listed = np.zeros(len(view.cluster), np.bool_)
    listed[paid.stated] = True
    others = _others(context, listed)
    held = heldout.spent(view, paid.output)
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.COVERAGE.columns}
    for rule, label in heldout.by_rule(view).items():
        counts = heldout.strangers(label, listed, others)
        parts = [(BY_SWEEP, heldout.by_sweep(held, label, counts))]
        parts += [(BY_MONTH, part) for part in heldout.by_month(held, label, counts)]
        for split, part in parts:
            period = ALL if part.month < 0 else heldout.month_text(part.month)
            values = (getattr(part, name) for name in heldout.HeldOut.__slots__ if name != "month")
            for column, value in zip(rows, (rule, split, period, *values), strict=True):
                rows[column].append(value)
    return from_columns(findings.COVERAGE, rows)


def _others(context: Context, listed: heldout.Flags) -> heldout.Flags:
    """Scripts known to be somebody else's: tagged as a service that no listed script is tagged as, or a customer's
    deposit address by a return."""
    direct = context.services.names.direct
    foreign = (direct >= 0) & ~np.isin(direct, direct[listed])
    table = context.inputs.table("address")
    deposit = pc.equal(table.column("role"), DEPOSIT)
    table = table.filter(pc.and_(deposit, pc.starts_with(table.column("subject"), "customer:")))
    told = table.column("address").to_pylist()
    found = np.array(scripts_of(told, context.view.ledger), np.int64)
    foreign[found[found >= 0]] = True
    return np.asarray(foreign & ~listed, np.bool_)
