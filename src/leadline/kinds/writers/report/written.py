"""How the report writes text, money, times and digests."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib import resources

from leadline.model.words import NONE

SHORT = 12
"""Hex digits of a digest shown where its full length stands in a table of the package."""
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""The document's date when nothing was decided; otherwise that of the last decision, never the clock's."""
_DIGEST = re.compile(rf"(?<![^:])([0-9a-f]{{{SHORT}}})[0-9a-f]{{{64 - SHORT}}}(?![^:])")
"""A digest that is a whole part of a ref or locator; its first digits are the group."""
_JOINERS = "‌‍"
"""Zero-width non-joiner and joiner: the only invisible characters names need."""


@cache
def _covered() -> tuple[tuple[int, int], ...]:
    text = resources.files("leadline.kinds.writers.report").joinpath("fonts/coverage.txt").read_text(encoding="ascii")
    pairs = (line.split("-") for line in text.split())
    return tuple((int(a, 16), int(b, 16)) for a, b in pairs)


def shown(text: str) -> str:
    """`text` with every character that no shipped font draws, or that is invisible, spelled as ``[U+XXXX]``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _drawn(c) else f"[U+{ord(c):04X}]" for c in unicodedata.normalize("NFC", text))


@cache
def _drawn(c: str) -> bool:
    if c == " " or c in _JOINERS:
        return True
    if unicodedata.category(c)[0] in "CZ":
        return False
    return any(a <= ord(c) <= b for a, b in _covered())


def fiat(amount: Decimal | None) -> str:
    """An amount with thousands commas, or ``unknown`` when no price is pinned."""
    return "unknown" if amount is None else f"{amount:,.2f}"


def block_time(low: datetime, high: datetime) -> str:
    """A block's time as the interval it may lie in."""
    end = f"{high:%H:%M}" if low.date() == high.date() else f"{high:%Y-%m-%d %H:%M}"
    return f"{low:%Y-%m-%d %H:%M}" if low == high else f"{low:%Y-%m-%d %H:%M} to {end}"


def moment(at: datetime) -> str:
    """When a decision was made; a script has no moment."""
    return "at no moment" if at == NO_DATE else f"{at:%Y-%m-%d %H:%M} UTC"


def span(moments: Iterable[datetime], any_decided: bool) -> str:
    """From when to when people decided."""
    days = sorted(f"{at:%Y-%m-%d}" for at in moments)
    if days:
        return f"{days[0]} to {days[-1]}"
    return "by a script, at no moment" if any_decided else "unknown"


def weight(ppm: int) -> str:
    """Millionths as a signed number with two decimals."""
    hundredths = abs(ppm) // 10_000
    return f"{'-' if ppm < 0 else '+'}{hundredths // 100}.{hundredths % 100:02d}"


def percent(ppm: int) -> str:
    """Millionths as a percentage with four decimals."""
    return f"{ppm // 10_000}.{ppm % 10_000:04d} %"


def words(text: str) -> list[str]:
    """The words of a list in one cell."""
    return [] if text == NONE else [w.replace("_", " ") for w in text.split(",")]


def brief(text: str) -> str:
    """A ref or locator whose 64-digit digests are cut to SHORT digits; the CSV tables hold them whole."""
    return _DIGEST.sub(r"\1…", text)
