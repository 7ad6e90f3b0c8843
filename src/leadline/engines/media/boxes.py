"""Boxes of ISO base media files and QuickTime (ISO/IEC 14496-12): which frames an edit list leaves out."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
File = BinaryIO | mmap.mmap

MOST_BOXES = 10_000
"""Boxes of one level that are looked at: files hold a few, fragmented ones two a fragment."""
MOST_SAMPLES = 8_000_000
"""Frames of a track that are counted: 74 hours at 30 a second; more are told as none hidden, and decoded as shown."""
MOST_BYTES = 8 * MOST_SAMPLES
"""Bytes of one table that are read: no entry of them is longer, and none stands for less than a frame."""
REST = 0
"""The length of an edit that lasts to the end of the track."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type, and where its content begins and ends in the file."""

    kind: bytes
    start: int
    end: int


def boxes(file: File, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places of a file; they end where bytes make no box."""
    for _ in range(MOST_BOXES):
        if end - start < 8:
            return
        file.seek(start)
        head = file.read(16)
        size, kind, content = int.from_bytes(head[:4]), head[4:8], start + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16]), start + 16
        elif size == 0:
            size = end - start
        if not all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in kind):
            return
        if size < content - start or size > end - start:
            return
        yield Box(kind, content, start + size)
        start += size


def inside(file: File, box: Box | None, *path: bytes) -> Box | None:
    """The first box at `path` within a box; None when there is none."""
    for kind in path:
        if box is None:
            return None
        box = next((found for found in boxes(file, box.start, box.end) if found.kind == kind), None)
    return box


def hidden(file: File, start: int, end: int) -> tuple[int, int] | None:
    """(frames that no edit shows, frames stored) of the first video track of the film between two places of a file.

    None where the film has no edit list, or one that leaves out nothing, and where its tables make no sense. A frame is
    shown when it begins within an edit (sections 8.6.1 to 8.6.6), as ffmpeg and PyAV have it.
    """
    moov = inside(file, Box(b"", start, end), b"moov")
    track = moov and next((t for t in boxes(file, moov.start, moov.end) if t.kind == b"trak" and _films(file, t)), None)
    edits = inside(file, track, b"edts", b"elst")
    if moov is None or track is None or edits is None:
        return None
    movie, media = _scale(file, inside(file, moov, b"mvhd")), _scale(file, inside(file, track, b"mdia", b"mdhd"))
    table = inside(file, track, b"mdia", b"minf", b"stbl")
    lasting = _table(file, inside(file, table, b"stts"), ">u4")
    if not movie or not media or lasting is None or not lasting.size or lasting[:, 0].sum() > MOST_SAMPLES:
        return None
    length = np.repeat(lasting[:, 1], lasting[:, 0])
    shown_at = np.cumsum(length) - length
    later = _table(file, inside(file, table, b"ctts"), ">i4")
    if later is not None and later[:, 0].min(initial=0) >= 0 and later[:, 0].sum() == len(length):
        shown_at = shown_at + np.repeat(later[:, 1], later[:, 0])
    shown = np.zeros(len(length), np.bool_)
    for lasts, begins in _edits(_read(file, edits)):
        until = begins + -(-(lasts + 1) * media // movie) if lasts != REST else np.iinfo(np.int64).max
        shown |= (shown_at >= begins) & (shown_at < until)
    left_out = len(shown) - int(np.count_nonzero(shown))
    return (left_out, len(shown)) if left_out else None


def _films(file: File, track: Box) -> bool:
    """Whether a track is a video's."""
    handler = inside(file, track, b"mdia", b"hdlr")
    return handler is not None and _read(file, handler)[8:12] == b"vide"


def _scale(file: File, header: Box | None) -> int:
    """Units of time a second that a movie's or track's header states; 0 where there is none."""
    data = _read(file, header) if header else b""
    at = 20 if data[:1] == b"\x01" else 12
    return int.from_bytes(data[at : at + 4])


def _table(file: File, box: Box | None, of: str) -> Integers | None:
    """The pairs (n, 2) of a table; None where there is none."""
    if box is None:
        return None
    data = _read(file, box)
    count = min(int.from_bytes(data[4:8]), (len(data) - 8) // 8)
    return np.frombuffer(data, of, 2 * max(count, 0), 8 if count > 0 else 0).reshape(-1, 2).astype(np.int64)


def _edits(data: bytes) -> Iterator[tuple[int, int]]:
    """(length in units of the movie, beginning in units of the track) of each edit that shows something."""
    wide = 8 if data[:1] == b"\x01" else 4
    for at in range(8, min(len(data), 8 + int.from_bytes(data[4:8]) * (2 * wide + 4)) - 2 * wide - 3, 2 * wide + 4):
        lasts = int.from_bytes(data[at : at + wide])
        begins = int.from_bytes(data[at + wide : at + 2 * wide], signed=True)
        if begins >= 0 and lasts < 1 << 40:
            yield lasts, begins


def _read(file: File, box: Box) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, MOST_BYTES))
