"""Drawn geometric patterns, and the copies of them a site would hold; nothing here is or resembles a photograph."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageSequence

from leadline.scenario.random_streams import stream

SIZE = (320, 240)
"""Pixels of a still: large enough for every filter of the hash, small enough to draw thousands."""
SCENE = (160, 120)
"""Pixels of an animation's frame."""
SCENES = 6
"""Frames of an animation, each another pattern, so that a trimmed copy still shares some."""
FRAME_MS = 500
LEFT_OUT = 2
"""Frames missing at the start of a trimmed copy."""
CROP = 50
"""A cropped copy lacks one part in so many on each side: few crops of this size leave the hash's radius."""


def pattern(seed: int, number: int, scene: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Pattern `number` of a seed: coloured blocks under ellipses and bars, rich in edges at every scale."""
    rng = stream(seed, f"pattern {number} {scene}")
    blocks = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    image = blocks.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for kind, x, y, w, h, *colour in rng.integers(0, 256, (14, 8)).tolist():
        left, top = x * size[0] // 256, y * size[1] // 256
        box = (left, top, left + 8 + w * size[0] // 700, top + 8 + h * size[1] // 700)
        if kind % 2:
            draw.ellipse(box, fill=tuple(colour[:3]))
        else:
            draw.rectangle(box, fill=tuple(colour[:3]))
    return image


def form(number: int) -> str:
    """The format of still `number`: a PNG or JPEG that is cut short still shows a part, a WebP nothing."""
    return ("PNG", "JPEG", "WEBP")[number % 3]


def still(seed: int, number: int) -> bytes:
    """Pattern `number` as a PNG, JPEG or WebP file, by its number."""
    return encoded(pattern(seed, number), form(number), 92)


def animation(seed: int, number: int) -> bytes:
    """Pattern `number` as an animated GIF or WebP of SCENES frames."""
    return animated([pattern(seed, number, scene, SCENE) for scene in range(SCENES)], number)


def animated(frames: Sequence[Image.Image], number: int) -> bytes:
    """Frames as an animated GIF or WebP, by the number."""
    out = io.BytesIO()
    form = "GIF" if number % 2 else "WEBP"
    frames[0].save(out, form, save_all=True, append_images=list(frames[1:]), duration=FRAME_MS, loop=0)
    return out.getvalue()


def encoded(image: Image.Image, form: str, quality: int) -> bytes:
    """The picture as a file of a format; quality matters where the format loses any."""
    out = io.BytesIO()
    if form == "PNG":
        image.save(out, form, compress_level=6)
    else:
        image.save(out, form, quality=quality)
    return out.getvalue()


def copy(how: str, data: bytes, number: int) -> bytes:
    """A copy of a file: reencoded, resized, cropped, rotated (stills), trimmed (animations) or truncated (any)."""
    if how == "truncated":
        return data[: len(data) * 2 // 5]
    with Image.open(io.BytesIO(data)) as opened:
        if how == "trimmed":
            scenes = [frame.convert("RGB") for frame in ImageSequence.Iterator(opened)]
            return animated(scenes[LEFT_OUT:], number)
        image = opened.convert("RGB")
    width, height = image.size
    if how == "reencoded":
        return encoded(image, "JPEG", 60 + number % 20)
    if how == "resized":
        return encoded(image.resize((width * 3 // 4, height * 3 // 4), Image.Resampling.LANCZOS), "JPEG", 85)
    if how == "cropped":
        box = (width // CROP, height // CROP, width - width // CROP, height - height // CROP)
        return encoded(image.crop(box), "JPEG", 88)
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "PNG", 0)


def flat(number: int) -> bytes:
    """A picture with nothing in it: its hash has no quality and may be compared with nothing."""
    return encoded(Image.new("RGB", SIZE, (20 + number % 230, 90, number // 230 % 256)), "PNG", 0)
