"""leadline ledger build|info|find|tx: a chain as columns, and looking things up in it."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from leadline.commands.terminal import JSON, answer, progress
from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger import build as build_ledger
from leadline.errors import EvidenceError, UsageError
from leadline.kinds.chains import NETWORKS
from leadline.kinds.codecs import script as sc
from leadline.kinds.codecs.address import decode, encode
from leadline.kinds.codecs.money import btc
from leadline.kinds.codecs.tx import id_text
from leadline.model.ledger import COINBASE, JOINS, OUTSIDE

LEDGER = click.argument("ledger_path", metavar="LEDGER", type=click.Path(path_type=Path))
SHOWN = 50
"""Rows `find` and `tx` print as lines; --json has them all."""


@click.group()
def ledger() -> None:
    """Block files to a ledger, and looking things up in it."""


@ledger.command()
@LEDGER
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--network", type=click.Choice(sorted(NETWORKS)), default="main", show_default=True)
@JSON
def build(ledger_path: Path, files: tuple[Path, ...], network: str, as_json: bool) -> None:
    """Build LEDGER from block FILES (blk*.dat, or their folder; keep rev*.dat and xor.dat beside them), or add to it."""
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
    try:
        script = decode(what, opened.network)
    except EvidenceError as error:
        raise UsageError(error.what, remedy="name an address of the ledger's network or a transaction id") from error
    found = opened.find_script(script)
    outs = opened.outputs_of([found]) if found >= 0 else np.empty(0, np.int64)
    rows = [_output(opened, int(o)) for o in outs]
    spent = sum(r["value_sat"] for r in rows if r["spent_by"])
    received = sum(r["value_sat"] for r in rows)
    facts: dict[str, Any] = {
        "ok": True,
        "address": what,
        "found": found >= 0,
        "kind": sc.kind(script),
        "outputs": rows,
        "received_sat": received,
        "spent_sat": spent,
        "cluster": None,
    }
    if found >= 0:
        label = int(opened.cluster_of[found])
        facts["cluster"] = {
            "label": label,
            "scripts": len(opened.members_of([label])),
            "merges": len(opened.merge_txs_of(label)),
        }
    answer(facts, _find_lines(facts), as_json=as_json)


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
    lines = [
        f"{facts['kind']}: {len(facts['outputs']):,} outputs, received {btc(facts['received_sat'])} BTC, "
        f"spent {btc(facts['spent_sat'])} BTC",
        f"cluster {facts['cluster']['label']}: {facts['cluster']['scripts']:,} scripts "
        f"joined by {facts['cluster']['merges']:,} transactions (a lead, never proof)",
    ]
    return lines + _rows(facts["outputs"])


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
