"""Every real block there is, read by the ledger and by Bitcoin Core's own kernel, field by field.

Compared for every block: header, hash, time. For every transaction: id, version, lock time. For every input: sequence,
the output it spends where the block's ledger holds that, *outside* exactly where it does not. For every output: satoshi
and script. The recorded outputs that other programs kept beside three blocks stand in test_undo; chains with the
outputs Core itself recorded as spent stand in test_real and test_undo.
"""

import bz2
import ctypes
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.kinds.bitcoin.tx import sha256d
from leadline.model.ledger import COINBASE, OUTSIDE

BARE = {
    "bitcoinj_block169482.dat": ("main", None),
    "bitcoinj_block227835.dat": ("main", None),
    "bitcoinj_block227836.dat": ("main", 227836),
    "btcd_277647.dat.bz2": ("main", 277647),
    "bcoin_300025.raw": ("main", 300025),
    "bitcoinj_block363703.dat": ("main", 363703),
    "floresta_367891.raw.zst": ("main", 367891),
    "core_block413567.raw": ("main", 413567),
    "bitcoinj_block481815.dat": ("main", 481815),
    "bcoin_482683.raw": ("main", 482683),
    "bcoin_928816.raw": ("test", 928816),
}
"""Single blocks: their network, and the height their coinbase states (None before BIP34)."""
MAGIC = bytes.fromhex("f9beb4d9")


@pytest.fixture(scope="module")
def core_block(oracle: Callable[[str], ModuleType]) -> Callable[[bytes], Any]:
    """A function that gives Core's block of raw bytes."""
    bindings, wrapper = oracle("pbk.capi.bindings"), oracle("pbk.block")

    def made(raw: bytes) -> Any:
        handle = bindings.btck_block_create((ctypes.c_ubyte * len(raw)).from_buffer_copy(raw), len(raw))
        return wrapper.Block._from_handle(handle)

    return made


def unpacked(file: Path) -> bytes:
    """The bytes of a data file, whatever it is packed with."""
    data = file.read_bytes()
    if file.suffix == ".bz2":
        return bz2.decompress(data)
    if file.suffix == ".zst":
        return bytes(pa.input_stream(pa.BufferReader(data), compression="zstd").read())
    return data


def split(data: bytes) -> list[bytes]:
    """The blocks of a framed file without gaps; a bare one is its own."""
    if data[:4] != MAGIC:
        return [data]
    blocks, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        blocks.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return blocks


def equal(ours: Ledger, blocks: Sequence[bytes], core_block: Callable[[bytes], Any]) -> tuple[int, int, int]:
    """Asserts that the ledger's blocks are `blocks` as Core reads them; how many transactions, inputs, outputs."""
    t = i = o = 0
    assert len(ours.block_hash) == len(blocks)
    place: dict[tuple[str, int], int] = {}
    for b, raw in enumerate(blocks):
        theirs = core_block(raw)
        assert str(theirs.block_hash) == ours.block_hash[b][::-1].tobytes().hex()
        assert bytes(theirs.block_header) == raw[:80] == ours._held["block_head"][b][:80].tobytes()
        assert theirs.block_header.timestamp.timestamp() == ours.block_time[b]
        assert ours.block_size[b] == len(raw)
        for tx in theirs.transactions:
            txid = str(tx.txid)
            assert ours.txid_hex(t) == txid
            assert ours.tx_version[t] == int.from_bytes(bytes(tx)[:4], "little", signed=True)
            assert ours.tx_locktime[t] == tx.locktime
            for source in tx.inputs:
                point = (str(source.out_point.txid), source.out_point.index)
                assert ours.in_sequence[i] == source.sequence
                null = point == ("00" * 32, 0xFFFFFFFF)
                assert ours.in_prev[i] == (COINBASE if null else place.get(point, OUTSIDE))
                i += 1
            for n, output in enumerate(tx.outputs):
                assert ours.out_value[o] == output.amount
                assert ours.script_bytes(int(ours.out_script[o])) == bytes(output.script_pubkey)
                place[txid, n] = o
                o += 1
            t += 1
            assert (ours.tx_first_in[t], ours.tx_first_out[t]) == (i, o)
        assert ours.block_first_tx[b + 1] == t
    assert (t, i, o) == (len(ours.tx_id), len(ours.in_prev), len(ours.out_value))
    return t, i, o


@pytest.mark.parametrize("name", BARE)
def test_a_real_block_is_what_cores_kernel_reads(
    data_dir: Path, tmp_path: Path, core_block: Callable[[bytes], Any], name: str
) -> None:
    network, height = BARE[name]
    raw = unpacked(data_dir / "chain" / "blocks" / name)
    blocks = split(raw)
    (tmp_path / "block.dat").write_bytes(raw)
    info = build(tmp_path / "ledger", [tmp_path / "block.dat"], network)
    assert [(s["first_height"], s["blocks"]) for s in info["segments"]] == [(height, len(blocks))]
    equal(open_ledger(tmp_path / "ledger"), blocks, core_block)


def test_the_first_blocks_are_what_cores_kernel_reads(
    data_dir: Path, tmp_path: Path, core_block: Callable[[bytes], Any]
) -> None:
    file = data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"
    build(tmp_path / "ledger", [file], "main")
    counts = equal(open_ledger(tmp_path / "ledger"), split(file.read_bytes()), core_block)
    assert counts[:2] == (4371, 4313 + 247)


def test_regtest_blocks_of_another_project(
    data_dir: Path, tmp_path: Path, core_block: Callable[[bytes], Any], regtest: ModuleType
) -> None:
    text = (data_dir / "chain" / "regtest" / "rust-bitcoinkernel_206_regtest_blocks.hex").read_text()
    blocks = [bytes.fromhex(line) for line in text.split()]
    if sha256d(blocks[0][:80]) != regtest.GENESIS_HASH:
        blocks.insert(0, regtest.GENESIS)
    build(tmp_path / "ledger", [regtest.write(tmp_path, regtest.framed(blocks))], "regtest")
    equal(open_ledger(tmp_path / "ledger"), blocks, core_block)


def test_a_made_up_fork_is_resolved_by_work(data_dir: Path, tmp_path: Path, core_block: Callable[[bytes], Any]) -> None:
    """Blocks 3A, 4A and 5A leave the first five behind at height 2: five blocks of the branch, two left out."""
    found = {}
    for name in ("0_to_4", "3A", "4A", "5A"):
        data = unpacked(data_dir / "chain" / "blocks" / f"btcd_blk_{name}.dat.bz2")
        found[name] = split(data)
        (tmp_path / f"{name}.dat").write_bytes(data)
    build(tmp_path / "ledger", [tmp_path / f"{n}.dat" for n in found], "main")
    ledger = open_ledger(tmp_path / "ledger")
    branch = [*found["0_to_4"][:3], *found["3A"], *found["4A"], *found["5A"]]
    assert all(b[4:36] == sha256d(a[:80]) for a, b in pairwise(branch))
    equal(ledger, branch, core_block)
    assert ledger.sources()["stale_blocks"] == 2
