"""leadline ledger build|info|cluster|find|tx|order: a chain as columns, and looking things up in it."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from leadline.commands.ordering import order
from leadline.commands.terminal import JSON, answer, progress
from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger import build as build_ledger
from leadline.engines.ledger.apart import constrained
from leadline.engines.ledger.keys import same_key
from leadline.errors import EvidenceError, UsageError
from leadline.kinds.chains import NETWORKS
from leadline.kinds.codecs import script as sc
from leadline.kinds.codecs.address import decode, encode
from leadline.kinds.codecs.money import btc
from leadline.kinds.codecs.tx import id_text
from leadline.model.ledger import COINBASE, JOINS, OUTSIDE, RULES

LEDGER = click.argument("ledger_path", metavar="LEDGER", type=click.Path(path_type=Path))
SHOWN = 50
"""Rows `find` and `tx` print as lines; --json has them all."""


@click.group()
def ledger() -> None:
    """Block files to a ledger, and looking things up in it."""


ledger.add_command(order)


@ledger.command()
@LEDGER
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--network", type=click.Choice(sorted(NETWORKS)), default="main", show_default=True)
@JSON
def build(ledger_path: Path, files: tuple[Path, ...], network: str, as_json: bool) -> None:
    """Build LEDGER from block FILES, or add them to it: blk*.dat or their folder, with rev*.dat and xor.dat beside."""
    with progress() as report:
        info = build_ledger(ledger_path, files, network, report)
    _print_info(open_ledger(ledger_path), dict(info), as_json=as_json)


@ledger.command()
@LEDGER
@click.option("--height", type=int, help="As it was when this block was the last one.")
@JSON
def info(ledger_path: Path, height: int | None, as_json: bool) -> None:
    """What LEDGER covers: blocks, transactions, inputs resolved, scripts, clusters, sources."""
    opened = open_ledger(ledger_path)
    opened = opened if height is None else opened.at(height)
    _print_info(opened, dict(opened.info()), as_json=as_json)


@ledger.command()
@LEDGER
@click.argument("what", metavar="ADDRESS|TXID")
@JSON
def find(ledger_path: Path, what: str, as_json: bool) -> None:
    """Where ADDRESS or TXID stands in LEDGER: scripts, outputs, who spends them, the cluster."""
    opened = open_ledger(ledger_path)
    if len(what) == 64:
        _print_tx(opened, what, as_json=as_json)
        return
    script = _script_of(opened, what)
    own = opened.find_script(script)
    others = [_paid(opened, s) for s in same_key(opened, script) if s != own]
    paid = _paid(opened, own) if own >= 0 else _NOTHING | {"kind": sc.kind(script)}
    facts: dict[str, Any] = {"ok": True, "address": what, "found": own >= 0 or bool(others), **paid, "same_key": others}
    answer(facts, _find_lines(facts), as_json=as_json)


_NOTHING: dict[str, Any] = {"outputs": [], "received_sat": 0, "spent_sat": 0, "cluster": None}
"""What `find` says of a script no output pays."""


def _paid(opened: Ledger, script: int) -> dict[str, Any]:
    """What pays a script: its kind, outputs, sums and cluster."""
    rows = [_output(opened, int(o)) for o in opened.outputs_of([script])]
    label = int(opened.cluster_of[script])
    return {
        "kind": sc.kind(opened.script_bytes(script)),
        "outputs": rows,
        "received_sat": sum(r["value_sat"] for r in rows),
        "spent_sat": sum(r["value_sat"] for r in rows if r["spent_by"]),
        "cluster": {
            "label": label,
            "scripts": len(opened.members_of([label])),
            "merges": len(opened.merge_txs_of(label)),
        },
    }


@ledger.command()
@LEDGER
@click.argument("address")
@click.option("--height", type=int, help="As it was when this block was the last one.")
@click.option("--without", "withdrawn", multiple=True, metavar="TXID", help="A merge to leave out, once or more often.")
@click.option(
    "--without-rule",
    "without_rules",
    multiple=True,
    type=click.Choice(RULES),
    help="A rule to leave out, with all its merges.",
)
@click.option("--apart", nargs=2, multiple=True, metavar="A B", help="Two addresses known to have different owners.")
@JSON
def cluster(
    ledger_path: Path,
    address: str,
    height: int | None,
    withdrawn: tuple[str, ...],
    without_rules: tuple[str, ...],
    apart: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """The scripts that have one owner with ADDRESS's, and the merges (transaction and rule) that say so: a lead."""
    opened = open_ledger(ledger_path)
    opened = opened if height is None else opened.at(height)
    found = opened.find_script(_script_of(opened, address))
    if found < 0:
        raise UsageError("no output of the ledger pays this address", remedy="see `ledger find` for scripts of its key")
    pairs = [tuple(opened.find_script(_script_of(opened, a)) for a in two) for two in apart]
    skip = np.array(sorted({opened.tx_index(t) for t in withdrawn} - {-1}), np.int64)
    held = [(a, b) for a, b in pairs if a >= 0 and b >= 0]
    made = constrained(
        opened.tx_first_in, opened.in_script, opened.script_kind, opened.tx_join, held, skip=skip, links=opened.links,
        rules=[r for r in RULES if r not in without_rules],
    )  # fmt: skip
    labels, merges = made.clusters.label, made.clusters
    members = np.flatnonzero(labels == labels[found])
    own = np.flatnonzero(labels[merges.merge_script] == labels[found])
    dust = opened.by_dust(merges, made.links)
    alarms = [a for a in made.alarms if labels[a.labels[0]] == labels[found]]
    facts: dict[str, Any] = {
        "ok": True,
        "label": int(labels[found]),
        "height": opened.height,
        "without": sorted(withdrawn),
        "without_rules": sorted(without_rules),
        "scripts": [_script_text(opened, int(s)) for s in members],
        "merges": [
            {
                "txid": opened.txid_hex(int(merges.merge_tx[m])),
                "rule": RULES[int(merges.merge_rule[m])],
                "dust": bool(dust[m]),
            }
            for m in own
        ],
        "refused": [
            {"txid": opened.txid_hex(int(t)), "rule": RULES[int(r)]}
            for t, r in zip(made.refused, made.refused_rule, strict=True)
        ],
        "alarms": [{"txid": opened.txid_hex(a.tx), "labels": a.labels} for a in alarms],
    }
    lines = [f"cluster {facts['label']}: {len(members):,} scripts (a lead, never proof)"]
    lines += [f"  {s}" for s in facts["scripts"][:SHOWN]]
    lines += [f"  ... {len(members) - SHOWN:,} more; --json has them all"] if len(members) > SHOWN else []
    lines += [
        f"joined by {m['txid']} ({m['rule']}{', by dust alone' if m['dust'] else ''})" for m in facts["merges"][:SHOWN]
    ]
    lines += [
        f"refused, as it would join addresses kept apart: {r['txid']} ({r['rule']})" for r in facts["refused"][:SHOWN]
    ]
    lines += [f"look at {a['txid']}: it joins two huge clusters" for a in facts["alarms"][:SHOWN]]
    answer(facts, lines, as_json=as_json)


def _script_of(opened: Ledger, address: str) -> bytes:
    try:
        return decode(address, opened.network)
    except EvidenceError as error:
        raise UsageError(error.what, remedy="name an address of the ledger's network or a transaction id") from error


def _script_text(opened: Ledger, script: int) -> str:
    raw = opened.script_bytes(script)
    return encode(raw, opened.network) or f"{sc.kind(raw)} {raw.hex()}"


@ledger.command()
@LEDGER
@click.argument("txid")
@JSON
def tx(ledger_path: Path, txid: str, as_json: bool) -> None:
    """The transaction TXID of LEDGER: its inputs and outputs with addresses, values and spenders."""
    _print_tx(open_ledger(ledger_path), txid, as_json=as_json)


def _print_info(opened: Ledger, facts: dict[str, Any], *, as_json: bool) -> None:
    sources = opened.sources()
    lines = [
        f"{facts['network']} up to height {facts['height']}: {facts['blocks']:,} blocks, every merkle root checked",
        f"{facts['transactions']:,} transactions, {facts['inputs']:,} inputs, {facts['outputs']:,} outputs",
        f"{facts['spends_resolved']:,} spends worth {btc(facts['value_spent_sat'])} BTC; "
        f"{facts['unresolved']:,} inputs spend outputs from outside the ledger, "
        f"of {facts['unknown_inputs']:,} the value is unknown",
        f"{facts['scripts']:,} scripts ({_counted(facts['script_kinds'])})",
        f"{facts['clusters']:,} clusters of {facts['clustered_scripts']:,} scripts; "
        f"CoinJoin-shaped transactions kept out: {_counted(facts['coinjoins']) or 'none'}",
        f"{len(sources['sources'])} block files; left out: {sources['stale_blocks']} stale, "
        f"{sources['repeated_blocks']} repeated, {len(sources['cut_blocks'])} cut blocks; "
        f"undo records of {sources['undo_blocks']:,} blocks; "
        f"SHA-256 by {sources['sha256']}",
        f"digest {facts['digest']}",
    ]
    answer({"ok": True, **facts, **sources}, lines, as_json=as_json)


def _print_tx(opened: Ledger, txid: str, *, as_json: bool) -> None:
    found = opened.tx_index(txid)
    if found < 0:
        raise UsageError("the transaction is not in the ledger", remedy="see `ledger info` for what it covers")
    ins = range(int(opened.tx_first_in[found]), int(opened.tx_first_in[found + 1]))
    outs = range(int(opened.tx_first_out[found]), int(opened.tx_first_out[found + 1]))
    spent = [_input(opened, i) for i in ins]
    created = [_output(opened, o) for o in outs]
    known = all(s["value_sat"] is not None for s in spent)
    block = int(opened.tx_block([found])[0])
    facts: dict[str, Any] = {
        "ok": True,
        "txid": txid,
        "height": int(opened.tx_height[found]),
        "block": id_text(opened.block_hash[block].tobytes()),
        "block_time": int(opened.block_time[block]),
        "shape": JOINS[int(opened.tx_join[found])],
        "inputs": spent,
        "outputs": created,
        "fee_sat": sum(s["value_sat"] for s in spent) - sum(o["value_sat"] for o in created) if known else None,
    }
    answer(facts, _tx_lines(facts), as_json=as_json)


def _input(opened: Ledger, position: int) -> dict[str, Any]:
    prev = int(opened.in_prev[position])
    if prev == OUTSIDE and opened.in_script[position] >= 0:
        script = opened.script_bytes(int(opened.in_script[position]))
        value, address = int(opened.in_value[position]), encode(script, opened.network)
        return {"outpoint": None, "value_sat": value, "address": address, "kind": sc.kind(script)}
    if prev < 0:
        return {
            "outpoint": None,
            "value_sat": None,
            "address": None,
            "kind": "coinbase" if prev == COINBASE else "outside",
        }
    row = _output(opened, prev)
    return {k: row[k] for k in ("outpoint", "value_sat", "address", "kind")}


def _output(opened: Ledger, position: int) -> dict[str, Any]:
    script = opened.script_bytes(int(opened.out_script[position]))
    spender = int(opened.out_spender[position])
    return {
        "outpoint": opened.outpoint(position),
        "height": int(opened.tx_height[int(opened.out_tx([position])[0])]),
        "value_sat": int(opened.out_value[position]),
        "address": encode(script, opened.network),
        "kind": sc.kind(script),
        "spent_by": opened.txid_hex(int(opened.in_tx([spender])[0])) if spender >= 0 else None,
    }


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in counts.items())


def _find_lines(facts: dict[str, Any]) -> list[str]:
    if not facts["found"]:
        return ["no output of the ledger pays this script"]
    lines = []
    for part in (facts, *facts["same_key"]):
        same = " of the same key" if part is not facts else ""
        lines.append(
            f"{part['kind']}{same}: {len(part['outputs']):,} outputs, received {btc(part['received_sat'])} BTC, "
            f"spent {btc(part['spent_sat'])} BTC"
        )
        if part["cluster"]:
            lines.append(
                f"cluster {part['cluster']['label']}: {part['cluster']['scripts']:,} scripts "
                f"joined by {part['cluster']['merges']:,} transactions (a lead, never proof)"
            )
        lines += _rows(part["outputs"])
    return lines


def _tx_lines(facts: dict[str, Any]) -> list[str]:
    fee = "unknown" if facts["fee_sat"] is None else f"{btc(facts['fee_sat'])} BTC"
    shape = "" if facts["shape"] == JOINS[0] else f"; shaped like {facts['shape']}"
    return [
        f"{facts['txid']} in block {facts['height']}; fee {fee}{shape}",
        f"{len(facts['inputs']):,} inputs",
        *_rows(facts["inputs"]),
        f"{len(facts['outputs']):,} outputs",
        *_rows(facts["outputs"]),
    ]


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    lines = []
    for row in rows[:SHOWN]:
        value = f"{btc(row['value_sat']):>20}" if row["value_sat"] is not None else f"{'?':>20}"
        after = f" -> {row['spent_by']}" if row.get("spent_by") else ""
        lines.append(f"  {value}  {row['address'] or row['kind']}  {row['outpoint'] or ''}{after}".rstrip())
    if len(rows) > SHOWN:
        lines.append(f"  ... {len(rows) - SHOWN:,} more; --json has them all")
    return lines
