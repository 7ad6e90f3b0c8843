"""What trace could not know: named transactions the ledger lacks, addresses of other networks, days without a price."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.view import View
from leadline.kinds.codecs.fiat import Series
from leadline.model import findings
from leadline.model.findings import OUTSIDE_LEDGER
from leadline.model.tables import from_columns
from leadline.steps.step import Inputs

_NAMED = """
SELECT object, count(*) AS n, min_by(exhibit, (exhibit, locator)) AS exhibit, min_by(locator, (exhibit, locator)) AS at
FROM event WHERE kind = 'credit' AND object LIKE 'tx:%' GROUP BY object ORDER BY object
"""
_FOREIGN = """
SELECT network, count(DISTINCT address) AS n, min_by(exhibit, (exhibit, locator)) AS exhibit,
       min_by(locator, (exhibit, locator)) AS at
FROM address WHERE network <> '$network' GROUP BY network ORDER BY network
"""

Row = tuple[str, str, date | None, int, bytes | None, str, str]
"""One row of the gap table."""


def gaps(
    inputs: Inputs, outputs: Sequence[int], series: Mapping[str, Series | None], on: date | None, view: View,
    ledger: Ledger, more: Sequence[Row],
) -> pa.Table:  # fmt: skip
    """The gap table; `outputs` were to be valued by each of `series` (by currency), when paid and on day `on`.

    `more` are rows another part of trace found.
    """
    unpriced = _unpriced(outputs, series, on, view, ledger)
    rows = [*_beyond(inputs, ledger), *_foreign(inputs, ledger), *unpriced, *more]
    columns: dict[str, list[Any]] = {c.name: [row[i] for row in rows] for i, c in enumerate(findings.GAP.columns)}
    return from_columns(findings.GAP, columns)


def unknown_ends(outputs: Sequence[int], view: View, ledger: Ledger) -> list[Row]:
    """The row about `outputs` of the market that have no spender on a ledger that lacks blocks after them."""
    if not outputs:
        return []
    first, sat = ledger.outpoint(outputs[0]), int(view.out_value[outputs].sum())
    says = (
        f"{len(outputs)} outputs of the market, {sat} sat, have no spender on the pinned ledger, which lacks blocks "
        "after them: whether they were spent is not known"
    )
    return [(OUTSIDE_LEDGER, f"outpoint:{first}", None, len(outputs), None, f"out:{first}", says)]


def _beyond(inputs: Inputs, ledger: Ledger) -> list[Row]:
    """Transactions in which the records book a payment and which the pinned chain does not have."""
    until = f"the pinned chain ends at height {ledger.height}" if ledger.height >= 0 else "the pinned slice is short"
    return [
        ("beyond_ledger", row["object"], None, row["n"], row["exhibit"], row["at"],
         f"the records book a payment in a transaction that is not on the pinned chain; {until}")
        for row in inputs.sql(_NAMED).to_pylist()
        if ledger.tx_index(row["object"].removeprefix("tx:")) < 0
    ]  # fmt: skip


def _foreign(inputs: Inputs, ledger: Ledger) -> list[Row]:
    """Networks of stated addresses that are not the pinned ledger's."""
    return [
        ("other_network", f"ledger:{row['network']}", None, row["n"], row["exhibit"], row["at"],
         f"{row['n']} addresses are of network {row['network']}; the pinned ledger is of {ledger.network}")
        for row in inputs.sql(_FOREIGN.replace("$network", ledger.network)).to_pylist()
    ]  # fmt: skip


def _unpriced(
    outputs: Sequence[int], series: Mapping[str, Series | None], on: date | None, view: View, ledger: Ledger
) -> list[Row]:
    """Currencies without a series and days without a price, each with the first output that has no value for it."""
    if not outputs:
        return []
    first = ledger.outpoint(outputs[0])
    found: list[Row] = []
    if lacking := [currency for currency, prices in series.items() if prices is None]:
        says = f"no pinned price series is in {' or '.join(lacking)}: {len(outputs)} outputs have no value in it"
        found.append(("no_series", f"outpoint:{first}", None, len(outputs), None, f"out:{first}", says))
    days: dict[date, list[int]] = defaultdict(list)
    for output, tx in zip(outputs, ledger.out_tx(outputs).tolist(), strict=True):
        days[datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date()].append(output)
    if on is not None:
        days[on] = list(outputs)
    for day, held in sorted(days.items()):
        if names := [f"{c} {prices.name}" for c, prices in series.items() if prices and day not in prices.days]:
            outpoint = ledger.outpoint(held[0])
            says = f"no price of {day.isoformat()} in {' or '.join(names)}: {len(held)} outputs have no value then"
            found.append(("no_price", f"outpoint:{outpoint}", day, len(held), None, f"out:{outpoint}", says))
    return found
