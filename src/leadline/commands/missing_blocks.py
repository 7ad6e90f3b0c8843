"""leadline ledger missing-blocks: which days or heights of the chain to ask for."""

from datetime import date
from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer, counted
from leadline.views import missing_blocks as view


@click.command("missing-blocks")
@CASE
@click.option("--before", type=click.IntRange(0), default=view.BEFORE, show_default=True, help="Days before.")
@click.option("--after", type=click.IntRange(0), default=view.AFTER, show_default=True, help="Days after.")
@click.option(
    "--by",
    type=click.Choice(["day", "height"]),
    default="day",
    show_default=True,
    help="Ask for whole days, or for ranges of heights in steps of 144 blocks that hold those days.",
)
@JSON
def missing_blocks(case: Path, before: int, after: int, by: str, as_json: bool) -> None:
    """Name the whole days of blocks that CASE needs and its pinned ledger lacks: to ask a node or an agency for.

    What it prints names days or heights only, never an address or an amount, so that whoever is asked learns no target.
    """
    facts = view.missing_blocks(case, before, after, by)
    lines = [f"{d['first']} to {d['last']}, {counted(_days(d), 'whole day')} (UTC)" for d in facts["missing"]]
    if by == "height":
        lines = [
            f"{h['network']}: heights {r['first']:,} to {r['last']:,}, {r['last'] - r['first'] + 1:,} blocks"
            for h in facts["heights"]
            for r in h["missing"]
        ]
    why = "the pinned ledger has every day" if facts["times"] else "no payment with a time is known"
    if facts["grown"]:
        click.echo("the ledger has grown since it was pinned; pin it again for the blocks added to count", err=True)
    if facts["undated"]:
        click.echo(f"{facts['undated']:,} statements without a time were left aside", err=True)
    answer(facts, lines or [f"nothing: {why}"], as_json=as_json)


def _days(row: dict[str, str]) -> int:
    return (date.fromisoformat(row["last"]) - date.fromisoformat(row["first"])).days + 1
