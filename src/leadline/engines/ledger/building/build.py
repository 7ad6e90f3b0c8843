"""Block files to a ledger on disk, whole or not at all; how it lies there, see publish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger.blocks import (
    blockfiles,
    copies,
    headers,
    opening,
    other_chains,
    sha256,
    undo,
    undo_records,
)
from leadline.engines.ledger.blocks.chunks import THREADS, Block, Files
from leadline.engines.ledger.building import check, grow, sources
from leadline.engines.ledger.building.derive import derive, rows_of
from leadline.engines.ledger.building.ingest import ingest
from leadline.engines.ledger.scripts.dictionary import KEY_SIZE
from leadline.engines.ledger.storage import columns, digests
from leadline.engines.ledger.storage.publish import alone, check_space, is_free, publish, staged
from leadline.engines.ledger.storage.summary import Info
from leadline.errors import ChainError, UsageError
from leadline.kinds.bitcoin.networks import NETWORKS, Network
from leadline.kinds.bitcoin.networks import network as network_of
from leadline.model.ledger import FORMAT
from leadline.model.progress import Progress, silent

STAGE = 16 << 30
"""Bytes of blocks after which what is done is published, so that a kill costs minutes, not the build."""


def build(
    out: Path, files: Sequence[Path], network: str, progress: Progress = silent, *, leave_out: bool = False
) -> Info:
    """What the ledger at `out` covers once the blocks of these files, or folders of them, are in it.

    A ledger that is there grows: blocks it has are not read again, and a branch with more work takes over from the fork
    on. A build that was broken off goes on with the blocks that are published (every STAGE bytes). With `leave_out` a
    damaged block without a whole copy is left out and named, so that the ledger has a gap there.
    Raises ChainError (file and offset) for what cannot be a chain, SpaceError when the disk is too small or full,
    UsageError when `out` is something else. Whatever goes wrong, the last good state of `out` stays.
    """
    net = network_of(network)
    if not is_free(out):
        raise UsageError(
            "what is named as the ledger's folder exists and is no ledger",
            where=out.name,
            remedy="name a new folder for the ledger, in front of the block files",
        )
    opened = opening.open_files(blockfiles.block_paths(files), net)
    found = copies.scanned(opened, net, progress)
    if not found.records:
        told = opening.told_network(opened[0][0].path, NETWORKS.values())
        other = other_chains.told_chain(opened[0][0].path)
        raise ChainError(
            f"no block of the network {network} was found" + (f": the file is one of {other}" if other else ""),
            where=opened[0][0].path.name,
            remedy=f"these are blocks of another network: --network {told}" if told else "is it a block file at all?",
        )
    undo_files = undo_records.open_files([p for p in files if blockfiles.is_undo(p)], [f for f, _ in opened], net)
    undos = [u for f in undo_files for u in undo_records.records(f, net)]
    while True:
        try:
            with alone(out):
                return _built(out, net, opened, found, undos, progress)
        except ChainError:
            better = copies.sifted(found, opened, net, progress)
            if better is found and leave_out:
                better, _ = check.told(found, opened, net, progress)
            if better is found:
                raise
            found = better


def _built(
    out: Path,
    net: Network,
    opened: copies.Opened,
    found: copies.Found,
    undos: Sequence[undo_records.Undo],
    progress: Progress,
) -> Info:
    """What the ledger at `out` covers once the blocks found in files are in it; ChainError for one that is damaged."""
    old = grow.held(out, net.name)
    if old and not grow.is_sound(old, progress):
        old = None
    if old:
        known = {(d["file"], d["at"]) for d in old.meta["damaged_blocks"]}
        found = copies.recalled(found, opened, known, {b.header for b in old.blocks} if known else ())
    records = found.records
    mine = (*(old.blocks if old else ()), *records)
    chain = headers.active(mine, net)
    other_chains.refuse(chain, mine, net, [file.name for file, _ in opened])
    tied = undo.tied(undos, records, chain.hashes[-len(records) :], [f for f, _ in opened])
    blocks, starts = _in_order(chain, mine)
    kept = grow.common(old, [b.hash for b in blocks], starts) if old else 0
    if old and kept < len(old.blocks):
        grow.require_whole(old, progress)
    if not old and grow.claimed(out) > len(blocks):
        raise UsageError(
            "the ledger in this folder is broken or of another format, and has more blocks than the files named",
            where=out.name,
            remedy="name all of its block files to build it again, or another folder; see `ledger check`",
        )
    named = dict([*zip(chain.hashes[-len(records) :], records, strict=True)][::-1])
    blocks[kept:] = [Block(named.get(b.hash, b.record), b.hash, b.height) for b in blocks[kept:]]
    if any(b.record.file < 0 for b in blocks[kept:]):
        raise ChainError(
            "the blocks named would stand before or among those the ledger has",
            where=opened[0][0].path.name,
            remedy="name all block files, the old ones too",
        )
    check_space(out, sum(b.record.size for b in blocks[kept:]))
    material = _Found(chain, mine, opened, found, *tied)
    done = kept
    while True:
        upto = _stage(blocks, done)
        info = _add(out, net, blocks[:upto], [s for s in starts if s < upto], done, material, old, progress)
        if upto == len(blocks):
            return info
        done, old = upto, grow.held(out, net.name)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the files named hold, and the chain they make together with the ledger's blocks."""

    chain: headers.Chain
    records: Sequence[blockfiles.Record]
    files: Sequence[tuple[blockfiles.BlockFile, columns.Array]]
    found: copies.Found
    undos: dict[bytes, undo_records.Undo]
    lost: Sequence[undo_records.Undo]

    @property
    def tip(self) -> bytes:
        """The hash of the last block: nobody who made one of its scripts knew it."""
        return self.chain.hashes[self.chain.segments[-1].records[-1]]

    @property
    def repeated(self) -> int:
        """Blocks that stand several times in the files."""
        own = [h for h, r in zip(self.chain.hashes, self.records, strict=True) if r.file >= 0]
        return len(own) - len(set(own))


def _stage(blocks: Sequence[Block], done: int) -> int:
    """How many blocks the next publication holds: what is published survives a kill, and the next build goes on."""
    size = 0
    for n in range(done, len(blocks)):
        size += blocks[n].record.size
        if size >= STAGE:
            return n + 1
    return len(blocks)


def _add(
    out: Path,
    network: Network,
    blocks: Sequence[Block],
    starts: list[int],
    kept: int,
    found: _Found,
    old: grow.Held | None,
    progress: Progress,
) -> Info:
    """The ledger at `out` with exactly `blocks`, the first `kept` of them taken over from `old`."""
    with staged(out) as folder:
        new = blocks[kept:]
        room = sum(b.record.size for b in new)
        key = bytes.fromhex(old.meta["script_key"]) if old else found.tip[:KEY_SIZE]
        base = grow.take_over(old, kept, folder, room) if old and kept else grow.nothing(folder, room, key)
        heights = [b.height for b in blocks[:kept]]
        known = grow.known(old, kept, grow.tell_heights(old, heights, folder)) if old and kept else None
        read = sources.of(found.found, found.files, old if kept else None)
        source = Files(found.files, found.undos, sha256.libcrypto())
        rows = ingest(folder, new, source, base.rows, base.scripts, read.numbers, progress)
        rows |= rows_of(base.scripts.write(folder))
        stale = {found.chain.hashes[n]: found.records[n].header[4:36] for n in found.chain.stale}
        if old:
            pairs = zip(old.columns["stale_hash"], old.columns["stale_prev"], strict=True)
            stale |= {h.tobytes(): p.tobytes() for h, p in pairs}
        for block in blocks:
            stale.pop(block.hash, None)
        rows["stale"] = len(stale)
        columns.write(folder, stale_hash=_bytes(stale.keys()), stale_prev=_bytes(stale.values()))
        info = derive(folder, rows, network.name, starts, base, progress)
        before: dict[str, Any] = old.meta if old and kept else {"undo_blocks": 0, "undo_mended": 0}
        used = [found.undos[b.hash] for b in new if b.hash in found.undos]
        meta = {
            "format": FORMAT,
            "columns": "",
            "rows": rows,
            "digests": digests.of(folder, rows, THREADS, progress, known),
            "starts": starts,
            "info": info,
            "stale_blocks": len(stale),
            "repeated_blocks": found.repeated,
            "cut_blocks": read.cuts,
            "damaged_blocks": read.damaged,
            "sources": read.rows,
            "undo_blocks": before["undo_blocks"] + len(used),
            "undo_mended": before["undo_mended"] + sum(u.mended for u in used),
            "undo_lost": len(found.lost),
            "script_key": key.hex(),
            "sha256": sha256.FAST if source.fast else sha256.SLOW,
        }
        publish(out, folder, meta)
    return info


def _bytes(parts: Iterable[bytes]) -> columns.Array:
    return np.frombuffer(b"".join(parts), np.uint8)


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
