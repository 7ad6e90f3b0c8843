"""A media file to PDQ frames, inside a worker process only: decoded pixels live here and go nowhere else."""

import io
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PIL
from PIL import Image, UnidentifiedImageError

from leadline.engines.media import facts, ffmpeg, truncated
from leadline.engines.media.behind import behind
from leadline.engines.media.crops import crops
from leadline.engines.media.decoded import Decoded, Frame, Runs
from leadline.engines.media.video import decode_video, decode_without_bars, first_frame
from leadline.errors import ExtraError
from leadline.kinds.codecs.sniff import EMPTY, is_visual
from leadline.kinds.hashers import pdq
from leadline.model.meanings import NO_DECODER, PARTIAL, TOO_MANY_PIXELS, TRUNCATED

try:
    import pi_heif
except ImportError:
    pi_heif = None

Hashing = Callable[[Image.Image, list[Frame]], str | None]
"""Appends the frames of a picture, and says why there are not more."""
VIDEO = ("dense", "keyframes", "off")
"""What is done with videos: DENSE frames a second, keyframes only, or nothing."""
JPEG_XL = "image/jxl"
"""The pictures that ffmpeg decodes, and Pillow does not."""
MAX_PIXELS = 120_000_000
"""Pixels of one picture that are decoded: above any camera's, and 360 MB as RGB, under the worker's memory limit."""
MAX_FRAMES = 2_000
"""Frames of one animation that are hashed; at 25 a second that is 80 seconds, and longer ones are videos."""


def open_decoders() -> None:
    """Make every decoder ready; before the worker gives up files.

    Pillow's own come first: pi-heif takes any AVIF file of brand mif1 or msf1 for its own, and cannot decode it.
    """
    Image.init()
    if pi_heif is not None:
        pi_heif.register_heif_opener(thumbnails=False)


def decoders() -> dict[str, str]:
    """The versions of the decoders on this machine; *none* where one is missing."""
    try:
        film = ffmpeg.version()
    except ExtraError:
        film = "none"
    heif = str(pi_heif.__version__) if pi_heif is not None else "none"
    return {"ffmpeg": film, "pillow": PIL.__version__, "pi-heif": heif}


def decode(path: Path, media_type: str, video: str, alive: Callable[[], None]) -> Decoded:
    """The PDQ frames of the file; never raises for what the file holds, except MemoryError.

    `video` is one of VIDEO; `alive` is called again and again while a video is decoded.
    """
    if media_type == JPEG_XL:
        return _still(decode_video(path, keyframes=False, alive=alive))
    if not _film(media_type):
        return _with_behind(_decode(path, media_type, _hash_frames), path, media_type)
    if video == "off":
        return Decoded("undecodable", "left_out")
    return decode_video(path, keyframes=video == "keyframes", alive=alive)


def decode_inside(path: Path, span: tuple[int, int], media_type: str, video: str, alive: Callable[[], None]) -> Decoded:
    """As `decode`, of a film or picture that lies between two bytes of a picture's file."""
    if not _film(media_type):
        with path.open("rb") as file:
            file.seek(span[0])
            return _decode(io.BytesIO(file.read(span[1] - span[0])), media_type, _hash_frames)
    if video == "off":
        return Decoded("undecodable", "left_out")
    return decode_video(path, keyframes=video == "keyframes", alive=alive, span=span)


def decode_crops(path: Path, media_type: str, video: str, alive: Callable[[], None]) -> Decoded:
    """The first frame of a picture in every crop; of a video every frame without its bars.

    Never raises for what the file holds, except MemoryError; `video` and `alive` as for `decode`.
    """
    if _film(media_type):
        if video == "off":
            return Decoded("undecodable", "left_out")
        return decode_without_bars(path, keyframes=video == "keyframes", alive=alive)
    if media_type == JPEG_XL:
        return _framed(*first_frame(path, alive))
    return _decode(path, media_type, _hash_crops)


def _film(media_type: str) -> bool:
    return media_type.startswith("video/") or media_type == "application/vnd.rn-realmedia"


def _still(seen: Decoded) -> Decoded:
    """A picture that ffmpeg decoded has no time."""
    if len(seen.frames) != 1:
        return seen
    alone = replace(seen.frames[0], t_ms=None, until_ms=None)
    return replace(seen, frames=(alone,), decoded_ms=None, stated_ms=None)


def _framed(seen: Decoded, grey: npt.NDArray[np.uint8] | None) -> Decoded:
    """The crops of a picture that ffmpeg decoded to grey levels."""
    if grey is None:
        return seen
    frames: list[Frame] = []
    reason = _hash_crops(Image.fromarray(grey), frames)
    return replace(seen, reason=reason, frames=tuple(frames), decoded_ms=None, stated_ms=None)


def _with_behind(seen: Decoded, path: Path, media_type: str) -> Decoded:
    """With what lies behind the picture in its file."""
    try:
        found = behind(path, media_type)
    except (OSError, ValueError):  # gone or changed since: what was read of it stands
        return seen
    says = list(seen.facts)
    if found.declared > 1:
        hashed = found.declared if found.decodes and seen.reason is None else 1
        says.append(("pictures", f"{found.declared} stated, {hashed} hashed"))
    if found.other:
        says.append(("bytes_behind", str(found.other)))
    return replace(seen, facts=tuple(says), inside=found.inside)


def _decode(path: Path | io.BytesIO, media_type: str, hashed: Hashing) -> Decoded:
    if media_type == EMPTY:
        return Decoded("undecodable", "empty")
    if not is_visual(media_type):
        return Decoded("undecodable", "not_media")
    Image.MAX_IMAGE_PIXELS = None
    frames: list[Frame] = []
    says: list[facts.Fact] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                says = facts.of_picture(image)
                reason = hashed(image, frames)
    except UnidentifiedImageError:
        here = media_type in ("image/heic", "image/heif") and pi_heif is not None
        reason = NO_DECODER if media_type in _UNSUPPORTED and not here else "broken"
    except MemoryError:
        raise
    except OSError as error:
        reason = TRUNCATED if TRUNCATED in str(error) else "broken"
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file is then reported as broken
        reason = "broken"
    if frames:
        reason = PARTIAL if reason in (TRUNCATED, "broken") else reason
        return Decoded("decoded", reason, tuple(frames), frames[-1].until_ms, facts=tuple(says))
    if not isinstance(path, Path):
        return Decoded("undecodable", reason or "broken", facts=tuple(says))
    return _part(path, reason or "broken", hashed, tuple(says))


def _part(path: Path, reason: str, hashed: Hashing, says: tuple[facts.Fact, ...]) -> Decoded:
    """What there is of a picture that could not be decoded: all of it, or how much; a part is only ever framed."""
    failed = Decoded("undecodable", reason, facts=says)
    if reason not in (TRUNCATED, "broken"):
        return failed
    frames: list[Frame] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = truncated.part(path, MAX_PIXELS // 3)
            if found and found.whole:
                hashed(found.image, frames)
                return Decoded("decoded", None, tuple(frames), facts=says)
            with Image.open(path) as image:
                small = list(truncated.thumbnail(image))
                of = image.height
            if hashed is _hash_crops:
                ways = [(found.name, _filled(found))] if found and found.enough else []
                for name, rgb in [*ways, *small]:
                    value, quality = pdq.hash_rgb(rgb)
                    frames.append(Frame(0, None, quality, value, name))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the file then stays what it was
        return failed
    if not found and not small:
        return failed
    return Decoded("decoded", "partial", tuple(frames), None, None, says, found.rows if found else 0, of)


def _filled(part: truncated.Part) -> npt.NDArray[np.uint8]:
    """The part as pipeline pdq-1 hashes a whole, its last row carried on to the bottom."""
    width, height = part.image.size
    whole = part.image.convert("RGB")
    if height < part.of:
        last = whole.crop((0, height - 1, width, height)).resize((width, part.of - height))
        rest, whole = whole, Image.new("RGB", (width, part.of))
        whole.paste(rest, (0, 0))
        whole.paste(last, (0, height))
    return pixels(whole)


_UNSUPPORTED = frozenset(("image/heic", "image/heif", "image/svg+xml", "image/x-canon-cr3"))
"""Image types for which no decoder may be at hand."""


def _hash_frames(image: Image.Image, frames: list[Frame]) -> str | None:
    """Append the frames of `image` to `frames`; a reason when not all were hashed."""
    if image.width * image.height > MAX_PIXELS:
        return TOO_MANY_PIXELS
    if not (getattr(image, "n_frames", 1) > 1 and image.format in _ANIMATED):
        value, quality = pdq.hash_rgb(pixels(image))
        frames.append(Frame(0, None, quality, value))
        return None
    runs = Runs()
    elapsed = 0.0
    try:
        while runs.number < MAX_FRAMES:
            try:
                image.seek(runs.number)
            except EOFError:
                return None
            value, quality = pdq.hash_rgb(pixels(image))
            runs.add(int(elapsed), value, quality)
            elapsed += float(image.info.get("duration", 0) or 0)
        return "capped"
    finally:
        kept = runs.ended(int(elapsed))
        frames += [replace(one, t_ms=None, until_ms=None) for one in kept] if image.format in _SEVERAL else kept


_SEVERAL = ("HEIF", "TIFF", "MPO")
"""Formats that hold pictures side by side: bursts, pages, the other eye. They are no film, and have no times."""
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF", *_SEVERAL)
"""Formats of which every picture is hashed."""


def _hash_crops(image: Image.Image, frames: list[Frame]) -> str | None:
    """Append the first frame of `image` in every crop; a reason when it was not hashed."""
    if image.width * image.height > MAX_PIXELS:
        return TOO_MANY_PIXELS
    for name, rgb in crops(pixels(image)):
        value, quality = pdq.hash_rgb(rgb)
        frames.append(Frame(0, None, quality, value, name))
    return None


def pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
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
