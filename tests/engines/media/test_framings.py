"""Framings bring cropped, bordered, tilted and mirrored pictures back within reach; unrelated ones stay away."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from leadline.engines.media import hash_framings
from leadline.engines.media.framings import framings, without_border
from leadline.kinds.hashers import pdq
from leadline.steps.step import silent

EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "crop 5 %": lambda i: i.crop((i.width // 40, i.height // 40, i.width - i.width // 40, i.height - i.height // 40)),
    "white border": lambda i: ImageOps.expand(i, i.width // 20, (255, 255, 255)),
    "letterbox": lambda i: ImageOps.expand(i, (0, i.height // 8), (0, 0, 0)),
    "tilt": lambda i: i.rotate(2, Image.Resampling.BILINEAR),
    "mirror": ImageOps.mirror,
}


def photograph(data_dir: Path) -> Image.Image:
    with Image.open(data_dir / "media" / "te_images" / "RGB.jpg") as image:
        return image.convert("RGB")


def distance(image: Image.Image, value: bytes) -> int:
    """Bits between a hash and the nearest framing of a picture, in the nearest dihedral form."""
    wanted = int.from_bytes(value)
    return min(
        (int.from_bytes(form) ^ wanted).bit_count()
        for _, rgb in framings(np.asarray(image))
        for form in pdq.dihedral(pdq.coefficients_of(rgb)[0])
    )


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_photograph_is_found(data_dir: Path, edit: str) -> None:
    photo = photograph(data_dir)
    value, quality = pdq.hash_rgb(np.asarray(photo))
    assert quality >= pdq.QUALITY
    plain = int.from_bytes(pdq.hash_rgb(np.asarray(EDITS[edit](photo)))[0]) ^ int.from_bytes(value)
    assert plain.bit_count() > pdq.RADIUS
    assert distance(EDITS[edit](photo), value) <= pdq.RADIUS


def test_unrelated_photographs_stay_beyond_the_widest_tier(data_dir: Path) -> None:
    photo = photograph(data_dir)
    for path in sorted((data_dir / "media" / "te_images" / "labelme-subset").glob("*.jpg")):
        with Image.open(path) as other:
            value, quality = pdq.hash_rgb(np.asarray(other.convert("RGB")))
        if quality >= pdq.QUALITY:
            assert distance(photo, value) > pdq.LEAD


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 70), st.integers(1, 70))
def test_any_picture_has_framings(seed: int, height: int, width: int) -> None:
    rgb = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (height, width, 3), dtype=np.uint8)
    made = dict(framings(rgb))
    assert np.array_equal(made["whole"], rgb) and all(min(a.shape[:2]) >= 1 for a in made.values())
    for each in made.values():
        pdq.hash_rgb(each)


def test_a_plain_picture_keeps_its_border() -> None:
    plain = np.full((40, 50, 3), 9, np.uint8)
    assert without_border(plain).shape == plain.shape
    plain[10:30, 10:40] = np.random.Generator(np.random.PCG64(1)).integers(100, 256, (20, 30, 3))
    assert without_border(plain).shape == (20, 30, 3)


def test_workers_hash_framings(tmp_path: Path) -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    small = Image.fromarray(rng.integers(0, 256, (12, 15, 3), dtype=np.uint8))
    image = small.resize((300, 200), Image.Resampling.NEAREST)
    image.save(tmp_path / "a.png")
    (tmp_path / "b.txt").write_text("no picture")
    (tmp_path / "c.png").write_bytes((tmp_path / "a.png").read_bytes()[:500])
    table = hash_framings(sorted(tmp_path.iterdir()), silent)
    rows = [(r["framing"], r["value"], r["quality"]) for r in table.to_pylist()]
    assert set(table["index"].to_pylist()) == {0}
    assert rows == [(name, *pdq.hash_rgb(rgb)) for name, rgb in framings(np.asarray(image))]
    assert len({name for name, _, _ in rows}) == len(rows) >= 25
