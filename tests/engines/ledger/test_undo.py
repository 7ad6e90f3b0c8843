"""Undo records: against a plain-Python reader, Core's own files, and the outputs other programs recorded."""

import shutil
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import Ledger, build, open_ledger, reference, undo
from leadline.engines.ledger.undo import FIELD, Undo, UndoFile, whole
from leadline.errors import ChainError
from leadline.kinds.chains.bitcoin import MAIN, TEST
from leadline.kinds.codecs import script as sc
from leadline.kinds.codecs.tx import compact, sha256d
from leadline.model.ledger import COINBASE

settings.register_profile("undo", deadline=None)
settings.load_profile("undo")
XOR = bytes.fromhex("8a1f00c3d97e2255")
Coin = tuple[int, bytes]


def varint(n: int) -> bytes:
    out = [n & 0x7F]
    while n > 0x7F:
        n = (n >> 7) - 1
        out.append(n & 0x7F | 0x80)
    return bytes(reversed(out))


def packed_amount(n: int) -> int:
    if not n:
        return 0
    e = 0
    while n % 10 == 0 and e < 9:
        n, e = n // 10, e + 1
    return 1 + (n // 10 * 9 + n % 10 - 1) * 10 + e if e < 9 else 1 + (n - 1) * 10 + 9


def packed_script(s: bytes) -> bytes:
    kind = sc.classify(s)
    if kind == sc.P2PKH:
        return b"\0" + s[3:23]
    if kind == sc.P2SH:
        return b"\1" + s[2:22]
    if kind == sc.P2PK and len(s) == 35:
        return s[1:34]
    if kind == sc.P2PK and s[1] == 4 and whole(int.from_bytes(s[2:34], "big"), s[65] & 1) == int.from_bytes(s[34:66]):
        return bytes([4 | s[65] & 1]) + s[2:34]
    return varint(len(s) + 6) + s


def record(spent: list[list[Coin]]) -> bytes:
    """An undo record as Core writes it (src/undo.h), each coin from height 9."""
    txs = []
    for coins in spent:
        body = b"".join(varint(18) + b"\0" + varint(packed_amount(v)) + packed_script(s) for v, s in coins)
        txs.append(compact(len(coins)) + body)
    return compact(len(txs)) + b"".join(txs)


def framed(magic: bytes, prev: bytes, body: bytes) -> bytes:
    return magic + struct.pack("<I", len(body)) + body + sha256d(prev + body)


def keys(x: int) -> bytes:
    while (y := whole(x % FIELD, 0)) is None:
        x += 1
    return b"\4" + (x % FIELD).to_bytes(32, "big") + y.to_bytes(32, "big")


SCRIPTS = st.one_of(
    st.binary(max_size=60),
    st.binary(min_size=20, max_size=20).flatmap(lambda b: st.sampled_from([sc.p2pkh(b), sc.p2sh(b), sc.witness(0, b)])),
    st.binary(min_size=32, max_size=32).flatmap(lambda b: st.sampled_from([sc.p2pk(b"\2" + b), sc.p2pk(b"\3" + b)])),
    st.integers(1, FIELD - 1000).map(lambda x: sc.p2pk(keys(x))),
    st.binary(min_size=64, max_size=64).map(lambda b: sc.p2pk(b"\4" + b)),
    st.just(b"\x51" * 300),
)
COINS = st.tuples(st.integers(0, 21 * 10**14), SCRIPTS)
SPENT = st.lists(st.lists(COINS, min_size=1, max_size=4), min_size=1, max_size=4)


def read(body: bytes, spent: list[list[Coin]]) -> list[Coin]:
    first_in = np.cumsum([0, 1, *map(len, spent)]).astype(np.int64)
    file = UndoFile(Path("rev00000.dat"), np.frombuffer(body, np.uint8), bytes(8))
    found = undo.spent(Undo(file, 0, len(body)), first_in)
    assert found.value[0] == found.size[0] == -1
    return [
        (int(v), found.blob[a : a + n].tobytes())
        for v, a, n in zip(found.value[1:], found.at[1:], found.size[1:], strict=True)
    ]


@given(SPENT)
def test_undo_records_are_read_as_written(spent: list[list[Coin]]) -> None:
    body = record(spent)
    assert reference.undo(body) == spent
    assert read(body, spent) == [coin for coins in spent for coin in coins]


@given(SPENT, st.data())
def test_a_damaged_record_is_an_error_with_its_place(spent: list[list[Coin]], data: st.DataObject) -> None:
    body = bytearray(record(spent))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(1, len(body))) :]
    try:
        read(bytes(body), spent)
    except ChainError as error:
        assert error.where.startswith("rev00000.dat byte:")


@pytest.mark.parametrize(
    ("name", "network"), [("bcoin_300025", MAIN), ("bcoin_928816", TEST)], ids=["300025", "testnet 928816"]
)
@pytest.mark.parametrize("masked", [False, True])
def test_recorded_outputs_come_back_through_an_undo_file(
    data_dir: Path, tmp_path: Path, name: str, network: object, masked: bool
) -> None:
    """The outputs bcoin recorded for a real block (in order of its inputs), written as Core would, tied by checksum."""
    blocks = data_dir / "chain" / "blocks"
    raw, recorded = (blocks / f"{name}.raw").read_bytes(), (blocks / f"{name}-undo.raw").read_bytes()
    coins: list[Coin] = []
    at = 0
    while at < len(recorded):
        size, width = recorded[at + 8], 9
        if size == 0xFD:
            size, width = int.from_bytes(recorded[at + 9 : at + 11], "little"), 11
        coins.append((int.from_bytes(recorded[at : at + 8], "little"), recorded[at + width : at + width + size]))
        at += width + size
    framed_block = network.magic + struct.pack("<I", len(raw)) + raw
    (tmp_path / "blk00003.dat").write_bytes(framed_block)
    bare = open_ledger_of(tmp_path / "bare", tmp_path / "blk00003.dat", network.name)
    sizes = np.diff(bare.tx_first_in)[1:].tolist()
    assert sum(sizes) == len(coins)
    ends = np.cumsum([0, *sizes]).tolist()
    body = record([coins[a:b] for a, b in pairwise(ends)])
    other = framed(network.magic, bytes(32), record([[(5, b"\x51")]]))
    undo_file = other + b"\7" * 9 + framed(network.magic, raw[4:36], body) + bytes(100)
    folder = tmp_path / "node"
    folder.mkdir()
    mask = (lambda d: bytes(b ^ XOR[i % 8] for i, b in enumerate(d))) if masked else (lambda d: d)
    (folder / "blk00003.dat").write_bytes(mask(framed_block))
    (folder / "rev00003.dat").write_bytes(mask(undo_file))
    if masked:
        (folder / "xor.dat").write_bytes(XOR)
    ledger = open_ledger_of(tmp_path / "with", folder, network.name)
    assert ledger.sources()["undo_blocks"] == 1
    assert ledger.in_value[1:].tolist() == [v for v, _ in coins]
    assert [ledger.script_bytes(int(s)) for s in ledger.in_script[1:]] == [s for _, s in coins]
    assert (ledger.in_value[0], ledger.in_script[0]) == (-1, -1)
    assert bare.info()["unknown_inputs"] == bare.info()["unresolved"] > 0
    assert ledger.info()["unresolved"] == bare.info()["unresolved"]
    assert ledger.info()["unknown_inputs"] == 0
    assert np.array_equal(ledger.in_prev, bare.in_prev)
    assert (np.diff(ledger.tx_first_out)[1:] > 0).all()
    minted = int(ledger.out_value[: ledger.tx_first_out[1]].sum())
    fees = int(ledger.in_value[1:].sum()) - int(ledger.out_value.sum()) + minted
    assert 0 < fees <= minted


def test_a_record_that_says_otherwise_than_its_block_is_refused(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    paid = regtest.spend([(coin, 0)], [(7, b"\x51")])
    blocks = [regtest.GENESIS, *regtest.chain([[], [paid]])]
    regtest.write(tmp_path / "files", regtest.framed(blocks))
    magic = bytes.fromhex("fabfb5da")
    rev = tmp_path / "files" / "rev00000.dat"
    rev.write_bytes(framed(magic, blocks[2][4:36], record([[(50 * 10**8, b"\x51")]])))
    ledger = open_ledger_of(tmp_path / "right", tmp_path / "files", "regtest")
    assert ledger.in_value.tolist()[-1] == 50 * 10**8
    rev.write_bytes(framed(magic, blocks[2][4:36], record([[(51 * 10**8, b"\x51")]])))
    with pytest.raises(ChainError, match="another value or script"):
        build(tmp_path / "wrong", [tmp_path / "files"], "regtest")


def test_the_undo_files_core_writes(data_dir: Path, tmp_path: Path, oracle: Callable[[str], ModuleType]) -> None:
    pbk = oracle("pbk")
    source = data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"
    core = pbk.load_chainman(str(tmp_path / "core"), pbk.ChainType.MAINNET)
    core.import_blocks([source])
    entries = list(core.get_active_chain().block_tree_entries)
    spent = [core.block_spent_outputs[e].transactions for e in entries[1:]]
    coins = [c.output for block in spent for t in block for c in t.coins]
    expected = [(c.amount, bytes(c.script_pubkey)) for c in coins]
    del core
    blocks = tmp_path / "core" / "blocks"
    with_undo = open_ledger_of(tmp_path / "with", blocks, "main")
    assert with_undo.sources()["undo_blocks"] == sum(bool(t) for t in spent)
    assert with_undo.sources()["undo_lost"] == 0
    plain = tmp_path / "plain"
    plain.mkdir()
    for name in ("blk00000.dat", "xor.dat"):
        shutil.copy(blocks / name, plain / name)
    without = open_ledger_of(tmp_path / "without", plain, "main")
    for ledger in (with_undo, without):
        rows = np.flatnonzero(ledger.in_prev != COINBASE)
        found = [(int(ledger.in_value[i]), ledger.script_bytes(int(ledger.in_script[i]))) for i in rows]
        assert found == expected
    for column in ("out_script", "in_script", "in_value", "in_prev", "cluster_of", "script_kind"):
        assert np.array_equal(getattr(with_undo, column), getattr(without, column)), column


def open_ledger_of(out: Path, source: Path, network: str) -> Ledger:
    build(out, [source], network)
    return open_ledger(out)
