"""leadline ledger missing-blocks: which days or heights of the chain to ask for."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from leadline.commands.picture import counted
from leadline.commands.terminal import CASE, JSON, answer
from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger.coverage import heights
from leadline.engines.ledger.coverage.order import Days, covers, wanted, without
from leadline.errors import UsageError
from leadline.flow.pins import pinned
from leadline.steps.open_pins import ledger_of
from leadline.store.case import Case

KINDS = ("credit", "deposit", "withdrawal")
"""Kinds of event that happened on the chain."""
BEFORE, AFTER = 30, 30
"""Days ahead of a payment in which its coins may have left a service, and behind it until the operator may have moved
them. A month either way is our choice, not a measurement: a path that ends at the edge of the ledger needs more."""


@click.command("missing-blocks")
@CASE
@click.option("--before", type=click.IntRange(0), default=BEFORE, show_default=True, help="Days ahead of each time.")
@click.option("--after", type=click.IntRange(0), default=AFTER, show_default=True, help="Days behind each time.")
@click.option(
    "--by",
    type=click.Choice(["day", "height"]),
    default="day",
    show_default=True,
    help="Ask for whole days, or for ranges of heights in steps of 144 blocks that hold those days.",
)
@JSON
def missing_blocks(case: Path, before: int, after: int, by: str, as_json: bool) -> None:
    """The whole days of blocks that CASE needs and its pinned ledger lacks: to ask a node or an agency for.

    What it prints names days or heights only, never an address or an amount, so that whoever is asked learns no target.
    """
    opened = Case.open(case)
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
    lines = [f"{d.first} to {d.last}, {counted((d.last - d.first).days + 1, 'whole day')} (UTC)" for d in missing]
    if by == "height":
        lines = [
            f"{h['network']}: heights {r['first']:,} to {r['last']:,}, {r['last'] - r['first'] + 1:,} blocks"
            for h in facts["heights"]
            for r in h["missing"]
        ]
    why = "the pinned ledger has every day" if times else "no payment with a time is known"
    lines = lines or [f"nothing: {why}"]
    if any(
        len(open_ledger(pin.path).block_hash) > len(then.block_hash) for pin, then in zip(pins, ledgers, strict=True)
    ):
        click.echo("the ledger has grown since it was pinned; pin it again for the blocks added to count", err=True)
    if facts["undated"]:
        click.echo(f"{facts['undated']:,} statements without a time were left aside", err=True)
    answer(facts, lines, as_json=as_json)


def _heights(needed: list[Days], network: str, ledgers: list[Ledger]) -> dict[str, Any]:
    """The heights of the days needed, and those that no pinned ledger of a network has."""
    runs = [run for ledger in ledgers if ledger.network == network for run in heights.known(ledger)]
    ranges = heights.wanted(needed, runs)
    missing = heights.without(ranges, runs)
    return {"network": network, "needed": [asdict(r) for r in ranges], "missing": [asdict(r) for r in missing]}


def _row(days: Days) -> dict[str, str]:
    return {"first": days.first.isoformat(), "last": days.last.isoformat()}
