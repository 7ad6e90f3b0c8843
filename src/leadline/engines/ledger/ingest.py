"""Blocks of the active chain to columns: parsed, hashed, checked against merkle roots, a few megabytes at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger import sha256
from leadline.engines.ledger.blockfiles import HEAD, BlockFile, Record, unmask
from leadline.engines.ledger.columns import Writer
from leadline.engines.ledger.parse_kernels import FAILED, Rows, rows, walk
from leadline.engines.ledger.scripts import Scripts
from leadline.engines.ledger.undo import Undo, spent
from leadline.errors import ChainError

Array = npt.NDArray[Any]
Progress = Callable[[str, int, int], None]
"""Called with (what, done, total)."""

CHUNK = 8 << 20
"""Bytes of blocks taken at once: well inside the last-level cache with its columns, large against a call's cost."""
LEAST_TX, LEAST_IN, LEAST_OUT = 60, 41, 9
"""Fewest bytes of a transaction, an input and an output: they bound how many a chunk can hold."""
BLOCK_COLUMNS = (
    "block_hash",
    "block_head",
    "block_time",
    "block_height",
    "block_first_tx",
    "block_file",
    "block_at",
    "block_size",
)
TX_COLUMNS = ("tx_id", "tx_height", "tx_version", "tx_locktime", "tx_first_in", "tx_first_out")
STREAMED = (*BLOCK_COLUMNS, *TX_COLUMNS, "in_sequence", "in_value", "in_script", "out_value", "out_script")
"""Columns written while the blocks go by; the others are derived afterwards."""
PREV_TXID, PREV_VOUT = "prev_txid.tmp", "prev_vout.tmp"
"""What the inputs name, kept beside the columns until it is resolved."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the active chain: its record, hash and height (-1 unknown)."""

    record: Record
    hash: bytes
    height: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A chunk of blocks as rows: their bytes, transactions by block, ids, and the columns with positions from 0 on."""

    data: npt.NDArray[np.uint8]
    block_tx: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint8]
    rows: Rows


class Room:
    """Arrays one chunk of at most `size` bytes is parsed into, again and again."""

    def __init__(self, size: int) -> None:
        self.rows = rows(size // LEAST_TX + 1, size // LEAST_IN + 1, size // LEAST_OUT + 1)
        self.ids = np.empty((len(self.rows.span), 32), np.uint8)


def parse(data: Array, edges: Array, roots: Array, room: Room, *, fast: bool) -> tuple[Parsed, int, int]:
    """The blocks in `data` parsed, hashed and held to their merkle roots; then the block at fault or -1, and where.

    Offset 0 of a block at fault says that its transactions do not give the merkle root.
    """
    block_tx = np.empty(len(edges) - 1, np.int64)
    nt, ni, no, bad, at = walk(data, edges, block_tx, room.rows)
    columns: tuple[Array, ...] = room.rows
    parsed = Parsed(
        data,
        block_tx,
        room.ids[:nt],
        Rows._make(a[:n] for a, n in zip(columns, (nt,) * 5 + (ni,) * 3 + (no,) * 3, strict=True)),
    )
    if bad != FAILED:
        return parsed, int(bad), int(at) - int(edges[bad])
    sha256.transaction_ids(data, parsed.rows.span, parsed.ids, fast=fast)
    return parsed, sha256.failed_merkle(parsed.ids, block_tx, roots, fast=fast), 0


def ingest(
    folder: Path,
    blocks: Sequence[Block],
    files: Sequence[tuple[BlockFile, npt.NDArray[np.uint8]]],
    undos: Mapping[bytes, Undo],
    base: dict[str, int],
    scripts: Scripts,
    numbers: Sequence[int],
    progress: Progress,
) -> dict[str, int]:
    """Rows by table once `blocks` stand in the streamed columns of `folder`, behind the rows of `base`.

    `undos` are undo records by block hash; `scripts` gains those of the blocks; numbers[n] is what block_file says of
    files[n].

    ChainError (file, offset) for a block that is not what its header says.
    """
    fast = sha256.libcrypto()
    total, done = sum(b.record.size for b in blocks), 0
    had = {name: base[name] for name in ("block", "tx", "in", "out")}
    room = Room(min(max(CHUNK, max((b.record.size for b in blocks), default=0)), total))
    with (
        Writer(folder, STREAMED, had if had["block"] else None) as writer,
        (folder / PREV_TXID).open("wb") as prev_txid,
        (folder / PREV_VOUT).open("wb") as prev_vout,
    ):
        for name in ("block_first_tx", "tx_first_in", "tx_first_out") if not had["block"] else ():
            writer.append(name, np.zeros(1, np.int64))
        for chunk in _chunks(blocks, CHUNK):
            data, edges = _bytes_of(chunk, files)
            roots = np.frombuffer(b"".join(b.record.header[36:68] for b in chunk), np.uint8).reshape(-1, 32)
            parsed, bad, at = parse(data, edges, roots, room, fast=fast)
            if bad >= 0:
                why = "cannot be read" if at else "do not give the merkle root in its header"
                raise _not_a_block(chunk[bad], files, at, f"its transactions {why}")
            found = parsed.rows
            _append_blocks(writer, chunk, had["tx"] + np.cumsum(parsed.block_tx), numbers)
            writer.append("tx_id", parsed.ids)
            writer.append("tx_height", np.repeat(np.array([b.height for b in chunk], np.int32), parsed.block_tx))
            writer.append("tx_version", found.version)
            writer.append("tx_locktime", found.locktime)
            writer.append("tx_first_in", had["in"] + found.first_in)
            writer.append("tx_first_out", had["out"] + found.first_out)
            prev_txid.write(found.prev_txid.data.cast("B"))
            prev_vout.write(found.prev_vout.data.cast("B"))
            writer.append("in_sequence", found.sequence)
            writer.append("out_value", found.value)
            out_script, in_value, in_script = _scripts(chunk, parsed, undos, scripts)
            writer.append("out_script", out_script)
            writer.append("in_value", in_value)
            writer.append("in_script", in_script)
            sizes = (len(chunk), len(parsed.ids), len(found.sequence), len(found.value))
            for name, more in zip(had, sizes, strict=True):
                had[name] += more
            done += len(data)
            progress("reading blocks", done, total)
    return had | {"script": scripts.count}


def _scripts(
    chunk: Sequence[Block], parsed: Parsed, undos: Mapping[bytes, Undo], scripts: Scripts
) -> tuple[Array, Array, Array]:
    """Script ids of the outputs, and what undo records tell of the inputs: satoshi and script id, -1 unknown.

    Ids are given block by block, outputs first, so that they do not depend on where a chunk ends, nor, in a chain
    without gaps, on undo records being there.
    """
    r = parsed.rows
    in_value, in_script = np.full(len(r.sequence), -1, np.int64), np.full(len(r.sequence), -1, np.int32)
    if not any(b.hash in undos for b in chunk):
        return scripts.intern(parsed.data, r.script_at, r.script_size), in_value, in_script
    ids, last = [], np.cumsum(parsed.block_tx)
    first_in, first_out = np.append(0, r.first_in), np.append(0, r.first_out)
    for block, t0, t1 in zip(chunk, last - parsed.block_tx, last, strict=True):
        outs, ins = slice(first_out[t0], first_out[t1]), slice(first_in[t0], first_in[t1])
        ids.append(scripts.intern(parsed.data, r.script_at[outs], r.script_size[outs]))
        if block.hash in undos:
            known = spent(undos[block.hash], first_in[t0 : t1 + 1] - first_in[t0])
            in_value[ins] = known.value
            in_script[ins] = scripts.intern(known.blob, known.at, known.size)
    return np.concatenate(ids), in_value, in_script


def _chunks(blocks: Sequence[Block], size: int) -> Iterator[list[Block]]:
    chunk: list[Block] = []
    held = 0
    for block in blocks:
        if chunk and held + block.record.size > size:
            yield chunk
            chunk, held = [], 0
        chunk.append(block)
        held += block.record.size
    if chunk:
        yield chunk


def _bytes_of(
    chunk: Sequence[Block], files: Sequence[tuple[BlockFile, npt.NDArray[np.uint8]]]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The blocks' bytes one after the other, keys taken off, and where each begins and the last ends."""
    edges = np.zeros(len(chunk) + 1, np.int64)
    np.cumsum([b.record.size for b in chunk], out=edges[1:])
    data = np.empty(int(edges[-1]), np.uint8)
    for k, block in enumerate(chunk):
        file, raw = files[block.record.file]
        part = raw[block.record.at : block.record.at + block.record.size]
        data[edges[k] : edges[k + 1]] = unmask(part, block.record.at, file.key)
    return data, edges


def _append_blocks(
    writer: Writer, chunk: Sequence[Block], last_tx: npt.NDArray[np.int64], numbers: Sequence[int]
) -> None:
    writer.append("block_head", np.frombuffer(b"".join(b.record.head.ljust(HEAD, b"\0") for b in chunk), np.uint8))
    writer.append("block_hash", np.frombuffer(b"".join(b.hash for b in chunk), np.uint8))
    writer.append("block_time", np.array([int.from_bytes(b.record.header[68:72], "little") for b in chunk]))
    writer.append("block_height", np.array([b.height for b in chunk]))
    writer.append("block_first_tx", last_tx)
    writer.append("block_file", np.array([numbers[b.record.file] for b in chunk]))
    writer.append("block_at", np.array([b.record.at for b in chunk]))
    writer.append("block_size", np.array([b.record.size for b in chunk]))


def _not_a_block(block: Block, files: Sequence[tuple[BlockFile, Array]], inside: int, why: str) -> ChainError:
    start = block.record.at + inside
    return ChainError(
        f"a block is damaged: {why}",
        where=f"{files[block.record.file][0].path.name} byte:{start}-{block.record.at + block.record.size}",
        remedy="copy the block file again, or leave it out and build the slice before it",
    )
