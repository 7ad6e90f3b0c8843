"""An index of 256-bit hashes in one file, mapped into memory, and beside it a small one for what came since.

    LIST.hamming            the main index
    LIST.hamming.more       the side index: additions since, rows numbered on from the main one's

Each file is written aside and swapped in by one rename, so that a reader has the old one or the new one, whole, and a
search under way keeps the file it began with. A side index names the main one it follows on; one left behind when a
merge was killed between renaming and removing follows on another, and is not read.

Layout, little-endian: MAGIC, int64 rows, chunks, base, then 32 bytes (of a main index the SHA-256 of its words, of a
side index that of the main one's); the words (rows x 4 uint64); of each chunk `filled` (2**width bits), `first`
(2**width + 1 uint32) and `order` (rows uint32), each part begun at a multiple of 64 bytes.
"""

import hashlib
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from leadline.engines.hamming.layout import CHUNKS, RADIUS, chunk_starts, query_cost
from leadline.engines.hamming.search import ROW_LIMIT, Index, Words, ready, sort_by_chunk
from leadline.engines.hamming.search_kernels import LOW
from leadline.errors import UsageError

MAGIC = b"LLHAMM02"
HEAD = 64
"""Bytes of the header; parts begin at multiples of it, the length of a cache line."""
BLOCK = 1 << 18
"""Hashes written or permuted at once: 8 MB."""


def write(path: Path, blocks: Iterable[npt.NDArray[np.uint8]]) -> None:
    """Writes the main index of the hashes in `blocks` (each n x 32 uint8) and drops the side index.

    Memory: the hashes and one chunk's rows, 36 bytes a hash; the file takes 76 to 84.
    """
    _write(path, (ready(block).words for block in blocks))
    _side(path).unlink(missing_ok=True)


def add(path: Path, values: npt.NDArray[np.uint8]) -> None:
    """Adds hashes (n x 32 uint8) to the list: the side index is written anew with them at its end."""
    (main, *more), follows = _both(path)
    blocks = [*(one.words for one in more), ready(values).words]
    _write(_side(path), blocks, len(main.words), follows)


def merge(path: Path) -> None:
    """Makes one main index of both; row numbers stay."""
    _write(path, (block for one in open_index(path) for block in _blocks(one.words)))
    _side(path).unlink(missing_ok=True)


def open_index(path: Path) -> tuple[Index, ...]:
    """The main index and, when there are additions, the side one; UsageError for a file that is no whole index."""
    return _both(path)[0]


def _both(path: Path) -> tuple[tuple[Index, ...], bytes]:
    """The indexes, and the digest of the main one's words."""
    main, content = _open(path)
    if not _side(path).exists():
        return (main,), content
    more, follows = _open(_side(path))
    return ((main, more) if follows == content else (main,)), content


def _write(path: Path, blocks: Iterable[Words], base: int = 0, follows: bytes | None = None) -> None:
    """One index file, written aside, forced to the medium and renamed."""
    aside = path.with_name(path.name + ".part")
    rows = 0
    content = hashlib.sha256()
    with aside.open("wb+") as file:
        file.write(bytes(HEAD))
        for words in blocks:
            rows += len(words)
            data = np.ascontiguousarray(words, "<u8").data.cast("B")
            content.update(data)
            file.write(data)
        if base + rows > ROW_LIMIT:
            raise UsageError("too many hashes for one index", remedy=f"keep lists of at most {ROW_LIMIT} hashes")
        file.flush()
        chunks = min(CHUNKS, key=lambda m: query_cost(m, rows, RADIUS))
        if rows:
            _write_chunks(file, rows, chunk_starts(chunks))
        file.seek(0)
        file.write(MAGIC + np.array([rows, chunks, base], "<i8").tobytes() + (follows or content.digest()))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _write_chunks(file: BinaryIO, rows: int, starts: npt.NDArray[np.int64]) -> None:
    """The sorted rows of every chunk, after the words that stand in the file already."""
    view = mmap.mmap(file.fileno(), HEAD + rows * 32, access=mmap.ACCESS_READ)
    words = np.frombuffer(view, np.uint64, rows * 4, HEAD).reshape(rows, 4)
    for which in range(len(starts) - 1):
        for part in sort_by_chunk(words, starts, which):
            file.write(bytes(-file.tell() % HEAD))
            file.write(part.data)


def _open(path: Path) -> tuple[Index, bytes]:
    """An index file mapped into memory, and the digest in its header."""
    bad = UsageError("the file is no whole Hamming index", where=path.name, remedy="build it again from its list")
    with path.open("rb") as file:
        head = file.read(HEAD)
        if len(head) < HEAD or head[: len(MAGIC)] != MAGIC:
            raise bad
        rows, chunks, base = np.frombuffer(head, "<i8", 3, len(MAGIC)).tolist()
        if not 0 <= rows <= ROW_LIMIT or base < 0 or chunks not in CHUNKS:
            raise bad
        digest = head[-32:]
        starts = chunk_starts(chunks)
        if not rows:
            return Index(np.empty((0, 4), np.uint64), starts, (), (), (), base), digest
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    filled: list[Words] = []
    first: list[npt.NDArray[np.uint32]] = []
    order: list[npt.NDArray[np.uint32]] = []
    at = HEAD + rows * 32
    try:
        words = np.frombuffer(view, np.uint64, rows * 4, HEAD).reshape(rows, 4)
        for width in np.diff(starts).tolist():
            for parts, length in ((filled, 1 << width >> LOW), (first, (1 << width) + 1), (order, rows)):
                at += -at % HEAD
                kind = np.dtype(np.uint64 if parts is filled else np.uint32)
                parts.append(np.frombuffer(view, kind, length, at))
                at += length * kind.itemsize
    except ValueError:
        raise bad from None
    if at != len(view):
        raise bad
    return Index(words, starts, tuple(filled), tuple(first), tuple(order), base), digest


def _blocks(words: Words) -> Iterable[Words]:
    return (words[low : low + BLOCK] for low in range(0, len(words), BLOCK))


def _side(path: Path) -> Path:
    return path.with_name(path.name + ".more")
