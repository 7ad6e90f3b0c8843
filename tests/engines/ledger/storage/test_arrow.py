"""From Python: columns as NumPy views and Arrow tables over the memory map, without copies."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import leadline
from leadline.engines.ledger import Ledger, build
from leadline.engines.ledger.storage.arrow import TABLES
from leadline.errors import UsageError
from leadline.model.ledger import BY_NAME


@pytest.fixture(scope="module")
def real(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    out = tmp_path_factory.mktemp("arrow") / "ledger"
    build(out, [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main")
    return leadline.open_ledger(str(out))


def mapped(ledger: Ledger) -> list[tuple[int, int]]:
    """Address ranges of the process that are maps of the ledger's files."""
    ranges = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        if str(ledger.path) in line:
            first, last = line.split()[0].split("-")
            ranges.append((int(first, 16), int(last, 16)))
    return ranges


def test_numpy_columns_are_views_of_the_map(real: Ledger) -> None:
    held = mapped(real)
    assert held
    for name in ("block_hash", "tx_id", "in_prev", "in_value", "out_value", "out_script", "out_spender", "cluster_of"):
        column = getattr(real, name)
        at = column.__array_interface__["data"][0]
        assert any(a <= at and at + column.nbytes <= b for a, b in held), name
        assert not column.flags.writeable
        assert column.base is not None


@pytest.mark.parametrize("name", TABLES)
def test_arrow_columns_share_that_memory(real: Ledger, name: str) -> None:
    before, table = pa.total_allocated_bytes(), real.arrow(name)
    assert pa.total_allocated_bytes() == before
    held = mapped(real)
    for column in table.columns:
        (chunk,) = column.chunks
        for buffer in chunk.buffers():
            assert buffer is None or any(a <= buffer.address and buffer.address + buffer.size <= b for a, b in held)


def test_arrow_says_what_the_columns_say(real: Ledger) -> None:
    out, tx, scripts = real.arrow("out"), real.arrow("tx"), real.arrow("script")
    assert out.num_rows == len(real.out_value)
    assert pc.sum(out["out_value"]).as_py() == int(real.out_value.sum())
    assert tx["tx_id"].type == pa.binary(32)
    assert tx["tx_id"][0].as_py() == real.tx_id[0].tobytes()
    assert tx["tx_first_out"].to_pylist() == real.tx_first_out[:-1].tolist()
    assert [scripts["script"][n].as_py() for n in range(20)] == [real.script_bytes(n) for n in range(20)]
    assert {c for t in TABLES for c in real.arrow(t).column_names} - {"script"} <= set(BY_NAME)
    with pytest.raises(UsageError):
        real.arrow("blocks")


def test_a_table_outlives_the_ledger_it_came_from(data_dir: Path, tmp_path: Path) -> None:
    build(tmp_path / "l", [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main")
    table = leadline.open_ledger(tmp_path / "l").arrow("out")
    assert int(np.asarray(table["out_value"]).sum()) == 4313 * 50 * 10**8 + 1_244_956_000_000


def test_a_ledger_as_of_a_height_is_shorter(real: Ledger) -> None:
    then = real.at(170)
    assert then.arrow("block").num_rows == 171
    assert pc.max(then.arrow("out")["out_spender"]).as_py() < then.arrow("in").num_rows
