"""leadline ledger build|check|info|find|tx: a chain as columns, and looking things up in it."""

from pathlib import Path
from typing import Any

import click

from leadline.commands import checking, picture, tag_lines
from leadline.commands.ledgers import LEDGER
from leadline.commands.tag_lines import TAGS
from leadline.commands.terminal import JSON, answer, counted, draws, progress, width
from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.views import ledgers as views
from leadline.views import mixing, tagged, transaction
from leadline.views.named import is_id
from leadline.views.transaction import Facts

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
NETWORK = click.option(
    "--network",
    type=click.Choice(sorted(NETWORKS)),
    help="Whose blocks these are; block files tell it themselves, a bare block does not.",
)
SHOWN = 50
"""Rows `find` and `tx` print as lines; --json has them all."""


@click.command()
@LEDGER
@FILES
@NETWORK
@click.option("--leave-out-damaged", is_flag=True, help="Build around damaged blocks without a whole copy, with gaps.")
@JSON
def build(
    ledger_path: Path, files: tuple[Path, ...], network: str | None, leave_out_damaged: bool, as_json: bool
) -> None:
    """Build LEDGER from block FILES, or add them to it: blk*.dat or their folder, with rev*.dat and xor.dat beside.

    It may be stopped at any moment and run again: what stood before stays, and what is published is not read again.
    """
    with progress() as report:
        facts = views.build(ledger_path, files, network, report, leave_out=leave_out_damaged)
    answer(facts, _info_lines(facts), as_json=as_json)


@click.command()
@click.argument("files", metavar="LEDGER|FILES...", nargs=-1, required=True, type=click.Path(path_type=Path))
@NETWORK
@JSON
def check(files: tuple[Path, ...], network: str | None, as_json: bool) -> int:
    """Read LEDGER, or block FILES, byte for byte, and name what is damaged; nothing is written.

    Of LEDGER every column is held to its digests in ledger.json. Of FILES every block and undo record is read, every
    copy of each. Exit 0: all of it is whole; 1: something is damaged, and each such place is named.
    """
    with progress() as report:
        ledger, facts = views.check(files, network, report)
    answer(facts, (checking.ledger_lines if ledger else checking.lines)(facts), as_json=as_json)
    return 0 if facts["ok"] else 1


@click.command()
@LEDGER
@click.option("--height", type=int, help="As it was when this block was the last one.")
@JSON
def info(ledger_path: Path, height: int | None, as_json: bool) -> None:
    """Say what LEDGER covers: runs of blocks and their days, inputs resolved, scripts, clusters, files."""
    facts = views.info(views.opened(ledger_path, height))
    answer(facts, _info_lines(facts), as_json=as_json)


@click.command()
@LEDGER
@click.argument("what", metavar="ADDRESS|TXID|SCRIPT")
@TAGS
@JSON
def find(ledger_path: Path, what: str, packs: tuple[Path, ...], as_json: bool) -> None:
    """Say where ADDRESS or TXID stands in LEDGER: outputs to it and to its key, who spends them, the cluster.

    SCRIPT is for outputs without an address: a public key or a whole script, in hex.
    """
    what = what.strip()
    if is_id(what):
        _print_tx(ledger_path, what, packs, as_json=as_json)
        return
    ledger = views.opened(ledger_path)
    facts = transaction.found(ledger, what)
    named = tagged.added(facts, tagged.packs(ledger, packs)) if packs else facts
    answer(named, [*_find_lines(facts), *(tag_lines.of_script(named) if packs else [])], as_json=as_json)


@click.command()
@LEDGER
@click.argument("txid")
@TAGS
@JSON
def tx(ledger_path: Path, txid: str, packs: tuple[Path, ...], as_json: bool) -> None:
    """Draw the transaction TXID of LEDGER: what it spent left, what it made and who spends that right."""
    _print_tx(ledger_path, txid, packs, as_json=as_json)


def _print_tx(ledger_path: Path, txid: str, packs: tuple[Path, ...], *, as_json: bool) -> None:
    ledger = views.opened(ledger_path)
    facts = mixing.transaction(ledger, txid)
    drawn = [*picture.lines(facts, width(), ascii_only=not draws()), *mixing.lines(facts)]
    if packs:
        facts = tagged.added(facts, tagged.packs(ledger, packs))
        drawn += ["", *tag_lines.of_transaction(facts)]
    answer(facts, drawn, as_json=as_json)


def _info_lines(facts: Facts) -> list[str]:
    return [
        f"{facts['network']} up to height {_height(facts['height'])}: {counted(facts['blocks'], 'block')}, "
        "every merkle root checked",
        *_segment_lines(facts["segments"]),
        f"{facts['transactions']:,} transactions, {facts['inputs']:,} inputs, {facts['outputs']:,} outputs",
        f"{facts['spends_resolved']:,} spends worth {btc(facts['value_spent_sat'])} BTC; "
        f"{facts['unresolved']:,} inputs spend outputs from outside the ledger, "
        f"of {facts['unknown_inputs']:,} the value is unknown",
        f"{facts['scripts']:,} scripts ({_counted(facts['script_kinds'])})",
        f"{counted(facts['clusters'], 'cluster')} of {facts['clustered_scripts']:,} scripts; "
        f"CoinJoin-shaped transactions kept out: {_counted(facts['coinjoins']) or 'none'}",
        *_unknown(facts["unknown_shapes"]),
        *_source_lines(facts),
        f"{facts['bytes']:,} bytes on the disk; digest {facts['digest']}",
    ]


def _unknown(shapes: int) -> list[str]:
    """The line about transactions of unknown shape; none where there is no such."""
    if not shapes:
        return []
    said = f"{counted(shapes, 'transaction')} of unknown shape kept out too: values of inputs are not known"
    return [f"{said}; with the undo files beside the blocks, or the blocks before, they would be"]


def _height(height: int | None) -> str:
    return "unknown" if height is None else f"{height:,}"


def _segment_lines(segments: list[dict[str, Any]]) -> list[str]:
    """The days of each run of blocks; heights are told where there are several runs."""
    lines = []
    for s in segments[:SHOWN]:
        days = f"{picture.when(s['first_time'])[:10]} to {picture.when(s['last_time'])[:10]}"
        if len(segments) == 1:
            return [f"blocks of {days}"]
        if s["first_height"] is None:
            lines.append(f"  {counted(s['blocks'], 'block')} of unknown height, {days}")
        else:
            lines.append(f"  heights {s['first_height']:,} to {s['last_height']:,}, {days}")
    if len(segments) > SHOWN:
        lines.append(f"  ... {len(segments) - SHOWN:,} more runs; --json has them all")
    return [f"{len(segments):,} runs of blocks, with gaps between them:", *lines]


_KEYS = {
    "none": "no xor key on {n:,}",
    "xor.dat": "the xor key of {n:,} taken from xor.dat",
    "recovered": "the xor key of {n:,} recovered from the files, as no fitting xor.dat lay beside them",
}
"""What is said of block files by where their key comes from."""


def _source_lines(sources: dict[str, Any]) -> list[str]:
    """The files a ledger was built from, their keys, what was left out of them and why."""
    files = sources["sources"]
    keys = {told: sum(f["xor"] == told for f in files) for told in _KEYS}
    said = "; ".join(_KEYS[told].format(n=n) for told, n in keys.items() if n)
    lines = [
        f"{counted(len(files), 'block file')}: {said}",
        f"left out: {sources['stale_blocks']:,} stale, {sources['repeated_blocks']:,} repeated, "
        f"{len(sources['cut_blocks']):,} cut, {len(sources['damaged_blocks']):,} damaged blocks; "
        f"undo records of {sources['undo_blocks']:,} blocks used, "
        f"{sources['undo_mended']:,} of them in a damaged frame, {sources['undo_lost']:,} belong to none; "
        f"SHA-256 by {sources['sha256']}",
    ]
    lines += [
        f"  {'cut' if c['certain'] else 'cut, or damaged'}: {_file(files, c)} byte:{c['at']}, "
        f"{c['missing']:,} bytes missing"
        for c in sources["cut_blocks"][:SHOWN]
    ]
    lines += [
        f"  damaged, left out: {_file(files, d)} byte:{d['at']}-{d['at'] + 8 + d['size']}"
        for d in sources["damaged_blocks"][:SHOWN]
    ]
    lines += [
        f"  bytes of no block: {_file(files, {'source': n, 'file': f['file']})}, {f['other_bytes']:,} of {f['size']:,}"
        for n, f in enumerate(files)
        if f["blocks"] and f["other_bytes"]
    ][:SHOWN]
    empty = [{"source": n, "file": f["file"]} for n, f in enumerate(files) if f["blocks"] == 0]
    return lines + [f"  no block in: {_file(files, e)}" for e in empty[:SHOWN]]


def _file(files: list[dict[str, Any]], place: dict[str, Any]) -> str:
    """The name of a source, with its place among those of the same name where there are several."""
    name: str = place["file"]
    alike = [n for n, f in enumerate(files) if f["file"] == name]
    if len(alike) < 2:
        return name
    return f"{name} ({alike.index(place['source']) + 1} of {len(alike)} files of this name)"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in counts.items())


def _find_lines(facts: dict[str, Any]) -> list[str]:
    if not facts["found"]:
        return ["no output of the ledger pays this script; of blocks it lacks (see `ledger info`) it says nothing"]
    lines = []
    for part in (facts, *facts["same_key"]):
        own = part is facts
        lines.append(
            f"{part['kind'] if own else 'of the same key, ' + picture.shortened(picture.owner(part), 60)}: "
            f"{counted(len(part['outputs']), 'output')}, received {btc(part['received_sat'])} BTC, "
            f"spent {btc(part['spent_sat'])} BTC"
        )
        if part["outside_sat"]:
            lost = btc(part["outside_sat"])
            lines.append(f"{lost} BTC of it have no spender in this ledger, which lacks blocks after them")
        if part["cluster"]:
            lines.append(
                f"cluster {part['cluster']['label']}: {part['cluster']['scripts']:,} scripts "
                f"joined by {part['cluster']['merges']:,} transactions (a lead, never proof)"
            )
        lines += _rows(part["outputs"], facts["ledger_height"])
        outside = part["spent_from_outside"]
        lines += [f"  {btc(r['value_sat']):>20}  from outside the ledger  -> {r['txid']}" for r in outside[:SHOWN]]
    return lines


def _rows(rows: list[dict[str, Any]], height: int | None) -> list[str]:
    lines = [f"  {btc(r['value_sat']):>20}  {r['outpoint']}  {picture.state(r, height)}" for r in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"  ... {len(rows) - SHOWN:,} more; --json has them all")
    return lines
