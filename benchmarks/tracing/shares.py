"""Shares with their size and interval."""

from typing import Any

Z = 1.959964
"""Two-sided 95 %."""


def share(part: int, whole: int) -> dict[str, Any]:
    """`part` of `whole` with Wilson's 95 % interval; None where nothing was measured."""
    if not whole:
        return {"part": part, "n": 0, "share": None, "interval": None}
    p, z2 = part / whole, Z * Z / whole
    middle, half = p + z2 / 2, Z * ((p * (1 - p) + z2 / 4) / whole) ** 0.5
    low, high = (middle - half) / (1 + z2), (middle + half) / (1 + z2)
    return {
        "part": part,
        "n": whole,
        "share": round(p, 6),
        "interval": [round(max(0, low), 6), round(min(1, high), 6)],
    }
