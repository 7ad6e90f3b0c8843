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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger import blockfiles, columns, headers, sha256, undo
from leadline.engines.ledger.derive import derive, rows_of
from leadline.engines.ledger.ingest import PREV_TXID, PREV_VOUT, Block, Progress, ingest
from leadline.engines.ledger.summary import Info
from leadline.errors import ChainError, SpaceError, UsageError
from leadline.kinds.chains import network as network_of
from leadline.model.ledger import FORMAT

META = "ledger.json"
ROOM = 1.9
"""Bytes of disk a build needs at most for each byte of blocks: columns somewhat larger, and 36 bytes an input."""


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
    undo_files = undo.open_files([p for p in files if blockfiles.is_undo(p)], [f for f, _ in opened], net)
    undos, lost = undo.tied([u for f in undo_files for u in undo.records(f, net)], records, chain.hashes)
    blocks, starts = _in_order(chain, records)
    _check_space(out, sum(b.record.size for b in blocks))
    with _staged(out) as folder:
        done = ingest(folder, blocks, opened, undos, progress)
        rows = dict(done.rows)
        for name, values in done.scripts.columns().items():
            rows |= rows_of(columns.write(folder, **{name: values}))
        rows["stale"] = len(chain.stale)
        columns.write(
            folder,
            stale_hash=np.frombuffer(b"".join(chain.hashes[n] for n in chain.stale), np.uint8),
            stale_prev=np.frombuffer(b"".join(records[n].header[4:36] for n in chain.stale), np.uint8),
        )
        info = derive(folder, rows, network, starts, progress)
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
            "undo_blocks": len(undos),
            "undo_lost": lost,
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
