"""Resolving a chain larger than the memory it may take: a part of the table of ids at a time, the same columns."""

import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from leadline.engines.ledger.building import grow
from leadline.engines.ledger.building.derive import derive
from leadline.engines.ledger.building.ingest import PREV_TXID, PREV_VOUT
from leadline.engines.ledger.storage import columns
from leadline.kinds.bitcoin.script import P2PKH
from leadline.model.ledger import COLUMNS
from leadline.model.progress import silent

TXS = 200_000
DERIVE = sys.modules[derive.__module__]


def chain(folder: Path) -> dict[str, int]:
    """Columns of transactions that each spend the first output of the one before, and pay two scripts; their rows."""
    folder.mkdir()
    rng = np.random.Generator(np.random.PCG64(2))
    ids = rng.integers(0, 256, (TXS, 32), np.uint8)
    vout = np.zeros(TXS, np.uint32)
    vout[0] = 0xFFFFFFFF
    (folder / PREV_TXID).write_bytes(bytes(32) + ids[:-1].tobytes())
    (folder / PREV_VOUT).write_bytes(vout.tobytes())
    columns.write(
        folder,
        tx_id=ids,
        tx_first_in=np.arange(TXS + 1),
        tx_first_out=np.arange(TXS + 1) * 2,
        out_value=np.arange(2 * TXS),
        out_script=np.arange(2 * TXS) // 3,
        in_value=np.full(TXS, -1),
        in_script=np.full(TXS, -1),
        script_kind=np.full(2 * TXS // 3 + 1, P2PKH),
        block_first_tx=np.array([0, TXS]),
        block_hash=np.zeros((1, 32)),
        block_height=np.zeros(1),
        block_time=np.zeros(1),
    )
    return {"block": 1, "tx": TXS, "in": TXS, "out": 2 * TXS, "script": 2 * TXS // 3 + 1}


def test_memory_stays_under_the_bound_and_the_columns_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, in_parts = tmp_path / "at once", tmp_path / "in parts"
    derive(at_once, chain(at_once), "main", [0], grow.nothing(), silent)
    part, held = 1 << 16, []

    def measured(*arguments: object) -> int:
        held.append(tracemalloc.get_traced_memory()[1])
        return complete(*arguments)

    complete = DERIVE.complete
    monkeypatch.setattr(DERIVE, "PART", part)
    monkeypatch.setattr(DERIVE, "IN_MEMORY", part)
    monkeypatch.setattr(DERIVE, "complete", measured)
    rows = chain(in_parts)
    tracemalloc.start()
    try:
        derive(in_parts, rows, "main", [0], grow.nothing(), silent)
    finally:
        tracemalloc.stop()
    assert rows["tx_slot"] >= 8 * part, "the table is far larger than what may be held"
    assert held[0] < 8 * part + (1 << 19), "a part of eight bytes a slot, and what reading and writing takes"
    names = [c.name for c in COLUMNS if (at_once / f"{c.name}.bin").exists()]
    assert {"tx_slot", "in_prev", "out_spender", "cluster_of", "script_out"} <= set(names)
    for name in names:
        assert (at_once / f"{name}.bin").read_bytes() == (in_parts / f"{name}.bin").read_bytes(), name
    spender = np.fromfile(in_parts / "out_spender.bin", np.int64)
    assert spender[::2].tolist() == [*range(1, TXS), -1]
    assert set(spender[1::2].tolist()) == {-1}
