"""Blocks as Bitcoin Core accepts and stores them: coinbase, witness commitment, proof of work, block files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import pack
from typing import BinaryIO

from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.tx import (
    NULL_TXID,
    compact,
    id_bytes,
    sha256d,
)

BITS = 0x207FFFFF
"""Regtest's proof-of-work limit in compact form (Bitcoin Core, chainparams.cpp)."""
_TARGET_TOP = 0x7F
"""A hash whose last byte (most significant) is at most this meets `BITS`, but for a 2^-23 share that is refused."""
GENESIS_TIME = 1_296_688_602
GENESIS_TX = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f72"
    "2062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6"
    "bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
"""The coinbase of every Bitcoin network's first block (Bitcoin Core, chainparams.cpp)."""
GENESIS_SCRIPT = GENESIS_TX[133:200]
MAX_FILE = 128 * 1024 * 1024
"""A block file takes no block that would carry it past this (Bitcoin Core, MAX_BLOCKFILE_SIZE)."""
_COMMITMENT = bytes.fromhex("6a24aa21a9ed")
"""What begins the output that commits to all witnesses (BIP141)."""
_RESERVED = bytes(32)
"""The coinbase's witness: the reserved value of BIP141."""


def merkle_root(ids: Sequence[bytes]) -> bytes:
    """The root over ids in internal byte order, the last one doubled where a level is odd."""
    level = list(ids)
    while len(level) > 1:
        if len(level) & 1:
            level.append(level[-1])
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def coinbase(height: int, pays: Sequence[tuple[bytes, int]], wtxids: Sequence[bytes] | None) -> tuple[bytes, bytes]:
    """The coinbase's bytes and txid; `wtxids` are those of the other transactions when any has a witness, else None."""
    script = push_height(height) + b"\x00"
    outputs = list(pays)
    if wtxids is not None:
        outputs.append((_COMMITMENT + sha256d(merkle_root([NULL_TXID, *wtxids]) + _RESERVED), 0))
    body = b"\x01" + NULL_TXID + b"\xff\xff\xff\xff" + compact(len(script)) + script + b"\xff\xff\xff\xff"
    body += compact(len(outputs)) + b"".join([pack("<q", v) + compact(len(s)) + s for s, v in outputs])
    head, tail = pack("<i", 2), bytes(4)
    bare = head + body + tail
    raw = bare if wtxids is None else head + b"\x00\x01" + body + b"\x01\x20" + _RESERVED + tail
    return raw, sha256d(bare)


def push_height(height: int) -> bytes:
    """The block height as a script pushes it (BIP34)."""
    if height <= 16:
        return bytes([0x50 + height]) if height else b"\x00"
    data = height.to_bytes((height.bit_length() + 8) // 8, "little")
    return bytes([len(data)]) + data


def header(previous: bytes, root: bytes, time: int) -> tuple[bytes, bytes]:
    """A header that meets regtest's limit, and its hash; the first nonce from 0 that does."""
    start = pack("<i", 0x20000000) + previous + root + pack("<II", time, BITS)
    nonce = 0
    while True:
        whole = start + pack("<I", nonce)
        digest = sha256d(whole)
        if digest[31] < _TARGET_TOP or (digest[31] == _TARGET_TOP and digest[29:31] < b"\xff\xff"):
            return whole, digest
        nonce += 1


def genesis() -> tuple[bytes, bytes]:
    """Regtest's first block and its hash; ChainError if the constants were damaged."""
    head = pack("<i", 1) + NULL_TXID + sha256d(GENESIS_TX) + pack("<III", GENESIS_TIME, BITS, 2)
    if sha256d(head) != id_bytes(REGTEST.genesis):
        raise ChainError("the first block does not hash to regtest's genesis", remedy="reinstall the package")
    return head + b"\x01" + GENESIS_TX, sha256d(head)


class BlockFiles:
    """Writes blocks as Core's blkNNNNN.dat files: magic, length, block; use it in a with statement."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._number = -1
        self._size = MAX_FILE
        self._file: BinaryIO | None = None
        out.mkdir(parents=True, exist_ok=True)

    def add(self, parts: Sequence[bytes | memoryview]) -> None:
        """Append one block, given in pieces."""
        length = sum(len(p) for p in parts)
        if self._size + length + 8 > MAX_FILE or self._file is None:
            self.close()
            self._number += 1
            self._size = 0
            self._file = (self._out / f"blk{self._number:05d}.dat").open("wb")
        self._file.write(REGTEST.magic + pack("<I", length))
        for part in parts:
            self._file.write(part)
        self._size += length + 8

    def __enter__(self) -> "BlockFiles":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the file that is open."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_blocks(folder: Path) -> Iterator[bytes]:
    """The blocks of a folder of our own files, in order; ChainError where something else stands."""
    for path in sorted(folder.glob("blk*.dat")):
        data, at = path.read_bytes(), 0
        while at < len(data):
            if data[at : at + 4] != REGTEST.magic:
                raise ChainError("no block begins here", where=f"byte:{at}-{at + 4}")
            end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
            yield data[at + 8 : end]
            at = end
