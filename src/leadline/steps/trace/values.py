"""What outputs were worth: on the day they were paid and on the case's valuation date, by a pinned series."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import product
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
    outputs: Iterable[int], series: Mapping[str, Series | None], on: date | None, view: View, ledger: Ledger,
    claims: Claims, paths: Paths,
) -> pa.Table:  # fmt: skip
    """The valuation table of `outputs` by each of `series` (by currency), with a `valued` finding each.

    No price, no row: unknown is not zero, and table gap says for which day none is known.
    """
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.VALUATION.columns}
    for output in outputs:
        tx, sat, outpoint = int(ledger.out_tx([output])[0]), int(view.out_value[output]), paths.outpoint(output)
        days = {"payment": datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date(), "valuation_date": on}
        for (currency, prices), (at, day) in product(series.items(), days.items()):
            if prices is None or day is None or day not in prices.days:
                continue
            cents, line = prices.days[day]
            id_ = claims.add(outpoint, "valued", ref("price", prices.digest))
            claims.rest(id_, "price", ref("price", prices.digest), f"line:{line}")
            claims.rest(id_, "ledger", f"ledger:{ledger.network}", f"out:{ledger.outpoint(output)}")
            values = (
                id_, outpoint, at, day, currency, fiat.decimal(cents), fiat.decimal(fiat.worth(sat, cents)),
                prices.name, fiat.DAY_RULES[at],
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return from_columns(findings.VALUATION, rows)
