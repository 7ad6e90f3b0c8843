"""Blocks of the active chain to columns on disk, in the chain's order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks.blockfiles import HEAD
from leadline.engines.ledger.blocks.chunks import CHUNK, THREADS, Block, Chunk, Files, cut, in_order
from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.engines.ledger.storage.columns import Writer
from leadline.errors import ChainError
from leadline.model.progress import Progress

Array = npt.NDArray[Any]

MOST_TX = 2**32 - 2
"""Three times what the chain holds in 2026; more was never tried, so the build refuses."""
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


def ingest(
    folder: Path,
    blocks: Sequence[Block],
    files: Files,
    base: dict[str, int],
    scripts: Scripts,
    numbers: Sequence[int],
    progress: Progress,
    threads: int = THREADS,
) -> dict[str, int]:
    """Rows by table once `blocks` stand in the streamed columns of `folder`, behind the rows of `base`.

    `scripts` gains those of the blocks; numbers[n] is what block_file says of files.blocks[n]. The same bytes come out
    whatever the number of threads. ChainError (file, offset) for a block that is not what its header says.
    """
    total, done = sum(b.record.size for b in blocks), 0
    had = {name: base[name] for name in ("block", "tx", "in", "out")}
    size = min(max(CHUNK, max((b.record.size for b in blocks), default=0)), total)
    with (
        Writer(folder, STREAMED, had if had["block"] else None) as writer,
        (folder / PREV_TXID).open("wb") as prev_txid,
        (folder / PREV_VOUT).open("wb") as prev_vout,
    ):
        for name in ("block_first_tx", "tx_first_in", "tx_first_out") if not had["block"] else ():
            writer.append(name, np.zeros(1, np.int64))
        for chunk in in_order(cut(blocks, CHUNK), files, size, threads):
            parsed, found = chunk.parsed, chunk.parsed.rows
            _append_blocks(writer, chunk.blocks, had["tx"] + np.cumsum(parsed.block_tx), numbers)
            writer.append("tx_id", parsed.ids)
            writer.append("tx_height", np.repeat(np.array([b.height for b in chunk.blocks], np.int32), parsed.block_tx))
            writer.append("tx_version", found.version)
            writer.append("tx_locktime", found.locktime)
            writer.append("tx_first_in", had["in"] + found.first_in)
            writer.append("tx_first_out", had["out"] + found.first_out)
            prev_txid.write(found.prev_txid.data.cast("B"))
            prev_vout.write(found.prev_vout.data.cast("B"))
            writer.append("in_sequence", found.sequence)
            writer.append("out_value", found.value)
            out_script, in_value, in_script = _scripts(chunk, scripts)
            writer.append("out_script", out_script)
            writer.append("in_value", in_value)
            writer.append("in_script", in_script)
            sizes = (len(chunk.blocks), len(parsed.ids), len(found.sequence), len(found.value))
            for name, more in zip(had, sizes, strict=True):
                had[name] += more
            if had["tx"] > MOST_TX:
                raise ChainError("more transactions than a ledger was tried with", remedy="build fewer blocks at once")
            done += len(parsed.data)
            progress("reading blocks", done, total)
    return had | {"script": scripts.count}


def _scripts(chunk: Chunk, scripts: Scripts) -> tuple[Array, Array, Array]:
    """Script ids of the outputs, and what undo records tell of the inputs: satoshi and script id, -1 unknown.

    Ids are given block by block, outputs first, so that they do not depend on where a chunk ends, nor, in a chain
    without gaps, on undo records being there.
    """
    parsed, r = chunk.parsed, chunk.parsed.rows
    in_value, in_script = np.full(len(r.sequence), -1, np.int64), np.full(len(r.sequence), -1, np.int32)
    if not chunk.spent:
        return scripts.intern(parsed.data, r.script_at, r.script_size), in_value, in_script
    ids, last = [], np.cumsum(parsed.block_tx)
    first_in, first_out = np.append(0, r.first_in), np.append(0, r.first_out)
    for k, (t0, t1) in enumerate(zip(last - parsed.block_tx, last, strict=True)):
        outs, ins = slice(first_out[t0], first_out[t1]), slice(first_in[t0], first_in[t1])
        ids.append(scripts.intern(parsed.data, r.script_at[outs], r.script_size[outs]))
        if k in chunk.spent:
            known = chunk.spent[k]
            in_value[ins] = known.value
            in_script[ins] = scripts.intern(known.blob, known.at, known.size)
    return np.concatenate(ids), in_value, in_script


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
