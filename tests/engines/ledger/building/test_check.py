"""Every copy and every undo record read: what is damaged is named, each in its place, and nothing else."""

import itertools
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from leadline.commands.checking import lines
from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks.opening import open_files
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


@pytest.mark.parametrize("name", ["blk00000.dat", "rev00000.dat"])
def test_no_flipped_bit_passes(node: tuple[Path, Ledger], mine: Path, name: str) -> None:
    """Anywhere in a file: in frames, headers, transactions, undo records and their checksums.

    Only a damaged frame of an undo record is mended by what it frames, and counted.
    """
    rng, whole = random.Random(name), (mine / name).read_bytes()
    end = len(whole.rstrip(b"\0"))
    record = end // 4313
    places = [rng.randrange(end) for _ in range(12)] + [rng.randrange(record) for _ in range(6)] + [end - 20]
    for at in places:
        hurt = bytearray(whole)
        hurt[at] ^= 1 << rng.randrange(8)
        (mine / name).write_bytes(hurt)
        facts = check([mine], "main", silent)
        assert not facts["ok"] or facts["undo_mended"] == 1, at
        assert name[:3] == "rev" or not facts["ok"], at


def test_bytes_of_no_block_are_named(node: tuple[Path, Ledger], mine: Path) -> None:
    """A header that no longer meets its own target is no header: all that is to be seen are bytes of no block."""
    (at,) = frames(node[1], (900,))
    flip(mine / "blk00000.dat", at + 8 + 40)
    size = int(node[1]._held["block_size"][900]) + 8
    facts = check([mine], "main", silent)
    assert (facts["ok"], facts["damaged"]) == (False, [])
    assert facts["no_block"] == [{"file": "blk00000.dat", "at": at, "size": size}]
    said = lines(facts)
    assert said[0].startswith("damaged") and f"  bytes of no block: blk00000.dat byte:{at}-{at + size}" in said


@pytest.mark.parametrize("data", [random.Random(1).randbytes(300_000), b"", bytes(4096), b"\xf9\xbe\xb4\xd9" * 500])
def test_no_block_at_all_does_not_pass(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "blk00000.dat").write_bytes(data)
    facts = check([tmp_path], "main", silent)
    assert (facts["ok"], facts["blocks"]) == (False, 0)
    assert lines(facts)[0].startswith("no block of main was found")


def test_zeros_pass_where_a_node_sets_room_aside_and_nowhere_else(node: tuple[Path, Ledger], mine: Path) -> None:
    """Behind the last block, and as a last file; not between blocks, and not as a file before others."""
    key = (mine / "xor.dat").read_bytes()
    (mine / "blk00001.dat").write_bytes(bytes(1 << 16))
    assert check([mine], "main", silent)["ok"] is True
    shutil.move(mine / "blk00000.dat", mine / "blk00002.dat")
    shutil.move(mine / "rev00000.dat", mine / "rev00002.dat")
    facts = check([mine], "main", silent)
    assert (facts["ok"], facts["no_block"]) == (False, [{"file": "blk00001.dat", "at": 0, "size": 1 << 16}])
    (mine / "blk00001.dat").unlink()
    data = (mine / "blk00002.dat").read_bytes()
    (at,) = frames(node[1], (901,))
    plain = bytes(b ^ k for b, k in zip(data, itertools.cycle(key), strict=False))
    wide = plain[:at] + bytes(64) + plain[at:].rstrip(b"\0")
    for blank in (bytes(64), bytes(key[(at + n) % 8] for n in range(64))):
        hidden = bytearray(b ^ k for b, k in zip(wide, itertools.cycle(key), strict=False))
        hidden[at : at + 64] = blank
        (mine / "blk00002.dat").write_bytes(hidden)
        facts = check([mine], "main", silent)
        assert facts["ok"] is False
        assert facts["no_block"][0] == {"file": "blk00002.dat", "at": at, "size": 64}


def test_a_cut_block_does_not_pass_and_is_no_loose_bytes(node: tuple[Path, Ledger], mine: Path) -> None:
    (at,) = frames(node[1], (4312,))
    data = (mine / "blk00000.dat").read_bytes()
    (mine / "blk00000.dat").write_bytes(data[: at + 150])
    facts = check([mine], "main", silent)
    assert (facts["ok"], facts["no_block"], [c["at"] for c in facts["cut"]]) == (False, [], [at])


def test_witness_data_is_held_to_what_the_coinbase_commits_to(data_dir: Path, tmp_path: Path) -> None:
    """A block of 2017 with witness data, which the merkle root does not cover: no flipped byte of it passes."""
    raw = (data_dir / "chain" / "blocks" / "bcoin_482683.raw").read_bytes()
    file = tmp_path / "482683.raw"
    file.write_bytes(raw)
    assert check([file], "main", silent)["ok"] is True
    rng = random.Random(3)
    for at in (rng.randrange(80, len(raw)) for _ in range(60)):
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
        (damaged,) = check([file], "main", silent)["damaged"]
        assert damaged["why"].startswith("a block is damaged")


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
