"""Small regtest chains made for tests: any transactions into blocks with valid work, and blk files of any shape."""

import struct
from pathlib import Path

from leadline.kinds.bitcoin import tx as txs
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.tx import (
    Tx,
    TxIn,
    TxOut,
    compact,
    serialise,
    sha256d,
    txid,
)

GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51"
    "323a9fb8aa4b1e5e4adae5494dffff7f2002000000010100000001000000000000000000000000000000000000000000000000000000000000"
    "0000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b20"
    "6f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130"
    "b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
GENESIS_HASH = bytes.fromhex(REGTEST.genesis)[::-1]
OP_TRUE = b"\x51"
BITS = 0x207FFFFF


def merkle(ids: list[bytes]) -> bytes:
    while len(ids) > 1:
        ids = ids + ids[-1:] * (len(ids) & 1)
        ids = [sha256d(ids[i] + ids[i + 1]) for i in range(0, len(ids), 2)]
    return ids[0]


def coinbase(height: int, outputs: tuple[TxOut, ...] = (TxOut(50 * 10**8, OP_TRUE),)) -> Tx:
    return Tx(2, (TxIn(txs.NULL_TXID, 0xFFFFFFFF, b"\x03" + height.to_bytes(3, "little")),), outputs)


def block(prev: bytes, members: list[Tx], seconds: int, version: int = 0x20000000, bits: int = BITS) -> bytes:
    """A block with the work that `bits` asks for; its hash is sha256d of its first 80 bytes."""
    root = merkle([txid(t) for t in members])
    most = (bits & 0x7FFFFF) << 8 * ((bits >> 24) - 3)
    for nonce in range(1 << 20):
        head = struct.pack("<i", version) + prev + root + struct.pack("<III", seconds, bits, nonce)
        if int.from_bytes(sha256d(head), "little") <= most:
            return head + compact(len(members)) + b"".join(serialise(t) for t in members)
    raise AssertionError


def chain(bodies: list[list[Tx]], prev: bytes = GENESIS_HASH, first: int = 1, step: int = 600) -> list[bytes]:
    """Blocks one after the other from height `first` upon `prev`, each a coinbase and one list of transactions."""
    blocks = []
    for k, body in enumerate(bodies):
        height = first + k
        blocks.append(block(prev, [coinbase(height), *body], 1_296_688_602 + step * height))
        prev = sha256d(blocks[-1][:80])
    return blocks


def framed(blocks: list[bytes], magic: bytes = REGTEST.magic) -> bytes:
    return b"".join(magic + len(b).to_bytes(4, "little") + b for b in blocks)


def xored(data: bytes, key: bytes) -> bytes:
    return bytes(b ^ key[i % 8] for i, b in enumerate(data))


def write(folder: Path, data: bytes, name: str = "blk00000.dat", key: bytes = b"") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if key:
        (folder / "xor.dat").write_bytes(key)
    (folder / name).write_bytes(xored(data, key) if key else data)
    return folder / name


def spend(outpoints: list[tuple[Tx, int]], outputs: list[tuple[int, bytes]]) -> Tx:
    return Tx(2, tuple(TxIn(txid(t), n) for t, n in outpoints), tuple(TxOut(v, s) for v, s in outputs))
