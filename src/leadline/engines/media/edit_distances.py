"""What matching would find again: one lawful picture edited in known ways in memory, each edit's distance to the whole.

Nothing of the picture leaves but distances and hashes. The edits are those by which the published benchmarks of
perceptual hashes are told apart (perception 0.9: crop, pad, rotation, overlays, compression, brightness).
"""

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from leadline.engines.media.crops import crops
from leadline.engines.media.frames import pixels
from leadline.kinds.hashers import pdq

LONGEST = 1024
"""Longest side in pixels a picture is brought to before it is edited: what is shared is seldom larger."""
WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (16, 16, 16)
"""Grey is what black of a film is when its luma is taken as it is stored."""

Edit = Callable[[Image.Image], Image.Image]
Hashes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Trial:
    """Distances in bits of each edit of EDITS to the picture's own hash: as it comes, and the least of its crops.

    `value` and `quality` are of the picture itself; `framed` (n, 32) are the hashes of its crops in every form, to
    be held against other pictures.
    """

    value: bytes
    quality: int
    plain: tuple[int, ...]
    best: tuple[int, ...]
    framed: Hashes


def trial(image: Image.Image) -> Trial:
    """The trial of one picture, in RGB."""
    image = image.convert("RGB")
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    value, quality = pdq.hash_rgb(np.asarray(image))
    own = np.frombuffer(value, np.uint8)
    plain, best = [], []
    for edit in EDITS.values():
        changed = pixels(edit(image))
        plain.append(int(distances(np.frombuffer(pdq.hash_rgb(changed)[0], np.uint8)[None], own)[0]))
        best.append(min(plain[-1], int(distances(every_crop(changed), own).min())))
    return Trial(value, quality, tuple(plain), tuple(best), every_crop(np.asarray(image)))


def every_crop(rgb: Hashes) -> Hashes:
    """Hashes (n, 32) of every crop of a picture in each of the eight forms; those of low quality are left out."""
    found: list[bytes] = []
    for _, framed in crops(rgb):
        matrix, quality = pdq.coefficients_of(framed)
        if quality >= pdq.QUALITY:
            found += pdq.dihedral(matrix)
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, pdq.SIZE)


def distances(values: Hashes, one: Hashes) -> npt.NDArray[np.int64]:
    """Bits in which each of `values` (n, 32) differs from `one` (32); a single 256 when there are none."""
    if not len(values):
        return np.array([256], np.int64)
    return np.asarray(np.bitwise_count(values ^ one).sum(axis=1), np.int64)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    held = io.BytesIO()
    image.save(held, "JPEG", quality=quality)
    return Image.open(held).convert("RGB")


def _crop(image: Image.Image, share: float, across: float = 0.5, down: float = 0.5) -> Image.Image:
    width, height = int(image.width * (1 - share)), int(image.height * (1 - share))
    x, y = int((image.width - width) * across), int((image.height - height) * down)
    return image.crop((x, y, x + width, y + height))


def _upright(image: Image.Image, degrees: float) -> Image.Image:
    """Turned, and cut to the largest rectangle of its own shape that holds nothing but picture."""
    long = max(image.size) / min(image.size)
    angle = math.radians(degrees)
    return _crop(image.rotate(degrees, Image.Resampling.BILINEAR), 1 - 1 / (math.cos(angle) + long * math.sin(angle)))


def _bars(image: Image.Image, across: float, down: float, colour: tuple[int, int, int]) -> Image.Image:
    left, top = int(image.width * across), int(image.height * down)
    framed = Image.new("RGB", (image.width + 2 * left, image.height + 2 * top), colour)
    framed.paste(image, (left, top))
    return framed


def _logo(image: Image.Image, share: float) -> Image.Image:
    side = int((image.width * image.height * share) ** 0.5)
    x, y = image.width - side - 8, image.height - side - 8
    marked = image.copy()
    draw = ImageDraw.Draw(marked)
    draw.rectangle((x, y, x + side, y + side), fill=(240, 240, 240))
    draw.ellipse((x + side // 6, y + side // 6, x + side - side // 6, y + side - side // 6), fill=(200, 30, 30))
    return marked


def _banner(image: Image.Image, share: float) -> Image.Image:
    marked = image.copy()
    ImageDraw.Draw(marked).rectangle((0, int(image.height * (1 - share)), image.width, image.height), fill=BLACK)
    return marked


def _narrow(image: Image.Image) -> Image.Image:
    return image.resize((160, max(16, 160 * image.height // image.width)))


EDITS: Mapping[str, Edit] = {
    "JPEG quality 30": lambda i: _jpeg(i, 30),
    "160 pixels wide": _narrow,
    "square": lambda i: i.resize((512, 512)),
    "grey": lambda i: i.convert("L").convert("RGB"),
    "brighter by 40 %": lambda i: ImageEnhance.Brightness(i).enhance(1.4),
    "blurred by 4 pixels": lambda i: i.filter(ImageFilter.GaussianBlur(4)),
    "cut by 1 % on every side": lambda i: _crop(i, 0.02),
    "cut by 2.5 % on every side": lambda i: _crop(i, 0.05),
    "cut by 5 % on every side": lambda i: _crop(i, 0.10),
    "cut by 10 % on two sides": lambda i: _crop(i, 0.10, 0, 0),
    "cut by 10 % on every side": lambda i: _crop(i, 0.20),
    "black bars of 12 %": lambda i: _bars(i, 0, 0.12, BLACK),
    "black bars of 5 %, JPEG quality 60": lambda i: _jpeg(_bars(i, 0, 0.05, BLACK), 60),
    "black bars of 25 %, JPEG quality 80": lambda i: _jpeg(_bars(i, 0, 0.25, BLACK), 80),
    "dark grey bars of 9 %, JPEG quality 70": lambda i: _jpeg(_bars(i, 0, 0.09, GREY), 70),
    "black bars of 17 % at the sides, JPEG quality 60": lambda i: _jpeg(_bars(i, 0.17, 0, BLACK), 60),
    "white bars of 8 % at the sides, JPEG quality 95": lambda i: _jpeg(_bars(i, 0.08, 0, WHITE), 95),
    "black bars on all sides, 10 and 15 %, JPEG quality 75": lambda i: _jpeg(_bars(i, 0.10, 0.15, BLACK), 75),
    "white border of 5 %": lambda i: _bars(i, 0.05, 0.05, WHITE),
    "logo on 2 %": lambda i: _logo(i, 0.02),
    "logo on 6 %": lambda i: _logo(i, 0.06),
    "banner on 10 %": lambda i: _banner(i, 0.10),
    "turned by 2 degrees": lambda i: i.rotate(2, Image.Resampling.BILINEAR),
    "turned by 2 degrees, its corners cropped away": lambda i: _upright(i, 2),
    "turned by 5 degrees": lambda i: i.rotate(5, Image.Resampling.BILINEAR),
    "mirrored": ImageOps.mirror,
    "turned by 90 degrees": lambda i: i.transpose(Image.Transpose.ROTATE_90),
}
"""The edits by name, each of an RGB picture in memory."""
