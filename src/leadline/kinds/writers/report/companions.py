"""What the report says of places that an exhibit holds only together with what is read with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.report.written import SHORT, shown
from leadline.model.words import DIFFERS, ONLY_THERE

SAYS = {ONLY_THERE: "stands only in", DIFFERS: "reads otherwise without"}
"""A place's state in words, before the digests of what is read with its exhibit."""
PRINTED = 20
"""Places that are printed of one exhibit and state; the others are counted."""


def companions(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By exhibit and state: the short digests of exhibit and companions, how many places, and the first of them."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for r in rows:
        found[r["exhibit"].hex()[:SHORT], _short(r), r["state"]].append(shown(r["locator"]))
    return [
        {"exhibit": exhibit, "beside": beside, "says": SAYS[state], "places": len(places),
         "first": sorted(places)[:PRINTED], "more": max(0, len(places) - PRINTED)}
        for (exhibit, beside, state), places in sorted(found.items())
    ]  # fmt: skip


def marks(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[bytes, str], str]:
    """{(exhibit, locator): what to say behind the place}, for places that the exhibit alone does not hold."""
    return {(r["exhibit"], r["locator"]): f"{SAYS[r['state']]} {_short(r)}" for r in rows}


def _short(row: Mapping[str, Any]) -> str:
    return ", ".join(digest[:SHORT] for digest in row["companions"].split())
