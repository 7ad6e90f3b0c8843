"""What a ledger already holds, proven and taken over when blocks are added: no old block is read or looked up again.

Columns that only grow are linked, not copied: the old ledger maps the rows it knows of, whatever stands behind them.
A reorganisation takes copies of what lies below the fork.
"""

import json
import os
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger.blocks.blockfiles import Record
from leadline.engines.ledger.blocks.chunks import THREADS
from leadline.engines.ledger.building.ingest import BLOCK_COLUMNS, STREAMED
from leadline.engines.ledger.clustering.clusters import Clusters
from leadline.engines.ledger.scripts.dictionary import ANY_KEY, Scripts
from leadline.engines.ledger.storage import columns, digests
from leadline.engines.ledger.storage.meta import META, read
from leadline.errors import IntegrityError, UsageError
from leadline.model.ledger import BY_NAME, UNSPENT
from leadline.model.progress import Progress

GROWING = (*STREAMED, "in_prev", "tx_join", "script_at", "script_blob")
"""Columns whose old rows stay as they are when blocks are added."""

FOLLOWED = (
    *BLOCK_COLUMNS, "tx_first_in", "tx_first_out", "out_script", "script_at", "out_spender", "script_slot", "tx_slot",
    "cluster_of", "merge_tx", "merge_script", "merge_rule",
)  # fmt: skip
"""Columns whose old values lead to other rows, or become new columns: each byte of them is proven before they grow."""


@dataclass(frozen=True, slots=True)
class Held:
    """A ledger on disk: its ledger.json, columns by name, and its blocks as records of no file (-1)."""

    folder: Path
    meta: dict[str, Any]
    columns: dict[str, columns.Array]
    blocks: tuple[Record, ...]

    @property
    def hashes(self) -> list[bytes]:
        """Block hashes in order."""
        return [h.tobytes() for h in self.columns["block_hash"]]


@dataclass(frozen=True, slots=True)
class Base:
    """Rows a new columns folder begins with, by table, the scripts among them, and what grows on from the old ledger.

    `slots`, `clusters`: the old table of ids and the old clusters, None where they cannot be grown on from.
    `spender`: the old out_spender.
    """

    rows: dict[str, int]
    scripts: Scripts
    spender: columns.Array
    slots: columns.Array | None
    clusters: Clusters | None


def nothing(folder: Path | None = None, room: int = 0, key: bytes = ANY_KEY) -> Base:
    """The base of a ledger from scratch in `folder`, of `room` bytes of blocks, its scripts filed under `key`."""
    rows = dict.fromkeys(("block", "tx", "in", "out", "script"), 0)
    return Base(rows, Scripts(folder, room, key=key), np.empty(0, np.int64), None, None)


def held(out: Path, network: str) -> Held | None:
    """The ledger at `out`, or None where there is none of this format or a broken one; UsageError: another network."""
    try:
        meta = read(out)
        if meta["info"]["network"] != network:
            raise UsageError(
                f"the ledger is of the network {meta['info']['network']}, the blocks are named as of {network}",
                where=out.name,
                remedy="name another folder for the new ledger",
            )
        folder, rows = out / meta["columns"], meta["rows"]
        found = {n: columns.read(folder, n, rows[c.of] + c.more) for n, c in BY_NAME.items()}
    except IntegrityError:
        return None
    places = zip(found["block_at"].tolist(), found["block_size"].tolist(), found["block_head"], strict=True)
    return Held(folder, meta, found, tuple(Record(-1, at, size, head.tobytes()) for at, size, head in places))


def is_sound(old: Held, progress: Progress) -> bool:
    """Whether `old` can be grown on: what is FOLLOWED is as it was written, and so are the ends of all columns.

    Of other columns the digests of whole segments go on with them, so that damage there stays damage for a check.
    """
    return not _damaged(old, progress, _is_followed)


def require_whole(old: Held, progress: Progress) -> None:
    """IntegrityError when any other byte of a sound `old` is damaged: what is copied of it gets digests of its own."""
    bad = _damaged(old, progress, lambda part: not _is_followed(part))
    if bad:
        raise digests.error(old.folder.parent, bad)


def _is_followed(part: digests.Part) -> bool:
    """Whether a segment is proven before its ledger grows."""
    return part.name in FOLLOWED or part.end == part.size


def _damaged(old: Held, progress: Progress, wanted: Callable[[digests.Part], bool]) -> list[digests.Damage]:
    return digests.damaged(old.folder, old.meta["rows"], old.meta["digests"], THREADS, progress, wanted)


def known(old: Held, blocks: int, rewritten: Collection[str]) -> digests.Digests | None:
    """The digests that stand once the first `blocks` blocks of `old` are taken over, but for columns `rewritten`."""
    if blocks < len(old.blocks):
        return None
    return digests.whole(old.meta["digests"], old.meta["rows"], set(GROWING) - set(rewritten))


def claimed(out: Path) -> int:
    """How many blocks the ledger at `out` says it has, be it broken or of another format; 0 where nothing says so."""
    try:
        return int(json.loads((out / META).read_text(encoding="utf-8"))["info"]["blocks"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def common(old: Held, hashes: Sequence[bytes], starts: Sequence[int]) -> int:
    """How many blocks from the first on are the same, in the same segments."""
    n, cut = 0, len(hashes)
    differing = set(old.meta["starts"]) ^ set(starts)
    cut = min((s for s in differing if s < len(old.blocks)), default=cut)
    for mine, theirs in zip(old.hashes, hashes, strict=False):
        if mine != theirs:
            break
        n += 1
    return min(n, cut)


def take_over(old: Held, blocks: int, folder: Path, room: int) -> Base:
    """The first `blocks` blocks of `old` in `folder`, ready to be grown on."""
    whole = blocks == len(old.blocks)
    c = old.columns
    rows = {"block": blocks, "tx": int(c["block_first_tx"][blocks])}
    rows["in"], rows["out"] = int(c["tx_first_in"][rows["tx"]]), int(c["tx_first_out"][rows["tx"]])
    paid, spent = c["out_script"][: rows["out"]], c["in_script"][: rows["in"]]
    rows["script"] = 1 + max(int(paid.max(initial=-1)), int(spent.max(initial=-1)))
    rows["byte"] = int(c["script_at"][rows["script"]])
    for name in GROWING:
        column = BY_NAME[name]
        if whole and _link(columns.file_of(old.folder, name), columns.file_of(folder, name)):
            continue
        columns.write(folder, **{name: c[name][: rows[column.of] + column.more]})
    key = bytes.fromhex(old.meta["script_key"])
    scripts = Scripts(folder, room, rows["script"], c["script_slot"] if whole else None, key)
    spender = c["out_spender"][: rows["out"]]
    if not whole:
        return Base(rows, scripts, np.where(spender < rows["in"], spender, UNSPENT), None, None)
    clusters = Clusters(c["cluster_of"], c["merge_tx"], c["merge_script"], c["merge_rule"])
    return Base(rows, scripts, spender, c["tx_slot"], clusters)


def tell_heights(old: Held, heights: Sequence[int], folder: Path) -> tuple[str, ...]:
    """The heights of the blocks taken over, written anew where a slice told none and the blocks added tell them.

    The columns written anew are returned.
    """
    told = np.array(heights, np.int32)
    if np.array_equal(told, old.columns["block_height"][: len(told)]):
        return ()
    members = np.diff(old.columns["block_first_tx"][: len(told) + 1])
    anew = {"block_height": told, "tx_height": np.repeat(told, members)}
    for name, values in anew.items():
        columns.file_of(folder, name).unlink()
        columns.write(folder, **{name: values})
    return tuple(anew)


def _link(source: Path, target: Path) -> bool:
    """Whether the disk could give the same file a second name."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return True
