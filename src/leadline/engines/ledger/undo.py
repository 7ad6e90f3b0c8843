"""Undo files (rev*.dat): every input's value and script without looking anything up, tied to blocks by checksum.

A record names no block. Its checksum is SHA-256 twice over the previous block's hash and the record (Bitcoin Core,
node/blockstorage.cpp), which only the right block gives; order and file numbers are not relied on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger import blockfiles, undo_kernels
from leadline.engines.ledger.blockfiles import HEADER, BlockFile, Bytes, Record, unmask
from leadline.engines.ledger.parse_kernels import FAILED
from leadline.engines.ledger.scan_kernels import data_end, next_magic
from leadline.errors import ChainError
from leadline.kinds.chain import Network

CHECKSUM = 32
FIELD = 2**256 - 2**32 - 977
"""The prime of secp256k1's field (SEC 2, section 2.4.1): a point is y^2 = x^3 + 7."""
LARGEST = 1 << 26
"""More than any undo record: at most every byte of a block an input, each with a script of average length."""


@dataclass(frozen=True, slots=True)
class UndoFile:
    """An undo file: its path, bytes as they stand on disk, and key."""

    path: Path
    raw: Bytes
    key: bytes

    def at(self, start: int, size: int) -> Bytes:
        """Bytes of the file with the key taken off."""
        return unmask(self.raw[start : start + size], start, self.key)


@dataclass(frozen=True, slots=True)
class Undo:
    """One record: its file, offset and size."""

    file: UndoFile
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What the inputs of one block spent: satoshi, and scripts at `at` of `size` bytes in `blob`; size -1 unknown."""

    value: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    size: npt.NDArray[np.int32]
    blob: Bytes


def open_files(paths: Sequence[Path], blocks: Sequence[BlockFile], network: Network) -> list[UndoFile]:
    """The undo files `paths`, and those beside the block files: blk00007.dat has rev00007.dat."""
    keys = {f.path.parent: f.key for f in blocks}
    beside = [f.path.with_name("rev" + f.path.name[3:]) for f in blocks if f.path.name.startswith("blk")]
    opened = []
    for path in sorted({*paths, *(p for p in beside if p.is_file())}):
        if path.stat().st_size < 8:
            continue
        raw = np.memmap(path, np.uint8, "r").view(np.ndarray)
        beside_key = path.parent / "xor.dat"
        key = keys.get(path.parent, beside_key.read_bytes() if beside_key.is_file() else blockfiles.NO_KEY)
        plain = raw[:4].tobytes() == network.magic
        opened.append(UndoFile(path, raw, blockfiles.NO_KEY if plain else key))
    return opened


def records(file: UndoFile, network: Network) -> list[Undo]:
    """Every record of an undo file that lies in it whole."""
    key, magic = np.frombuffer(file.key, np.uint8), np.frombuffer(network.magic, np.uint8)
    found = []
    at, end = 0, data_end(file.raw)
    while (at := int(next_magic(file.raw, key, magic, at, end))) >= 0:
        size = int.from_bytes(file.at(at + 4, 4).tobytes(), "little")
        if 0 < size <= LARGEST and at + 8 + size + CHECKSUM <= len(file.raw):
            found.append(Undo(file, at + 8, size))
            at += 8 + size + CHECKSUM
        else:
            at += 1
    return found


def tied(undos: Sequence[Undo], blocks: Sequence[Record], hashes: Sequence[bytes]) -> tuple[dict[bytes, Undo], int]:
    """Records by the hash of their block, and how many belong to none of `blocks`; blocks of one transaction have none.

    A record is tried with the block after the last one found, then with every block of as many transactions.
    """
    by_count: dict[int, dict[int, None]] = {}
    for k, block in enumerate(blocks):
        by_count.setdefault(_count(block.head, HEADER), {})[k] = None
    found: dict[bytes, Undo] = {}
    lost, after = 0, 0
    for undo in undos:
        body = undo.file.at(undo.at, undo.size + CHECKSUM).tobytes()
        count = _count(body, 0) + 1
        if count < 2:
            continue
        open_ = by_count.get(count, {})
        guess = [after] if after in open_ else []
        checksum = body[undo.size :]
        for k in (*guess, *open_):
            prev = blocks[k].header[4:36]
            if hashlib.sha256(hashlib.sha256(prev + body[: undo.size]).digest()).digest() == checksum:
                found[hashes[k]] = undo
                del open_[k]
                after = k + 1
                break
        else:
            lost += 1
    return found, lost


def spent(undo: Undo, first_in: npt.NDArray[np.int64]) -> Spent:
    """What the inputs of a block spent, from its record; first_in[t]: its first row of transaction t, one more at last.

    ChainError (file, offset) when the record does not fit the block: the checksum ties it, so the file is damaged.
    """
    rows = int(first_in[-1])
    b = undo.file.at(undo.at, undo.size)
    value, at, size = np.full(rows, -1, np.int64), np.zeros(rows, np.int64), np.full(rows, -1, np.int32)
    blob = np.zeros(undo_kernels.GROWTH * undo.size + 64, np.uint8)
    halves = np.empty(rows, np.int64)
    bad, used, half = undo_kernels.read(b, 0, undo.size, first_in, value, at, size, blob, 0, halves)
    if bad != FAILED:
        raise _damaged(undo, int(bad), "does not fit its block")
    for start in halves[:half].tolist():
        x, odd = int.from_bytes(blob[start + 2 : start + 34].tobytes(), "big"), int(blob[start + 34]) & 1
        y = whole(x, odd)
        if y is None:
            raise _damaged(undo, 0, "holds a key that is no point of the curve")
        blob[start + 34 : start + 66] = np.frombuffer(y.to_bytes(32, "big"), np.uint8)
    return Spent(value, at, size, blob[:used])


def whole(x: int, odd: int) -> int | None:
    """y of the curve's point with this x and parity of y, None when there is none."""
    square = (pow(x, 3, FIELD) + 7) % FIELD
    y = pow(square, (FIELD + 1) // 4, FIELD)
    if x >= FIELD or y * y % FIELD != square:
        return None
    return y if y & 1 == odd else FIELD - y


def _damaged(undo: Undo, inside: int, why: str) -> ChainError:
    return ChainError(
        f"an undo record {why}",
        where=f"{undo.file.path.name} byte:{undo.at + inside}-{undo.at + undo.size}",
        remedy="copy the file again, or leave it out: values are then looked up where the ledger has them",
    )


def _count(b: bytes, at: int) -> int:
    """A CompactSize, 0 where the bytes end."""
    n = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(b[at] if at < len(b) else 0, 0)
    return int.from_bytes(b[at + 1 : at + 1 + n], "little") if n else int.from_bytes(b[at : at + 1], "little")
