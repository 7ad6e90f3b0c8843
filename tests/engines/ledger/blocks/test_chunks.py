"""Blocks read on several threads: the same bytes, and the same first error, as on one."""

import resource
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.blocks.chunks import Files, in_order
from leadline.engines.ledger.building.ingest import ingest
from leadline.errors import ChainError, SpaceError
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import NETWORK, SIZES, Options

THREADS = (1, 2, 3, 5)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, oracle: Callable[[str], ModuleType]) -> Path:
    """A training chain as Core's kernel writes it: xor'd block files, undo files."""
    folder = tmp_path_factory.mktemp("training")
    plan, _ = draw_plan(Options(SIZES["tiny"], 5))
    build_chain(folder, plan)
    pbk = oracle("pbk")
    core = pbk.load_chainman(str(folder / "core"), pbk.ChainType.REGTEST)
    core.import_blocks(sorted(folder.glob("blk*.dat")))
    del core
    return folder / "core" / "blocks"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A function that makes builds read chunks of a few blocks on so many threads."""

    def use(threads: int) -> None:
        monkeypatch.setattr(sys.modules[ingest.__module__], "CHUNK", 3000)
        monkeypatch.setattr(sys.modules[build.__module__], "ingest", partial(ingest, threads=threads))

    return use


def bytes_of(ledger: Path) -> dict[str, bytes]:
    return {str(p.relative_to(ledger)): p.read_bytes() for p in sorted(ledger.rglob("*")) if p.is_file()}


def test_any_number_of_threads_gives_the_same_bytes(files: Path, tmp_path: Path, small: Callable[[int], None]) -> None:
    build(tmp_path / "at once", [files], NETWORK)
    expected = bytes_of(tmp_path / "at once")
    assert open_ledger(tmp_path / "at once").sources()["undo_blocks"] > 100
    for threads in THREADS:
        small(threads)
        build(tmp_path / str(threads), [files], NETWORK)
        assert bytes_of(tmp_path / str(threads)) == expected, threads


def test_the_first_damaged_block_is_named_on_any_number_of_threads(
    files: Path, tmp_path: Path, small: Callable[[int], None]
) -> None:
    build(tmp_path / "whole", [files], NETWORK)
    starts = open_ledger(tmp_path / "whole")._held["block_at"][[60, 61, 300, 301, 302, 700]].tolist()
    data = bytearray((files / "blk00000.dat").read_bytes())
    for start in starts:
        data[start + 90] ^= 1
    shutil.copy(files / "xor.dat", tmp_path)
    (tmp_path / "blk00000.dat").write_bytes(data)
    said = set()
    for threads in THREADS:
        small(threads)
        with pytest.raises(ChainError) as error:
            build(tmp_path / f"damaged{threads}", [tmp_path / "blk00000.dat"], NETWORK)
        said.add(error.value.where)
        assert not (tmp_path / f"damaged{threads}").exists()
    assert len(said) == 1
    at, end = map(int, said.pop().split(":")[1].split("-"))
    assert starts[0] <= at < end < starts[1]


def test_no_blocks_are_no_chunks() -> None:
    assert not list(in_order([], Files([], {}, fast=False), 0, 2))


def test_a_disk_that_fills_up_at_any_moment_leaves_the_last_state(files: Path, tmp_path: Path) -> None:
    build(tmp_path / "whole", [files], NETWORK)
    whole = open_ledger(tmp_path / "whole")
    first, out = tmp_path / "first", tmp_path / "ledger"
    first.mkdir()
    shutil.copy(files / "xor.dat", first)
    cut = int(whole._held["block_at"][600]) - 8
    (first / "blk00000.dat").write_bytes((files / "blk00000.dat").read_bytes()[:cut])
    build(out, [first], NETWORK)
    before = open_ledger(out)
    sizes = sorted({p.stat().st_size for p in (tmp_path / "whole").rglob("*.bin")} - {0})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (n - 1 for n in sizes[:: len(sizes) // 6]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(SpaceError, match="full"):
                build(out, [files], NETWORK)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert sorted(p.name for p in out.iterdir()) == ["columns-1", "ledger.json"]
        now = open_ledger(out)
        assert now.info() == before.info() == whole.at(599).info()
        assert now.pin() == before.pin()
    build(out, [files], NETWORK)
    assert open_ledger(out).info() == whole.info()
