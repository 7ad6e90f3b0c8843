"""Keys of block files: what a program that opened a copied folder without its key leaves is read whole again."""

import itertools
import random
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.blocks.blockfiles import NONE, RECOVERED
from leadline.engines.ledger.blocks.opening import open_files
from leadline.engines.ledger.building.check import check
from leadline.kinds.bitcoin.networks import MAIN, REGTEST
from leadline.model.progress import silent

KEY = bytes.fromhex("8a1f00c3d97e2255")
LENGTHS = (1, 5, 40)
"""How many blocks a program wrote plainly over the beginning."""


def hidden(data: bytes, key: bytes = KEY) -> bytes:
    return bytes(b ^ key[i % 8] for i, b in enumerate(data))


@pytest.fixture(scope="module")
def blocks(regtest: ModuleType) -> list[bytes]:
    return [regtest.GENESIS, *regtest.chain([[] for _ in range(60)])]


@pytest.mark.parametrize("plain", LENGTHS)
@pytest.mark.parametrize("tail", [0, 1 << 16])
def test_a_folder_touched_without_its_key_gives_the_same_ledger(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path, plain: int, tail: int
) -> None:
    """Zeros for a key file, and plain blocks over the beginning of the first file, whose end they cut anywhere."""
    whole = regtest.framed(blocks)
    over = regtest.framed(blocks[:plain])
    regtest.write(tmp_path / "old", whole)
    build(tmp_path / "old-ledger", [tmp_path / "old"], "regtest")
    regtest.write(tmp_path / "new", over + hidden(whole)[len(over) :] + bytes(tail))
    (tmp_path / "new" / "xor.dat").write_bytes(bytes(8))
    begin, rest = open_files([tmp_path / "new" / "blk00000.dat"], REGTEST)
    assert (begin[0].key_from, begin[0].size, rest[0].key, rest[0].key_from) == (NONE, len(over), KEY, RECOVERED)
    build(tmp_path / "new-ledger", [tmp_path / "new"], "regtest")
    old, new = open_ledger(tmp_path / "old-ledger"), open_ledger(tmp_path / "new-ledger")
    assert new.pin() == old.pin()
    assert [f["other_bytes"] for f in new.sources()["sources"]] == [0, 0]
    assert check([tmp_path / "new"], "regtest", silent)["ok"] is True


def test_what_was_written_over_may_end_inside_a_block(blocks: list[bytes], regtest: ModuleType, tmp_path: Path) -> None:
    """Then that block is lost, and named as bytes of no block; those behind it are read."""
    order = [*blocks[7:], *blocks[:7]]
    starts = list(itertools.accumulate((8 + len(b) for b in order), initial=0))[:-1]
    data = hidden(regtest.framed(order))
    over = regtest.framed(blocks[:1])
    regtest.write(tmp_path, over + data[len(over) :])
    kept = [at for at in starts if at >= len(over)]
    facts = check([tmp_path], "regtest", silent)
    assert (facts["ok"], facts["blocks"]) == (False, 1 + len(kept))
    assert facts["no_block"] == [{"file": "blk00000.dat", "at": len(over), "size": kept[0] - len(over)}]


def test_files_beside_it_and_a_lost_key_file(blocks: list[bytes], regtest: ModuleType, tmp_path: Path) -> None:
    """No xor.dat at all; the first file touched, the second not: its key, told by its first block, is the first's."""
    first, second = regtest.framed(blocks[:30]), regtest.framed(blocks[30:])
    over = regtest.framed(blocks[:1])
    regtest.write(tmp_path, over + hidden(first)[len(over) :])
    regtest.write(tmp_path, hidden(second), "blk00001.dat")
    assert [(f.key, f.skip) for f, _ in open_files(sorted(tmp_path.glob("blk*")), REGTEST)] == [
        (bytes(8), 0), (KEY, len(over)), (KEY, 0),
    ]  # fmt: skip
    build(tmp_path / "ledger", [tmp_path], "regtest")
    assert open_ledger(tmp_path / "ledger").height == 60


def test_a_damaged_beginning_does_not_hide_the_key(blocks: list[bytes], regtest: ModuleType, tmp_path: Path) -> None:
    """The first bytes are noise, the key file is gone: the zeros in the blocks behind them give it away."""
    data = bytearray(hidden(regtest.framed(blocks)))
    data[:200] = random.Random(5).randbytes(200)
    regtest.write(tmp_path, bytes(data))
    ((file, _),) = open_files([tmp_path / "blk00000.dat"], REGTEST)
    assert (file.key, file.key_from, file.skip) == (KEY, RECOVERED, 0)
    assert check([tmp_path], "regtest", silent)["blocks"] == len(blocks) - 1


def test_no_key_is_made_up(regtest: ModuleType, blocks: list[bytes], tmp_path: Path) -> None:
    """Junk behind plain blocks, be it words that repeat, is junk: a key is one only when a block stands under it."""
    for n, junk in enumerate((random.Random(1).randbytes(9_000), b"leadline" * 900, bytes(64) + b"x" * 999)):
        path = regtest.write(tmp_path / str(n), regtest.framed(blocks) + junk)
        ((file, _),) = open_files([path], REGTEST)
        assert (file.key, file.key_from, file.skip) == (bytes(8), NONE, 0)


def test_the_folder_core_itself_leaves(data_dir: Path, oracle, tmp_path: Path) -> None:
    """Core's library opens a copy without its key and its index: what it leaves gives the same ledger."""
    core = oracle("pbk").load_chainman(str(tmp_path / "node"), oracle("pbk").ChainType.MAINNET)
    core.import_blocks([data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"])
    del core
    assert any((tmp_path / "node" / "blocks" / "xor.dat").read_bytes())
    build(tmp_path / "before", [tmp_path / "node" / "blocks"], "main")
    (tmp_path / "copy" / "blocks").mkdir(parents=True)
    for file in (tmp_path / "node" / "blocks").glob("*.dat"):
        if file.name != "xor.dat":
            shutil.copy(file, tmp_path / "copy" / "blocks" / file.name)
    touched = oracle("pbk").load_chainman(str(tmp_path / "copy"), oracle("pbk").ChainType.MAINNET)
    del touched
    assert not any((tmp_path / "copy" / "blocks" / "xor.dat").read_bytes())
    assert (tmp_path / "copy" / "blocks" / "blk00000.dat").read_bytes()[:4] == MAIN.magic
    build(tmp_path / "after", [tmp_path / "copy" / "blocks"], "main")
    assert open_ledger(tmp_path / "after").pin() == open_ledger(tmp_path / "before").pin()
    assert open_ledger(tmp_path / "after").info()["unknown_inputs"] == 0
    facts = check([tmp_path / "copy" / "blocks"], "main", silent)
    assert (facts["ok"], facts["blocks"], facts["undo_records"]) == (True, 4313, 4312)
