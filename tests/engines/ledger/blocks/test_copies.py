"""Damaged blocks of which another copy is good, damaged ones of which none is, and two files of one name."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks import copies
from leadline.engines.ledger.blocks.chunks import Block, Chunk, Files, Room
from leadline.engines.ledger.blocks.opening import open_files
from leadline.engines.ledger.building.ingest import ingest
from leadline.engines.ledger.storage.meta import META
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.tx import Tx, TxOut
from leadline.model.ledger import COLUMNS

PLACES = {"block_file", "block_at"}
HEAD_SEEN = 159
"""Offset of the last byte of a block that is kept while the chain is chosen: copies that differ up to it are read."""
HURT = (170, 171, 900, 2817, 4312)
"""Heights of real blocks that the tests damage; 170 holds the first payment, the last one ends the file."""


@pytest.fixture(scope="module")
def real(data_dir: Path) -> bytes:
    """Blocks 0 to 4,312 of the main network as a node wrote them."""
    return (data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat").read_bytes()


@pytest.fixture(scope="module")
def whole(real: bytes, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Their ledger."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "blk00000.dat").write_bytes(real)
    build(folder / "ledger", [folder / "blk00000.dat"], "main")
    return open_ledger(folder / "ledger")


def place(ledger: Ledger, height: int) -> slice:
    """Where a block stands in its file, frame included."""
    at = int(ledger._held["block_at"][height])
    return slice(at - 8, at + int(ledger._held["block_size"][height]))


def hurt(ledger: Ledger, raw: bytes, heights: tuple[int, ...] = HURT, inside: int = 130) -> bytes:
    """The file with one byte flipped in each of these blocks, `inside` bytes behind the beginning."""
    out = bytearray(raw)
    for height in heights:
        out[place(ledger, height).start + 8 + inside] ^= 0x40
    return bytes(out)


def some(ledger: Ledger, raw: bytes, heights: tuple[int, ...] = HURT) -> bytes:
    """These blocks alone, framed."""
    return b"".join(raw[place(ledger, h)] for h in heights)


def written(folder: Path, *files: bytes) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for n, data in enumerate(files):
        (folder / f"blk{n:05}.dat").write_bytes(data)
    return [folder]


def same(ledger: Ledger, other: Ledger, *, grown: bool = False) -> None:
    """Every column, but where the blocks lay; one that has grown files its scripts by another key, and finds them."""
    for column in COLUMNS:
        if column.name not in PLACES and not (grown and column.name == "script_slot"):
            assert np.array_equal(ledger._held[column.name], other._held[column.name]), column.name
    assert ledger.info() == other.info()


def bytes_of(ledger: Path) -> dict[str, bytes]:
    return {str(p.relative_to(ledger)): p.read_bytes() for p in sorted(ledger.rglob("*")) if p.is_file()}


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A function that makes builds read chunks of a few dozen blocks on so many threads."""

    def use(n: int) -> None:
        monkeypatch.setattr(sys.modules[ingest.__module__], "CHUNK", 9000)
        monkeypatch.setattr(sys.modules[build.__module__], "ingest", partial(ingest, threads=n))

    return use


@pytest.mark.parametrize("inside", [80, 84, 170])
@pytest.mark.parametrize("order", ["bad file first", "good file first", "behind it in the same file"])
def test_a_damaged_block_gives_way_to_its_good_copy(
    real: bytes, whole: Ledger, tmp_path: Path, threads: Callable[[int], None], inside: int, order: str
) -> None:
    """Flipped: the number of transactions, the version of the coinbase, of its output."""
    bad, good = hurt(whole, real, HURT, inside), some(whole, real)
    match order:
        case "bad file first":
            files = written(tmp_path / "f", bad, good)
        case "good file first":
            files = written(tmp_path / "f", good, bad)
        case _:
            files = written(tmp_path / "f", bad + good)
    made = []
    for n in (1, 2):
        threads(n)
        build(tmp_path / f"on {n}", files, "main")
        made.append(open_ledger(tmp_path / f"on {n}"))
    same(made[0], whole)
    assert bytes_of(tmp_path / "on 1") == bytes_of(tmp_path / "on 2")
    told = made[0].sources()
    alike = order == "good file first" and inside > HEAD_SEEN
    assert told["repeated_blocks"] == (len(HURT) if alike else 0), "a copy that nobody needs is not read"
    assert len(told["damaged_blocks"]) == (0 if alike else len(HURT))
    if order != "good file first":
        assert [d["at"] for d in told["damaged_blocks"]] == [place(whole, h).start for h in HURT]


def test_without_a_good_copy_the_build_fails_and_names_the_first(
    real: bytes, whole: Ledger, tmp_path: Path, threads: Callable[[int], None]
) -> None:
    alone = whole._held["block_at"][list(HURT)] - 8
    bad, copies_ = hurt(whole, real), bytearray(some(whole, real))
    copies_[len(some(whole, real, (170, 171, 900))) + 8 + 200] ^= 1
    files = written(tmp_path / "f", bad, bytes(copies_))
    said = set()
    for n in (1, 2):
        threads(n)
        with pytest.raises(ChainError, match="damaged") as error:
            build(tmp_path / f"on {n}", files, "main")
        said.add((str(error.value), error.value.where))
        assert not (tmp_path / f"on {n}" / META).exists()
    ((_, where),) = said
    assert where.startswith("blk00000.dat byte:"), "of 2,817 both copies are damaged"
    assert where.endswith(f"-{place(whole, 2817).stop}")
    assert int(where.split(":")[1].split("-")[0]) >= alone[3]


@pytest.mark.parametrize("claimed", ["some blocks more", "over the end of the file", "less"])
def test_a_size_told_wrong_hides_no_block(real: bytes, whole: Ledger, tmp_path: Path, claimed: str) -> None:
    """The blocks that a damaged size passes over stand nowhere else."""
    at = place(whole, 900).start + 4
    size = {"some blocks more": 3001, "over the end of the file": 3_900_000, "less": 150}[claimed]
    bad = real[:at] + size.to_bytes(4, "little") + real[at + 4 :]
    build(tmp_path / "l", written(tmp_path / "f", bad, some(whole, real, (900,))), "main")
    ledger = open_ledger(tmp_path / "l")
    same(ledger, whole)
    (row,) = ledger.sources()["damaged_blocks"]
    assert row == {"source": 0, "file": "blk00000.dat", "at": at - 4, "size": size}
    assert ledger.sources()["cut_blocks"] == []
    assert ledger.sources()["sources"][0]["blocks"] == 4313


def test_a_wrong_height_in_a_damaged_coinbase_moves_nothing(regtest: ModuleType, tmp_path: Path) -> None:
    """A slice is told its heights by its last coinbase: a damaged one is found before it is believed."""
    blocks = regtest.chain([[], [], []], prev=b"\x44" * 32, first=500)
    bad = bytearray(regtest.framed(blocks))
    bad[-len(blocks[2]) + bytes(blocks[2]).index(b"\x03\xf6\x01") + 1] ^= 0x01
    build(tmp_path / "l", written(tmp_path / "f", bytes(bad), regtest.framed(blocks[2:])), "regtest")
    ledger = open_ledger(tmp_path / "l")
    assert ledger.block_height.tolist() == [500, 501, 502]
    assert len(ledger.sources()["damaged_blocks"]) == 1


def test_stopped_and_carried_on_it_says_the_same(
    real: bytes, whole: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: Callable[[int], None]
) -> None:
    threads(2)
    monkeypatch.setattr(sys.modules[build.__module__], "STAGE", len(real) // 3)
    files = written(tmp_path / "f", hurt(whole, real), some(whole, real))
    build(tmp_path / "at once", files, "main")

    class Stopped(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "reading blocks" and (tmp_path / "l" / META).exists() and done > total // 2:
            raise Stopped

    with pytest.raises(Stopped):
        build(tmp_path / "l", files, "main", stop)
    assert 0 < open_ledger(tmp_path / "l").height < 4312
    build(tmp_path / "l", files, "main")
    same(open_ledger(tmp_path / "l"), whole)
    assert open_ledger(tmp_path / "l").sources() == open_ledger(tmp_path / "at once").sources()
    build(tmp_path / "l", files, "main")
    assert open_ledger(tmp_path / "l").sources() == open_ledger(tmp_path / "at once").sources()
    (tmp_path / "f" / "blk00000.dat").write_bytes(real)
    build(tmp_path / "l", files, "main")
    told = open_ledger(tmp_path / "l").sources()
    assert (told["damaged_blocks"], told["repeated_blocks"]) == ([], len(HURT)), "the file was copied again, whole"


def test_copies_nested_in_each_other_cost_no_search(
    regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand headers of one block, each of which claims what lies behind it."""
    claim = regtest.framed([regtest.GENESIS])[:4] + (2_000_000).to_bytes(4, "little") + regtest.GENESIS[:80]
    data = regtest.framed([regtest.GENESIS]) + claim * 1000 + b"\1" * 2_000_000
    sizes: list[int] = []
    read = copies.read

    def counted(blocks: list[Block], files: Files, room: Room) -> Chunk:
        sizes.append(blocks[0].record.size)
        return read(blocks, files, room)

    monkeypatch.setattr(copies, "read", counted)
    opened = open_files(list(written(tmp_path / "f", data)[0].iterdir()), REGTEST)
    found = copies.scanned(opened, REGTEST, lambda *_: None)
    assert len(found.records) == 1
    assert sum(sizes) < 5 * len(data)


@settings(
    max_examples=int(os.environ.get("LEADLINE_FUZZ_EXAMPLES", "0")) or 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), key=st.sampled_from([b"", bytes.fromhex("8a1f00c3d97e2255")]))
def test_whatever_happened_to_one_file_a_good_one_beside_it_gives_the_chain(
    real: bytes, whole: Ledger, tmp_path: Path, data: st.DataObject, key: bytes
) -> None:
    """Bytes overwritten, lost, put in and moved, sizes told wrong, the end cut off and zeros behind it."""
    few = real[: place(whole, 12).stop]
    starts = [place(whole, h).start for h in range(12)]
    bad = bytearray(few)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(bad))) if data.draw(st.booleans()) else data.draw(st.sampled_from(starts)) + 4
        size = data.draw(st.integers(0, 300))
        match data.draw(st.integers(0, 4)):
            case 0:
                bad[at : at + 1] = data.draw(st.binary(min_size=1, max_size=2))
            case 1:
                bad[at : at + 4] = data.draw(st.integers(0, 3000)).to_bytes(4, "little")
            case 2:
                del bad[at : at + size]
            case 3:
                bad[at:at] = bad[data.draw(st.integers(0, len(bad))) :][:size]
            case _:
                bad[at : at + size] = bytes(size)
    bad = bad[: data.draw(st.integers(0, len(bad)))] if data.draw(st.booleans()) else bad
    bad += bytes(data.draw(st.sampled_from([0, 3, 500])))
    shutil.rmtree(tmp_path / "f", ignore_errors=True)
    shutil.rmtree(tmp_path / "l", ignore_errors=True)
    written(tmp_path / "f" / "bad", bytes(b ^ key[n % 8] for n, b in enumerate(bad)) if key else bytes(bad))
    if key:
        (tmp_path / "f" / "bad" / "xor.dat").write_bytes(key)
    written(tmp_path / "f" / "good", few)
    folders = [tmp_path / "f" / name for name in data.draw(st.permutations(["bad", "good"]))]
    build(tmp_path / "l", folders, "main")
    ledger = open_ledger(tmp_path / "l")
    assert ledger.block_hash.tobytes() == whole.block_hash[:13].tobytes()
    assert np.array_equal(ledger.tx_id, whole.tx_id[: len(ledger.tx_id)])
    assert ledger.block_height.tolist() == list(range(13))


def test_files_of_one_name_stay_two_sources(real: bytes, whole: Ledger, tmp_path: Path) -> None:
    """Two disks, each with its blk00000.dat: what the ledger took from the one is never said to lie in the other."""
    cut = place(whole, 2000).start
    first, second = written(tmp_path / "a", real[:cut])[0], written(tmp_path / "b", real[cut:])[0]
    build(tmp_path / "once", [first, second], "main")
    build(tmp_path / "grown", [first], "main")
    build(tmp_path / "grown", [second], "main")
    for name in ("once", "grown"):
        ledger = open_ledger(tmp_path / name)
        rows = ledger.sources()["sources"]
        assert [(r["file"], r["size"], r["blocks"]) for r in rows] == [
            ("blk00000.dat", cut, 2000),
            ("blk00000.dat", len(real) - cut, 2313),
        ]
        assert np.bincount(ledger.block_file).tolist() == [2000, 2313]
        assert rows[1]["first_block"] == ledger.block_hash[2000][::-1].tobytes().hex()
    before = open_ledger(tmp_path / "grown").sources()
    for again in ([second], [first], [second, first], [second, second / "blk00000.dat"]):
        build(tmp_path / "grown", again, "main")
        told = open_ledger(tmp_path / "grown").sources()
        assert told["sources"] == before["sources"]
        assert told["repeated_blocks"] == 0, "a file named twice is one file"
    shutil.move(second, tmp_path / "elsewhere")
    build(tmp_path / "grown", [tmp_path / "elsewhere"], "main")
    assert open_ledger(tmp_path / "grown").sources()["sources"] == before["sources"]


def test_an_error_tells_which_of_two_files_of_one_name(real: bytes, whole: Ledger, tmp_path: Path) -> None:
    cut = place(whole, 2000).start
    first = written(tmp_path / "disk1" / "blocks", real[:cut])
    second = written(tmp_path / "disk2" / "blocks", hurt(whole, real, (2817,))[cut:])
    with pytest.raises(ChainError, match="damaged") as error:
        build(tmp_path / "l", [*first, *second], "main")
    assert error.value.where.startswith("disk2/blocks/blk00000.dat byte:")
    with pytest.raises(ChainError, match="damaged") as error:
        build(tmp_path / "l", second, "main")
    assert error.value.where.startswith("blk00000.dat byte:"), "no more of a path than tells files apart"


def test_bytes_of_no_block_are_counted(real: bytes, whole: Ledger, tmp_path: Path) -> None:
    """Junk between blocks, and a block whose header is damaged, which then is none: not passed over in silence."""
    at = place(whole, 900)
    bad = bytearray(real)
    bad[at.start + 8 + 40] ^= 1
    files = written(tmp_path / "f", real + bytes(5000), b"junk" + real[: at.stop] + b"more junk", bytes(bad))
    build(tmp_path / "l", files, "main")
    ledger = open_ledger(tmp_path / "l")
    same(ledger, whole)
    told = [(s["blocks"], s["other_bytes"]) for s in ledger.sources()["sources"]]
    assert told == [(4313, 0), (901, 13), (4312, at.stop - at.start)]


def test_a_cut_is_forgotten_once_the_file_is_whole(real: bytes, whole: Ledger, tmp_path: Path) -> None:
    end = place(whole, 2000).stop
    files = written(tmp_path / "a", real[: end - 9])
    build(tmp_path / "l", files, "main")
    (row,) = open_ledger(tmp_path / "l").sources()["cut_blocks"]
    assert (row["at"], row["missing"], row["certain"]) == (place(whole, 2000).start, 9, True)
    written(tmp_path / "a", real)
    build(tmp_path / "l", files, "main")
    assert open_ledger(tmp_path / "l").sources()["cut_blocks"] == []
    same(open_ledger(tmp_path / "l"), whole, grown=True)
    every = [whole.script_bytes(s) for s in range(len(whole.script_kind))]
    assert open_ledger(tmp_path / "l").find_scripts(every).tolist() == list(range(len(every)))


def test_what_lies_at_the_end_is_called_what_it_is(regtest: ModuleType, tmp_path: Path) -> None:
    """Ending in zeros: cut where reading breaks off in them, damaged where it does before, else either."""
    coin = regtest.coinbase(1)
    data = TxOut(0, b"\x6a\x08" + bytes(8))
    ends = regtest.spend([(coin, 0)], [(5, b"\x51")])
    last = Tx(2, ends.inputs, (*ends.outputs, data))
    blocks = [regtest.GENESIS, *regtest.chain([[], [last]])]
    raw, tail = regtest.framed(blocks), bytes(70_000)
    at = len(raw) - len(blocks[2])

    def told(name: str, data: bytes) -> tuple[int, list[bool]]:
        file = regtest.write(tmp_path / name, data)
        build(tmp_path / f"l {name}", [file], "regtest")
        ledger = open_ledger(tmp_path / f"l {name}")
        return ledger.height, [c["certain"] for c in ledger.sources()["cut_blocks"]]

    assert told("whole", raw + tail) == (2, [])
    assert told("cut", raw[:-40] + tail) == (1, [True])
    assert told("cut in its last script", raw[:-13] + b"\1" + bytes(12) + tail) == (1, [False])
    for inside in (80, 80 + 1 + 4, 80 + 1 + 4 + 1 + 36):
        bad = bytearray(raw + tail)
        bad[at + inside] ^= 0x20
        with pytest.raises(ChainError, match="damaged"):
            told(f"damaged {inside}", bytes(bad))
    bad = bytearray(raw + tail)
    bad[at + 80 + 1 + 4 + 1 + 20] ^= 1
    assert told("damaged or cut", bytes(bad)) == (1, [False])
    good = regtest.write(tmp_path / "again", regtest.framed(blocks[2:]), "blk00001.dat")
    build(tmp_path / "both", [tmp_path / "damaged or cut" / "blk00000.dat", good], "regtest")
    assert open_ledger(tmp_path / "both").height == 2


def test_a_file_that_becomes_shorter_while_it_is_read_is_named(real: bytes, tmp_path: Path) -> None:
    """As a node shortens the file it has filled; in a process of its own, for what fails here ends it."""
    (folder,) = written(tmp_path / "f", real)
    text = (
        "import os, sys\nfrom pathlib import Path\nfrom leadline.engines.ledger import build\n"
        "def shorten(what, done, total):\n"
        "    what == 'finding blocks' and os.truncate(Path(sys.argv[2]) / 'blk00000.dat', 50)\n"
        "build(Path(sys.argv[1]), [Path(sys.argv[2])], 'main', shorten)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", text, tmp_path / "l", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, "ended by no signal"
    assert "ChainError: a block file became shorter while it was read" in done.stderr
    assert f"where: blk00000.dat byte:50-{len(real)}" in done.stderr
    assert not (tmp_path / "l").exists()
