"""Payments whose amount equals a price the records list, each beside how many outputs of strangers agree by chance.

A price in bitcoin agrees to the satoshi. One in another currency agrees where the payment, at the price of the UTC day
of its block, lies within a thousandth of it; a market that converts at another moment's price is not found. Whether a
price stood when the block came is asked of payments alone: strangers' outputs are held to every amount ever listed in
the currency, so the chance shown is never too small.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.view import Ints, View
from leadline.kinds.bitcoin.amount import COIN
from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.fiat import Series
from leadline.model import findings
from leadline.model.predicates import PRICED_AS
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.model.words import NO_SERIES
from leadline.steps import open_pins
from leadline.steps.step import Inputs
from leadline.steps.trace.context import Context
from leadline.steps.trace.gaps import Gap
from leadline.steps.trace.payments import Payments, block_bounds

TOLERANCE_PPM = 1_000
"""Most a converted amount may be off, in millionths of the listed one: beyond rounding, below what a day moves."""
WINDOW = 15
"""Days before and after a payment whose outputs say what agrees by chance."""
MILLION = 1_000_000
DAY = 86_400
MOST = 2**62 // COIN
"""Larger amounts (461 bitcoin, 461 million of a currency) are not compared, so that products fit 64 bits."""

_OFFERS = """
SELECT offer, currency, amount, min(utc_low) AS since, max(until_high) AS until,
       list({'exhibit': exhibit, 'locator': locator} ORDER BY exhibit, locator) AS stated
FROM offer WHERE amount BETWEEN 1 AND $most GROUP BY offer, currency, amount ORDER BY currency, amount, offer
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one currency: amounts ascending, the offers of each, and the series that converts (None: BTC)."""

    currency: str
    amounts: list[int]
    offers: dict[int, list[Row]]
    series: Series | None

    @property
    def tolerance(self) -> int:
        """Most a payment may differ from an amount, in millionths of it."""
        return TOLERANCE_PPM if self.series else 0

    def worth(self, sat: int, day: date) -> int | None:
        """A payment in this list's unit; None on a day without a price."""
        if self.series is None:
            return sat
        return fiat.worth(sat, self.series.days[day][0]) if day in self.series.days else None

    def near(self, worth: int, time: int) -> tuple[int, list[Row]] | None:
        """(amount, its offers) of the nearest listed amount that agrees and may have stood at a block's time."""
        slack = 2 * worth * TOLERANCE_PPM // MILLION
        at = slice(bisect_left(self.amounts, worth - slack), bisect_right(self.amounts, worth + slack))
        low, high = block_bounds(time)
        for amount in sorted(self.amounts[at], key=lambda a: (abs(a - worth), a)):
            standing = [
                o for o in self.offers[amount]
                if (o["since"] is None or o["since"] <= high) and (o["until"] is None or o["until"] >= low)
            ]  # fmt: skip
            if standing and _off(worth, amount) <= self.tolerance:
                return amount, standing
        return None


@dataclass(frozen=True, slots=True)
class Strangers:
    """Outputs that pay no address of the records, by script kind and day; `near` those within tolerance of a price.

    `total` is cumulative: how many outputs of a kind (row) came before a day (column, counted from `first`).
    """

    first: int
    total: Ints
    near_kind: Ints
    near_day: Ints
    near_off: Ints

    def chance(self, kind: int, day: int, off: int) -> tuple[int, int]:
        """(outputs at most `off` from a price, outputs): of a kind, within the window round a day."""
        a, b = np.clip((day - WINDOW - self.first, day + WINDOW + 1 - self.first), 0, self.total.shape[1] - 1)
        close = (abs(self.near_day - day) <= WINDOW) & (self.near_kind == kind) & (self.near_off <= off)
        return int(close.sum()), int(self.total[kind, b] - self.total[kind, a])


def priced(context: Context) -> tuple[pa.Table, list[Gap]]:
    """The priced table, a finding each payment, and a gap for each currency nothing converts."""
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.PRICED.columns}
    gaps: list[Gap] = []
    for currency, offers in _offers(context.inputs).items():
        series = None if currency == "BTC" else open_pins.prices(context.inputs, currency)
        if series is None and currency != "BTC":
            gaps.append(_unpriced(currency, offers))
            continue
        by_amount: dict[int, list[Row]] = defaultdict(list)
        for offer in offers:
            by_amount[offer["amount"]].append(offer)
        _compare(context, PriceList(currency, sorted(by_amount), by_amount, series), rows)
    return from_columns(findings.PRICED, rows), gaps


def _offers(inputs: Inputs) -> dict[str, list[Row]]:
    """By currency, every offer once, with the whole time for which some record lists it and all places that do."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in inputs.sql(_OFFERS.replace("$most", str(MOST))).to_pylist():
        found[row["currency"]].append(row)
    return found


def _unpriced(currency: str, offers: list[Row]) -> Gap:
    first = offers[0]
    says = (
        f"the records list {len(offers)} prices in {currency}, and no pinned price series is in it: none was compared"
    )
    place = first["stated"][0]
    return Gap(NO_SERIES, first["offer"], None, len(offers), place["exhibit"], place["locator"], says)


def _compare(context: Context, prices: PriceList, rows: dict[str, list[Any]]) -> None:
    """Adds a row for each payment that agrees with a price of this list."""
    view, paid, claims = context.view, context.paid, context.claims
    agreed: list[tuple[int, int, int, int, list[Row]]] = []
    compared = 0
    for output, tx in zip(paid.output.tolist(), view.out_tx(paid.output).tolist(), strict=True):
        time = int(view.tx_time[tx])
        worth = prices.worth(int(view.out_value[output]), datetime.fromtimestamp(time, UTC).date())
        if worth is None:
            continue
        compared += 1
        if (near := prices.near(worth, time)) is not None:
            agreed.append((output, time // DAY, worth, *near))
    if not agreed:
        return
    strangers = _strangers(prices, paid, view)
    for output, day, worth, amount, offers in agreed:
        off = _off(worth, amount)
        kind = int(view.ledger.script_kind[view.out_script[output]])
        outpoint = f"outpoint:{view.ledger.outpoint(output)}"
        for received in paid.findings[output]:
            id_ = claims.add(paid.account[received], PRICED_AS, outpoint)
            claims.rest(id_, "finding", f"finding:{received.hex()}")
            for place in (p for o in offers for p in o["stated"]):
                claims.rest(id_, "exhibit", f"exhibit:{place['exhibit'].hex()}", place["locator"])
            if prices.series:
                _, line = prices.series.days[date(1970, 1, 1) + timedelta(days=day)]
                claims.rest(id_, "price", ref("price", prices.series.digest), f"line:{line}")
            values = (
                id_, paid.account[received], outpoint, int(view.out_value[output]), offers[0]["offer"], len(offers),
                prices.currency, amount, worth, off, prices.series.name if prices.series else "none",
                *strangers.chance(kind, day, off), compared,
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)


def _strangers(prices: PriceList, paid: Payments, view: View) -> Strangers:
    """Every output of the ledger that pays no address of the records, held to every amount of the list."""
    days = view.tx_time // DAY
    first, count = int(days.min()), int(days.max() - days.min()) + 1
    day = np.repeat(days, np.diff(view.tx_first_out))
    stated = np.zeros(len(view.ledger.script_kind), np.bool_)
    stated[paid.stated] = True
    outputs = np.flatnonzero(~stated[view.out_script])
    day, value = day[outputs], view.out_value[outputs]
    kind = view.ledger.script_kind[view.out_script[outputs]].astype(np.int64)
    if prices.series:
        rate = np.zeros(count, np.int64)
        for one, (cents, _) in prices.series.days.items():
            if 0 <= (at := (one - date(1970, 1, 1)).days - first) < count:
                rate[at] = cents
        rated = rate[day - first] > 0
        day, value, kind = day[rated], value[rated], kind[rated]
        value = _worth(value, rate[day - first])
    kinds = int(view.ledger.script_kind.max()) + 1
    total = np.bincount(kind * count + day - first, minlength=kinds * count).reshape(kinds, count).cumsum(1)
    off = _offs(value, np.array(prices.amounts, np.int64))
    near = np.flatnonzero(off <= prices.tolerance)
    return Strangers(first, np.pad(total, ((0, 0), (1, 0))), kind[near], day[near], off[near])


def _worth(sat: Ints, rate: Ints) -> Ints:
    """`fiat.worth` over columns; what exceeds every listed amount is given as twice the most."""
    fits = sat <= 2**62 // rate
    whole, rest = np.divmod(np.where(fits, sat, 0) * rate, COIN)
    up = (2 * rest > COIN) | ((2 * rest == COIN) & (whole & 1 == 1))
    return np.where(fits, whole + up, 2 * MOST)


def _off(worth: int, amount: int) -> int:
    """How far `worth` is from `amount`, in millionths of that, rounded up."""
    return -(-abs(worth - amount) * MILLION // amount)


def _offs(worth: Ints, amounts: Ints) -> Ints:
    """`_off` of each from the nearest of the ascending amounts; at most a million."""
    at = np.searchsorted(amounts, worth)
    low, high = amounts[np.maximum(at - 1, 0)], amounts[np.minimum(at, len(amounts) - 1)]
    nearest = np.where(abs(worth - low) <= abs(worth - high), low, high)
    return -(-np.minimum(abs(worth - nearest), nearest) * MILLION // nearest)
