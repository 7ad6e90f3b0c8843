"""Undo files (rev*.dat) as they lie in a copied node folder: where records stand in them, damaged frames and all.

A record's own content tells how long it is, and the checksum behind it whether that is so (see undo): neither its magic
nor its size is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from leadline.engines.ledger.blocks import blockfiles, opening, undo_kernels
from leadline.engines.ledger.blocks.blockfiles import BlockFile, Bytes, unmask
from leadline.engines.ledger.blocks.scan_kernels import data_end, next_magic
from leadline.kinds.bitcoin.networks import Network

FRAME, CHECKSUM = 8, 32
"""Bytes of magic and size before a record, and of the checksum behind it."""
LARGEST = 1 << 26
"""More than any undo record: at most every byte of a block an input, each with a script of average length."""
READS = 8
"""How many times the bytes of a file may be read for what its records say of themselves: of a file made to harm, whose
records lie within each other, the rest is believed as framed."""


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
    """One record: its file, offset and size; `mended` where its frame is damaged and its content told where it ends."""

    file: UndoFile
    at: int
    size: int
    mended: bool = False


def span(undo: Undo) -> tuple[int, int]:
    """From which byte until which a record lies in its file, with its frame and checksum."""
    return undo.at - FRAME, undo.at + undo.size + CHECKSUM


def beside(path: Path) -> Path | None:
    """Where the undo file of a block file lies, None for one that is not named as nodes name them."""
    return path.with_name("rev" + path.name[3:]) if path.name.startswith("blk") else None


def open_files(paths: Sequence[Path], blocks: Sequence[BlockFile], network: Network) -> list[UndoFile]:
    """The undo files `paths`, and those beside the block files: blk00007.dat has rev00007.dat."""
    keys = {f.path.parent: f.key for f in sorted(blocks, key=lambda f: any(f.key))}
    opened = []
    for path in sorted({*paths, *(p for f in blocks if (p := beside(f.path)) and p.is_file())}):
        raw = blockfiles.mapped(path)
        key = keys[path.parent] if path.parent in keys else opening.key_beside(path) or blockfiles.NO_KEY
        plain = raw[:4].tobytes() == network.magic
        opened.append(UndoFile(path, raw, blockfiles.NO_KEY if plain else key))
    return opened


def records(file: UndoFile, network: Network) -> list[Undo]:
    """Every record of an undo file that lies in it whole, in file order.

    A size is believed when the next record follows it. Where it is not, the record ends where its content does; and
    where that cannot be read either, before the next record of which all this is true.
    """
    frames = _Frames(file, network)
    found = []
    at = frames.begin(0)
    while at >= 0:
        told = frames.told(at)
        stop = told if frames.begins(told) else frames.stop(at, told)
        size = stop - at - FRAME - CHECKSUM
        if 0 < size <= LARGEST and stop <= len(file.raw):
            mended = stop != told or not frames.begins(at)
            found.append(Undo(file, at + FRAME, size, mended))
            at = frames.begin(stop)
        else:
            at = frames.following(at + 1)
    return found


class _Frames:
    """The frames of an undo file: places where the magic stands and a size behind it."""

    def __init__(self, file: UndoFile, network: Network) -> None:
        self.file = file
        self.magic = network.magic
        self.end = int(data_end(file.raw))
        self.spare = READS * len(file.raw)

    @cached_property
    def plain(self) -> Bytes:
        """The file with its key taken off."""
        return self.file.at(0, len(self.file.raw))

    def following(self, at: int) -> int:
        """Where the next magic from `at` on stands, -1 for none."""
        key, magic = np.frombuffer(self.file.key, np.uint8), np.frombuffer(self.magic, np.uint8)
        return int(next_magic(self.file.raw, key, magic, at, self.end))

    def begins(self, at: int) -> bool:
        """Whether the magic stands at `at`."""
        return self.file.at(at, len(self.magic)).tobytes() == self.magic

    def told(self, at: int) -> int:
        """Where the record framed at `at` ends, checksum included, by the size in its frame."""
        return at + FRAME + int.from_bytes(self.file.at(at + 4, 4).tobytes(), "little") + CHECKSUM

    def own(self, at: int) -> int:
        """The same by the record's content, -1 where that is none."""
        if self.spare < 0:
            return -1
        stop, reached = undo_kernels.length(self.plain, at + FRAME, len(self.plain))
        self.spare -= int(reached) - at
        return int(stop) + CHECKSUM if 0 <= stop <= len(self.plain) - CHECKSUM else -1

    def begin(self, at: int) -> int:
        """Where the next record from `at` on begins, -1 for none; at `at` its size, if true, does for the magic."""
        if not self.begins(at) and at + FRAME < self.end and self.told(at) == self.own(at):
            return at
        return self.following(at)

    def stop(self, at: int, told: int) -> int:
        """Where a record ends that is not followed by the next one where its size says."""
        own, inner = self.own(at), self.following(at + FRAME)
        if own >= 0 and (own <= inner or inner < 0 or self.begins(own)):
            return own
        if at + FRAME + CHECKSUM < inner < told and self.begins(self.told(inner)):
            return inner
        return told
