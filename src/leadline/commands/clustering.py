"""leadline ledger cluster|cluster-conflicts|change: one owner, merges that look wrong, which output is change."""

from pathlib import Path
from typing import Any

import click

from leadline.commands.ledgers import LEDGER
from leadline.commands.terminal import JSON, answer, counted
from leadline.kinds.bitcoin.amount import btc
from leadline.model.ledger import RULES
from leadline.views import cluster as views
from leadline.views.ledgers import opened

HEIGHT = click.option("--height", type=int, help="As it was when this block was the last one.")
TAGS = click.option("--tags", type=click.Path(path_type=Path), help="A tag pack: merges of two actors ring as well.")
SHOWN = 50
"""Rows printed as lines; --json has them all."""


@click.command()
@LEDGER
@click.argument("address")
@HEIGHT
@click.option("--without", "withdrawn", multiple=True, metavar="TXID", help="A merge to leave out, once or more often.")
@click.option(
    "--without-rule",
    "without_rules",
    multiple=True,
    type=click.Choice(RULES),
    help="A rule to leave out, with all its merges.",
)
@click.option(
    "--cannot-link",
    "cannot_link",
    nargs=2,
    multiple=True,
    metavar="A B",
    help="Two addresses known to have different owners.",
)
@TAGS
@JSON
def cluster(
    ledger_path: Path,
    address: str,
    height: int | None,
    withdrawn: tuple[str, ...],
    without_rules: tuple[str, ...],
    cannot_link: tuple[tuple[str, str], ...],
    tags: Path | None,
    as_json: bool,
) -> None:
    """Name the scripts that share ADDRESS's owner, and the merges (transaction and rule) that say so: a lead."""
    facts = views.cluster(
        opened(ledger_path, height),
        address,
        withdrawn=withdrawn,
        without_rules=without_rules,
        cannot_link=cannot_link,
        tags=tags,
    )
    members = len(facts["scripts"])
    lines = [f"cluster {facts['label']}: {counted(members, 'script')} (a lead, never proof)"]
    lines += _cut([f"  {s}" for s in facts["scripts"]])
    joined = [f"joined by {m['txid']} ({m['rule']})" for m in facts["merges"]]
    refused = [
        f"refused, as it would join addresses that may not be linked: {r['txid']} ({r['rule']})"
        for r in facts["refused"]
    ]
    lines += _cut(joined) + _cut(refused) + _cut([_joins(a) for a in facts["conflicts"]])
    answer(facts, lines, as_json=as_json)


@click.command("cluster-conflicts")
@LEDGER
@HEIGHT
@TAGS
@click.option(
    "--huge", type=click.IntRange(2), default=views.HUGE, show_default=True, help="Scripts of a huge cluster."
)
@JSON
def cluster_conflicts(ledger_path: Path, height: int | None, tags: Path | None, huge: int, as_json: bool) -> None:
    """Name the merges of LEDGER to look at: each joins two huge clusters, or clusters whose tags name different actors.

    One wrong merge can join two services and with them everyone. What rests on it is withdrawn from a case by its
    transaction: case set CASE withdraw+=tx:TXID.
    """
    facts = views.conflicts(opened(ledger_path, height), tags=tags, huge=huge)
    answer(facts, _cut([_joins(row) for row in facts["conflicts"]]) or ["no merge looks wrong"], as_json=as_json)


@click.command()
@LEDGER
@click.argument("txid")
@HEIGHT
@JSON
def change(ledger_path: Path, txid: str, height: int | None, as_json: bool) -> None:
    """Say which output of payment TXID went back to the payer, by every published rule, and by all together: a lead.

    An output is named only where two families of rules agree. docs/clusters.md says how often each is right.
    """
    facts = views.change(opened(ledger_path, height), txid)
    outputs = facts["outputs"]
    says = {rule["name"]: rule["claims"] for rule in facts["rules"]}
    lines = [f"change: {facts['change']}, score {facts['score_ppm'] / 1e6:.2f} (an order, not a probability)"]
    if facts["change"] is None:
        lines = ["no change is named: no two families of rules agree"]
    elif facts["close"]:
        lines.append("the signs are close: look at the other outputs too")
    for row in outputs:
        lines.append(f"{row['outpoint']}  {btc(row['value_sat'])} BTC  {row['script']}")
        lines += [f"  {name}: {says[name]}" for name in row["rules"]]
    answer(facts, lines, as_json=as_json)


def _joins(conflict: dict[str, Any]) -> str:
    of = f"clusters tagged {' and '.join(conflict['actors'])}" if conflict["actors"] else "two huge clusters"
    return f"look at {conflict['txid']}: it joins {of}"


def _cut(lines: list[str]) -> list[str]:
    more = [f"  ... {len(lines) - SHOWN:,} more; --json has them all"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more
