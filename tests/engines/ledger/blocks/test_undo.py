"""Undo records: against a plain-Python reader, Core's own files, and the outputs other programs recorded."""

import json
import shutil
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.blocks import reference, undo, undo_kernels
from leadline.engines.ledger.blocks.undo import FIELD, whole
from leadline.engines.ledger.blocks.undo_records import Undo, UndoFile
from leadline.errors import ChainError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.networks import MAIN, TEST
from leadline.kinds.bitcoin.tx import compact, sha256d
from leadline.model.ledger import COINBASE
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import NETWORK, SIZES, Options

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


@given(SPENT, st.binary(max_size=50), st.integers(0, 200))
def test_a_record_tells_where_it_ends(spent: list[list[Coin]], behind: bytes, short: int) -> None:
    body = record(spent)
    whole = np.frombuffer(b"\7" + body + behind, np.uint8)
    assert undo_kernels.length(whole, 1, len(whole)) == (1 + len(body), 1 + len(body))
    if short < len(body):
        assert undo_kernels.length(whole, 1, 1 + short)[0] == -1


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


def of_bcoin(blocks: Path, name: str) -> tuple[bytes, list[Coin]]:
    """A block and the outputs its inputs spent, in their order, as bcoin recorded them: value, size, script."""
    recorded = (blocks / f"{name}-undo.raw").read_bytes()
    coins: list[Coin] = []
    at = 0
    while at < len(recorded):
        size, width = recorded[at + 8], 9
        if size == 0xFD:
            size, width = int.from_bytes(recorded[at + 9 : at + 11], "little"), 11
        coins.append((int.from_bytes(recorded[at : at + 8], "little"), recorded[at + width : at + width + size]))
        at += width + size
    return (blocks / f"{name}.raw").read_bytes(), coins


def of_floresta(blocks: Path, name: str) -> tuple[bytes, list[Coin]]:
    """A block and the outputs its inputs spent, as Floresta recorded them in JSON."""
    raw, recorded = (
        bytes(pa.input_stream(pa.BufferReader((blocks / f).read_bytes()), compression="zstd").read())
        for f in (f"{name}.raw.zst", f"{name}.spent_utxos.zst")
    )
    coins = [r["txout"] for r in json.loads(recorded)]
    return raw, [(c["value"], bytes.fromhex(c["script_pubkey"])) for c in coins]


RECORDED = {
    "bcoin_300025": (of_bcoin, MAIN, 300025),
    "bcoin_928816": (of_bcoin, TEST, 928816),
    "floresta_367891": (of_floresta, MAIN, 367891),
}


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("masked", [False, True])
def test_recorded_outputs_come_back_through_an_undo_file(
    data_dir: Path, tmp_path: Path, name: str, masked: bool
) -> None:
    """The outputs others recorded for a real block, written as Core would, tied by checksum: values, scripts, fees.

    Without the record: unknown where the block's own transactions do not tell, never zero. The fees of all
    transactions and the subsidy are what the miner claimed, to the satoshi.
    """
    reader, network, height = RECORDED[name]
    raw, coins = reader(data_dir / "chain" / "blocks", name)
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
    spent = np.add.reduceat(ledger.in_value, ledger.tx_first_in[1:-1])
    paid = np.add.reduceat(ledger.out_value, ledger.tx_first_out[1:-1])
    assert (spent >= paid).all()
    assert minted == network.subsidy(height) + int((spent - paid).sum())


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


@pytest.fixture(params=["mainnet 0 to 4312", "training chain", "regtest of another project"])
def core_wrote(
    request: pytest.FixtureRequest,
    data_dir: Path,
    tmp_path: Path,
    oracle: Callable[[str], ModuleType],
    regtest: ModuleType,
) -> tuple[Path, str, list[list[Coin]]]:
    """A blocks folder Core's kernel wrote, its network, and by block what Core says its inputs spent."""
    pbk = oracle("pbk")
    if request.param.startswith("mainnet"):
        sources, network = [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main"
    elif request.param.startswith("training"):
        plan, _ = draw_plan(Options(SIZES["tiny"], 23))
        build_chain(tmp_path / "chain", plan)
        sources, network = sorted((tmp_path / "chain").glob("blk*.dat")), NETWORK
    else:
        text = (data_dir / "chain" / "regtest" / "rust-bitcoinkernel_206_regtest_blocks.hex").read_text()
        sources = [regtest.write(tmp_path / "hex", regtest.framed([bytes.fromhex(line) for line in text.split()]))]
        network = "regtest"
    kind = pbk.ChainType.MAINNET if network == "main" else pbk.ChainType.REGTEST
    core = pbk.load_chainman(str(tmp_path / "core"), kind)
    core.import_blocks(sources)
    entries = list(core.get_active_chain().block_tree_entries)
    spent = [core.block_spent_outputs[e].transactions for e in entries[1:]]
    coins = [[(c.output.amount, bytes(c.output.script_pubkey)) for t in b for c in t.coins] for b in spent]
    return tmp_path / "core" / "blocks", network, coins


def test_the_undo_files_core_writes(core_wrote: tuple[Path, str, list[list[Coin]]], tmp_path: Path) -> None:
    """Every value and script equals Core's, with its undo files and without; only the columns' source differs."""
    blocks, network, coins = core_wrote
    expected = [coin for block in coins for coin in block]
    assert len(coins) > 200
    with_undo = open_ledger_of(tmp_path / "with", blocks, network)
    assert with_undo.sources()["undo_blocks"] == sum(bool(c) for c in coins)
    assert with_undo.sources()["undo_lost"] == 0
    plain = tmp_path / "plain"
    plain.mkdir()
    for file in (*blocks.glob("blk*.dat"), blocks / "xor.dat"):
        shutil.copy(file, plain / file.name)
    without = open_ledger_of(tmp_path / "without", plain, network)
    assert without.sources()["undo_blocks"] == 0
    for ledger in (with_undo, without):
        rows = np.flatnonzero(ledger.in_prev != COINBASE)
        found = [(int(ledger.in_value[i]), ledger.script_bytes(int(ledger.in_script[i]))) for i in rows]
        assert found == expected
    for column in ("out_script", "in_script", "in_value", "in_prev", "cluster_of", "script_kind"):
        assert np.array_equal(getattr(with_undo, column), getattr(without, column)), column


def open_ledger_of(out: Path, source: Path, network: str) -> Ledger:
    build(out, [source], network)
    return open_ledger(out)
