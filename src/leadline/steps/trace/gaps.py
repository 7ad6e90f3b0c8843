"""What trace could not know: named transactions the ledger lacks, addresses of other networks, days without a price."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from leadline.engines.ledger.view import View
from leadline.model import findings
from leadline.model.tables import from_columns
from leadline.model.words import BEYOND_LEDGER, NO_PRICE, NO_SERIES, OTHER_NETWORK, OUTSIDE_LEDGER
from leadline.steps.trace.context import Context

_NAMED = """
SELECT object, count(*) AS n, min_by(exhibit, (exhibit, locator)) AS exhibit, min_by(locator, (exhibit, locator)) AS at
FROM event WHERE kind = 'credit' AND object LIKE 'tx:%' GROUP BY object ORDER BY object
"""
_FOREIGN = """
SELECT network, count(DISTINCT address) AS n, min_by(exhibit, (exhibit, locator)) AS exhibit,
       min_by(locator, (exhibit, locator)) AS at
FROM address WHERE network <> '$network' GROUP BY network ORDER BY network
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """One row of the gap table."""

    what: str
    about: str
    day: date | None
    n: int
    exhibit: bytes | None
    locator: str
    says: str


def gaps(context: Context, outputs: Sequence[int], more: Sequence[Gap]) -> pa.Table:
    """The gap table; `outputs` were to be valued by each series, when paid and on the valuation date.

    `more` are gaps another part of trace found.
    """
    rows = [*_beyond(context), *_foreign(context), *_unpriced(context, outputs), *more]
    return from_columns(findings.GAP, {c.name: [getattr(row, c.name) for row in rows] for c in findings.GAP.columns})


def unknown_ends(outputs: Sequence[int], view: View) -> list[Gap]:
    """The gap about `outputs` of the market that have no spender on a ledger that lacks blocks after them."""
    if not outputs:
        return []
    first, sat = view.ledger.outpoint(outputs[0]), int(view.out_value[outputs].sum())
    says = (
        f"{len(outputs)} outputs of the market, {sat} sat, have no spender on the pinned ledger, which lacks blocks "
        "after them: whether they were spent is not known"
    )
    return [Gap(OUTSIDE_LEDGER, f"outpoint:{first}", None, len(outputs), None, f"out:{first}", says)]


def _beyond(context: Context) -> list[Gap]:
    """Transactions in which the records book a payment and which the pinned chain does not have."""
    ledger = context.view.ledger
    until = f"the pinned chain ends at height {ledger.height}" if ledger.height >= 0 else "the pinned slice is short"
    return [
        Gap(BEYOND_LEDGER, row["object"], None, row["n"], row["exhibit"], row["at"],
            f"the records book a payment in a transaction that is not on the pinned chain; {until}")
        for row in context.inputs.sql(_NAMED).to_pylist()
        if ledger.tx_index(row["object"].removeprefix("tx:")) < 0
    ]  # fmt: skip


def _foreign(context: Context) -> list[Gap]:
    """Networks of stated addresses that are not the pinned ledger's."""
    network = context.view.ledger.network
    return [
        Gap(OTHER_NETWORK, f"ledger:{row['network']}", None, row["n"], row["exhibit"], row["at"],
            f"{row['n']} addresses are of network {row['network']}; the pinned ledger is of {network}")
        for row in context.inputs.sql(_FOREIGN.replace("$network", network)).to_pylist()
    ]  # fmt: skip


def _unpriced(context: Context, outputs: Sequence[int]) -> list[Gap]:
    """Currencies without a series and days without a price, each with the first output that has no value for it."""
    if not outputs:
        return []
    view, series, on = context.view, context.series, context.valued_on
    first = view.ledger.outpoint(outputs[0])
    found: list[Gap] = []
    if lacking := [currency for currency, prices in series.items() if prices is None]:
        says = f"no pinned price series is in {' or '.join(lacking)}: {len(outputs)} outputs have no value in it"
        found.append(Gap(NO_SERIES, f"outpoint:{first}", None, len(outputs), None, f"out:{first}", says))
    days: dict[date, list[int]] = defaultdict(list)
    for output, tx in zip(outputs, view.ledger.out_tx(outputs).tolist(), strict=True):
        days[datetime.fromtimestamp(int(view.tx_time[tx]), UTC).date()].append(output)
    if on is not None:
        days[on] = list(outputs)
    for day, held in sorted(days.items()):
        if names := [f"{c} {prices.name}" for c, prices in series.items() if prices and day not in prices.days]:
            outpoint = view.ledger.outpoint(held[0])
            says = f"no price of {day.isoformat()} in {' or '.join(names)}: {len(held)} outputs have no value then"
            found.append(Gap(NO_PRICE, f"outpoint:{outpoint}", day, len(held), None, f"out:{outpoint}", says))
    return found
