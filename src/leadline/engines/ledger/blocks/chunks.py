"""Blocks read a few megabytes at a time on several threads: parsed, hashed, held to their merkle roots, in order."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.blocks.blockfiles import BlockFile, Record
from leadline.engines.ledger.blocks.parse_kernels import FAILED, Rows, rows, walk
from leadline.engines.ledger.blocks.scan_kernels import unmask_into
from leadline.engines.ledger.blocks.undo import Spent, spent
from leadline.engines.ledger.blocks.undo_records import Undo
from leadline.errors import ChainError
from leadline.kinds.bitcoin.amount import MOST_SATOSHI

Array = npt.NDArray[Any]
CHUNK = 4 << 20
"""Bytes of blocks taken at once: well inside the last-level cache with its columns, large against a call's cost."""
LEAST_TX, LEAST_IN, LEAST_OUT = 60, 41, 9
"""Fewest bytes of a transaction, an input and an output: they bound how many a chunk can hold."""
THREADS = max(1, min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))
"""Threads that read chunks. The script dictionary, which is one, keeps about four busy; what comes out is the same."""
AHEAD = 2
"""Chunks read ahead of those that threads are at: enough that none waits while scripts are numbered."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the active chain: its record, hash and height (-1 unknown)."""

    record: Record
    hash: bytes
    height: int


@dataclass(frozen=True, slots=True)
class Files:
    """Where blocks lie: block files with their bytes, undo records by block hash, and whether libcrypto is there."""

    blocks: Sequence[tuple[BlockFile, npt.NDArray[np.uint8]]]
    undos: Mapping[bytes, Undo]
    fast: bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """A chunk of blocks as rows: their bytes, transactions by block, ids, and the columns with positions from 0 on."""

    data: npt.NDArray[np.uint8]
    block_tx: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint8]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Chunk:
    """Blocks one after the other, as rows, and by their place among them what undo records say their inputs spent."""

    blocks: Sequence[Block]
    parsed: Parsed
    spent: Mapping[int, Spent]


class Room:
    """Arrays one chunk of at most `size` bytes is read into, again and again."""

    def __init__(self, size: int) -> None:
        self.data = np.empty(size, np.uint8)
        self.rows = rows(size // LEAST_TX + 1, size // LEAST_IN + 1, size // LEAST_OUT + 1)
        self.ids = np.empty((len(self.rows.span), 32), np.uint8)


@dataclass(slots=True)
class _Job:
    """A chunk to be read, the room it is read into, and what becomes of it."""

    blocks: list[Block]
    room: Room
    future: Future[Chunk]


def cut(blocks: Sequence[Block], size: int) -> Iterator[list[Block]]:
    """The blocks in order, as many at once as `size` bytes hold, one at least."""
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


def in_order(chunks: Iterable[list[Block]], files: Files, size: int, threads: int) -> Iterator[Chunk]:
    """Chunks of at most `size` bytes read on so many threads; each holds until the next one is asked for.

    The thread that asks is one of them: while the next chunk is not there, it reads one that no other has begun.
    Chunks come, and fail, in the order given, however many threads there are. ChainError: see `read`.
    """
    if threads == 1:
        room = Room(size)
        yield from (read(blocks, files, room) for blocks in chunks)
        return
    free = [Room(size) for _ in range(threads + AHEAD)]
    jobs: deque[_Job] = deque()
    with ThreadPoolExecutor(threads - 1) as pool:
        for blocks in chunks:
            if not free:
                yield _first(jobs, files)
                free.append(jobs.popleft().room)
            room = free.pop()
            jobs.append(_Job(blocks, room, pool.submit(read, blocks, files, room)))
        while jobs:
            yield _first(jobs, files)
            jobs.popleft()


def _first(jobs: Iterable[_Job], files: Files) -> Chunk:
    """The first chunk; until it is there, this thread reads those that nobody has begun."""
    first = next(iter(jobs))
    for job in jobs:
        if first.future.done():
            break
        if job.future.cancel():
            job.future = Future()
            try:
                job.future.set_result(read(job.blocks, files, job.room))
            except ChainError as error:
                job.future.set_exception(error)
    return first.future.result()


def read(blocks: Sequence[Block], files: Files, room: Room) -> Chunk:
    """The blocks as rows in `room`; ChainError (file, offset) for one that is not what its header or undo says."""
    for number in {block.record.file for block in blocks}:
        files.blocks[number][0].check_size()
    edges = np.zeros(len(blocks) + 1, np.int64)
    np.cumsum([b.record.size for b in blocks], out=edges[1:])
    data = room.data[: edges[-1]]
    for k, block in enumerate(blocks):
        file, raw = files.blocks[block.record.file]
        part = raw[block.record.at : block.record.at + block.record.size]
        unmask_into(part, block.record.at, np.frombuffer(file.key, np.uint8), data[edges[k] : edges[k + 1]])
    roots = np.frombuffer(b"".join(b.record.header[36:68] for b in blocks), np.uint8).reshape(-1, 32)
    parsed, bad, at = parse(data, edges, roots, room, fast=files.fast)
    if bad >= 0:
        why = "cannot be read" if at else "do not give the merkle root in its header"
        raise _damaged(blocks[bad], files, at, f"its transactions {why}")
    value = parsed.rows.value
    if len(value) and not 0 <= int(value.min()) <= int(value.max()) <= MOST_SATOSHI:
        raise _not_money(blocks, files, parsed)
    first_in = np.append(0, parsed.rows.first_in)
    last = np.cumsum(parsed.block_tx)
    known = {}
    for k, block in enumerate(blocks):
        if block.hash in files.undos:
            mine = first_in[last[k] - parsed.block_tx[k] : last[k] + 1]
            known[k] = spent(files.undos[block.hash], mine - mine[0])
    return Chunk(blocks, parsed, known)


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


def _not_money(blocks: Sequence[Block], files: Files, parsed: Parsed) -> ChainError:
    """The error for the first output of a chunk that is worth less than nothing or more than all coins."""
    wrong = int(np.flatnonzero((parsed.rows.value < 0) | (parsed.rows.value > MOST_SATOSHI))[0])
    tx = int(np.searchsorted(parsed.rows.first_out, wrong, side="right"))
    block = int(np.searchsorted(np.cumsum(parsed.block_tx), tx, side="right"))
    inside = int(parsed.rows.script_at[wrong]) - sum(b.record.size for b in blocks[:block])
    return _damaged(blocks[block], files, inside, "an output is worth more than all coins there can be")


def _damaged(block: Block, files: Files, inside: int, why: str) -> ChainError:
    start = block.record.at + inside
    return ChainError(
        f"a block is damaged: {why}",
        where=f"{files.blocks[block.record.file][0].name} byte:{start}-{block.record.at + block.record.size}",
        remedy="copy the block file again, name another copy beside it, or leave it out and build the slice before it",
    )
