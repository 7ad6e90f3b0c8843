"""What there is of a picture that was cut short, and how much that is; inside a worker process only.

How many rows the file itself gave is measured, not guessed: the picture is decoded twice over two different colours (a
JPEG with two different continuations, since its decoder fills what is missing), and the rows that are equal are the
file's own. That tells rows of formats that come from top to bottom (baseline JPEG, PNG, GIF, TIFF in strips). A
progressive JPEG comes in ever finer scans of the whole: with an end put to it, it is decoded from the scans that are
complete, and how much that is cannot be told in rows. WebP, AVIF, HEIC, JPEG 2000, BMP (whose rows begin below) and
interlaced pictures give nothing before they are whole, or next to nothing. The JPEG in a picture's EXIF (CIPA DC-008)
shows the whole frame, 160 pixels wide.
"""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageFile

from leadline.engines.media.letterbox import without_bars

Pixels = npt.NDArray[np.uint8]
COLOURS = (0, 255)
"""The levels of all channels over which it is decoded: two that every mode has."""
LEAST = 750
"""Thousandths of the rows from which on the part is hashed, its last row carried on: with 900 it lies some 28 bits from
the whole, with 500 more than 60, and a strip drawn out to a picture resembles other strips."""
MOST_BYTES = 256 << 20
"""Bytes of a JPEG that are held in memory to put an end to it."""
MOST_PIXELS = 4_000_000
"""Pixels of a picture within EXIF: it has 160 x 120, and some cameras put a second one of the screen's size."""
OTHER = bytes(range(1, 255)) * 8
"""Coded data that no decoder takes for nothing."""
END = b"\xff\xd9"
"""JPEG's last marker (ITU-T T.81, table B.1)."""
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Part:
    """The decoded part of a picture: it, rows of it (None where these cannot be told), rows it should have, and the
    scans that are complete (0 where rows are told)."""

    image: Image.Image
    rows: int | None
    of: int
    scans: int = 0

    @property
    def whole(self) -> bool:
        """Whether no row is missing: only an end mark is, or what stands beside the picture is damaged."""
        return self.rows == self.of

    @property
    def enough(self) -> bool:
        """Whether its hash may lie near the whole's."""
        return self.rows is None or self.rows * 1000 >= self.of * LEAST

    @property
    def name(self) -> str:
        """The crop: ``part-900`` for nine tenths of the rows, ``scans-3`` for three scans of the whole."""
        return f"scans-{self.scans}" if self.rows is None else f"part-{self.rows * 1000 // self.of}"


def part(path: Path, most_pixels: int) -> Part | None:
    """What can be decoded of a still picture that ends early; None when that is nothing. Any exception of a decoder."""
    with _lenient(), Image.open(path) as opened:
        if opened.width * opened.height > most_pixels:
            return None
        progressive = bool(opened.info.get("progressive"))
        jpeg = opened.format in ("JPEG", "MPO")
    if progressive:
        return _scanned(path)
    if jpeg:
        data = _read(path).rstrip(b"\xff")  # half a marker: with what follows it the decoder would stop at once
        (first, image), (second, _) = (_over(io.BytesIO(data + more + END), COLOURS[0]) for more in (b"", OTHER))
    else:
        (first, image), (second, _) = (_over(path, level) for level in COLOURS)
    rows = next((y for y, (a, b) in enumerate(zip(first, second, strict=True)) if a != b), len(first))
    return Part(image.crop((0, 0, image.width, rows)), rows, image.height) if rows else None


def thumbnail(image: Image.Image) -> Iterator[tuple[str, Pixels]]:
    """(name, picture) of the JPEG in a picture's EXIF, as it is and without bars; nothing where there is none."""
    try:
        place = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        start, length = (int(place[tag]) for tag in (ExifTags.Base.JpegIFOffset, ExifTags.Base.JpegIFByteCount))
        data = bytes(image.info["exif"]).removeprefix(b"Exif\0\0")[start : start + length]
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as small:
            if small.width * small.height > MOST_PIXELS:
                return
            rgb = np.asarray(small.convert("RGB"))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a decoder may raise anything; there is then no such picture
        return
    yield "thumbnail", rgb
    for name, cut in without_bars(rgb):
        yield f"thumbnail-{name}", cut


@contextmanager
def _lenient() -> Iterator[None]:
    """Pillow gives what it decoded before an end that came early, and leaves out a profile or text that is a bomb."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _over(path: Path | IO[bytes], level: int) -> tuple[list[int], Image.Image]:
    """A checksum of each row of the picture decoded over one level, and the picture."""
    with _lenient(), Image.open(path) as image:
        ground: int | tuple[int, ...] = level if len(image.getbands()) == 1 else (level,) * len(image.getbands())
        image.im = Image.new(image.mode, image.size, ground).im
        image.load()
        seen = Image.Image.copy(image)
    sums = []
    for top in range(0, seen.height, _BLOCK):
        data = seen.crop((0, top, seen.width, min(top + _BLOCK, seen.height))).tobytes()
        length = len(data) // (min(top + _BLOCK, seen.height) - top)
        sums += [zlib.crc32(data[at : at + length]) for at in range(0, len(data), length)]
    return sums, seen


def _scanned(path: Path) -> Part | None:
    """A progressive JPEG from its complete scans; None before the first, which is the coarse whole, has ended."""
    data = _read(path)
    scans = _scans(io.BytesIO(data)) - 1
    if scans < 1:
        return None
    with Image.open(io.BytesIO(data + END)) as image, _lenient():
        image.load()
        return Part(image.copy(), None, image.height, scans)


def _scans(file: IO[bytes]) -> int:
    """Scans that have begun: start-of-scan markers between segments, not those of pictures within segments."""
    file.seek(2)
    count = 0
    while len(head := file.read(2)) == 2:
        if head[0] != 0xFF or head[1] in (0x00, 0xFF) or 0xD0 <= head[1] <= 0xD7:
            file.seek(-1, 1)  # within a scan: on to the next marker
            data = file.read()
            at = next(_markers(data), None)
            if at is None:
                return count
            file.seek(at - len(data), 1)
            continue
        if head[1] == 0xD9:
            return count
        count += head[1] == 0xDA
        size = file.read(2)
        file.seek(max(0, int.from_bytes(size) - 2), 1)
    return count


def _markers(data: bytes) -> Iterator[int]:
    """Where markers stand in coded data, where a byte of 255 is followed by 0 or a restart marker."""
    at = data.find(b"\xff")
    while 0 <= at < len(data) - 1:
        if data[at + 1] not in (0x00, 0xFF) and not 0xD0 <= data[at + 1] <= 0xD7:
            yield at
        at = data.find(b"\xff", at + 1)
