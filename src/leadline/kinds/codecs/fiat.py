"""Amounts in fiat: satoshi by a day's price, exactly, rounded half even to cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import COIN

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Series:
    """One pinned price series in one currency: by UTC day the price in cents and its line in the file."""

    digest: str
    field: str
    currency: str
    days: dict[date, tuple[int, int]]

    @property
    def name(self) -> str:
        """How a figure names the series: the first 12 hex of its digest, and the field."""
        return f"{self.digest[:12]} {self.field}"


def series(digest: str, table: pa.Table, currency: str, without: Sequence[int] = ()) -> Series | None:
    """The series of `currency` in a table of entries.PRICE, lines `without` left out; None when it has none."""
    table = table.filter(pc.equal(table.column("currency"), currency))
    table = table.filter(pc.invert(pc.is_in(table.column("line"), pa.array(without, pa.int64()))))
    if not table.num_rows:
        return None
    fields = table.column("field").unique().to_pylist()
    table = table.filter(pc.equal(table.column("field"), min(fields)))
    days = {
        day: (cents(close), line)
        for day, close, line in zip(
            table.column("day").to_pylist(),
            table.column("close").to_pylist(),
            table.column("line").to_pylist(),
            strict=True,
        )
    }
    return Series(digest, min(fields), currency, days)


def cents(amount: Decimal) -> int:
    """`amount`, which has at most two decimals, in cents."""
    return int(amount.scaleb(2))


def worth(sat: int, rate_cents: int) -> int:
    """Cents of `sat` satoshi at `rate_cents` a bitcoin, rounded half to even."""
    whole, rest = divmod(sat * rate_cents, COIN)
    if 2 * rest > COIN or (2 * rest == COIN and whole & 1):
        whole += 1
    return whole


def decimal(cents_: int) -> Decimal:
    """`cents_` as an amount with two decimals."""
    return Decimal(cents_).scaleb(-2).quantize(CENT)
