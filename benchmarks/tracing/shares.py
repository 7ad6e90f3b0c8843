"""Shares with their size and interval, and the same added up over several cases."""

from collections.abc import Sequence
from typing import Any

from leadline.steps.validation import MILLION, wilson


def share(part: int, whole: int) -> dict[str, Any]:
    """`part` of `whole` with Wilson's 95 % interval; None where nothing was measured."""
    if not whole:
        return {"part": part, "n": 0, "share": None, "interval": None}
    low, high = wilson(part, whole)
    return {"part": part, "n": whole, "share": round(part / whole, 6), "interval": [low / MILLION, high / MILLION]}


def pooled(rows: Sequence[Any]) -> Any:
    """Rows of one form made one: shares by what they count, numbers added, the largest of what is a largest."""
    first = rows[0]
    if not isinstance(first, dict):
        return sum(rows)
    if set(first) >= {"part", "n"}:
        return share(sum(r["part"] for r in rows), sum(r["n"] for r in rows))
    names = dict.fromkeys(name for row in rows for name in row)
    out: dict[str, Any] = {}
    for name in names:
        have = [row[name] for row in rows if name in row]
        out[name] = max(have) if name.startswith("largest") else pooled(have)
    return out


def lowest(rows: Sequence[Any], *path: str) -> float | None:
    """The least share found at `path` in any of `rows`; None where none has one."""
    found = []
    for row in rows:
        at: Any = row
        for name in path:
            at = at.get(name, {})
        if at.get("share") is not None:
            found.append(float(at["share"]))
    return min(found, default=None)
