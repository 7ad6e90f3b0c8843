"""leadline ledger cluster|cluster-conflicts|change: one owner, merges that look wrong, which output is change."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow.compute as pc

from leadline.commands.ledgers import LEDGER
from leadline.commands.lookups import Facts
from leadline.commands.named import script_of, tx_of
from leadline.commands.picture import counted
from leadline.commands.terminal import JSON, answer
from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger.change_outputs import signs
from leadline.engines.ledger.change_outputs.asked import asked
from leadline.engines.ledger.change_outputs.rules import RULES as CHANGE_RULES
from leadline.engines.ledger.change_outputs.score import score
from leadline.engines.ledger.clustering.cannot_link import LARGE, Alarm, constrained
from leadline.engines.ledger.view import as_of
from leadline.errors import EvidenceError, UsageError
from leadline.kinds import source
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import decode, encode
from leadline.kinds.bitcoin.amount import btc
from leadline.model.ledger import RULES

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
    "apart",
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
    apart: tuple[tuple[str, str], ...],
    tags: Path | None,
    as_json: bool,
) -> None:
    """The scripts that have one owner with ADDRESS's, and the merges (transaction and rule) that say so: a lead."""
    opened = _opened(ledger_path, height)
    found = opened.find_script(script_of(opened, address))
    if found < 0:
        raise UsageError("no output of the ledger pays this address", remedy="see `ledger find` for scripts of its key")
    held = [_apart(opened, *two) for two in apart]
    skip = np.array(sorted({tx_of(opened, t) for t in withdrawn}), np.int64)
    actors, names = _actors(opened, tags)
    made = constrained(
        opened.tx_first_in, opened.in_script, opened.script_kind, opened.tx_join, held, actors, skip=skip,
        links=opened.links, rules=[r for r in RULES if r not in without_rules], in_value=opened.in_value,
    )  # fmt: skip
    labels, merges = made.clusters.label, made.clusters
    members = np.flatnonzero(labels == labels[found])
    own = np.flatnonzero(labels[merges.merge_script] == labels[found])
    rung = [a for a in made.alarms if labels[a.labels[0]] == labels[found]]
    facts: Facts = {
        "ok": True,
        "label": int(labels[found]),
        "height": opened.height,
        "without": sorted(withdrawn),
        "without_rules": sorted(without_rules),
        "scripts": [_script_text(opened, int(s)) for s in members],
        "merges": [
            {"txid": opened.txid_hex(int(merges.merge_tx[m])), "rule": RULES[int(merges.merge_rule[m])]} for m in own
        ],
        "refused": [
            {"txid": opened.txid_hex(int(t)), "rule": RULES[int(r)]}
            for t, r in zip(made.refused, made.refused_rule, strict=True)
        ],
        "alarms": [_alarm(opened, a, names) for a in rung],
    }
    lines = [f"cluster {facts['label']}: {counted(len(members), 'script')} (a lead, never proof)"]
    lines += _cut([f"  {s}" for s in facts["scripts"]])
    joined = [f"joined by {m['txid']} ({m['rule']})" for m in facts["merges"]]
    refused = [f"refused, as it would join addresses kept apart: {r['txid']} ({r['rule']})" for r in facts["refused"]]
    lines += _cut(joined) + _cut(refused) + _cut([_rings(a) for a in facts["alarms"]])
    answer(facts, lines, as_json=as_json)


@click.command("cluster-conflicts")
@LEDGER
@HEIGHT
@TAGS
@click.option("--huge", type=click.IntRange(2), default=LARGE, show_default=True, help="Scripts of a huge cluster.")
@JSON
def cluster_conflicts(ledger_path: Path, height: int | None, tags: Path | None, huge: int, as_json: bool) -> None:
    """The merges of LEDGER to look at: each joins two huge clusters, or clusters whose tags name different actors.

    One wrong merge can join two services and with them everyone. What rests on it is withdrawn from a case by its
    transaction: case set CASE withdraw+=tx:TXID.
    """
    opened = _opened(ledger_path, height)
    actors, names = _actors(opened, tags)
    columns = (opened.tx_first_in, opened.in_script, opened.script_kind, opened.tx_join)
    made = constrained(*columns, (), actors, huge, links=opened.links, in_value=opened.in_value)
    rows = [_alarm(opened, a, names) for a in made.alarms]
    facts = {"ok": True, "height": opened.height, "huge": huge, "tagged_scripts": len(actors), "alarms": rows}
    answer(facts, _cut([_rings(row) for row in rows]) or ["no merge looks wrong"], as_json=as_json)


@click.command()
@LEDGER
@click.argument("txid")
@HEIGHT
@JSON
def change(ledger_path: Path, txid: str, height: int | None, as_json: bool) -> None:
    """Which output of payment TXID went back to the payer, by every published rule, and by all together: a lead.

    An output is named only where two families of rules agree. docs/clusters.md says how often each is right.
    """
    opened = _opened(ledger_path, height)
    found = tx_of(opened, txid)
    view = as_of(opened, frozenset())
    if found not in signs.payments(view):
        raise UsageError(
            "rules of change ask payments with several outputs whose inputs the ledger holds, and no mixes",
            remedy="see `ledger tx` for what the transaction is",
        )
    made = score(asked(opened, view, np.array([found], np.int64)))
    first, named = int(view.tx_first_out[found]), int(made.change[0])
    outputs: list[dict[str, Any]] = [
        {
            "outpoint": opened.outpoint(output),
            "value_sat": int(view.out_value[output]),
            "script": _script_text(opened, int(view.out_script[output])),
            "rules": made.reasons(0, output - first),
        }
        for output in range(first, int(view.tx_first_out[found + 1]))
    ]
    facts: Facts = {
        "ok": True,
        "txid": opened.txid_hex(found),
        "change": outputs[named]["outpoint"] if named >= 0 else None,
        "score_ppm": int(made.score_ppm[0]),
        "close": bool(made.close[0]),
        "outputs": outputs,
        "rules": [{"name": r.name, "claims": r.says, "source": r.source} for r in CHANGE_RULES],
    }
    says = {r.name: r.says for r in CHANGE_RULES}
    lines = [f"change: {facts['change']}, score {facts['score_ppm'] / 1e6:.2f} (an order, not a probability)"]
    if named < 0:
        lines = ["no change is named: no two families of rules agree"]
    elif facts["close"]:
        lines.append("the signs are close: look at the other outputs too")
    for row in outputs:
        lines.append(f"{row['outpoint']}  {btc(row['value_sat'])} BTC  {row['script']}")
        lines += [f"  {name}: {says[name]}" for name in row["rules"]]
    answer(facts, lines, as_json=as_json)


def _apart(opened: Ledger, one: str, other: str) -> tuple[int, int]:
    """The scripts of two addresses to be kept apart; UsageError when they are one, or one was never paid."""
    a, b = (opened.find_script(script_of(opened, text)) for text in (one, other))
    if a < 0 or b < 0:
        raise UsageError(
            "no output of the ledger pays one of the addresses to be kept apart",
            remedy="leave that pair out: nothing of the ledger could join it",
        )
    if a == b:
        raise UsageError("the two addresses to be kept apart are one", remedy="name two addresses of different owners")
    return a, b


def _opened(path: Path, height: int | None) -> Ledger:
    opened = open_ledger(path)
    return opened if height is None else opened.at(height)


def _script_text(opened: Ledger, script: int) -> str:
    raw = opened.script_bytes(script)
    return encode(raw, opened.network) or f"{sc.kind(raw)} {raw.hex()}"


def _actors(opened: Ledger, tags: Path | None) -> tuple[list[tuple[int, int]], list[str]]:
    """(script, actor's number) of the pack's good tags of addresses the ledger pays, and the actors' names."""
    if tags is None:
        return [], []
    if not tags.is_file():
        raise UsageError("no such tag pack", where=tags.name, remedy="name a tag pack's file: YAML or CSV")
    table = source.read("tag", tags)
    usable = pc.and_(pc.is_null(table["fault"]), pc.and_(pc.is_null(table["vendor"]), pc.is_valid(table["address"])))
    numbers: dict[str, int] = {}
    actors = []
    for row in table.filter(usable).select(["address", "actor", "label", "tag_type"]).to_pylist():
        name, script = row["actor"] or row["label"], _tagged(opened, row["address"])
        if script >= 0 and row["tag_type"] in (None, "actor") and name:
            actors.append((script, numbers.setdefault(name, len(numbers))))
    return actors, list(numbers)


def _tagged(opened: Ledger, address: str) -> int:
    """The script of a tag's address, -1 for one of another network or never paid."""
    try:
        return opened.find_script(decode(address, opened.network))
    except EvidenceError:
        return -1


def _alarm(opened: Ledger, alarm: Alarm, names: Sequence[str]) -> dict[str, Any]:
    return {
        "txid": opened.txid_hex(alarm.tx),
        "labels": list(alarm.labels),
        "huge": alarm.huge,
        "actors": [names[a] for a in alarm.actors] if alarm.tagged else [],
    }


def _rings(alarm: dict[str, Any]) -> str:
    of = f"clusters tagged {' and '.join(alarm['actors'])}" if alarm["actors"] else "two huge clusters"
    return f"look at {alarm['txid']}: it joins {of}"


def _cut(lines: list[str]) -> list[str]:
    more = [f"  ... {len(lines) - SHOWN:,} more; --json has them all"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + more
