"""Building a ledger from block files as they come: xor'd, shuffled, forked, padded, cut, damaged, on a full disk."""

import bz2
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.columns import Columns
from leadline.engines.ledger.storage.meta import META
from leadline.errors import ChainError, ForkError, IntegrityError, SpaceError, UsageError
from leadline.kinds.bitcoin.script import p2pkh, witness
from leadline.kinds.bitcoin.tx import (
    Tx,
    TxIn,
    TxOut,
    id_text,
    sha256d,
    txid,
)
from leadline.model.ledger import COLUMNS

KEY = bytes.fromhex("8a1f00c3d97e2255")
A, B, C, D = (p2pkh(bytes([k]) * 20) for k in range(1, 5))


def funded(regtest: ModuleType) -> tuple[list[list[Tx]], list[Tx]]:
    """Bodies of four blocks: coinbases of the first two fund four scripts; A and B, then C and D are spent together."""
    coins = [regtest.coinbase(h) for h in (1, 2, 3, 4)]
    t0 = regtest.spend([(coins[0], 0)], [(10, A), (20, B), (30, C), (40, D)])
    t1 = regtest.spend([(t0, 0), (t0, 1)], [(25, A)])
    t2 = Tx(2, (TxIn(txid(t0), 2, witness=(b"\1", b"")), TxIn(txid(t0), 3)), (TxOut(60, witness(1, bytes(32))),))
    return [[], [t0], [t1], [t2]], [t0, t1, t2]


def same(a: Ledger, b: Ledger) -> None:
    for column in COLUMNS:
        if column.name in Columns.__annotations__ and column.of != "block":
            assert np.array_equal(getattr(a, column.name), getattr(b, column.name)), column.name
    assert np.array_equal(a.out_spender, b.out_spender)
    assert np.array_equal(a.cluster_of, b.cluster_of)
    assert a.info() == b.info()
    assert a.pin() == b.pin()


@pytest.fixture
def plain(regtest: ModuleType, tmp_path: Path) -> tuple[list[bytes], Ledger]:
    """Genesis and four blocks, and the ledger of their plain file in order."""
    blocks = [regtest.GENESIS, *regtest.chain(funded(regtest)[0])]
    build(tmp_path / "plain", [regtest.write(tmp_path / "files", regtest.framed(blocks))], "regtest")
    return blocks, open_ledger(tmp_path / "plain")


def test_a_small_chain(plain: tuple[list[bytes], Ledger], regtest: ModuleType) -> None:
    ledger = plain[1]
    _, (t0, t1, t2) = funded(regtest)
    i0, i1 = ledger.tx_index(id_text(txid(t0))), ledger.tx_index(id_text(txid(t1)))
    assert ledger.tx_height[i0] == 2
    ids = ledger.find_scripts([A, B, C, D, b"nowhere"])
    assert ids[4] == -1
    labels = ledger.cluster_of[ids[:4]]
    assert labels[0] == labels[1] == ids[0]
    assert labels[2] == labels[3] == ids[2]
    assert ledger.merge_txs_of(int(ids[0])) == [id_text(txid(t1))]
    assert ledger.merge_txs_of(int(ids[2])) == [id_text(txid(t2))]
    assert ledger.members_of([ids[0]]).tolist() == [ids[0], ids[1]]
    outs = ledger.outputs_of([ids[0]])
    assert ledger.out_tx(outs).tolist() == [i0, i1]
    assert ledger.in_tx(ledger.out_spender[outs[:1]]).tolist() == [i1]
    assert ledger.out_spender[outs[1]] == -1
    info = ledger.info()
    assert (info["height"], info["transactions"], info["clusters"]) == (4, 8, 2)
    assert info["value_spent_sat"] == 50 * 10**8 + 10 + 20 + 30 + 40


def test_clusters_without_a_transaction_and_as_of_a_height(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType
) -> None:
    ledger = plain[1]
    _, (_, t1, _) = funded(regtest)
    a, b, c, d = ledger.find_scripts([A, B, C, D])
    without = ledger.clusters(frozenset({id_text(txid(t1)), "00" * 32}))
    assert without[a] == a
    assert without[b] == b
    assert without[d] == c
    then = ledger.at(3)
    assert then.cluster_of[d] == d
    assert then.cluster_of[b] == a
    assert then.out_spender[then.outputs_of([c])].tolist() == [-1]
    assert np.array_equal(ledger.clusters(height=3), then.cluster_of)
    assert ledger.clusters(frozenset({id_text(txid(t1))}), height=3)[b] == b


def test_a_height_reads_as_a_ledger_that_ends_there(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, whole = plain
    for height in range(5):
        file = regtest.write(tmp_path / str(height), regtest.framed(blocks[: height + 1]))
        build(tmp_path / f"to{height}", [file], "regtest")
        short = open_ledger(tmp_path / f"to{height}")
        same(whole.at(height), short)
        assert whole.at_pin(height, str(short.pin()["digest"])).height == height
    later = blocks[4]
    missing = whole.at(1)
    assert missing.tx_index(id_text(txid(funded(regtest)[1][0]))) == -1
    assert missing.find_script(A) == -1
    assert later
    with pytest.raises(ForkError):
        whole.at_pin(3, "00" * 32)
    with pytest.raises(ForkError):
        whole.at_pin(9, "00" * 32)
    with pytest.raises(UsageError):
        whole.at(9)
    with pytest.raises(UsageError, match="no height 4"):
        whole.at(3).at(4)


@pytest.mark.parametrize("with_key_file", [True, False])
def test_xor_with_and_without_its_key_file(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path, with_key_file: bool
) -> None:
    blocks, ledger = plain
    folder = tmp_path / "xored"
    tail = bytes(5000)
    file = regtest.write(folder, regtest.framed(blocks), key=KEY)
    file.write_bytes(file.read_bytes() + tail)
    if not with_key_file:
        (folder / "xor.dat").unlink()
    build(tmp_path / "x", [folder], "regtest")
    found = open_ledger(tmp_path / "x")
    same(ledger, found)
    assert found.sources()["sources"][0]["xor"] == ("xor.dat" if with_key_file else "recovered")


def test_disorder_junk_gaps_stale_repeated_and_cut_blocks(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, ledger = plain
    magic = bytes.fromhex("fabfb5da")
    stale = regtest.chain([[]], prev=sha256d(blocks[2][:80]), first=3, step=601)
    later = regtest.chain([[]], prev=sha256d(blocks[4][:80]), first=5)
    junk = magic + (90).to_bytes(4, "little") + b"\7" * 400 + magic + b"\xff" * 4 + magic[:3]
    first = regtest.framed([blocks[4], blocks[2]]) + junk + regtest.framed([stale[0], blocks[0]]) + bytes(999)
    second = regtest.framed([blocks[1], blocks[3], blocks[2]]) + regtest.framed(later)[:-7]
    folder = tmp_path / "mess"
    regtest.write(folder, first, "blk00000.dat", KEY)
    (folder / "blk00001.dat").write_bytes(regtest.xored(second, KEY))
    build(tmp_path / "m", [folder], "regtest")
    found = open_ledger(tmp_path / "m")
    same(ledger, found)
    sources = found.sources()
    assert (sources["stale_blocks"], sources["repeated_blocks"]) == (1, 1)
    at = len(second) + 7 - 8 - len(later[0])
    cut = {"source": 1, "file": "blk00001.dat", "at": at, "missing": 7, "certain": True}
    assert sources["cut_blocks"] == [cut]
    assert sources["damaged_blocks"] == []


def test_a_reorganisation_follows_the_work(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, ledger = plain
    other = regtest.chain([[], [], []], prev=sha256d(blocks[2][:80]), first=3, step=601)
    tie = regtest.write(tmp_path / "tie", regtest.framed([*blocks, *other[:2]]))
    build(tmp_path / "t", [tie], "regtest")
    assert open_ledger(tmp_path / "t").pin() == ledger.pin()
    more = regtest.write(tmp_path / "more", regtest.framed([*blocks, *other]))
    build(tmp_path / "t", [more], "regtest")
    reorganised = open_ledger(tmp_path / "t")
    assert reorganised.height == 5
    assert reorganised.sources()["stale_blocks"] == 2
    with pytest.raises(ForkError, match="part after height 2"):
        reorganised.at_pin(4, str(ledger.pin()["digest"]))


def test_a_published_fork(data_dir: Path, tmp_path: Path) -> None:
    blocks = data_dir / "chain" / "blocks"
    files = []
    for name in ("5A", "4A", "3A", "0_to_4"):
        files.append(tmp_path / f"{name}.dat")
        files[-1].write_bytes(bz2.decompress((blocks / f"btcd_blk_{name}.dat.bz2").read_bytes()))
    build(tmp_path / "four", files[3:], "main")
    assert open_ledger(tmp_path / "four").height == 4
    build(tmp_path / "fork", files, "main")
    ledger = open_ledger(tmp_path / "fork")
    assert ledger.height == 5
    assert ledger.sources()["stale_blocks"] == 2


def test_a_regtest_chain_of_core(data_dir: Path, tmp_path: Path, regtest: ModuleType) -> None:
    text = (data_dir / "chain" / "regtest" / "rust-bitcoinkernel_206_regtest_blocks.hex").read_text()
    blocks = [bytes.fromhex(line) for line in text.split()]
    has_genesis = sha256d(blocks[0][:80]) == regtest.GENESIS_HASH
    file = regtest.write(tmp_path / "core", regtest.framed(blocks if has_genesis else [regtest.GENESIS, *blocks]))
    info = build(tmp_path / "c", [file], "regtest")
    assert info["height"] == len(blocks) - has_genesis
    assert info["unresolved"] == 0
    assert info["merkle_roots_ok"] == info["blocks"]


def test_a_slice_says_what_it_does_not_hold(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, _ = plain
    file = regtest.write(tmp_path / "slice", regtest.framed(blocks[3:]))
    info = build(tmp_path / "s", [file], "regtest")
    ledger = open_ledger(tmp_path / "s")
    assert [s["first_height"] for s in info["segments"]] == [3]
    assert info["unresolved"] == 4
    assert sorted(set(ledger.in_prev.tolist())) == [-2, -1]
    assert info["clusters"] == 0


def test_without_libcrypto_the_same_columns_and_it_says_so(
    plain: tuple[list[bytes], Ledger], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sha256, "libcrypto", lambda: False)
    build(tmp_path / "slow", [tmp_path / "files"], "regtest")
    slow = open_ledger(tmp_path / "slow")
    same(plain[1], slow)
    assert "slower" in slow.sources()["sha256"]
    assert plain[1].sources()["sha256"] == "libcrypto"


def test_same_blocks_same_bytes(plain: tuple[list[bytes], Ledger], tmp_path: Path) -> None:
    build(tmp_path / "again", [tmp_path / "files"], "regtest")
    first, second = tmp_path / "plain" / "columns-1", tmp_path / "again" / "columns-1"
    assert [(p.name, p.read_bytes()) for p in sorted(first.iterdir())] == [
        (p.name, p.read_bytes()) for p in sorted(second.iterdir())
    ]
    assert (tmp_path / "plain" / META).read_bytes() == (tmp_path / "again" / META).read_bytes()


@pytest.mark.parametrize("where", [40, 100, -3])
def test_a_damaged_block_is_named_and_the_last_state_stays(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path, where: int
) -> None:
    blocks, ledger = plain
    paid = regtest.spend([(funded(regtest)[1][1], 0)], [(2, A)] * 10)
    later = regtest.chain([[paid], []], sha256d(blocks[4][:80]), 5)
    data = bytearray(regtest.framed([*blocks, *later]))
    start = len(regtest.framed(blocks)) + 8
    data[start + 80 + where if where > 0 else len(data) + where - 50] ^= 1
    file = regtest.write(tmp_path / "damaged", bytes(data))
    with pytest.raises(ChainError) as error:
        build(tmp_path / "plain", [file], "regtest")
    assert "blk00000.dat byte:" in error.value.where
    same(open_ledger(tmp_path / "plain"), ledger)
    assert sorted(p.name for p in (tmp_path / "plain").iterdir()) == ["columns-1", META]


def test_a_repeated_transaction_does_not_pass_for_the_block(regtest: ModuleType, tmp_path: Path) -> None:
    body = funded(regtest)[0][1]
    first = regtest.chain([[], body])
    mutated = first[1][:80] + b"\4" + first[1][81:] + first[1][81:]
    file = regtest.write(tmp_path, regtest.framed([regtest.GENESIS, first[0], mutated]))
    with pytest.raises(ChainError, match="merkle"):
        build(tmp_path / "out", [file], "regtest")


def test_an_output_cannot_be_spent_twice_or_be_absent(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    twice = [regtest.spend([(coin, 0)], [(1, A)]), regtest.spend([(coin, 0)], [(2, A)])]
    absent = [regtest.spend([(coin, 7)], [(1, A)])]
    for name, body, what in (("twice", twice, "spent before"), ("absent", absent, "does not exist")):
        file = regtest.write(tmp_path / name, regtest.framed([regtest.GENESIS, *regtest.chain([[], body])]))
        with pytest.raises(ChainError, match=what) as error:
            build(tmp_path / f"{name}.ledger", [file], "regtest")
        assert error.value.where == f"tx:{id_text(txid(body[-1]))}"


def test_one_id_twice_keeps_both_and_the_later_is_spent(regtest: ModuleType, tmp_path: Path) -> None:
    same_coin = [regtest.coinbase(7), regtest.coinbase(7)]
    blocks, prev = [], regtest.GENESIS_HASH
    spender = regtest.spend([(same_coin[0], 0)], [(5, B)])
    for members in ([same_coin[0]], [same_coin[1]], [regtest.coinbase(3), spender]):
        blocks.append(regtest.block(prev, members, 1_300_000_000))
        prev = sha256d(blocks[-1][:80])
    build(tmp_path / "b", [regtest.write(tmp_path, regtest.framed([regtest.GENESIS, *blocks]))], "regtest")
    ledger = open_ledger(tmp_path / "b")
    assert ledger.out_spender.tolist()[1:3] == [-1, 3 + 1]
    assert ledger.tx_index(id_text(txid(same_coin[0]))) == 2
    assert ledger.at(1).tx_index(id_text(txid(same_coin[0]))) == 1


@pytest.mark.parametrize(
    ("data", "network"), [(b"", "regtest"), (b"\0" * 4000, "regtest"), (os.urandom(3000), "main"), (None, "main")]
)
def test_what_is_no_block_file_is_refused(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path, data: bytes | None, network: str
) -> None:
    file = regtest.write(tmp_path / "bad", regtest.framed(plain[0]) if data is None else data)
    with pytest.raises(ChainError) as error:
        build(tmp_path / "none", [file], network)
    assert "blk00000.dat" in error.value.where
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_no_ledger_is_not_touched(plain: tuple[list[bytes], Ledger], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        build(tmp_path / "files", [tmp_path / "files"], "regtest")
    with pytest.raises(ChainError):
        build(tmp_path / "new", [tmp_path / "plain"], "regtest")
    with pytest.raises(ChainError):
        build(tmp_path / "new", [tmp_path / "absent.dat"], "regtest")


def test_a_broken_or_missing_column_is_named(plain: tuple[list[bytes], Ledger], tmp_path: Path) -> None:
    column = tmp_path / "plain" / "columns-1" / "out_value.bin"
    column.write_bytes(column.read_bytes()[:-1])
    with pytest.raises(IntegrityError) as error:
        open_ledger(tmp_path / "plain")
    assert error.value.where == "columns-1/out_value.bin"
    with pytest.raises(IntegrityError):
        open_ledger(tmp_path / "nowhere")
    (tmp_path / "plain" / META).write_text(json.dumps({"format": "leadline-ledger/0"}))
    with pytest.raises(IntegrityError):
        open_ledger(tmp_path / "plain")


def test_a_full_disk_leaves_the_last_state(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, ledger = plain
    file = regtest.write(tmp_path / "more", regtest.framed([*blocks, *regtest.chain([[]], sha256d(blocks[4][:80]), 5)]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        with pytest.raises(SpaceError):
            build(tmp_path / "plain", [file], "regtest")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    same(open_ledger(tmp_path / "plain"), ledger)
    build(tmp_path / "plain", [file], "regtest")
    assert open_ledger(tmp_path / "plain").height == 5
    assert sorted(p.name for p in (tmp_path / "plain").iterdir()) == ["columns-2", META]


@pytest.mark.parametrize("moment", ["reading blocks", "resolving inputs", "clustering"])
def test_a_kill_leaves_the_last_state(
    plain: tuple[list[bytes], Ledger], regtest: ModuleType, tmp_path: Path, moment: str
) -> None:
    blocks, ledger = plain
    file = regtest.write(tmp_path / "more", regtest.framed([*blocks, *regtest.chain([[]], sha256d(blocks[4][:80]), 5)]))
    text = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom leadline.engines.ledger import build\n"
        "def kill(what, done, total):\n    what == sys.argv[3] and os.kill(os.getpid(), signal.SIGKILL)\n"
        "build(Path(sys.argv[1]), [Path(sys.argv[2])], 'regtest', kill)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", text, tmp_path / "plain", file, moment], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    same(open_ledger(tmp_path / "plain"), ledger)
    build(tmp_path / "plain", [file], "regtest")
    assert open_ledger(tmp_path / "plain").height == 5
    assert sorted(p.name for p in (tmp_path / "plain").iterdir()) == ["columns-2", META]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_build_or_fail_with_an_error_that_names_the_place(
    regtest: ModuleType, tmp_path: Path, data: st.DataObject
) -> None:
    blocks = [regtest.GENESIS, *regtest.chain(funded(regtest)[0])]
    raw = bytearray(regtest.framed(blocks))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    file = regtest.write(tmp_path / "fuzz", bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    shutil.rmtree(tmp_path / "fuzzed", ignore_errors=True)
    try:
        info = build(tmp_path / "fuzzed", [file], "regtest")
    except ChainError as error:
        assert error.where
        return
    assert info["merkle_roots_ok"] == info["blocks"] <= len(blocks)
