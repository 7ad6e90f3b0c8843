"""Every copy and every undo record read: what is damaged is named, each in its place, and nothing else."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks.blockfiles import open_files
from leadline.engines.ledger.blocks.undo_records import UndoFile, records
from leadline.engines.ledger.blocks.undo_records import open_files as open_undo
from leadline.engines.ledger.building.check import check
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import MAIN
from leadline.model.progress import silent

HURT = (170, 900, 4312)


@pytest.fixture(scope="module")
def node(data_dir: Path, tmp_path_factory: pytest.TempPathFactory, oracle) -> tuple[Path, Ledger]:
    """The blocks folder Core's kernel writes of mainnet's blocks 0 to 4312 (xor'd, with undo files), and its ledger."""
    folder = tmp_path_factory.mktemp("core")
    core = oracle("pbk").load_chainman(str(folder), oracle("pbk").ChainType.MAINNET)
    core.import_blocks([data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"])
    del core
    build(folder / "ledger", [folder / "blocks"], "main")
    return folder / "blocks", open_ledger(folder / "ledger")


@pytest.fixture
def mine(node: tuple[Path, Ledger], tmp_path: Path) -> Path:
    """A copy of the folder to damage."""
    return Path(shutil.copytree(node[0], tmp_path / "mine"))


def flip(file: Path, *places: int) -> None:
    data = bytearray(file.read_bytes())
    for at in places:
        data[at] ^= 0x10
    file.write_bytes(data)


def frames(ledger: Ledger, heights: tuple[int, ...] = HURT) -> list[int]:
    return [int(ledger._held["block_at"][h]) - 8 for h in heights]


def test_whole_files_are_whole(node: tuple[Path, Ledger]) -> None:
    blocks, ledger = node
    facts = check([blocks], "main", silent)
    payments = int((np.diff(ledger.block_first_tx) > 1).sum())
    assert facts["ok"] is True
    assert (facts["blocks"], facts["repeated_blocks"], facts["damaged"], facts["cut"]) == (4313, 0, [], [])
    assert (facts["undo_records"], facts["undo_blocks"]) == (4312, payments)
    assert (facts["undo_mended"], facts["undo_missing"], facts["undo_lost"]) == (0, 0, [])


def test_every_damaged_block_is_named_and_no_other(node: tuple[Path, Ledger], mine: Path) -> None:
    at = frames(node[1])
    flip(mine / "blk00000.dat", *(a + 150 for a in at))
    facts = check([mine], "main", silent)
    assert facts["ok"] is False
    assert [d["at"] for d in facts["damaged"]] == at
    assert [d["block"] for d in facts["damaged"]] == [node[1].block_hash[h][::-1].tobytes().hex() for h in HURT]
    assert {d["whole_copy"] for d in facts["damaged"]} == {None}
    assert facts["blocks"] == 4313 - len(HURT)
    assert (facts["undo_missing"], facts["undo_lost"]) == (0, []), (
        "undo records are tied to damaged blocks all the same"
    )


def test_damage_in_a_copy_that_no_build_reads_is_seen(node: tuple[Path, Ledger], mine: Path, tmp_path: Path) -> None:
    """The good copy comes first, and the bad one differs only behind what is kept of it: a build is as good as ever."""
    blocks, ledger = node
    at = frames(ledger)
    flip(mine / "blk00000.dat", *(a + 8 + 170 for a in at))
    build(tmp_path / "l", [blocks, mine], "main")
    assert open_ledger(tmp_path / "l").sources()["damaged_blocks"] == []
    facts = check([blocks, mine], "main", silent)
    assert facts["ok"] is False
    assert [(d["file"], d["at"]) for d in facts["damaged"]] == [("mine/blk00000.dat", a) for a in at]
    assert [d["whole_copy"] for d in facts["damaged"]] == [{"file": "blocks/blk00000.dat", "at": a} for a in at]


@pytest.mark.parametrize("size", [3001, 3_900_000, 150])
def test_what_a_wrong_size_passes_over_is_read_too(node: tuple[Path, Ledger], mine: Path, size: int) -> None:
    at, key = frames(node[1])[1], (mine / "xor.dat").read_bytes()
    data = bytearray((mine / "blk00000.dat").read_bytes())
    data[at + 4 : at + 8] = bytes(b ^ key[(at + 4 + n) % 8] for n, b in enumerate(size.to_bytes(4, "little")))
    data[frames(node[1], (902,))[0] + 150] ^= 1
    (mine / "blk00000.dat").write_bytes(data)
    facts = check([mine], "main", silent)
    assert [(d["at"]) for d in facts["damaged"]] == [at, *frames(node[1], (902,))]
    assert facts["blocks"] == 4311


def test_a_damaged_undo_record_is_named(node: tuple[Path, Ledger], mine: Path) -> None:
    def undo_file() -> UndoFile:
        (file,) = open_undo([], [f for f, _ in open_files([mine / "blk00000.dat"], MAIN)], MAIN)
        return file

    target = next(u for u in records(undo_file(), MAIN) if u.size > 33)
    flip(mine / "rev00000.dat", target.at + 10)
    facts = check([mine], "main", silent)
    assert facts["ok"] is False
    assert (facts["undo_missing"], facts["damaged"]) == (1, [])
    assert facts["undo_lost"] == [{"file": "rev00000.dat", "at": target.at - 8, "size": 8 + target.size + 32}]
    flip(mine / "rev00000.dat", target.at + 10, target.at - 3)
    facts = check([mine], "main", silent)
    assert (facts["ok"], facts["undo_mended"], facts["undo_lost"]) == (True, 1, [])


def test_a_ledger_is_built_around_what_is_damaged(node: tuple[Path, Ledger], mine: Path, tmp_path: Path) -> None:
    """Asked to, and only then: the block is named, the gap is one, and what stands around it is as it was."""
    ledger = node[1]
    at = frames(ledger)
    flip(mine / "blk00000.dat", *(a + 150 for a in at[:2]))
    with pytest.raises(ChainError, match="damaged"):
        build(tmp_path / "no", [mine], "main")
    info = build(tmp_path / "l", [mine], "main", leave_out=True)
    around = open_ledger(tmp_path / "l")
    assert [d["at"] for d in around.sources()["damaged_blocks"]] == at[:2]
    assert [s["blocks"] for s in info["segments"]] == [170, 729, 3412]
    kept = np.delete(np.arange(4313), HURT[:2])
    assert np.array_equal(around.block_hash, ledger.block_hash[kept])
    assert info["unknown_inputs"] == 0, "undo records tell what was spent from blocks that are lost"
    build(tmp_path / "l", [mine, node[0]], "main")
    mended = open_ledger(tmp_path / "l")
    assert np.array_equal(mended.block_hash, ledger.block_hash)
    assert mended.info() == ledger.info()
