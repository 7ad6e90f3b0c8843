"""Raw frames with their times out of the Matroska stream that ffmpeg writes (RFC 9559), as they arrive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Read = Callable[[int], bytes]
"""Gives exactly so many bytes of the stream; EOFError when it ends before."""

_SEGMENT, _CLUSTER, _TRACKS, _TRACK, _VIDEO, _GROUP = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xE0, 0xA0
_TAGS, _TAG, _SIMPLE = 0x1254C367, 0x7373, 0x67C8
_INSIDE = frozenset((_SEGMENT, _CLUSTER, _TRACKS, _TRACK, _VIDEO, _GROUP, _TAGS, _TAG, _SIMPLE))
"""Elements that are entered; every other one is a value or is skipped."""
_WIDTH, _HEIGHT, _TIME, _BLOCKS = 0xB0, 0xBA, 0xE7, (0xA3, 0xA1)
_NAME, _TEXT = 0x45A3, 0x4487
_UNKNOWN = (1 << 56) - 1
_VALUE = 1 << 16
"""Bytes of a value that is read; tags of a file may be of any length."""


class NotMatroska(ValueError):
    """The stream is not what ffmpeg writes."""


@dataclass(slots=True)
class Film:
    """What the stream has said so far: size of a frame in pixels, and the tags of the file it was made from."""

    width: int = 0
    height: int = 0
    tags: list[tuple[str, str]] = field(default_factory=list)


def frames(read: Read, film: Film) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """(milliseconds, grey levels (height, width)) of each frame until the stream ends; fills `film` on the way.

    EOFError when it ends within an element, NotMatroska when it makes no sense.
    """
    cluster = 0
    name = ""
    while True:
        try:
            id_ = _id(read)
        except EOFError:
            return
        size = _size(read)
        if id_ in _INSIDE:
            continue
        if id_ in _BLOCKS:
            if _vint(read, keep_marker=False)[1] != 1:
                raise NotMatroska
            offset = int.from_bytes(read(2), "big", signed=True)
            read(1)
            if not film.width or size != film.width * film.height + 4:
                raise NotMatroska
            levels = np.frombuffer(read(size - 4), np.uint8).reshape(film.height, film.width)
            yield cluster + offset, levels
        elif id_ in (_WIDTH, _HEIGHT, _TIME, _NAME, _TEXT) and size <= _VALUE:
            value = read(size)
            if id_ == _WIDTH:
                film.width = int.from_bytes(value)
            elif id_ == _HEIGHT:
                film.height = int.from_bytes(value)
            elif id_ == _TIME:
                cluster = int.from_bytes(value)
            elif id_ == _NAME:
                name = value.decode(errors="replace")
            else:
                film.tags.append((name, value.decode(errors="replace")))
        else:
            _skip(read, size)


def _id(read: Read) -> int:
    """An element's id, its marker included."""
    return _vint(read, keep_marker=True)[1]


def _size(read: Read) -> int:
    length, value = _vint(read, keep_marker=False)
    return _UNKNOWN if value == (1 << 7 * length) - 1 else value


def _vint(read: Read, *, keep_marker: bool) -> tuple[int, int]:
    """(bytes, value) of a variable-size integer (RFC 8794, section 4)."""
    first = read(1)[0]
    length = 9 - first.bit_length()
    if length > 8:
        raise NotMatroska
    rest = int.from_bytes(read(length - 1)) if length > 1 else 0
    top = first if keep_marker else first & ((1 << 8 - length) - 1)
    return length, top << 8 * (length - 1) | rest


def _skip(read: Read, size: int) -> None:
    if size == _UNKNOWN:
        raise NotMatroska
    while size:
        size -= len(read(min(size, _VALUE)))
