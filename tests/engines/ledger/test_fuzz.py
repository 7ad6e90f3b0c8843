"""Files made to harm: whatever their bytes, a ledger comes out or an error with file and offset, in bounded memory.

LEADLINE_FUZZ_EXAMPLES asks for a longer run than the short one of every test run.
"""

import os
import shutil
import struct
import tracemalloc
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.blocks import blockfiles, chunks, headers, opening, sha256, tails, undo, undo_records
from leadline.engines.ledger.blocks.chunks import Block, Files, Room
from leadline.engines.ledger.blocks.undo_records import Undo, UndoFile
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.script import (
    multisig,
    p2pk,
    p2pkh,
    witness,
)
from leadline.kinds.bitcoin.tx import (
    Tx,
    TxIn,
    TxOut,
    compact,
    parse,
    serialise,
    sha256d,
    txid,
)

EXAMPLES = int(os.environ.get("LEADLINE_FUZZ_EXAMPLES", "0"))
FUZZ = settings(
    max_examples=EXAMPLES or 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = st.sampled_from([bytes(8), bytes.fromhex("8a1f00c3d97e2255")])
ODD = st.sampled_from([b"\0", b"\1", b"\x7f", b"\x80", b"\xfc", b"\xfd", b"\xfe", b"\xff", b"\xff" * 8, b"\0\1"])
MOST = 64
"""Bytes of memory for each byte of file that reading may take at its peak, over FIXED: rows of the smallest
transactions are about 30 times as large as their bytes."""
FIXED = 24 << 20


def chain_of(regtest: ModuleType) -> tuple[list[bytes], bytes]:
    """Genesis and five blocks with every kind of script and a witness, and their undo file."""
    key = b"\2" * 33
    kinds = [p2pkh(b"\1" * 20), p2pk(key), witness(0, b"\3" * 20), witness(1, b"\4" * 32)]
    kinds += [multisig(1, (key, key)), b"", b"\x6a"]
    coin = regtest.coinbase(1)
    t0 = regtest.spend([(coin, 0)], [(1000 + n, s) for n, s in enumerate(kinds)])
    t1 = Tx(2, tuple(TxIn(txid(t0), n, witness=(b"\1" * 9, b"")) for n in range(3)), (TxOut(2000, kinds[2]),))
    t2 = regtest.spend([(t1, 0), (t0, 3)], [(9, kinds[0]), (8, kinds[0])])
    bodies = [[], [t0], [t1], [t2], []]
    blocks = [regtest.GENESIS, *regtest.chain(bodies)]
    spent = {id(t0): [b"\x51"], id(t1): kinds[:3], id(t2): [kinds[2], kinds[3]]}
    rev = b""
    for block, body in zip(blocks[1:], bodies, strict=True):
        coins = [
            compact(len(spent[id(t)])) + b"".join(b"\2\0" + b"\x09" + bytes([len(s) + 6]) + s for s in spent[id(t)])
            for t in body
        ]
        record = compact(len(body)) + b"".join(coins)
        rev += REGTEST.magic + struct.pack("<I", len(record)) + record + sha256d(block[4:36] + record)
    return blocks, rev


def mangled(data: st.DataObject, raw: bytes) -> bytes:
    """Bytes overwritten, cut, put in, doubled, moved, and the end taken off."""
    out = bytearray(raw)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(out)))
        to = min(len(out), at + data.draw(st.integers(0, 90)))
        match data.draw(st.integers(0, 5)):
            case 0:
                out[at : at + 1] = data.draw(ODD)
            case 1:
                out[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
            case 2:
                del out[at:to]
            case 3:
                out[at:at] = data.draw(ODD)
            case 4:
                out[at:at] = out[at:to]
            case _:
                out += out[at:to]
    return bytes(out[: data.draw(st.integers(0, len(out)))] if data.draw(st.booleans()) else out)


def read_all(paths: list[Path]) -> int:
    """Blocks read as the build reads them, without the columns that follow."""
    opened = opening.open_files(blockfiles.block_paths(paths), REGTEST)
    records = [r for n, (file, raw) in enumerate(opened) for r in tails.scan(n, file, raw, REGTEST)[0]]
    if not records:
        return 0
    chain = headers.active(records, REGTEST)
    revs = undo_records.open_files([], [f for f, _ in opened], REGTEST)
    undos = [u for f in revs for u in undo_records.records(f, REGTEST)]
    tied, _ = undo.tied(undos, records, chain.hashes, [f for f, _ in opened])
    blocks = [Block(records[n], chain.hashes[n], -1) for s in chain.segments for n in s.records]
    files = Files(opened, tied, fast=sha256.libcrypto())
    room = Room(max(chunks.CHUNK >> 6, *(b.record.size for b in blocks)))
    for part in chunks.cut(blocks, len(room.data)):
        chunks.read(part, files, room)
    return len(blocks)


@FUZZ
@given(data=st.data(), key=KEYS)
def test_mangled_block_and_undo_files_are_read_or_refused(
    regtest: ModuleType, tmp_path: Path, data: st.DataObject, key: bytes
) -> None:
    blocks, rev = chain_of(regtest)
    folder = tmp_path / "node"
    shutil.rmtree(folder, ignore_errors=True)
    regtest.write(folder, mangled(data, regtest.framed(blocks)), "blk00000.dat", key if any(key) else b"")
    regtest.write(folder, mangled(data, rev), "rev00000.dat", key if any(key) else b"")
    if data.draw(st.booleans()):
        (folder / "xor.dat").unlink(missing_ok=True)
    try:
        read_all([folder])
    except ChainError as error:
        assert " byte:" in error.where


@FUZZ
@given(data=st.data())
def test_mangled_files_become_a_ledger_or_an_error(regtest: ModuleType, tmp_path: Path, data: st.DataObject) -> None:
    blocks, rev = chain_of(regtest)
    folder, out = tmp_path / "node", tmp_path / "ledger"
    for old in (folder, out):
        shutil.rmtree(old, ignore_errors=True)
    regtest.write(folder, mangled(data, regtest.framed(blocks)))
    regtest.write(folder, mangled(data, rev), "rev00000.dat")
    try:
        info = build(out, [folder], "regtest")
    except ChainError as error:
        assert error.where
        return
    ledger = open_ledger(out)
    assert info["merkle_roots_ok"] == info["blocks"] == len(ledger.block_hash)
    assert len(ledger.in_prev) == info["spends_resolved"] + info["unresolved"] + int((ledger.in_prev == -1).sum())


@FUZZ
@given(data=st.data())
def test_mangled_transactions_under_a_header_that_fits(
    regtest: ModuleType, tmp_path: Path, data: st.DataObject
) -> None:
    """The work is done anew over the mangled bytes, so that only the reader of transactions can refuse them."""
    coin = regtest.coinbase(1)
    body = [serialise(coin), serialise(Tx(1, (TxIn(txid(coin), 0, witness=(b"\1",)),), (TxOut(5, b"\x51"),)))]
    raw = compact(2) + b"".join(mangled(data, t) for t in body)
    try:
        txs, at = [], 1
        while at < len(raw):
            tx, at = parse(raw, at)
            txs.append(tx)
    except ChainError:
        txs = []
    root = regtest.merkle([txid(t) for t in txs]) if txs else bytes(32)
    for nonce in range(1 << 16):
        rest = struct.pack("<III", 1_300_000_000, regtest.BITS, nonce)
        head = struct.pack("<i", 1) + regtest.GENESIS_HASH + root + rest
        if blockfiles.is_header(head, REGTEST):
            break
    file = regtest.write(tmp_path / "one", regtest.framed([regtest.GENESIS, head + raw]) + b"\x99")
    try:
        found = read_all([file])
    except ChainError as error:
        assert " byte:" in error.where
        whole = len(txs) == 2 and b"".join(map(serialise, txs)) == raw[1:]
        fair = all(0 <= o.value <= 21 * 10**14 for t in txs for o in t.outputs) and all(t.outputs for t in txs)
        assert not whole or not fair or txid(txs[0]) == txid(txs[1]), "a fair block was refused"
        return
    assert found == (1 if len(head + raw) <= 80 else 2)


@FUZZ
@given(body=st.binary(max_size=400), inputs=st.lists(st.integers(0, 5), max_size=6))
def test_any_bytes_as_an_undo_record(body: bytes, inputs: list[int]) -> None:
    first_in = np.cumsum([0, 1, *inputs]).astype(np.int64)
    file = UndoFile(Path("rev00000.dat"), np.frombuffer(body or b"\0", np.uint8), bytes(8))
    try:
        found = undo.spent(Undo(file, 0, len(body)), first_in)
    except ChainError as error:
        assert error.where.startswith("rev00000.dat byte:")
        return
    assert ((found.value[1:] >= 0) & (found.size[1:] >= 0)).all()
    assert int(found.size[1:].sum()) == len(found.blob)


@FUZZ
@given(raw=st.binary(max_size=600))
def test_any_bytes_as_a_block_file(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "blk00000.dat"
    file.write_bytes(raw)
    try:
        assert read_all([file]) == 0
    except ChainError as error:
        assert "blk00000.dat byte:" in error.where


SIZE = 400_000
HARD = (
    "magic",
    "headers that claim more",
    "one block again and again",
    "blocks upon nothing",
    "runs of two",
    "branches upon one",
    "undo records of nothing",
)


@pytest.mark.parametrize("name", HARD)
def test_memory_stays_under_a_constant_times_the_file(regtest: ModuleType, tmp_path: Path, name: str) -> None:
    magic, folder = REGTEST.magic, tmp_path / "node"
    coins = [regtest.block(struct.pack("<Q", k) * 4, [regtest.coinbase(1)], 1_300_000_000 + 50 * k) for k in range(900)]
    match name:
        case "magic":
            data = magic * (SIZE // 4)
        case "headers that claim more":
            claim = magic + struct.pack("<I", 3_999_999) + regtest.GENESIS[:80]
            data = regtest.framed([regtest.GENESIS]) + claim * (SIZE // 88)
        case "one block again and again":
            data = regtest.framed([regtest.GENESIS] * (SIZE // 293))
        case "blocks upon nothing":
            data = regtest.framed(coins)
        case "runs of two":
            data = regtest.framed([b for c in coins[:450] for b in (c, *regtest.chain([[]], prev=sha256d(c[:80])))])
        case "branches upon one":
            made = [regtest.coinbase(k) for k in range(900)]
            data = regtest.framed([regtest.block(regtest.GENESIS_HASH, [c], 1_300_000_000) for c in made])
        case _:
            data = regtest.framed([regtest.GENESIS])
            regtest.write(folder, (magic + b"\1\0\0\0" + b"\0" + bytes(32)) * (SIZE // 41), "rev00000.dat")
    file = regtest.write(folder, data)
    size = sum(f.stat().st_size for f in folder.iterdir())
    read_all([file])
    tracemalloc.start()
    read_all([folder])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST * size + FIXED, f"{peak:,} bytes for {size:,}"
