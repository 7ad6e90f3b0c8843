"""Crops bring cropped, bordered, tilted and mirrored pictures back within reach; unrelated ones stay away."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from leadline.engines.media import hash_crops
from leadline.engines.media.crops import crops, without_border
from leadline.engines.media.letterbox import Film, depths, without_bars
from leadline.kinds.hashers import pdq
from leadline.model.progress import silent

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
    """Bits between a hash and the nearest crop of a picture, in the nearest dihedral form."""
    wanted = int.from_bytes(value)
    return min(
        (int.from_bytes(form) ^ wanted).bit_count()
        for _, rgb in crops(np.asarray(image))
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


@pytest.mark.parametrize("quality", [60, 80, 95])
@pytest.mark.parametrize(("columns", "rows", "level"), [(0, 5, 0), (0, 25, 16), (17, 0, 0), (8, 0, 255), (10, 15, 0)])
def test_bars_of_any_size_are_cut_off(data_dir: Path, quality: int, columns: int, rows: int, level: int) -> None:
    photo = photograph(data_dir)
    value, _ = pdq.hash_rgb(np.asarray(photo))
    barred = ImageOps.expand(photo, (photo.width * columns // 100, photo.height * rows // 100), (level, level, level))
    held = io.BytesIO()
    barred.save(held, "JPEG", quality=quality)
    shown = Image.open(held).convert("RGB")
    cut = min(
        (int.from_bytes(pdq.hash_rgb(np.ascontiguousarray(rgb))[0]) ^ int.from_bytes(value)).bit_count()
        for _, rgb in without_bars(np.asarray(shown))
    )
    assert cut <= pdq.RADIUS


def test_bars_beside_an_edge_as_dark_as_they_are_cut_off() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    small = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    photo = np.asarray(small.resize((320, 240), Image.Resampling.BICUBIC)).copy()
    photo[:30], photo[-40:] = 0, 0
    value, quality = pdq.hash_rgb(photo)
    assert quality >= pdq.QUALITY
    barred = np.pad(photo, ((36, 36), (0, 0), (0, 0)))
    assert depths(barred, 0)[0] == 66
    assert min(
        (int.from_bytes(pdq.hash_rgb(np.ascontiguousarray(rgb))[0]) ^ int.from_bytes(value)).bit_count()
        for _, rgb in without_bars(barred)
    ) <= pdq.RADIUS  # fmt: skip


def test_a_picture_without_plain_edges_has_no_bars() -> None:
    rng = np.random.Generator(np.random.PCG64(8))
    assert without_bars(rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)) == []


def test_the_bars_of_a_film_are_what_stays_plain() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    film = Film()
    assert film.found == {}
    for n in range(20):
        frame = np.full((200, 300), 16, np.uint8)
        frame[25:-25] = rng.integers(0, 256, (150, 300))
        if n % 2:
            frame[:80] = 16
        if n == 7:
            frame[:] = 16
        film.add(frame)
    assert film.count == 19
    assert film.found["bars-off-125-0"] == (25, 0) and all(rows <= 25 for rows, _ in film.found.values())


def test_unrelated_photographs_stay_beyond_the_widest_tier(data_dir: Path) -> None:
    photo = photograph(data_dir)
    for path in sorted((data_dir / "media" / "te_images" / "labelme-subset").glob("*.jpg")):
        with Image.open(path) as other:
            value, quality = pdq.hash_rgb(np.asarray(other.convert("RGB")))
        if quality >= pdq.QUALITY:
            assert distance(photo, value) > pdq.LEAD


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 70), st.integers(1, 70))
def test_any_picture_has_crops(seed: int, height: int, width: int) -> None:
    rgb = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (height, width, 3), dtype=np.uint8)
    made = dict(crops(rgb))
    assert np.array_equal(made["whole"], rgb) and all(min(a.shape[:2]) >= 1 for a in made.values())
    for each in made.values():
        pdq.hash_rgb(each)


def test_a_plain_picture_keeps_its_border() -> None:
    plain = np.full((40, 50, 3), 9, np.uint8)
    assert without_border(plain).shape == plain.shape
    plain[10:30, 10:40] = np.random.Generator(np.random.PCG64(1)).integers(100, 256, (20, 30, 3))
    assert without_border(plain).shape == (20, 30, 3)


def test_workers_hash_crops(tmp_path: Path) -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    small = Image.fromarray(rng.integers(0, 256, (12, 15, 3), dtype=np.uint8))
    image = small.resize((300, 200), Image.Resampling.NEAREST)
    image.save(tmp_path / "a.png")
    (tmp_path / "b.txt").write_text("no picture")
    (tmp_path / "c.png").write_bytes((tmp_path / "a.png").read_bytes()[:500])
    table = hash_crops(sorted(tmp_path.iterdir()), silent)
    rows = [(r["crop"], r["value"], r["quality"]) for r in table.to_pylist()]
    assert set(table["index"].to_pylist()) == {0}
    assert rows == [(name, *pdq.hash_rgb(rgb)) for name, rgb in crops(np.asarray(image))]
    assert len({name for name, _, _ in rows}) == len(rows) >= 25
