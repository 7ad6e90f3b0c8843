"""A media file to PDQ frames, inside a worker process only: decoded pixels live here and go nowhere else."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from leadline.engines.media.framings import framings
from leadline.kinds.codecs.sniff import EMPTY, is_visual
from leadline.kinds.hashers import pdq

MAX_PIXELS = 120_000_000
"""Pixels of one picture that are decoded: above any camera's, and 360 MB as RGB, under the worker's memory limit."""
MAX_FRAMES = 2_000
"""Frames of one animation that are hashed; at 25 a second that is 80 seconds, and longer ones are videos."""
COLLAPSE = 2
"""A frame within so many bits of the last kept one adds nothing: a still scene would fake agreement."""

REASONS = {
    "empty": "the file has no bytes",
    "not_media": "the content is no image or video",
    "no_decoder": "no decoder for this type is installed",
    "broken": "the decoder refused the content",
    "truncated": "the content ends before the picture does",
    "too_many_pixels": "the header claims more pixels than are decoded",
    "partial": "an animation broke off; the frames before that were hashed",
    "capped": "an animation has more frames than are hashed",
    "memory": "the decoder asked for more memory than a worker has",
    "crashed": "the decoder ended its process",
    "timeout": "the decoder took longer than one file may",
    "unreadable": "the file could not be opened",
    "changed": "the file's size changed while it was read",
}
"""Why a file was not decoded, or not wholly: the closed list. A decoder's own words are never passed on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The hash of one frame: number from 0, milliseconds from the start (None for a still), quality 0 to 100, value.

    `framing` is the name that engines.media.framings gives, or `whole`.
    """

    number: int
    t_ms: int | None
    quality: int
    value: bytes
    framing: str = "whole"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What decoding gave: status decoded or undecodable, a word of REASONS or None, and the frames."""

    status: str
    reason: str | None
    frames: tuple[Frame, ...]


def decode(path: Path, media_type: str) -> Decoded:
    """The PDQ frames of the file; never raises for what the file holds, except MemoryError."""
    return _decode(path, media_type, _hash_frames)


def decode_framings(path: Path, media_type: str) -> Decoded:
    """The first frame of the file in every framing; never raises for what the file holds, except MemoryError."""
    return _decode(path, media_type, _hash_framings)


def _decode(path: Path, media_type: str, hashed: Callable[[Image.Image, list[Frame]], str | None]) -> Decoded:
    if media_type == EMPTY:
        return Decoded("undecodable", "empty", ())
    if not is_visual(media_type):
        return Decoded("undecodable", "not_media", ())
    Image.MAX_IMAGE_PIXELS = None
    frames: list[Frame] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                reason = hashed(image, frames)
    except UnidentifiedImageError:
        reason = "no_decoder" if media_type.startswith("video/") or media_type in _UNSUPPORTED else "broken"
    except MemoryError:
        raise
    except OSError as error:
        reason = "truncated" if "truncated" in str(error) else "broken"
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file is then reported as broken
        reason = "broken"
    if frames:
        return Decoded("decoded", "partial" if reason in ("truncated", "broken") else reason, tuple(frames))
    return Decoded("undecodable", reason or "broken", ())


_UNSUPPORTED = frozenset(
    ("image/heic", "image/heif", "image/jxl", "image/svg+xml", "image/x-canon-cr3", "application/vnd.rn-realmedia")
)
"""Image types that Pillow alone does not read."""


def _hash_frames(image: Image.Image, frames: list[Frame]) -> str | None:
    """Append the frames of `image` to `frames`; a reason when not all were hashed."""
    if image.width * image.height > MAX_PIXELS:
        return "too_many_pixels"
    animated = getattr(image, "n_frames", 1) > 1 and bool(image.format in ("GIF", "WEBP", "PNG", "AVIF"))
    last: bytes | None = None
    for number, t_ms in _timeline(image, animated):
        if number >= MAX_FRAMES:
            return "capped"
        value, quality = pdq.hash_rgb(_pixels(image))
        if last is None or _distance(last, value) > COLLAPSE:
            frames.append(Frame(number, t_ms, quality, value))
            last = value
    return None


def _hash_framings(image: Image.Image, frames: list[Frame]) -> str | None:
    """Append the first frame of `image` in every framing; a reason when it was not hashed."""
    if image.width * image.height > MAX_PIXELS:
        return "too_many_pixels"
    for name, rgb in framings(_pixels(image)):
        value, quality = pdq.hash_rgb(rgb)
        frames.append(Frame(0, None, quality, value, name))
    return None


def _timeline(image: Image.Image, animated: bool) -> Iterator[tuple[int, int | None]]:
    """(number, milliseconds) of each frame, with `image` standing at it; a still is one frame without a time."""
    if not animated:
        yield 0, None
        return
    elapsed = 0.0
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return
        image.load()
        yield number, int(elapsed)
        elapsed += float(image.info.get("duration", 0) or 0)
        number += 1


def _pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The RGB array that pipeline pdq-1 hashes."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        wide = np.asarray(image, dtype=np.int64)
        narrow = np.clip(wide >> 8, 0, 255).astype(np.uint8)
        rgb = Image.fromarray(narrow).convert("RGB")
    else:
        rgb = image.convert("RGB")
    factor = -(-max(rgb.size) // pdq.LONGEST)
    if factor > 1:
        rgb = rgb.reduce((min(factor, rgb.width), min(factor, rgb.height)))
    return np.asarray(rgb)


def _distance(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()
