"""Every copy of every block that files hold, and every undo record, read and held to what its header or checksum says.

A build reads what the chain needs and no more, and stops at what is damaged; this reads all and goes on.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from leadline.engines.ledger.blocks import (
    blockfiles,
    copies,
    headers,
    opening,
    other_chains,
    sha256,
    undo,
    undo_records,
    witness,
)
from leadline.engines.ledger.blocks.blockfiles import HEADER, Record
from leadline.engines.ledger.blocks.chunks import CHUNK, THREADS, Block, Files, Room, cut, read
from leadline.engines.ledger.blocks.copies import Found, Opened
from leadline.engines.ledger.blocks.undo_records import UndoFile
from leadline.engines.ledger.building import loose, sources
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import Network
from leadline.kinds.bitcoin.networks import network as network_of
from leadline.kinds.bitcoin.tx import id_text, sha256d
from leadline.model.progress import Progress

Facts = dict[str, Any]
WITNESS = "a block is damaged: its witness data is not what its coinbase commits to"
OVER = "a block is damaged: its size runs over the end of its file, and blocks follow it"
Faults = dict[Record, ChainError]
"""Blocks that are not what their header says, and what is wrong with each."""


def check(files: Sequence[Path], network: str, progress: Progress) -> Facts:
    """What the block files named, or folders of them, and the undo files beside them hold, whole and not.

    `no_block`: bytes of no block and no undo record; of a block whose header is damaged nothing else is to be seen.
    `damaged`: blocks by file, offset and size with their frame, each with why and with the place of a whole copy, None
    when there is none. `cut`: blocks that the end of a file cuts off. `undo_lost`: records of no block that is there,
    as they are damaged or the block is elsewhere; `undo_missing`: how many blocks have no record though an undo file
    lies beside theirs. `ok`: there is a block, and nothing of the first four. ChainError for files that cannot be
    opened, or hold blocks of another chain.
    """
    net = network_of(network)
    opened = opening.open_files(blockfiles.block_paths(files), net)
    found = copies.listed(opened, net, progress)
    if found.records:
        other_chains.refuse(headers.active(found.records, net), found.records, net, [f.name for f, _ in opened])
    found, faults = told(found, opened, net, progress)
    revs = undo_records.open_files([p for p in files if blockfiles.is_undo(p)], [f for f, _ in opened], net)
    facts = {"network": network, **_blocks(found, faults, opened), **_undo(revs, found, opened, net)}
    faulty = any(facts[name] for name in ("no_block", "damaged", "cut", "undo_lost", "undo_no_record"))
    return facts | {"ok": bool(facts["blocks"]) and not faulty}


def _blocks(found: Found, faults: Faults, opened: Opened) -> Facts:
    """Block files and blocks: counts, and where what is not whole stands."""
    names = [file.name for file, _ in opened]
    whole = {r.header: r for r in reversed(found.records)}

    def place(record: Record) -> Facts:
        return {"file": names[record.file], "at": max(record.at - copies.FRAME, 0)}

    def damaged(record: Record) -> Facts:
        copy, fault = whole.get(record.header), faults.get(record)
        return place(record) | {
            "size": copies.FRAME + record.size,
            "block": id_text(sha256d(record.header)),
            "why": fault.what if fault else OVER,
            "whole_copy": place(copy) if copy else None,
        }

    rows = sources.of(found, opened, None).rows
    return {
        "files": [row | {"file": name} for row, name in zip(rows, names, strict=True)],
        "blocks": len(found.records),
        "repeated_blocks": len(found.records) - len(whole),
        "no_block": loose.of_blocks(found, opened),
        "damaged": [damaged(r) for r in found.damaged],
        "cut": [{"file": names[c.file], "at": c.at, "missing": c.missing, "certain": c.certain} for c in found.cuts],
    }


def _undo(revs: Sequence[UndoFile], found: Found, opened: Opened, network: Network) -> Facts:
    """Undo files and records: counts, and where those of no block stand."""
    undos = [u for f in revs for u in undo_records.records(f, network)]
    every = [*found.records, *found.damaged]
    hashes = [sha256d(r.header) for r in every]
    tied, lost = undo.tied(undos, every, hashes, [f for f, _ in opened])
    paths = [f.path for f in revs]
    names = dict(zip(paths, opening.told_apart(paths), strict=True))
    beside = {n for n, (f, _) in enumerate(opened) if undo_records.beside(f.path) in names}
    paying = {
        h for h, r in zip(hashes, every, strict=True) if r.file in beside and r.head[HEADER : HEADER + 1] != b"\1"
    }
    return {
        "undo_files": len(revs),
        "undo_records": len(undos),
        "undo_blocks": len(tied),
        "undo_mended": sum(u.mended for u in undos),
        "undo_missing": len(paying - tied.keys()),
        "undo_lost": [
            place
            for u in (*lost, *undo.untied(undos, every))
            for place in loose.places(names[u.file.path], [undo_records.span(u)])
        ],
        "undo_no_record": loose.of_undos(revs, undos, names),
    }


def told(found: Found, opened: Opened, network: Network, progress: Progress) -> tuple[Found, Faults]:
    """`found` with every damaged block among those left out, and what is wrong with them; itself when there is none.

    What the size of a damaged one passed over is read too, once (see copies.sifted).
    """
    files = Files(opened, {}, sha256.libcrypto())
    faults = failed(found.records, files, progress)
    if not faults:
        return found, faults
    better = copies.without(found, faults, opened, network)
    faults |= failed(better.hidden - found.hidden, files, progress)
    return copies.without(better, faults, opened, network), faults


def failed(records: Iterable[Record], files: Files, progress: Progress) -> Faults:
    """Those of `records` whose transactions cannot be read, or do not give the merkle root in their header, or whose
    witness data is not what their coinbase commits to: of a build nothing hangs on that, of a whole copy it does."""
    chunks = list(cut([Block(r, b"", -1) for r in sorted(records, key=copies.place)], CHUNK))
    total, done, faults = sum(b.record.size for c in chunks for b in c), 0, Faults()
    pool = ThreadPoolExecutor(THREADS)
    try:
        for chunk, bad in zip(chunks, pool.map(lambda blocks: _failed(blocks, files), chunks), strict=True):
            faults |= bad
            done += sum(b.record.size for b in chunk)
            progress("reading every block", done, total)
    finally:
        pool.shutdown(cancel_futures=True)
    return faults


def _failed(blocks: Sequence[Block], files: Files) -> Faults:
    """As `failed`, of a few blocks: all at once, and one by one where one of them fails."""
    try:
        chunk = read(blocks, files, Room(sum(b.record.size for b in blocks)))
        return {blocks[k].record: ChainError(WITNESS) for k in witness.failed(chunk.parsed, fast=files.fast)}
    except ChainError as error:
        if len(blocks) == 1:
            return {blocks[0].record: error}
        return {r: e for block in blocks for r, e in _failed([block], files).items()}
