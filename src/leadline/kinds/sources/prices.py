"""Price series: one price a UTC day, as CSV with a header line.

A day column (date, day, time) and a price column (close, price, priceusd, close_usd ...) are needed. The currency
comes from a `currency` column, from a ``# currency: USD`` line before the header, from the price column's name, or
from a file name such as ``BTC-USD_daily.csv``; a series of no stated currency is refused. An address of the publisher
alone on a line before the header is passed over. Thousands may be set apart by commas, in threes, as in ``13,500.50``.
"""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.entries import PRICE
from leadline.kinds.codecs.fiat import CENT
from leadline.model.tables import from_columns

_DAYS = ("date", "day", "time", "timestamp", "utc_day")
_PRICE = re.compile(r"(close|price|open|average)(?:[ _]?([a-z]{3}))?$")
_LINE_END = re.compile(r"\r\n?|\n")
_COMMENT_CURRENCY = re.compile(r"#\s*currency\s*[:=]\s*([A-Za-z]{3})\b")
_NAME_CURRENCY = re.compile(r"BTC[-_ ]?([A-Z]{3})(?![A-Z])", re.I)
_ORDER = ("close", "price", "average", "open")
"""Which field is taken when a series has several: the one settled last in the day."""
_NOTHING = frozenset(("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "--", ".", "\\n"))
"""What publishers write for a day without a price (Yahoo's null, pandas' nan, Excel's #N/A, MySQL's \\N)."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_DAY = re.compile(r"([A-Za-z]{3}) ([0-9]{1,2}), ([0-9]{4})")
_PUBLISHER = re.compile(r"https?://[^\s,;]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_MILLISECONDS = 12
"""Digits from which on a number of a time counts milliseconds: in seconds it would be the year 5138."""
_MOST = 1 << 28
"""Bytes of a series: a price a minute since 2009 takes less."""
NOTES, LONGEST_NOTE = 4, 240
"""Lines, and characters of each, of what a series says of itself."""
_LARGEST = Decimal(10) ** 15
"""No price of one bitcoin needs more digits; more means a misread column."""


def sniff(path: Path) -> bool:
    """Whether the first line that is no comment names a day column and a price column."""
    with path.open("rb") as file:
        head = file.read(65_536)
    if b"\0" in head:
        return False
    for line in head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines():
        if line.strip() and not line.startswith("#") and not _PUBLISHER.fullmatch(line.strip()):
            names = _names(next(csv.reader([line])))
            return any(n in _DAYS for n in names) and any(_PRICE.match(n) for n in names)
    return False


def read(path: Path) -> pa.Table:
    """The series at `path` as kinds.codecs.entries.PRICE, prices rounded half even to cents.

    KindError with the line for a bad day, a price that is none or not above zero, or a day that stands twice.
    A day whose price is left empty, zero, or a word for nothing, is no row: its price is unknown.
    """
    try:
        if path.stat().st_size > _MOST:
            raise KindError(f"the price series has more than {_MOST:,} bytes")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KindError("the price series cannot be read as UTF-8 text") from error
    stated: str | None = None
    header: list[str] = []
    columns: dict[str, list[object]] = {c.name: [] for c in PRICE.columns}
    seen: set[tuple[date, str]] = set()
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line.startswith("#"):
            match = _COMMENT_CURRENCY.match(line)
            stated = match[1].upper() if match else stated
            continue
        if not line.strip() or (not header and _PUBLISHER.fullmatch(line.strip())):
            continue
        cells = _cells(line, number)
        if not header:
            header = _names(cells)
            at_day, at_price, field, in_name = _layout(header, path.name)
            at_currency = header.index("currency") if "currency" in header else -1
            stated = stated or in_name
            continue
        if len(cells) != len(header):
            raise KindError("a line of the price series has too few or too many cells", where=f"line:{number}")
        price = _price(cells[at_price], number)
        if price is None:
            continue
        currency = cells[at_currency].strip().upper() if at_currency >= 0 else stated
        if not currency:
            raise KindError(
                "the price series does not say its currency", remedy="add a currency column or a '# currency: USD' line"
            )
        day = _day(cells[at_day], number)
        if (day, currency) in seen:
            raise KindError("a day stands twice in the price series", where=f"line:{number}")
        seen.add((day, currency))
        for name, value in zip(columns, (number, day, currency, price, field), strict=True):
            columns[name].append(value)
    return from_columns(PRICE, columns)


def notes(path: Path) -> tuple[str, ...]:
    """What a series says of itself on the lines before its header: at most NOTES of them, cut, without its currency."""
    found = []
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for _ in range(100):
            line = file.readline(65_536).strip()
            if not line.startswith("#") and line and not _PUBLISHER.fullmatch(line):
                break
            said = line.lstrip("# ").strip()
            if said and not _COMMENT_CURRENCY.fullmatch(line):
                found.append(said[:LONGEST_NOTE])
    return tuple(found[:NOTES])


def _cells(line: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error:
        raise KindError("a line of the price series is no CSV", where=f"line:{number}") from None


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _layout(header: list[str], name: str) -> tuple[int, int, str, str | None]:
    """(day column, price column, field, currency or None) of a header."""
    days = [i for i, n in enumerate(header) if n in _DAYS]
    prices = {m[1]: (i, m[2]) for i, n in enumerate(header) if (m := _PRICE.match(n))}
    if not days or not prices:
        raise KindError("the price series names no day and price column", remedy="give a CSV with date and close")
    field = next(f for f in _ORDER if f in prices)
    at, currency = prices[field]
    from_name = _NAME_CURRENCY.search(name)
    return days[0], at, field, (currency or (from_name[1] if from_name else "")).upper() or None


def _price(text: str, line: int) -> Decimal | None:
    if text.strip().lower() in _NOTHING:
        return None
    plain = text.strip()
    try:
        price = Decimal(plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain)
        if not price.is_finite() or not 0 <= price < _LARGEST:
            raise InvalidOperation
        return price.quantize(CENT) if price else None
    except InvalidOperation:
        raise KindError("not a price above zero", where=f"line:{line}") from None


def _day(text: str, line: int) -> date:
    """An ISO date, the date of an ISO time in UTC, the UTC day of unix seconds or milliseconds, or ``Mar 05, 2018``.

    A day and month in figures alone are refused unless they are ISO's: nobody could tell which is which.
    """
    text = text.strip()
    try:
        if text.isdigit() and len(text) >= 9:
            return datetime.fromtimestamp(int(text) / (1000 if len(text) >= _MILLISECONDS else 1), UTC).date()
        if named := _NAMED_DAY.fullmatch(text):
            return date(int(named[3]), _MONTHS.index(named[1].lower()) + 1, int(named[2]))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise KindError("not an ISO day", where=f"line:{line}") from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
