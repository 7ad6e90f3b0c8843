"""What lies behind a picture in its file: a film, further pictures, other bytes; inside a worker only.

Telephones append the film of a moving photograph to a JPEG (Android's Motion Photo format 1.0) or put it into the
``mpvd`` box of a HEIC or AVIF file. A second picture that the file itself declares (CIPA DC-007, Multi-Picture Format:
the other eye, a preview, a gain map) is part of the photograph and counted; whatever else can be read as a film or a
JPEG is a file of its own, at its bytes. What can be read as neither is counted, save zeros.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from leadline.engines.media.boxes import Box, boxes

MOST_BYTES = 512 << 20
"""Bytes of a picture's file that are searched: it is mapped, and a worker may map four times as many."""
MOST_FILES = 64
"""Films and pictures within one file that are looked at."""
FTYP = range(16, 1025, 4)
"""Sizes of a film's first box: a brand, a version, and further brands."""
START, SCAN, END = b"\xff\xd8\xff", 0xDA, re.compile(rb"\xff\xd9")
"""JPEG's first marker with the next one's first byte, start of scan, and its last (ITU-T T.81, table B.1), which an
expression finds four times as fast as `find`: coded data are full of its first byte."""
PICTURES = 0xB002
"""Tag of the entries of a multi-picture file (CIPA DC-007, 5.2.3.3)."""
Span = tuple[int, int]
"""Where something begins and ends in a file, in bytes."""


@dataclass(frozen=True, slots=True)
class Behind:
    """`inside`: films and pictures that are files of their own; `declared`: pictures that the file says it is made of
    (0 where it says nothing), and whether Pillow `decodes` them all, or the first alone; `other`: bytes behind the
    picture that are nothing known, without zeros around them."""

    inside: tuple[Span, ...] = ()
    declared: int = 0
    decodes: bool = False
    other: int = 0


def behind(path: Path, media_type: str) -> Behind:
    """What lies behind the picture in a file of this type; nothing where its end cannot be told. OSError as open."""
    if media_type not in _ENDS or not 0 < path.stat().st_size <= MOST_BYTES:
        return Behind()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size, end = len(data), _ENDS[media_type](data)
        if end is None:
            return Behind()
        boxed = [box for box in boxes(data, 0, end) if box.kind == b"mpvd"] if media_type in _BOXED else []
        if end == size and not boxed:
            return Behind()
        found = [span for box in [*boxed, Box(b"", end, size)] for span in _files(data, box.start, box.end)]
        own, decodes = _declared(path) if media_type == "image/jpeg" else ([], False)
        first = {start for start, _ in own}
        inside = tuple(span for span in found if span[0] not in first)[:MOST_FILES]
        rest = sum(len(data[a:b].strip(b"\0")) for a, b in _between([*own[1:], *inside], end, size))
        return Behind(inside, len(own), decodes, rest)


def _files(data: mmap.mmap, start: int, end: int) -> Iterator[Span]:
    """The films and JPEG pictures between two places, one after the other."""
    while True:
        brand, picture = data.find(b"ftyp", start + 4, end), data.find(START, start, end)
        at = min((at for at in (brand - 4 if brand >= 0 else -1, picture) if at >= 0), default=None)
        if at is None:
            return
        until = _jpeg_end(data, at, end) if at == picture else _film_end(data, at, end)
        if until is not None:
            yield at, until
        start = until or at + 4


def _film_end(data: mmap.mmap, start: int, end: int) -> int | None:
    """Where the boxes of a film end that begins here; None when none does."""
    if int.from_bytes(data[start : start + 4]) not in FTYP:
        return None
    found = list(boxes(data, start, end))
    return found[-1].end if {b"ftyp", b"moov", b"mdat"} <= {box.kind for box in found} else None


def _jpeg_end(data: mmap.mmap, start: int, end: int) -> int | None:
    """Where the JPEG that begins here ends; None when it is none, or has no end."""
    at = start + 2
    while data[at : at + 1] == b"\xff" and at + 4 <= end:
        if data[at + 1] == SCAN:
            last = END.search(data, at, end)
            return last.end() if last else None
        at += 1 if data[at + 1] == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _png_end(data: mmap.mmap) -> int | None:
    """Where the last chunk of a PNG ends (ISO/IEC 15948); None where it has none."""
    at = 8
    while at + 12 <= len(data):
        size = 12 + int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"IEND":
            return at + size if at + size <= len(data) else None
        at += size
    return None


def _riff_end(data: mmap.mmap) -> int | None:
    end = 8 + int.from_bytes(data[4:8], "little")
    return end if end <= len(data) else None


def _last_box(data: mmap.mmap) -> int | None:
    return max((box.end for box in boxes(data, 0, len(data))), default=None)


_BOXED = ("image/heic", "image/heif", "image/avif")
_ENDS = {
    "image/jpeg": lambda data: _jpeg_end(data, 0, len(data)),
    "image/png": _png_end,
    "image/webp": _riff_end,
    **dict.fromkeys(_BOXED, _last_box),
}
"""How the end of a picture of each type is found; GIF, TIFF and others state none, or not at their end."""


def _declared(path: Path) -> tuple[list[Span], bool]:
    """Where the pictures lie that a file says it is made of, the first included; whether Pillow decodes them all."""
    try:
        with Image.open(path) as image:
            decodes = image.format == "MPO"
        with JpegImagePlugin.JpegImageFile(path) as plain:  # Image.open forgets the offset
            stated: dict[int, Any] = plain._getmp() or {}  # and gain maps are plain JPEG to it
            base = int(plain.info.get("mpoffset", 0))
        entries = [(int(one["DataOffset"]), int(one["Size"])) for one in stated.get(PICTURES, ())]
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file then declares nothing
        return [], False
    starts = [at + base if at else 0 for at, _ in entries]
    return [(start, start + size) for start, (_, size) in zip(starts, entries, strict=True)], decodes


def _between(spans: list[Span], start: int, end: int) -> Iterator[Span]:
    """What lies between two places and in none of the spans."""
    for first, last in sorted(spans):
        yield start, max(start, min(first, end))
        start = max(start, last)
    yield start, max(start, end)
