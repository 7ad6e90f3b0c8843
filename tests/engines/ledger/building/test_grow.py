"""Blocks added to a ledger that is there: the same as built at once, whatever was in between."""

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger import build as build_function
from leadline.engines.ledger.building import grow
from leadline.engines.ledger.columns import Columns
from leadline.engines.ledger.scripts.dictionary import KEY_SIZE
from leadline.engines.ledger.storage import growing
from leadline.engines.ledger.storage.meta import META
from leadline.errors import ChainError, ForkError
from leadline.kinds.bitcoin.tx import sha256d
from leadline.model.ledger import COLUMNS
from leadline.scenario.plan import NETWORK

PLACES = {"block_file", "block_at"}
"""Columns that say in which file a block lay."""


def equal(a: Ledger, b: Ledger) -> None:
    """Every column of two ledgers, but where the blocks lay; tables of another size answer alike."""
    for column in COLUMNS:
        if column.name not in PLACES and column.of not in ("tx_slot", "script_slot", "stale"):
            assert np.array_equal(a._held[column.name], b._held[column.name]), column.name
    assert a.info() == b.info()
    assert a.pin() == b.pin()
    for t in range(0, len(a.tx_id), 7):
        assert a.tx_index(a.txid_hex(t)) == b.tx_index(a.txid_hex(t))
    scripts = [a.script_bytes(s) for s in range(0, len(a.script_kind), 5)]
    assert a.find_scripts(scripts).tolist() == b.find_scripts(scripts).tolist()


def as_pinned(then: Ledger, pinned: Ledger) -> None:
    """All that is read of a ledger as of a pin is what was read of it when it was pinned."""
    assert then.info() == pinned.info()
    assert then.pin() == pinned.pin()
    for name in (*Columns.__annotations__, "out_spender", "median_time", "cluster_of"):
        assert np.array_equal(getattr(then, name), getattr(pinned, name)), name
    assert [np.array_equal(a, b) for a, b in zip(links_of(then), links_of(pinned), strict=True)] == [True] * 3
    every = np.arange(len(pinned.script_kind))
    assert np.array_equal(then.outputs_of(every), pinned.outputs_of(every))
    assert np.array_equal(then.spends_from_outside(every), pinned.spends_from_outside(every))
    assert np.array_equal(then.members_of(pinned.cluster_of), pinned.members_of(pinned.cluster_of))
    for out in range(0, len(pinned.out_value), 50):
        assert then.reaches_tip(out) == pinned.reaches_tip(out)


def links_of(ledger: Ledger) -> tuple[np.ndarray, ...]:
    """The columns of its links."""
    return ledger.links.tx, ledger.links.script, ledger.links.other


@pytest.fixture(scope="module")
def whole(blocks: list[bytes], regtest: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Their ledger, built at once."""
    folder = tmp_path_factory.mktemp("whole")
    build(folder / "ledger", [regtest.write(folder / "files", regtest.framed(blocks))], NETWORK)
    return open_ledger(folder / "ledger")


@pytest.mark.parametrize("cuts", [(1,), (450,), (300, 301, 700), (899,)])
def test_blocks_added_bit_by_bit(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path, cuts: tuple[int, ...]
) -> None:
    out, pins, readers = tmp_path / "ledger", [], []
    for n, (a, b) in enumerate(zip((0, *cuts), (*cuts, len(blocks)), strict=True)):
        build(out, [regtest.write(tmp_path / "files", regtest.framed(blocks[a:b]), f"blk{n:05}.dat")], NETWORK)
        readers.append(open_ledger(out))
        pins.append((readers[-1].height, str(readers[-1].pin()["digest"])))
    grown = readers[-1]
    equal(grown, whole)
    assert [s["file"] for s in grown.sources()["sources"]] == [f"blk{n:05}.dat" for n in range(len(cuts) + 1)]
    for reader, (height, digest) in zip(readers, pins, strict=True):
        then = grown.at_pin(height, digest)
        assert np.array_equal(then.out_spender, reader.out_spender), "an open reader does not see what was added"
        assert np.array_equal(then.cluster_of, reader.cluster_of)
        assert then.info() == reader.info() == whole.at(height).info()


def test_all_files_named_again_reads_only_what_is_new(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path
) -> None:
    file = regtest.write(tmp_path / "files", regtest.framed(blocks[:800]))
    build(tmp_path / "ledger", [file], NETWORK)
    regtest.write(tmp_path / "files", regtest.framed(blocks))
    read: list[int] = []
    build(
        tmp_path / "ledger",
        [tmp_path / "files"],
        NETWORK,
        lambda what, done, total: read.append(total) if what == "reading blocks" else None,
    )
    assert set(read) == {sum(map(len, blocks[800:]))}
    equal(open_ledger(tmp_path / "ledger"), whole)
    assert open_ledger(tmp_path / "ledger").sources()["repeated_blocks"] == 0


@pytest.mark.parametrize("fork", [1, 600, 895])
def test_a_reorganisation_is_what_building_the_new_branch_gives(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path, fork: int
) -> None:
    other = regtest.chain([[] for _ in range(len(blocks) - fork + 1)], sha256d(blocks[fork - 1][:80]), fork, 601)
    out = tmp_path / "ledger"
    build(out, [regtest.write(tmp_path / "a", regtest.framed(blocks))], NETWORK)
    before = open_ledger(out)
    build(out, [regtest.write(tmp_path / "b", regtest.framed(other), "blk00001.dat")], NETWORK)
    after = open_ledger(out)
    build(tmp_path / "new", [regtest.write(tmp_path / "c", regtest.framed([*blocks[:fork], *other]))], NETWORK)
    equal(after, open_ledger(tmp_path / "new"))
    equal(before, whole)
    assert after.sources()["stale_blocks"] == len(blocks) - fork
    with pytest.raises(ForkError, match=f"part after height {fork - 1}"):
        after.at_pin(before.height, str(before.pin()["digest"]))
    again = regtest.chain([[], [], []], sha256d(blocks[-1][:80]), len(blocks), 602)
    with pytest.raises(ChainError):
        build(out, [regtest.write(tmp_path / "d", b"\0" * 200)], NETWORK)
    build(out, [tmp_path / "a", regtest.write(tmp_path / "e", regtest.framed(again), "blk00002.dat")], NETWORK)
    assert open_ledger(out).height == len(blocks) + 2


def test_scripts_are_filed_under_the_hash_of_the_block_that_was_last(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path
) -> None:
    """Nobody who made a script knew it; blocks added later change nothing."""
    keys = []
    for n, (a, b) in enumerate([(0, 700), (700, len(blocks))]):
        build(tmp_path / "l", [regtest.write(tmp_path, regtest.framed(blocks[a:b]), f"blk{n:05}.dat")], NETWORK)
        keys.append(json.loads((tmp_path / "l" / META).read_text())["script_key"])
    assert keys == [sha256d(blocks[699][:80])[:KEY_SIZE].hex()] * 2


def test_scripts_that_outgrow_memory_go_on_in_their_files(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit passed in the first part, in the second, and before the third; an old reader, and a reorganisation."""
    total = len(whole.script_blob)
    other = regtest.chain([[] for _ in range(400)], sha256d(blocks[599][:80]), 600, 601)
    for limit in (64, total // 2, total - 100):
        monkeypatch.setattr(growing, "IN_MEMORY", limit)
        monkeypatch.setattr(growing, "STEP", 512)
        here, cuts = tmp_path / str(limit), (0, 500, 899, len(blocks))
        for n, (a, b) in enumerate(itertools.pairwise(cuts)):
            build(here / "l", [regtest.write(here, regtest.framed(blocks[a:b]), f"blk{n:05}.dat")], NETWORK)
            if b == 500:
                early = open_ledger(here / "l")
        equal(open_ledger(here / "l"), whole)
        assert early.info() == whole.at(499).info()
        folder = next((here / "l").glob("columns-*"))
        for name in ("script_blob", "script_at"):
            mine, asked = (folder / f"{name}.bin").stat().st_size, getattr(whole, name).nbytes
            assert mine == asked, "nothing stands behind the rows"
        build(here / "l", [regtest.write(here / "b", regtest.framed(other), "blk00003.dat")], NETWORK)
        build(here / "n", [regtest.write(here / "c", regtest.framed([*blocks[:600], *other]))], NETWORK)
        equal(open_ledger(here / "l"), open_ledger(here / "n"))


@pytest.mark.parametrize("moment", ["reading blocks", "resolving inputs", "clustering"])
def test_a_killed_addition_is_carried_on(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path, moment: str
) -> None:
    out = tmp_path / "ledger"
    build(out, [regtest.write(tmp_path / "a", regtest.framed(blocks[:700]))], NETWORK)
    file = regtest.write(tmp_path / "b", regtest.framed(blocks[700:]), "blk00001.dat")
    text = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom leadline.engines.ledger import build\n"
        "def kill(what, done, total):\n    what == sys.argv[3] and os.kill(os.getpid(), signal.SIGKILL)\n"
        "build(Path(sys.argv[1]), [Path(sys.argv[2])], 'regtest', kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", text, out, file, moment], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert open_ledger(out).info() == whole.at(699).info()
    build(out, [file], NETWORK)
    equal(open_ledger(out), whole)
    assert sorted(p.name for p in out.iterdir()) == ["columns-2", META]


def test_a_long_build_is_published_in_stages(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[build_function.__module__]
    monkeypatch.setattr(module, "STAGE", sum(map(len, blocks)) // 3)
    file = regtest.write(tmp_path / "a", regtest.framed(blocks))
    heights: list[int] = []

    class Stopped(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "reading blocks" and (tmp_path / "ledger" / META).exists():
            heights.append(open_ledger(tmp_path / "ledger").height)
            raise Stopped

    with pytest.raises(Stopped):
        build(tmp_path / "ledger", [file], NETWORK, stop)
    assert 0 < heights[0] < whole.height
    build(tmp_path / "ledger", [file], NETWORK)
    equal(open_ledger(tmp_path / "ledger"), whole)


def test_a_ledger_in_other_columns_is_built_anew(
    blocks: list[bytes], whole: Ledger, regtest: ModuleType, tmp_path: Path
) -> None:
    file = regtest.write(tmp_path / "a", regtest.framed(blocks))
    build(tmp_path / "ledger", [regtest.write(tmp_path / "b", regtest.framed(blocks[:50]))], NETWORK)
    os.truncate(tmp_path / "ledger" / "columns-1" / "out_value.bin", 8)
    assert grow.held(tmp_path / "ledger", NETWORK) is None
    build(tmp_path / "ledger", [file], NETWORK)
    equal(open_ledger(tmp_path / "ledger"), whole)


def test_blocks_before_those_it_has_ask_for_a_new_ledger(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path
) -> None:
    build(tmp_path / "ledger", [regtest.write(tmp_path / "a", regtest.framed(blocks[100:200]))], NETWORK)
    with pytest.raises(ChainError, match="before or among"):
        build(tmp_path / "ledger", [regtest.write(tmp_path / "b", regtest.framed(blocks[:100]))], NETWORK)
    assert open_ledger(tmp_path / "ledger").info()["blocks"] == 100


def test_heights_told_by_blocks_added_are_those_of_the_blocks_before_them(regtest: ModuleType, tmp_path: Path) -> None:
    """A slice from before coinbases stated heights, grown on into blocks that do."""
    early = []
    for k in range(4):
        prev = sha256d(early[-1][:80]) if early else b"\x44" * 32
        early.append(regtest.block(prev, [regtest.coinbase(k)], 1_300_000_000 + 600 * k, version=1))
    late = regtest.chain([[], []], prev=sha256d(early[-1][:80]), first=7004, step=200_000)
    out, first = tmp_path / "grown", regtest.write(tmp_path / "a", regtest.framed(early))
    build(out, [first], NETWORK)
    before = open_ledger(out)
    build(out, [regtest.write(tmp_path / "b", regtest.framed(late), "blk00001.dat")], NETWORK)
    build(tmp_path / "once", [first, tmp_path / "b" / "blk00001.dat"], NETWORK)
    equal(open_ledger(out), open_ledger(tmp_path / "once"))
    assert open_ledger(out).block_height.tolist() == list(range(7000, 7006))
    assert before.block_height.tolist() == [-1] * 4, "an open reader does not see what was added"
    then = open_ledger(out).at_pin(before.height, str(before.pin()["digest"]))
    as_pinned(then, before)
    assert then.height == -1


def test_a_slice_in_parts_reads_as_pinned_when_blocks_are_added(
    blocks: list[bytes], regtest: ModuleType, tmp_path: Path
) -> None:
    """Blocks in which the pinned coins are spent, upon its last part and in a part of their own; a reorganisation."""
    out, parts = tmp_path / "ledger", [blocks[100:400], blocks[500:600], blocks[600:700], blocks[800:]]
    build(out, [regtest.write(tmp_path, regtest.framed([*parts[0], *parts[1]]))], NETWORK)
    pinned = open_ledger(out)
    height, digest = pinned.height, str(pinned.pin()["digest"])
    for n, part in enumerate(parts[2:], 1):
        build(out, [regtest.write(tmp_path, regtest.framed(part), f"blk{n:05}.dat")], NETWORK)
        grown = open_ledger(out)
        assert len(grown.info()["segments"]) == n + 1
        as_pinned(grown.at_pin(height, digest), pinned)
    assert (grown.out_spender[: len(pinned.out_value)] != pinned.out_spender).any()
    other = regtest.chain([[] for _ in range(200)], sha256d(blocks[649][:80]), 650, 601)
    build(out, [regtest.write(tmp_path, regtest.framed(other), "blk00003.dat"), tmp_path], NETWORK)
    assert open_ledger(out).sources()["stale_blocks"] >= 50
    as_pinned(open_ledger(out).at_pin(height, digest), pinned)
    with pytest.raises(ForkError, match="not the pinned ones"):
        open_ledger(out).at_pin(height, "00" * 32)
