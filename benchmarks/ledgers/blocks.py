"""Real mainnet blocks, repeated until there are enough bytes."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks.blockfiles import HEADER

NAMES = (
    "bcoin_928816.raw",
    "core_block413567.raw",
    "bitcoinj_block363703.dat",
    "bitcoinj_block481815.dat",
    "bcoin_482683.raw",
    "bcoin_300025.raw",
    "bitcoinj_block227835.dat",
    "bitcoinj_block227836.dat",
    "bitcoinj_block169482.dat",
)


def folder() -> Path:
    """The shared data: LEADLINE_DATA, or ../shared/data beside the checkout."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("LEADLINE_DATA", beside))


def bare(path: Path) -> bytes:
    """The block in a file of one, without the magic and size that some carry."""
    raw = path.read_bytes()
    framed = raw[:4] == bytes.fromhex("f9beb4d9")
    return raw[8:] if framed else raw


def real() -> list[bytes]:
    """The real blocks of 2012 to 2025 in the shared data that lie unpacked, one file each."""
    blocks = [bare(folder() / "chain" / "blocks" / name) for name in NAMES]
    return [b for b in blocks if len(b) > HEADER]


def repeated(size: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], list[bytes]]:
    """At least `size` bytes of real blocks, where each begins and the last ends, and the blocks one after the other."""
    once = real()
    blocks = once * (1 + size // sum(map(len, once)))
    edges = np.zeros(len(blocks) + 1, np.int64)
    np.cumsum([len(b) for b in blocks], out=edges[1:])
    return np.frombuffer(b"".join(blocks), np.uint8), edges, blocks
