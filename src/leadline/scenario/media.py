"""The media of the training case: drawn patterns and copies of them, or rows with ready signatures.

The table of media has a row a file: file (number), path (relative; empty where there is no file), sha256 (hex), size,
source (how it was made), origin (number of the pattern), group (known, similar, never_seen or unsearched: what match
should find), listed_pdq and listed_quality (what a list holds of the pattern, for the group similar).
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
from PIL import Image

from leadline.kinds.hashers import pdq
from leadline.model.progress import Progress
from leadline.scenario import drawings, films
from leadline.scenario.random_streams import stream

MEDIA = pa.schema(
    [
        ("file", pa.int32()),
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("size", pa.int64()),
        ("source", pa.string()),
        ("origin", pa.int32()),
        ("group", pa.string()),
        ("listed_pdq", pa.string()),
        ("listed_quality", pa.int16()),
    ]
)

FAMILIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("still", "never_seen", ("original",)),
    ("still", "never_seen", ("original", "reencoded", "resized")),
    ("still", "known", ("original",)),
    ("still", "similar", ("reencoded",)),
    ("animation", "never_seen", ("original",)),
    ("animation", "never_seen", ("original", "trimmed")),
    ("still", "known", ("reencoded",)),
    ("still", "similar", ("rotated",)),
    ("still", "never_seen", ("original", "rotated", "cropped")),
    ("animation", "similar", ("trimmed",)),
    ("still", "unsearched", ("truncated",)),  # never seen where a part of it is shown
    ("still", "known", ("truncated",)),
    ("words", "unsearched", ("original",)),
    ("flat", "never_seen", ("original",)),
    ("still", "similar", ("resized",)),
    ("film", "never_seen", ("original", "trimmed")),
    ("film", "similar", ("trimmed",)),
)
"""One round of 23 files, repeated: kind of pattern, group, and the files made of it."""
LISTED_SCENE = 3
"""The frame of an animation or a film that a list holds: one that a trimmed copy still has."""
READY_BITS = 24
"""A ready copy's hash differs from its pattern's in up to so many bits: two copies of one pattern may lie apart."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One file to make: the pattern's kind and number, the group, and how it is made from the pattern."""

    kind: str
    number: int
    group: str
    how: str


def recipes(count: int) -> list[Recipe]:
    """The first `count` files of the training case; the last is empty."""
    made = list(_rounds(max(0, count - 1)))
    return [*made, Recipe("empty", made[-1].number + 1 if made else 0, "unsearched", "empty")][:count]


def _rounds(count: int) -> Iterator[Recipe]:
    number = made = 0
    while True:
        for kind, group, ways in FAMILIES:
            for how in ways:
                if made == count:
                    return
                part = kind == "still" and group == "unsearched" and drawings.form(number) != "WEBP"
                yield Recipe(kind, number, "never_seen" if part else group, how)
                made += 1
            number += 1


def write_media(out_dir: Path, count: int, seed: int, progress: Progress) -> pa.Table:
    """Writes `count` files under `out_dir` and gives the table of media; the same seed gives the same bytes."""
    names = stream(seed, "media names")
    rows = []
    for file, recipe in enumerate(recipes(count)):
        data, extension = _made(seed, recipe)
        token = names.bytes(8).hex()
        path = f"{token[:2]}/{token}.{extension}"
        (out_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (out_dir / path).write_bytes(data)
        listed = _listed(seed, recipe)
        sha256 = hashlib.sha256(data).hexdigest()
        rows.append((file, path, sha256, len(data), recipe.how, recipe.number, recipe.group, *listed))
        progress("media files", file + 1, count)
    return pa.Table.from_pylist([dict(zip(MEDIA.names, row, strict=True)) for row in rows], schema=MEDIA)


def embedded_image(seed: int, kind: str) -> bytes:
    """A small drawn picture as a file of `kind` (png, jpeg, gif or webp), to plant where no picture is expected."""
    return drawings.encoded(drawings.pattern(seed, -1, 0, (64, 48)), kind.upper(), 80)


def _made(seed: int, recipe: Recipe) -> tuple[bytes, str]:
    """The bytes of a file and the extension of its name, which is not always that of its content."""
    if recipe.kind == "empty":
        return b"", "jpg"
    if recipe.kind == "words":
        return stream(seed, f"words {recipe.number}").bytes(400).hex().encode() + b"\n", "jpg"
    if recipe.kind == "flat":
        return drawings.flat(recipe.number), "png"
    original = _original(seed, recipe)
    if recipe.kind == "film" and recipe.how == "trimmed":
        data = films.film(films.scenes(original)[drawings.LEFT_OUT :], 70)
    else:
        data = original if recipe.how == "original" else drawings.copy(recipe.how, original, recipe.number)
    return data, "dat" if recipe.number % 11 == 0 else _extension(data)


def _original(seed: int, recipe: Recipe) -> bytes:
    if recipe.kind == "film":
        shown = [drawings.pattern(seed, recipe.number, scene, drawings.SCENE) for scene in range(films.SCENES)]
        return films.film(shown)
    made = drawings.animation if recipe.kind == "animation" else drawings.still
    return made(seed, recipe.number)


def _extension(data: bytes) -> str:
    return {b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp", b"\x1aE\xdf\xa3": "mkv"}.get(data[:4], "jpg")


def _listed(seed: int, recipe: Recipe) -> tuple[str | None, int | None]:
    """What a list holds of the pattern: hash (hex) and quality of a still, or of one frame; nothing in other groups."""
    if recipe.group != "similar":
        return None, None
    if recipe.kind == "film":
        value, quality = pdq.hash_rgb(np.asarray(films.scenes(_original(seed, recipe))[LISTED_SCENE]))
        return value.hex(), quality
    with Image.open(io.BytesIO(_original(seed, recipe))) as image:
        if recipe.kind == "animation":
            image.seek(LISTED_SCENE)
        value, quality = pdq.hash_rgb(np.asarray(image.convert("RGB")))
    return value.hex(), quality


def ready_media(count: int, seed: int, out: Path, progress: Progress) -> pa.Table:
    """Writes `count` media as rows with ready signatures to the CSV file `out` and gives the table of media.

    There are no files: digests are drawn, and a copy's hash is its pattern's with some bits changed. Columns:
    sha256, size, media_type, pdq_hex, quality, frame, t_ms; one row a file.
    """
    progress("media signatures", 0, count)
    rng = stream(seed, "ready media")
    made = recipes(count)
    origin = np.array([r.number for r in made])
    patterns = rng.integers(0, 256, (int(origin.max(initial=0)) + 1, pdq.SIZE), dtype=np.uint8)
    copied = np.array([r.how not in ("original", "empty") for r in made])
    values = _changed(rng, patterns[origin], np.where(copied, rng.integers(0, READY_BITS // 2 + 1, count), 0))
    turned = np.flatnonzero([r.how == "rotated" for r in made])
    values[turned] = pdq.turned(values[turned], "rotate90")
    flat = np.array([r.group == "unsearched" or r.kind == "flat" for r in made])
    quality = np.where(flat, rng.integers(0, pdq.QUALITY, count), rng.integers(pdq.QUALITY, 101, count))
    digests = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    sha256 = _hex(digests)
    size = rng.integers(200_000, 90_000_000, count)
    zero = np.zeros(count, np.int64)
    sheet = {
        "sha256": sha256, "size": size, "media_type": pa.array(["video/mp4"] * count), "pdq_hex": _hex(values),
        "quality": quality, "frame": zero, "t_ms": zero,
    }  # fmt: skip
    out.parent.mkdir(parents=True, exist_ok=True)
    pc_csv.write_csv(pa.table(sheet), out, pc_csv.WriteOptions(quoting_style="none"))
    listed = pa.array([r.group == "similar" for r in made])
    progress("media signatures", count, count)
    return pa.table(
        {
            "file": pa.array(np.arange(count), pa.int32()),
            "path": pa.array([""] * count),
            "sha256": sha256,
            "size": pa.array(size),
            "source": pa.array([r.how for r in made]),
            "origin": pa.array(origin, pa.int32()),
            "group": pa.array(["never_seen" if r.group == "unsearched" else r.group for r in made]),
            "listed_pdq": pa.compute.if_else(listed, _hex(patterns[origin]), None),
            "listed_quality": pa.compute.if_else(listed, 90, None).cast(pa.int16()),
        },
        schema=MEDIA,
    )


def _changed(
    rng: np.random.Generator,
    values: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
    bits: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Hashes with so many drawn bits each turned (fewer where one bit is drawn twice)."""
    changed = values.copy()
    for turn in range(int(bits.max(initial=0))):
        rows = np.flatnonzero(bits > turn)
        at = rng.integers(0, 256, len(rows))
        changed[rows, at // 8] ^= (1 << (at % 8)).astype(np.uint8)
    return changed


def _hex(values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> pa.Array:
    """Rows of bytes as lower-case hexadecimal strings."""
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.empty((len(values), 2 * values.shape[1]), np.uint8)
    text[:, 0::2] = digits[values >> 4]
    text[:, 1::2] = digits[values & 15]
    width = text.shape[1]
    offsets = pa.array(np.arange(len(values) + 1, dtype=np.int32) * width)
    return pa.StringArray.from_buffers(len(values), offsets.buffers()[1], pa.py_buffer(text.tobytes()))
