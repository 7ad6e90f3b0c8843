"""Rows memory_50m and growth, and a whole history: a ledger derived from a chain made at column level."""

import contextlib
import os
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from leadline.engines.ledger.building import grow
from leadline.engines.ledger.building.derive import derive
from leadline.engines.ledger.building.ingest import PREV_TXID, PREV_VOUT
from leadline.engines.ledger.storage import columns
from leadline.kinds.bitcoin.script import P2PKH
from leadline.model.progress import silent
from ledgers.clock import cpu, peak, row, touched

WINDOW = 4_000_000
"""Unspent outputs among which the next input picks: as on a real chain, most coins move soon and some stay."""
BLOCK = 2000
TOUCHED = 160
"""Bytes of memory and of written files a transaction, about, that are touched while a ledger is derived."""


@njit(nogil=True)
def mixed(x: Any) -> Any:
    """Sixty-four bits that look drawn, the same for the same x."""
    x = (x + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(nogil=True)
def _fill(
    ids: Any, first_in: Any, first_out: Any, prev: Any, vout: Any, value: Any, script: Any, pool: Any, made: Any
) -> Any:
    """Every column of a chain of len(ids) transactions; the number of inputs, outputs and scripts.

    pool and made: the outputs among which the next input picks, and the transactions that made them.
    """
    ni, no, ns, free = 0, 0, 0, 0
    for t in range(ids.shape[0]):
        for j in range(4):
            ids[t, j] = mixed(np.uint64(4 * t + j))
        r = mixed(np.uint64(7 * t + 1))
        n = 1
        while r & np.uint64(1) and n < 12:
            r >>= np.uint64(1)
            n += 1
        for _ in range(min(n, free) if t % 2000 else 0):
            k = np.int64(mixed(np.uint64(ni)) % np.uint64(free))
            o, p = pool[k], made[k]
            free -= 1
            pool[k], made[k] = pool[free], made[free]
            for j in range(4):
                prev[ni, j] = mixed(np.uint64(4 * p + j))
            vout[ni] = o - first_out[p]
            ni += 1
        if ni == first_in[t]:
            for j in range(4):
                prev[ni, j] = 0
            vout[ni] = 0xFFFFFFFF
            ni += 1
        first_in[t + 1] = ni
        for _ in range(2 + (t % 4 == 0)):
            r = mixed(np.uint64(3 * no + 2))
            value[no] = np.int64(r % np.uint64(10**9)) + 600
            if ns < 100 or r % np.uint64(100) < np.uint64(55):
                script[no] = ns
                ns += 1
            else:
                script[no] = ns - 1 - np.int64((r >> np.uint64(32)) % np.uint64(min(ns, 300_000)))
            k = free if free < pool.size else np.int64(r % np.uint64(pool.size))
            pool[k], made[k] = no, t
            free = max(free, k + 1)
            no += 1
        first_out[t + 1] = no
    return ni, no, ns


def measured(txs: int, where: Path) -> tuple[float, int]:
    """CPU seconds to derive a ledger of `txs` transactions once all of them are on the disk, and its inputs."""
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name)
        rows = _write(folder, txs)
        os.sync()
        touched(TOUCHED * txs)
        return cpu(lambda: derive(folder, rows, "main", [0], grow.nothing(), silent)), rows["in"]


def _write(folder: Path, txs: int) -> dict[str, int]:
    ids = columns.create(folder, "tx_id", 32 * txs).view(np.uint64).reshape(-1, 4)
    first_in, first_out = (columns.create(folder, name, txs + 1) for name in ("tx_first_in", "tx_first_out"))
    most_in, most_out = int(txs * 2.2) + 10, int(txs * 2.25) + 10
    prev = np.memmap(folder / PREV_TXID, np.uint64, "w+", shape=(most_in, 4))
    vout = np.memmap(folder / PREV_VOUT, np.uint32, "w+", shape=(most_in,))
    value, script = columns.create(folder, "out_value", most_out), columns.create(folder, "out_script", most_out)
    ni, no, ns = _fill(ids, first_in, first_out, prev, vout, value, script, *np.empty((2, WINDOW), np.int64))
    del ids, first_in, first_out, prev, vout, value, script
    for path, size in (
        (folder / PREV_TXID, 32 * ni),
        (folder / PREV_VOUT, 4 * ni),
        (columns.file_of(folder, "out_value"), 8 * no),
        (columns.file_of(folder, "out_script"), 4 * no),
    ):
        with path.open("r+b") as file:
            file.truncate(size)
    blocks = -(-txs // BLOCK)
    for name in ("in_value", "in_script"):
        columns.create(folder, name, ni)[:] = -1
    columns.write(
        folder,
        block_time=np.arange(blocks) * 600,
        block_hash=np.zeros((blocks, 32), np.uint8),
        block_height=np.arange(blocks),
        script_kind=np.full(ns, P2PKH, np.uint8),
    )
    return {"block": blocks, "tx": txs, "in": ni, "out": no, "script": ns}


def run(options: Any) -> list[dict[str, Any]]:
    """The rows."""
    where = Path("build/bench")
    where.mkdir(parents=True, exist_ok=True)
    measured(20_000, where)
    before, _ = measured(options.many // 10, where)
    many, inputs = measured(options.many, where)
    memory = peak()
    after, _ = measured(options.many // 10, where)
    n = f"{options.many:,} transactions, {inputs:,} inputs" + ("" if options.many >= 50_000_000 else " (not 50 M)")
    growth = 10 * (before + after) / 2 / many
    return [
        row("memory_50m", memory / 1e9, "GB", f"20 GB, {n}, pages of mapped files included", 20e9 / memory, 1.0),
        row("growth", many / options.many * 1e6, "µs/tx", f"a tenth of them, before and after; {n}", growth, 0.8),
    ]


def history(options: Any) -> list[dict[str, Any]]:
    """Time, memory and disk of `options.history` transactions, derived in a process of its own once they are made.

    The yardstick's years with their history are 300 M. Not a race: it has no peer and is run alone, once.
    """
    where = Path("build/bench")
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name)
        start = time.perf_counter()
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            rows = pool.submit(_write, folder, options.history).result()
        made = time.perf_counter() - start
        stages: dict[str, float] = {}

        def progress(what: str, done: int, total: int) -> None:
            stages[f"{what} done" if done == total else what] = time.perf_counter() - start

        start = time.perf_counter()
        with ThreadPoolExecutor(1) as watcher:
            over = threading.Event()
            most = watcher.submit(watched, folder, over)
            try:
                spent = cpu(lambda: derive(folder, rows, "main", [0], grow.nothing(), progress))
            finally:
                over.set()
            disk, memory = most.result()
        took = time.perf_counter() - start
    parts = ", ".join(f"{what} {at:.0f} s" for what, at in stages.items())
    against = (
        f"{options.history:,} transactions, {rows['in']:,} inputs, {rows['out']:,} outputs, {rows['script']:,} scripts:"
        f" made in {made:.0f} s, derived in {took:.0f} s ({spent:.0f} processor seconds; {parts}); peak"
        f" {memory / 1e9:.1f} GB of memory, {peak() / 1e9:.1f} with pages of mapped files; {disk / 1e9:.1f} GB of disk"
    )
    return [row("history", took / 60, "minutes", against, None, 0)]


def watched(folder: Path, over: threading.Event) -> tuple[int, int]:
    """Most bytes of disk in `folder`, and of memory that is this process's own, until it is over."""
    disk = memory = 0
    while not over.wait(0.5):
        with contextlib.suppress(FileNotFoundError):
            disk = max(disk, sum(p.stat().st_blocks for p in folder.iterdir()) * 512)
        own = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("RssAnon"))
        memory = max(memory, int(own.split()[1]) * 1024)
    return disk, memory
