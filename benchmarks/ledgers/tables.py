"""Rows scripts and spends: the dictionary of scripts and the join of inputs to outputs, against DuckDB."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.engines.ledger.slots_kernels import empty_table, table_size
from leadline.engines.ledger.spends.spends_kernels import resolve
from leadline.engines.ledger.spends.txids_kernels import fill_txids
from ledgers.clock import cpu, least, row, touched

SCRIPT = 25
STEP = 100_000
"""Outputs taken at once: about those of one chunk of blocks."""


def scripts(options: Any) -> list[dict[str, Any]]:
    """60 M outputs that pay 20 M p2pkh scripts, in random order."""
    outputs, distinct = options.outputs, options.outputs // 3
    rng = np.random.Generator(np.random.PCG64(5))
    raw = rng.integers(0, 256, (distinct, SCRIPT), np.uint8)
    raw[:, :3], raw[:, 23:] = (0x76, 0xA9, 0x14), (0x88, 0xAC)
    order = np.concatenate([np.arange(distinct), rng.integers(0, distinct, outputs - distinct)])
    blob = raw[rng.permuted(order)].reshape(-1)
    del raw, order

    def ours() -> int:
        dictionary = Scripts(room=outputs * SCRIPT)
        ids = np.empty(outputs, np.int32)
        for k in range(0, outputs, STEP):
            n = min(STEP, outputs - k)
            sizes = np.full(n, SCRIPT, np.int32)
            ids[k : k + n] = dictionary.intern(blob[k * SCRIPT : (k + n) * SCRIPT], np.arange(n) * SCRIPT, sizes)
        return dictionary.count

    offsets = pa.py_buffer(np.arange(outputs + 1, dtype=np.int64) * SCRIPT)
    array = pa.Array.from_buffers(pa.large_binary(), outputs, [None, offsets, pa.py_buffer(blob)])
    table = pa.table({"script": array})

    def theirs() -> int:
        with duckdb.connect() as db:
            db.execute("set threads = 1")
            db.register("outputs", table)
            db.execute("create table scripts as select distinct script from outputs")
            return int(db.execute("select count(*) from scripts").fetchall()[0][0])

    touched(4 << 30)
    assert ours() == theirs() == distinct
    mine, peer = least(ours, 2), least(theirs, 2)
    against = f"DuckDB DISTINCT, {outputs:,} outputs over {distinct:,} scripts, one thread each"
    return [row("scripts", outputs / mine / 1e6, "M outputs/s", against, peer / mine, 1.5)]


def spends(options: Any) -> list[dict[str, Any]]:
    """30 M inputs that spend half of the 60 M outputs of 20 M transactions, in random order."""
    outputs, inputs, txs = options.outputs, options.outputs // 2, options.outputs // 3
    rng = np.random.Generator(np.random.PCG64(1))
    held = np.empty(txs * 32 + 96, np.uint8)
    ids = held[-held.ctypes.data % 64 :][: txs * 32 + 32]
    words = ids.view(np.uint64).reshape(-1, 4)
    words[:txs], words[txs] = rng.integers(0, 2**64, (txs, 4), np.uint64), 0
    pick = rng.permutation(outputs)[:inputs]
    prev, vout = words[pick // 3].view(np.uint8).reshape(-1), (pick % 3).astype(np.uint32)
    first_out = np.append(np.arange(txs + 1) * 3, txs * 3)
    first_in = np.append(np.zeros(txs + 1, np.int64), inputs)

    def ours() -> Any:
        slots = empty_table(table_size(txs + 1))
        fill_txids(slots, ids, 0, txs + 1, 0, slots.size)
        in_prev = np.empty(inputs, np.int64)
        assert resolve(slots, ids, first_in, first_out, prev, vout, 0, 0, inputs, 0, slots.size, in_prev) == -1
        return in_prev

    touched(4 << 30)
    assert (ours() == pick).all()
    mine = least(ours)
    prefix, positions = words[:txs, 0].copy(), np.arange(outputs, dtype=np.int32)
    spent = pa.table({"p": prefix[pick // 3], "v": (pick % 3).astype(np.uint16), "i": positions[:inputs]})
    by_tx = pa.table({"p": prefix, "f": positions[::3]})
    repeated, numbers = np.repeat(prefix, 3), np.tile(np.arange(3, dtype=np.uint16), txs)
    by_output = pa.table({"p": repeated, "v": numbers, "o": positions})

    def joined(table: pa.Table, select: str) -> float:
        def work() -> None:
            with duckdb.connect() as db:
                db.execute("set threads = 2; set memory_limit = '10GB'")
                db.register("spent", spent)
                db.register("made", table)
                db.execute(f"create table found as {select}")

        return min(cpu(work) for _ in range(3))

    one = joined(by_tx, "select i.i, m.f + i.v as o from spent i join made m on i.p = m.p")
    two = joined(by_output, "select i.i, m.o from spent i join made m on i.p = m.p and i.v = m.v")
    peer = min(one, two)
    against = f"the better of DuckDB's two joins ({one:.2f} and {two:.2f} CPU s), {inputs:,} inputs"
    return [row("spends", inputs / mine / 1e6, "M inputs/s", against, peer / mine, 1.8)]
