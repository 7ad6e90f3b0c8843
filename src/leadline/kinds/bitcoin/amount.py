"""Bitcoin amounts as integer satoshi; no float anywhere."""

from leadline.errors import EvidenceError
from leadline.kinds.decimals import scaled

COIN = 100_000_000
"""Satoshi in one bitcoin (Bitcoin Core, consensus/amount.h)."""
MOST_SATOSHI = 21_000_000 * COIN
"""No output may be worth more (Bitcoin Core, MAX_MONEY), so that sums of a whole chain stay far inside 64 bits."""

_PLACES = 8
"""Decimals of a bitcoin."""
MAX_SAT = 2**63 - 1
"""Largest amount a column of satoshi holds; the money ever issued stays below 2.1e15."""


def sat_from_btc(text: str) -> int:
    """Satoshi of a decimal amount in bitcoin such as ``0.01500000`` or ``1e-8``.

    EvidenceError when it is no such number or finer than a satoshi.
    """
    sat = scaled(text, _PLACES)
    if sat is None:
        raise EvidenceError("not an amount in bitcoin with at most eight decimals")
    if abs(sat) > MAX_SAT:
        raise EvidenceError("an amount larger than 64 bits of satoshi")
    return sat


def btc(sat: int) -> str:
    """`sat` satoshi as bitcoin with exactly eight decimals, such as ``0.01500000``."""
    whole, part = divmod(abs(sat), COIN)
    return f"{'-' if sat < 0 else ''}{whole}.{part:08d}"
