"""Which days or heights of the chain a case needs and its pinned ledger lacks: nothing that points at a person."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger.coverage import heights
from leadline.engines.ledger.coverage.order import Days, covers, wanted, without
from leadline.errors import UsageError
from leadline.flow.pins import pinned
from leadline.model.words import DEPOSIT, WITHDRAWAL
from leadline.steps.open_pins import ledger_of
from leadline.views import reading

KINDS = ("credit", DEPOSIT, WITHDRAWAL)
"""Kinds of event that happened on the chain."""
BEFORE, AFTER = 30, 30
"""Days ahead of a payment in which its coins may have left a service, and behind it until the operator may have moved
them. A month either way is our choice, not a measurement: a path that ends at the edge of the ledger needs more."""


def missing_blocks(path: Path, before: int = BEFORE, after: int = AFTER, by: str = "day") -> dict[str, Any]:
    """The whole days needed and missing and, by height, the ranges of heights; `grown` when the ledger has since.

    Raises:
        UsageError: heights are asked for and no ledger is pinned.
    """
    opened = reading.opened(path, reading.QUERIED, "missing blocks", by=by)
    events = opened.current("event").select(["kind", "utc_low", "utc_high"]).to_pylist()
    addresses = opened.current("address").select(["utc_low", "utc_high"]).to_pylist()
    rows = [e for e in events if e["kind"] in KINDS] + addresses
    times = [(r["utc_low"], r["utc_high"]) for r in rows if r["utc_low"] is not None and r["utc_high"] is not None]
    pins = pinned(opened, "ledger")
    ledgers = [ledger_of(pin) for pin in pins]
    have = [days for ledger in ledgers for days in covers(ledger)]
    needed = wanted(times, before, after)
    missing = without(needed, have)
    facts: dict[str, Any] = {
        "ok": True,
        "times": len(times),
        "undated": len(rows) - len(times),
        "needed": [_row(d) for d in needed],
        "missing": [_row(d) for d in missing],
    }
    if by == "height":
        if not ledgers:
            raise UsageError("no ledger is pinned, so no height is known", remedy="ask by day, or pin a ledger")
        facts["heights"] = [_heights(needed, name, ledgers) for name in sorted({e.network for e in ledgers})]
    facts["grown"] = any(
        len(open_ledger(pin.path).block_hash) > len(then.block_hash) for pin, then in zip(pins, ledgers, strict=True)
    )
    return facts


def _heights(needed: list[Days], network: str, ledgers: list[Ledger]) -> dict[str, Any]:
    """The heights of the days needed, and those that no pinned ledger of a network has."""
    runs = [run for ledger in ledgers if ledger.network == network for run in heights.known(ledger)]
    ranges = heights.wanted(needed, runs)
    missing = heights.without(ranges, runs)
    return {"network": network, "needed": [asdict(r) for r in ranges], "missing": [asdict(r) for r in missing]}


def _row(days: Days) -> dict[str, str]:
    return {"first": days.first.isoformat(), "last": days.last.isoformat()}
