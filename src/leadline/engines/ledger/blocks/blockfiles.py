"""Block files as they lie in a copied node folder: xor key, records out of order, gaps, junk, a cut end.

A record is accepted where magic, size and a header that meets its own proof-of-work target stand together, so neither
junk nor the raw zeros of a preallocated tail (which look like the key once un-xor'd) can be taken for a block.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks.scan_kernels import data_end, next_magic, unmask_into
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import Network

Bytes = npt.NDArray[np.uint8]
HEADER = 80
HEAD = 160
"""Bytes of a block kept while the chain is chosen: header, counts and the beginning of the coinbase's script."""
MAX_BLOCK = 4_000_000
"""Largest serialised block (Bitcoin Core, MAX_BLOCK_SERIALIZED_SIZE, consensus/consensus.h)."""
NO_KEY = bytes(8)
KEY_FILE = "xor.dat"
"""Where Bitcoin Core 28 and later keep the key of a blocks folder."""
NONE, RECOVERED = "none", "recovered"
"""Where a file's key comes from, beside KEY_FILE."""


@dataclass(frozen=True, slots=True)
class BlockFile:
    """One file: its path, bytes, xor key and where the key comes from (NONE, KEY_FILE, RECOVERED).

    `name` is as short as tells it from the other files that were opened with it. Its first `skip` bytes have another
    key and are opened as a file of their own (see opening).
    """

    path: Path
    size: int
    key: bytes
    key_from: str
    name: str = ""
    skip: int = 0

    def check_size(self) -> None:
        """ChainError when the file has become shorter: what is mapped beyond its end would end the process."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return
        if size < self.size:
            raise ChainError(
                "a block file became shorter while it was read: something writes to it",
                where=f"{self.name} byte:{size}-{self.size}",
                remedy="stop the node, or build from a copy of its folder",
            )


@dataclass(frozen=True, slots=True)
class Record:
    """One block in a file: file number, offset, size, and its first `HEAD` bytes."""

    file: int
    at: int
    size: int
    head: bytes

    @property
    def header(self) -> bytes:
        """The 80 bytes whose hash names the block."""
        return self.head[:HEADER]


@dataclass(frozen=True, slots=True)
class Cut:
    """A block that the end of its file cuts off: file number, offset of its magic, bytes missing.

    `certain` is False where a damaged block that happens to end in zeros would look the same.
    """

    file: int
    at: int
    missing: int
    certain: bool = True


def block_paths(paths: Sequence[Path]) -> list[Path]:
    """The block files named: a folder stands for its blk*.dat in order of name, and a file named twice is one.

    ChainError when there is none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = _inside(path) or _inside(path / "blocks")
            if not inside:
                raise ChainError(
                    "the folder holds no blk*.dat file", where=path.name, remedy="name one that holds some"
                )
            found += inside
        elif path.is_file():
            if not is_undo(path):
                found.append(path)
        else:
            raise ChainError("no such block file", where=path.name, remedy="name blk*.dat files or their folder")
    if not found:
        raise ChainError("no block file was named", remedy="name blk*.dat files or their folder")
    first: dict[Path, Path] = {}
    for path in found:
        first.setdefault(path.resolve(), path)
    return list(first.values())


def _inside(folder: Path) -> list[Path]:
    """The block files of a folder in order of name."""
    return sorted(p for p in folder.glob("blk*.dat") if p.is_file())


def is_undo(path: Path) -> bool:
    """Whether a file is named as an undo file."""
    return path.name.startswith("rev") and path.suffix == ".dat"


def target(bits: int) -> int:
    """The proof-of-work target of a header's compact `bits`; 0 when they are not valid."""
    size, word = bits >> 24, bits & 0x7FFFFF
    if bits & 0x800000 or word == 0 or size > 34:
        return 0
    return word << 8 * (size - 3) if size > 3 else word >> 8 * (3 - size)


def is_header(header: bytes, network: Network) -> bool:
    """Whether 80 bytes meet the proof-of-work target they name, and may name it on `network`."""
    if len(header) != HEADER:
        return False
    named = target(int.from_bytes(header[72:76], "little"))
    hashed = hashlib.sha256(hashlib.sha256(header).digest()).digest()
    return int.from_bytes(hashed, "little") <= named <= target(network.easiest_bits)


def mapped(path: Path) -> Bytes:
    """The bytes of a file as a read-only map; ChainError when it cannot be read."""
    try:
        return np.memmap(path, np.uint8, "r").view(np.ndarray) if path.stat().st_size else np.empty(0, np.uint8)
    except OSError as error:
        why = (os.strerror(error.errno) if error.errno else "reading failed").lower()
        raise ChainError(
            f"a file cannot be read: {why}", where=path.name, remedy="check its owner and permissions, or copy it again"
        ) from error


def unmask(raw: Bytes, at: int, key: bytes) -> Bytes:
    """`raw`, which stands at file offset `at`, with the key taken off."""
    if key == NO_KEY:
        return raw
    out = np.empty_like(raw)
    unmask_into(raw, at, np.frombuffer(key, np.uint8), out)
    return out


def scan(number: int, file: BlockFile, raw: Bytes, network: Network) -> tuple[list[Record], list[Cut]]:
    """Every block record of a file in file order, and the blocks that its end cuts off.

    A file that begins with a header, not with magic, is one block, if it is no larger than a block can be.
    """
    bare = unmask(raw[:HEADER], 0, file.key).tobytes()
    if not file.skip and file.size <= MAX_BLOCK and is_header(bare, network) and bare[:4] != network.magic:
        return [Record(number, 0, file.size, unmask(raw[:HEAD], 0, file.key).tobytes())], []
    return _between(number, file, raw, network, file.skip, file.size)


def inside(record: Record, file: BlockFile, raw: Bytes, network: Network) -> list[Record]:
    """Block records that begin inside the bytes of another one."""
    return _between(record.file, file, raw, network, record.at, record.at + record.size)[0]


def _between(
    number: int, file: BlockFile, raw: Bytes, network: Network, at: int, until: int
) -> tuple[list[Record], list[Cut]]:
    """As `scan`, of what begins in raw[at:until]."""
    key, magic = np.frombuffer(file.key, np.uint8), np.frombuffer(network.magic, np.uint8)
    records: list[Record] = []
    cuts: list[Cut] = []
    end = data_end(raw)
    while (at := int(next_magic(raw, key, magic, at, min(end, until)))) >= 0:
        head = unmask(raw[at : at + 8 + HEAD], at, file.key).tobytes()
        size = int.from_bytes(head[4:8], "little")
        whole = len(head) >= 8 + HEADER
        if HEADER < size <= MAX_BLOCK and whole and is_header(head[8 : 8 + HEADER], network):
            if at + 8 + size <= file.size:
                records.append(Record(number, at + 8, size, head[8 : 8 + size]))
                at += 8 + size
                continue
            cuts.append(Cut(number, at, at + 8 + size - file.size))
        elif at + 8 + HEADER > end:
            cuts.append(Cut(number, at, at + 8 + HEADER - end))
        at += 1
    return records, cuts
