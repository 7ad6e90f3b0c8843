"""The traps of block files, their keys and undo records that have caught other programs: one test a trap."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks import reference, undo, undo_kernels, undo_records
from leadline.engines.ledger.blocks.blockfiles import NO_KEY, Bytes
from leadline.engines.ledger.blocks.opening import open_files
from leadline.engines.ledger.blocks.scan_kernels import data_end
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import MAIN
from leadline.kinds.bitcoin.script import p2pkh
from leadline.kinds.bitcoin.tx import (
    Tx,
    TxIn,
    TxOut,
    id_text,
    sha256d,
    txid,
)

KEY = bytes.fromhex("8a1f00c3d97e2255")
A, B = (p2pkh(bytes([k]) * 20) for k in (1, 2))


def ledger_of(tmp_path: Path, *files: Path, network: str = "regtest", name: str = "ledger") -> Ledger:
    build(tmp_path / name, files, network)
    return open_ledger(tmp_path / name)


def coins_of(r: ModuleType, *bodies: list[Tx]) -> list[bytes]:
    """Genesis and a block for each body; the coinbases are r.coinbase(1), r.coinbase(2) ..."""
    return [r.GENESIS, *r.chain(list(bodies))]


@pytest.fixture(scope="session")
def cores_files(data_dir: Path, tmp_path_factory: pytest.TempPathFactory, oracle: Callable[[str], ModuleType]) -> Path:
    """The blocks folder (blk, rev, xor.dat) that Core's kernel writes of mainnet's blocks 0 to 4312."""
    pbk = oracle("pbk")
    folder = tmp_path_factory.mktemp("core")
    core = pbk.load_chainman(str(folder), pbk.ChainType.MAINNET)
    core.import_blocks([data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"])
    del core
    return folder / "blocks"


def undo_file(folder: Path) -> undo_records.UndoFile:
    (file,) = undo_records.open_files([], [f for f, _ in open_files([folder / "blk00000.dat"], MAIN)], MAIN)
    return file


def rewritten(folder: Path, change: Callable[[bytearray], bytes | bytearray]) -> undo_records.UndoFile:
    """The undo file of `folder` once its data, without key and zeros behind it, are changed."""
    file = undo_file(folder)
    data = bytearray(file.at(0, int(data_end(file.raw))).tobytes())
    (folder / "rev00000.dat").write_bytes(bytes(b ^ file.key[n % 8] for n, b in enumerate(change(data))) + bytes(5000))
    return undo_file(folder)


# Trap 1: one transaction id twice (before BIP30)


def test_two_coinbases_with_one_id_stay_two_and_only_the_later_can_be_spent(
    regtest: ModuleType, tmp_path: Path
) -> None:
    """As e3bf3d07... in blocks 91,722 and 91,880: the same id, the same script, 100 coins made, 50 ever spendable."""
    twice = regtest.coinbase(7, (TxOut(50 * 10**8, A),))
    spender = regtest.spend([(twice, 0)], [(50 * 10**8, B)])
    blocks, prev = [regtest.GENESIS], regtest.GENESIS_HASH
    for members in ([twice], [twice], [regtest.coinbase(3), spender]):
        blocks.append(regtest.block(prev, members, 1_300_000_000 + len(blocks)))
        prev = sha256d(blocks[-1][:80])
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed(blocks)))
    paid = ledger.outputs_of([ledger.find_script(A)])
    assert ledger.out_value[paid].tolist() == [50 * 10**8] * 2
    assert ledger.tx_height[ledger.out_tx(paid)].tolist() == [1, 2]
    assert (ledger.out_spender[paid] >= 0).tolist() == [False, True]
    assert ledger.tx_height[ledger.tx_index(id_text(txid(twice)))] == 2
    grown = tmp_path / "grown"
    build(grown, [regtest.write(tmp_path / "old", regtest.framed(blocks[:2]))], "regtest")
    build(grown, [regtest.write(tmp_path / "new", regtest.framed(blocks[2:]))], "regtest")
    assert open_ledger(grown).out_spender.tolist() == ledger.out_spender.tolist()


# Trap 2: the genesis block


def test_genesis_has_no_undo_record_and_its_coin_is_never_spent(cores_files: Path, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, cores_files, network="main")
    sizes = np.diff(ledger.block_first_tx)
    assert sizes[0] == 1
    assert ledger.sources()["undo_blocks"] == int((sizes > 1).sum())
    assert ledger.sources()["undo_lost"] == 0
    assert ledger.out_spender[0] == -1
    file = undo_file(cores_files)
    assert len(undo_records.records(file, MAIN)) == len(sizes) - 1


# Trap 3: block files as a node leaves them


def test_blocks_out_of_order_follow_their_headers(regtest: ModuleType, tmp_path: Path) -> None:
    blocks = coins_of(regtest, *[[] for _ in range(8)])
    straight = ledger_of(tmp_path, regtest.write(tmp_path / "a", regtest.framed(blocks)), name="straight")
    turned = ledger_of(tmp_path, regtest.write(tmp_path / "b", regtest.framed(blocks[::-1])), name="turned")
    assert turned.pin() == straight.pin()
    assert turned.block_height.tolist() == list(range(9))


def test_the_branch_with_most_work_wins_not_the_longest(regtest: ModuleType, tmp_path: Path) -> None:
    """A block whose header names a target 65,536 times harder outweighs three easy ones."""
    first = coins_of(regtest, [])
    fork = sha256d(first[-1][:80])
    easy = regtest.chain([[], [], []], prev=fork, first=2)
    hard = regtest.block(fork, [regtest.coinbase(2)], 1_296_700_000, bits=0x1F7FFFFF)
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed([*first, *easy, hard])))
    assert ledger.height == 2
    assert ledger.block_hash[2].tobytes() == sha256d(hard[:80])
    assert ledger.sources()["stale_blocks"] == 3


def test_a_gap_in_the_files_keeps_what_lies_behind_it_with_unknown_heights(regtest: ModuleType, tmp_path: Path) -> None:
    blocks = coins_of(regtest, *[[] for _ in range(9)])
    plain = [regtest.GENESIS]
    for k in range(1, 10):
        plain.append(regtest.block(sha256d(plain[-1][:80]), [regtest.coinbase(k)], 1_296_688_602 + 600 * k, version=1))
    gap = regtest.write(tmp_path, regtest.framed([*plain[6:], *plain[:4]]))
    ledger = ledger_of(tmp_path, gap)
    assert [(s["first_height"], s["blocks"]) for s in ledger.info()["segments"]] == [(0, 4), (None, 4)]
    assert ledger.sources()["stale_blocks"] == 0
    build(tmp_path / "ledger", [regtest.write(tmp_path / "rest", regtest.framed(plain))], "regtest")
    assert open_ledger(tmp_path / "ledger").height == 9
    told = ledger_of(tmp_path, regtest.write(tmp_path / "c", regtest.framed(blocks[:2] + blocks[5:])), name="told")
    assert [(s["first_height"], s["last_height"]) for s in told.info()["segments"]] == [(0, 1), (5, 9)]


def test_a_detached_stale_run_is_no_segment(regtest: ModuleType, tmp_path: Path) -> None:
    """A run whose parent is missing, at times the chain fills, cannot be of the chain; nor two blocks upon one."""
    blocks = coins_of(regtest, *[[] for _ in range(9)])
    lost = regtest.block(b"\x77" * 32, [regtest.coinbase(1)], 1_296_688_602 + 600 * 4 + 5, version=1)
    ledger = ledger_of(tmp_path, regtest.write(tmp_path / "a", regtest.framed([*blocks, lost])))
    assert (len(ledger.info()["segments"]), ledger.sources()["stale_blocks"]) == (1, 1)
    two = [regtest.block(b"\x66" * 32, [regtest.coinbase(1)], 1_300_000_000 + k, version=1) for k in (0, 1)]
    slice_ = ledger_of(tmp_path, regtest.write(tmp_path / "b", regtest.framed(two)), name="slice")
    assert (len(slice_.block_hash), slice_.sources()["stale_blocks"]) == (1, 1)


@pytest.mark.parametrize("key", [NO_KEY, KEY])
def test_a_preallocated_tail_of_raw_zeros_is_no_data(regtest: ModuleType, tmp_path: Path, key: bytes) -> None:
    """Once un-xor'd such a tail is the key again and again: 16 MB of it must neither be searched nor read as blocks."""
    file = regtest.write(tmp_path, regtest.framed(coins_of(regtest, [], [])), key=key)
    with file.open("r+b") as tail:
        tail.truncate(16 << 20)
    ledger = ledger_of(tmp_path, file)
    assert ledger.height == 2
    assert ledger.sources()["cut_blocks"] == []


@pytest.mark.parametrize("key", [NO_KEY, KEY])
@pytest.mark.parametrize("missing", [1, 5, 40, 150])
def test_a_block_cut_by_a_live_copy_is_named_and_left_out(
    regtest: ModuleType, tmp_path: Path, key: bytes, missing: int
) -> None:
    """At the file's end, or with preallocated zeros where its rest would be."""
    blocks = coins_of(regtest, [], [])
    whole = regtest.framed(blocks)
    file = regtest.write(tmp_path / "short", whole[:-missing], key=key)
    at = len(regtest.framed(blocks[:2]))
    for padded in (False, True):
        if padded:
            file.write_bytes(file.read_bytes() + bytes(100_000))
        ledger = ledger_of(tmp_path, file, name=f"l{padded}")
        if padded and missing == 1 and key == NO_KEY:
            assert ledger.height == 2
            continue
        assert ledger.height == 1
        (cut,) = ledger.sources()["cut_blocks"]
        assert (cut["file"], cut["at"]) == ("blk00000.dat", at)
        assert cut["missing"] >= min(missing, 84), "of a block whose header is cut only that much is known"


def test_a_damaged_block_is_an_error_though_its_lock_time_is_zeros(regtest: ModuleType, tmp_path: Path) -> None:
    data = bytearray(regtest.framed(coins_of(regtest, [], [])))
    data[-20] ^= 1
    with pytest.raises(ChainError, match="merkle root") as error:
        build(tmp_path / "l", [regtest.write(tmp_path, bytes(data) + bytes(5000))], "regtest")
    assert error.value.where.startswith("blk00000.dat byte:")


def test_undo_records_lie_in_another_order_than_their_blocks(
    cores_files: Path, tmp_path: Path, regtest: ModuleType
) -> None:
    """Shuffled, under another name, with junk between: the checksum alone ties them."""
    file = undo_file(cores_files)
    found = [u for u in undo_records.records(file, MAIN) if u.size > 1]
    order = np.random.default_rng(5).permutation(len(found))
    parts = [file.at(found[k].at - 8, 8 + found[k].size + 32).tobytes() + b"junk"[: k % 5] for k in order]
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "blk00000.dat").write_bytes(
        regtest.xored((cores_files / "blk00000.dat").read_bytes(), (cores_files / "xor.dat").read_bytes())
    )
    other = regtest.write(tmp_path / "other", b"".join(parts), "rev00042.dat")
    ledger = ledger_of(tmp_path, folder, other, network="main")
    assert ledger.sources()["undo_blocks"] == len(found)
    assert ledger.sources()["undo_lost"] == 0


# Trap 4: the xor key


def test_a_key_of_zeros_is_no_key(regtest: ModuleType, tmp_path: Path) -> None:
    file = regtest.write(tmp_path, regtest.framed(coins_of(regtest, [])), key=NO_KEY)
    (tmp_path / "xor.dat").write_bytes(NO_KEY)
    assert ledger_of(tmp_path, file).height == 1


def test_a_key_comes_back_from_any_file_and_serves_its_neighbours(regtest: ModuleType, tmp_path: Path) -> None:
    """Without xor.dat: from a file that does not begin with genesis, and for one that begins in the middle of a block.

    The coinbase of the first block names 32 zeros as what it spends: under the key they are the key.
    """
    blocks = coins_of(regtest, *[[] for _ in range(6)])
    for name, part in (("blk00000.dat", blocks[3:]), ("blk00001.dat", blocks[:3])):
        regtest.write(tmp_path / "node", regtest.framed(part), name, KEY)
    torn = tmp_path / "node" / "blk00001.dat"
    torn.write_bytes(regtest.xored(b"\x5a" * 24 + regtest.framed(blocks[:3]), KEY))
    (tmp_path / "node" / "xor.dat").unlink()
    alone = ledger_of(tmp_path, tmp_path / "node" / "blk00000.dat", name="alone")
    assert alone.height == 6
    assert alone.sources()["sources"][0]["xor"] == "recovered"
    both = ledger_of(tmp_path, tmp_path / "node")
    assert (both.height, len(both.block_hash)) == (6, 7)
    assert [s["xor"] for s in both.sources()["sources"]] == ["recovered", "recovered"]


@pytest.mark.parametrize("count", [1, 300])
@pytest.mark.parametrize("segwit", [False, True])
def test_a_key_comes_back_whatever_precedes_the_coinbase(
    regtest: ModuleType, tmp_path: Path, count: int, segwit: bool
) -> None:
    """A count of transactions of three bytes and a segwit marker move the zeros, never off the place that is read."""
    coin = Tx(2, (TxIn(bytes(32), 0xFFFFFFFF, b"\2\1\1", witness=(bytes(32),) * segwit),), (TxOut(5, A),))
    chain, last = [], coin
    for _ in range(count):
        last = regtest.spend([(last, 0)], [(5, A)])
        chain.append(last)
    block = regtest.block(b"\x33" * 32, [coin, *chain], 1_600_000_000)
    file = regtest.write(tmp_path, regtest.framed([block]), key=KEY)
    (tmp_path / "xor.dat").unlink()
    ledger = ledger_of(tmp_path, file)
    assert ledger.sources()["sources"][0]["xor"] == "recovered"
    assert len(ledger.tx_id) == count + 1


def test_a_key_file_of_another_node_is_not_believed(regtest: ModuleType, tmp_path: Path) -> None:
    file = regtest.write(tmp_path, regtest.framed(coins_of(regtest, [])), key=KEY)
    (tmp_path / "xor.dat").write_bytes(b"\1\2\3\4\5\6\7\x08")
    assert ledger_of(tmp_path, file).sources()["sources"][0]["xor"] == "recovered"


def test_a_file_that_holds_no_block_is_counted(regtest: ModuleType, tmp_path: Path) -> None:
    regtest.write(tmp_path / "node", regtest.framed(coins_of(regtest, [])))
    regtest.write(tmp_path / "node", b"\x11" * 5000, "blk00001.dat")
    sources = ledger_of(tmp_path, tmp_path / "node").sources()["sources"]
    assert [(s["file"], s["blocks"]) for s in sources] == [("blk00000.dat", 2), ("blk00001.dat", 0)]


# Trap 5: undo records


def test_undo_keeps_half_of_an_uncompressed_key_and_the_other_half_is_its_square_root(
    cores_files: Path, tmp_path: Path
) -> None:
    file = undo_file(cores_files)
    halves = sum(
        u.size > 33 and file.at(u.at, u.size).tobytes()[:2] == b"\1\1" for u in undo_records.records(file, MAIN)
    )
    assert halves > 0
    ledger = ledger_of(tmp_path, cores_files, network="main")
    rows = np.flatnonzero(ledger.in_prev >= 0)
    assert np.array_equal(ledger.in_script[rows], ledger.out_script[ledger.in_prev[rows]])
    whole = [s for s in ledger.in_script[rows] if len(ledger.script_bytes(int(s))) == 67]
    assert len(whole) > 200
    for s in whole:
        key = ledger.script_bytes(int(s))[1:-1]
        x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
        assert (y * y - x**3 - 7) % undo.FIELD == 0


def test_undo_numbers_are_not_compact_sizes() -> None:
    """VARINT 0x80 0x00 is 128; a CompactSize would read 128 from the first byte alone."""
    record = b"\1\1" + b"\0" + b"\x80\x00" + b"\0" + bytes(20)
    assert reference.undo(record) == [[(reference.satoshi(128), p2pkh(bytes(20)))]]


def test_an_undo_record_of_another_block_is_lost_not_used(
    cores_files: Path, tmp_path: Path, regtest: ModuleType
) -> None:
    """The checksum covers the previous block's hash: a record moved under another block is never taken for its own."""
    ledger = ledger_of(tmp_path, cores_files, network="main")
    folder = tmp_path / "mixed"
    shutil.copytree(cores_files, folder)
    file = undo_file(folder)
    target = next(u for u in undo_records.records(file, MAIN) if u.size > 33)
    rev = folder / "rev00000.dat"
    data = bytearray(regtest.xored(rev.read_bytes(), (folder / "xor.dat").read_bytes()))
    data[target.at + target.size] ^= 1
    rev.write_bytes(regtest.xored(bytes(data), (folder / "xor.dat").read_bytes()))
    other = ledger_of(tmp_path, folder, network="main", name="other")
    assert other.sources()["undo_lost"] == 1
    assert other.sources()["undo_blocks"] == ledger.sources()["undo_blocks"] - 1
    assert np.array_equal(other.in_value, ledger.in_value)


@pytest.fixture
def node(cores_files: Path, tmp_path: Path) -> Path:
    """A blocks folder of its own."""
    return Path(shutil.copytree(cores_files, tmp_path / "node"))


@pytest.mark.parametrize("which", ["first", "first that pays", "last"])
@pytest.mark.parametrize("size", [0, 1, 30, "one less", "one more", 3_000, 200_000, 2**31, "no magic"])
def test_an_undo_record_in_a_damaged_frame_is_used_all_the_same(
    cores_files: Path, node: Path, tmp_path: Path, size: int | str, which: str
) -> None:
    """Its content tells where it ends, its checksum whose it is: neither it nor any other is lost."""
    whole = undo_records.records(undo_file(node), MAIN)
    paying = [u for u in whole if u.size > 33]
    target = {"first": whole[0], "first that pays": paying[0], "last": whole[-1]}[which]
    told = {"one less": target.size - 1, "one more": target.size + 1, "no magic": target.size}.get(size, size)

    def change(data: bytearray) -> bytearray:
        data[target.at - 4 : target.at] = int(told).to_bytes(4, "little")
        if size == "no magic":
            data[target.at - 8] ^= 1
        return data

    found = undo_records.records(rewritten(node, change), MAIN)
    assert {(u.at, u.size) for u in found} == {(u.at, u.size) for u in whole}
    harmed = size == "no magic" or told != target.size
    assert [u.at for u in found if u.mended] == ([target.at] if harmed else [])
    ledger, mended = (ledger_of(tmp_path, f, network="main", name=f"of {f.name}") for f in (cores_files, node))
    assert np.array_equal(mended.in_value, ledger.in_value)
    told_of = mended.sources()
    assert told_of["undo_lost"] == 0
    assert told_of["undo_blocks"] == ledger.sources()["undo_blocks"] == len([u for u in whole if u.size > 1])
    assert told_of["undo_mended"] == (harmed and target.size > 1)
    assert ledger.sources()["undo_mended"] == 0


@pytest.mark.parametrize("inside", [0, 1, 2, 3, 6, 10, 30])
@pytest.mark.parametrize("framed", [True, False])
def test_a_damaged_undo_record_loses_itself_alone(node: Path, inside: int, framed: bool) -> None:
    """Whatever its content then says of its length, and be its size damaged too."""
    whole = undo_records.records(undo_file(node), MAIN)
    target = next(u for u in whole if u.size > 33)

    def change(data: bytearray) -> bytearray:
        data[target.at + inside] ^= 0xFE
        if not framed:
            data[target.at - 4] ^= 0x11
        return data

    found = {(u.at, u.size) for u in undo_records.records(rewritten(node, change), MAIN)}
    assert {(u.at, u.size) for u in whole} - found <= {(target.at, target.size)}


def test_undo_records_with_junk_between_them(node: Path) -> None:
    whole = undo_records.records(undo_file(node), MAIN)
    some = {u.at + u.size + 32 for u in whole[100:130]}

    def change(data: bytearray) -> bytes:
        return b"".join((b"\7" * 9 if n in some else b"") + data[n : n + 1] for n in range(len(data)))

    found = undo_records.records(rewritten(node, change), MAIN)
    assert [u.size for u in found] == [u.size for u in whole]
    assert not any(u.mended for u in found)


def test_an_undo_file_made_to_harm_is_not_read_again_and_again(
    regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand records, each with all that follow among its coins' scripts."""
    record = regtest.REGTEST.magic + b"\0\0\0\x01" + b"\1" + b"\xfe\xff\xff\xff\0"
    data = (record + b"\0\0" + bytes([6 + len(record)])) * 10_000
    length, sizes = undo_kernels.length, []

    def counted(b: Bytes, at: int, end: int) -> tuple[int, int]:
        stop, reached = length(b, at, end)
        sizes.append(int(reached) - at)
        return stop, reached

    monkeypatch.setattr(undo_kernels, "length", counted)
    file = undo_records.UndoFile(tmp_path / "rev00000.dat", np.frombuffer(data, np.uint8), NO_KEY)
    assert undo_records.records(file, regtest.REGTEST) == []
    assert sizes[0] == pytest.approx(len(data), abs=100)
    assert 5 * len(data) < sum(sizes) < 10 * len(data)


def test_files_that_do_not_belong_together_cost_a_count_not_a_search(
    cores_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "SPARE", 0)
    ledger = ledger_of(tmp_path, cores_files, network="main")
    assert ledger.sources()["undo_lost"] == 0
