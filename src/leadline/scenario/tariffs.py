"""The prices the market lists: a few drawn numbers, in dollars and in bitcoin, each for a time; nothing is offered."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from leadline.kinds.bitcoin.amount import COIN
from leadline.scenario.plan import END, START, Options
from leadline.scenario.prices import close_cents
from leadline.scenario.random_streams import at_least_one, stream

EXACT_PPM = 150_000
"""Purchases of exactly a listed price; the others are of another amount, as carts and credit are."""
DOLLARS = (1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000)
"""Prices in cents that may be listed."""
PERIODS = 4
"""How often prices in bitcoin are set anew, as the price of a bitcoin moves."""
STEP_SAT = 50_000
"""What prices in bitcoin are whole multiples of."""

TARIFF = pa.schema(
    [
        ("tariff", pa.int32()),  # 1..n in order of since
        ("amount", pa.string()),  # decimal text, as the market's records have it
        ("currency", pa.string()),  # USD or BTC
        ("units", pa.int64()),  # cents, or satoshi
        ("since", pa.int64()),  # unix seconds
        ("until", pa.int64()),  # null: it still stands
    ]
)
"""One row a price the market lists."""


@dataclass(frozen=True, slots=True)
class Exact:
    """A purchase of exactly a listed price: the tariff, and its cents or its satoshi."""

    tariff: int
    usd_cents: int | None
    sat: int | None


def draw_tariffs(options: Options) -> pa.Table:
    """TARIFF: three prices in dollars for all the time, two in bitcoin in each period."""
    rng = stream(options.seed, "tariffs")
    rows: list[dict[str, object]] = [
        {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": "USD", "units": cents, "since": START}
        for cents in sorted(rng.choice(DOLLARS, 3, replace=False).tolist())
    ]
    ends = np.linspace(START, END, PERIODS + 1).astype(np.int64).tolist()
    for low, high in pairwise(ends):
        for cents in rng.choice(DOLLARS, 2, replace=False).tolist():
            sat = STEP_SAT * max(1, round(cents * COIN / close_cents(low) / STEP_SAT))
            until = high if high < END else None
            text = f"{sat // COIN}.{sat % COIN:08d}"
            rows.append({"amount": text, "currency": "BTC", "units": sat, "since": low, "until": until})
    rows.sort(key=lambda row: int(str(row["since"])))
    return pa.Table.from_pylist([{"tariff": i, **row} for i, row in enumerate(rows, 1)], schema=TARIFF)


def draw_exact(options: Options, when: list[int]) -> dict[int, Exact]:
    """The purchases (by place in `when`, their wished times) of exactly a price that stands then."""
    rng = stream(options.seed, "tariffs/purchases")
    rows = draw_tariffs(options).to_pylist()
    exact: dict[int, Exact] = {}
    for place in sorted(rng.permutation(len(when))[: at_least_one(len(when), EXACT_PPM)].tolist()):
        currency = ("USD", "BTC")[int(rng.integers(0, 2))]
        standing = [
            row for row in rows if row["currency"] == currency and row["since"] <= when[place] < (row["until"] or END)
        ]
        row = standing[int(rng.integers(0, len(standing)))]
        sums = (row["units"], None) if currency == "USD" else (None, row["units"])
        exact[place] = Exact(row["tariff"], *sums)
    return exact
