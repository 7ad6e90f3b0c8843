"""Block files to a ledger on disk, whole or not at all.

LEDGER/
  ledger.json        what it covers and which columns folder holds (replaced last, in one rename)
  columns-<n>/       one file a column
  columns-<n>.partial  a build under way or broken off; cleared by the next one
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger import blockfiles, columns, headers, sha256, summary
from leadline.engines.ledger.clusters import clustered
from leadline.engines.ledger.ingest import PREV_TXID, PREV_VOUT, Block, ingest
from leadline.engines.ledger.joins_kernels import join_kinds
from leadline.engines.ledger.scripts import table_size
from leadline.engines.ledger.slots_kernels import fill_txids
from leadline.engines.ledger.spends_kernels import NO_VOUT, group, resolve
from leadline.engines.ledger.summary import Info
from leadline.errors import ChainError, SpaceError, UsageError
from leadline.kinds.chains import network as network_of
from leadline.model.ledger import BY_NAME, FORMAT, UNSPENT

Progress = Callable[[str, int, int], None]
META = "ledger.json"
ROOM = 1.6
"""Bytes of disk a build needs at most for each byte of blocks: columns about as large, and 36 bytes an input."""
SLICE = 1 << 20
"""Transactions resolved between two reports of progress."""


def silent(what: str, done: int, total: int) -> None:
    """A Progress that shows nothing."""


def build(out: Path, files: Sequence[Path], network: str, progress: Progress = silent) -> Info:
    """What the ledger at `out` covers once it is built from block files or folders of them.

    Raises ChainError (file and offset) for what cannot be a chain, SpaceError when the disk is too small or full,
    UsageError when `out` is something else. Whatever goes wrong, the last good state of `out` stays.
    """
    net = network_of(network)
    if out.exists() and not (out / META).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("the ledger's folder exists and is no ledger", remedy="name a new folder")
    opened = [blockfiles.open_file(path, net) for path in blockfiles.block_paths(files)]
    records: list[blockfiles.Record] = []
    cuts: list[blockfiles.Cut] = []
    for n, (file, raw) in enumerate(opened):
        found, cut = blockfiles.scan(n, file, raw, net)
        records += found
        cuts += cut
        progress("finding blocks", n + 1, len(opened))
    if not records:
        raise ChainError(
            "no block was found", where=opened[0][0].path.name, remedy="check the network and keep xor.dat beside it"
        )
    chain = headers.active(records, net)
    blocks, starts = _in_order(chain, records)
    _check_space(out, sum(b.record.size for b in blocks))
    with _staged(out) as folder:
        done = ingest(folder, blocks, opened, progress)
        rows = dict(done.rows)
        for name, values in done.scripts.columns().items():
            rows |= _rows(columns.write(folder, **{name: values}))
        rows["stale"] = len(chain.stale)
        columns.write(
            folder,
            stale_hash=np.frombuffer(b"".join(chain.hashes[n] for n in chain.stale), np.uint8),
            stale_prev=np.frombuffer(b"".join(records[n].header[4:36] for n in chain.stale), np.uint8),
        )
        info = _derive(folder, rows, network, starts, progress)
        meta = {
            "format": FORMAT,
            "columns": "",
            "rows": rows,
            "starts": starts,
            "info": info,
            "stale_blocks": len(chain.stale),
            "repeated_blocks": chain.repeated,
            "cut_blocks": [{"file": opened[c.file][0].path.name, "at": c.at, "missing": c.missing} for c in cuts],
            "sources": [{"file": f.path.name, "size": f.size, "xor": f.key_from} for f, _ in opened],
            "sha256": sha256.FAST if sha256.libcrypto() else sha256.SLOW,
        }
        _publish(out, folder, meta)
    return info


def _in_order(chain: headers.Chain, records: Sequence[blockfiles.Record]) -> tuple[list[Block], list[int]]:
    """The active chain's blocks in order, and where each segment begins."""
    blocks: list[Block] = []
    starts = []
    for segment in chain.segments:
        starts.append(len(blocks))
        for k, n in enumerate(segment.records):
            height = segment.first_height + k if segment.first_height >= 0 else -1
            blocks.append(Block(records[n], chain.hashes[n], height))
    return blocks, starts


def _derive(folder: Path, rows: dict[str, int], network: str, starts: list[int], progress: Progress) -> Info:
    """The columns that follow from others, written to `folder`; `rows` gains their numbers."""

    def column(name: str) -> columns.Array:
        return columns.read(folder, name, rows[BY_NAME[name].of] + BY_NAME[name].more)

    first_in, first_out, ids = column("tx_first_in"), column("tx_first_out"), column("tx_id")
    out_value, out_script, script_kind = column("out_value"), column("out_script"), column("script_kind")
    slots = np.zeros(table_size(rows["tx"]), np.uint64)
    fill_txids(slots, ids)
    rows |= _rows(columns.write(folder, tx_slot=slots))
    prev_txid = np.fromfile(folder / PREV_TXID, np.uint8).reshape(-1, 32)
    prev_vout = np.fromfile(folder / PREV_VOUT, "<u4")
    in_prev, spender = np.empty(rows["in"], np.int64), np.full(rows["out"], UNSPENT, np.int64)
    for start in range(0, rows["tx"], SLICE):
        end = min(start + SLICE, rows["tx"])
        at, why = resolve(slots, ids, first_in, first_out, prev_txid, prev_vout, start, end, in_prev, spender)
        if at >= 0:
            tx = int(np.searchsorted(first_in, at, side="right")) - 1
            what = "does not exist" if why == NO_VOUT else "was spent before"
            raise ChainError(f"an input spends an output that {what}", where=f"tx:{ids[tx][::-1].tobytes().hex()}")
        progress("resolving inputs", end, rows["tx"])
    del prev_txid, prev_vout, slots
    columns.write(folder, in_prev=in_prev, out_spender=spender)
    in_prev = column("in_prev")
    joins = np.empty(rows["tx"], np.uint8)
    join_kinds(first_in, first_out, in_prev, out_value, out_script, script_kind, joins)
    columns.write(folder, tx_join=joins)
    progress("clustering", 0, 1)
    grown = clustered(first_in, in_prev, out_script, script_kind, column("tx_join"))
    by_script, script_out = np.empty(rows["script"] + 1, np.int64), np.empty(rows["out"], np.int64)
    group(out_script, by_script, script_out)
    by_label, members = np.empty(rows["script"] + 1, np.int64), np.empty(rows["script"], np.int32)
    group(grown.label, by_label, members)
    columns.write(folder, script_first_out=by_script, script_out=script_out)
    columns.write(folder, cluster_of=grown.label, cluster_first=by_label, cluster_member=members)
    rows |= _rows(columns.write(folder, merge_tx=grown.merge_tx, merge_script=grown.merge_script))
    progress("clustering", 1, 1)
    return summary.of(
        network=network,
        block_hash=column("block_hash"),
        block_height=column("block_height"),
        starts=starts,
        out_value=out_value,
        in_prev=in_prev,
        tx_join=joins,
        script_kind=script_kind,
        cluster_of=grown.label,
    )


def _rows(written: dict[str, int]) -> dict[str, int]:
    """Rows by table of whole columns just written."""
    return {BY_NAME[name].of: n - BY_NAME[name].more for name, n in written.items()}


def _check_space(out: Path, size: int) -> None:
    beside = next(p for p in (out, *out.absolute().parents) if p.exists())
    free = shutil.disk_usage(beside).free
    needed = int(size * ROOM) + (1 << 20)
    if free < needed:
        raise SpaceError(f"building this ledger needs {needed:,} bytes of disk, {free:,} are free")


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """A new empty columns folder, removed when anything goes wrong; a full disk becomes SpaceError."""
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob("columns-*.partial"):
        shutil.rmtree(left)
    folder = out / f"columns-{1 + _last(out)}.partial"
    try:
        folder.mkdir()
        yield folder
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise SpaceError(
                "the disk became full while the ledger was built",
                remedy="free some space and build again; the last good state is unchanged",
            ) from error
        raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _last(out: Path) -> int:
    """The highest number of a columns folder in `out`."""
    numbers = [p.name.removeprefix("columns-") for p in out.glob("columns-*")]
    return max((int(n) for n in numbers if n.isdecimal()), default=0)


def _publish(out: Path, folder: Path, meta: dict[str, Any]) -> None:
    """`folder` under its final name and ledger.json pointing to it; then older columns go."""
    for left in (PREV_TXID, PREV_VOUT):
        (folder / left).unlink()
    final = folder.with_suffix("")
    folder.rename(final)
    text = json.dumps(meta | {"columns": final.name}, indent=1, sort_keys=True) + "\n"
    new = out / f"{META}.partial"
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _sync(out)
    new.replace(out / META)
    _sync(out)
    for old in sorted(out.glob("columns-*")):
        if old != final:
            shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """The folder's entries on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
