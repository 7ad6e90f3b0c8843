"""What outputs were worth: on the day they were paid and on the case's valuation date, by a pinned series."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pyarrow as pa

from leadline.kinds.codecs import fiat
from leadline.model import findings
from leadline.model.meanings import AT_PAYMENT, AT_VALUATION, DAY_RULES
from leadline.model.predicates import VALUED
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.steps.trace.context import Context


def valued(context: Context, outputs: Iterable[int]) -> pa.Table:
    """The valuation table of `outputs` by each series, with a `valued` finding each.

    No price, no row: unknown is not zero, and table gap says for which day none is known.
    """
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.VALUATION.columns}
    view, claims, ledger = context.view, context.claims, context.view.ledger
    for output in outputs:
        tx, sat = int(ledger.out_tx([output])[0]), int(view.out_value[output])
        outpoint = context.paths.outpoint(output)
        days = {
            AT_PAYMENT: datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date(),
            AT_VALUATION: context.valued_on,
        }
        for (currency, prices), (at, day) in product(context.series.items(), days.items()):
            if prices is None or day is None or day not in prices.days:
                continue
            cents, line = prices.days[day]
            id_ = claims.add(outpoint, VALUED, ref("price", prices.digest))
            claims.rest(id_, "price", ref("price", prices.digest), f"line:{line}")
            claims.rest(id_, "ledger", f"ledger:{ledger.network}", f"out:{ledger.outpoint(output)}")
            values = (
                id_, outpoint, at, day, currency, fiat.decimal(cents), fiat.decimal(fiat.worth(sat, cents)),
                prices.name, DAY_RULES[at],
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return from_columns(findings.VALUATION, rows)
