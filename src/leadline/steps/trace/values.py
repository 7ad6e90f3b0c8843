"""What outputs were worth: on the day they were paid and on the case's valuation date, by a pinned series."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.view import View
from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.fiat import Series
from leadline.model import findings
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.steps.step import Claims
from leadline.steps.trace.paths import Paths


def valued(
    outputs: Iterable[int], series: Series | None, on: date | None, view: View, ledger: Ledger, claims: Claims,
    paths: Paths,
) -> pa.Table:  # fmt: skip
    """The valuation table of `outputs`, a `valued` finding each; no price, no row: unknown is not zero."""
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.VALUATION.columns}
    if series is None:
        return from_columns(findings.VALUATION, rows)
    for output in outputs:
        tx = int(ledger.out_tx([output])[0])
        days = {"payment": datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date(), "valuation_date": on}
        for at, day in days.items():
            if day is None or day not in series.days:
                continue
            cents, line = series.days[day]
            id_ = claims.add(paths.outpoint(output), "valued", ref("price", series.digest))
            claims.rest(id_, "price", ref("price", series.digest), f"line:{line}")
            claims.rest(id_, "ledger", f"ledger:{ledger.network}", f"out:{ledger.outpoint(output)}")
            amount = fiat.worth(int(view.out_value[output]), cents)
            values = (
                id_, paths.outpoint(output), at, day, series.currency, fiat.decimal(cents), fiat.decimal(amount),
                series.name, fiat.DAY_RULES[at],
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return from_columns(findings.VALUATION, rows)
