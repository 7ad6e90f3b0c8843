"""Of a picture that ends early, exactly the rows it gave are told; its scans and its EXIF picture are found again."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from leadline.engines.media import hash_crops, hash_files, truncated
from leadline.kinds.hashers import pdq
from leadline.model.progress import silent


def photograph(data_dir: Path) -> Image.Image:
    with Image.open(data_dir / "media" / "te_images" / "RGB.jpg") as image:
        image.thumbnail((640, 640))
        return image.convert("RGB")


def pattern() -> Image.Image:
    rng = np.random.Generator(np.random.PCG64(4))
    small = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    noise = rng.integers(0, 30, (180, 240, 3))
    return Image.fromarray((np.asarray(small.resize((240, 180))) * 0.85 + noise).astype(np.uint8))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def near(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def png_rows(data: bytes, width: int) -> int:
    """Whole rows in the compressed data that is there, counted by zlib itself."""
    at, packed = 8, b""
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += 12 + size
    return len(zlib.decompressobj().decompress(packed)) // (1 + 3 * width)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 99))
def test_rows_of_a_png_are_those_that_zlib_gives(tmp_path_factory: pytest.TempPathFactory, share: int) -> None:
    image = pattern()
    data = encoded(image, "PNG")
    data = data[: len(data) * share // 100]
    path = tmp_path_factory.mktemp("cut") / "a.png"
    path.write_bytes(data)
    found = truncated.part(path, 10**6)
    there = png_rows(data, image.width)
    rows = 0 if found is None or found.rows is None else found.rows
    assert there - 1 <= rows <= there
    if found:
        assert np.array_equal(np.asarray(found.image), np.asarray(image)[:rows]) and found.of == image.height
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 99), st.sampled_from([0, 2]), st.booleans())
@example(42, 0, False).via("the cut leaves a byte of 255 at the end, half a marker")
def test_rows_of_a_jpeg_are_those_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, share: int, subsampling: int, grey: bool
) -> None:
    image = pattern().convert("L" if grey else "RGB")
    data = encoded(image, "JPEG", quality=85, subsampling=subsampling)
    path = tmp_path_factory.mktemp("cut") / "a.jpg"
    path.write_bytes(data[: len(data) * share // 100])
    whole = np.asarray(Image.open(io.BytesIO(data)))
    found = truncated.part(path, 10**6)
    if found is None:
        assert share < 30
        return
    rows = found.rows
    assert rows is not None and np.array_equal(np.asarray(found.image), whole[:rows])
    with Image.open(io.BytesIO(path.read_bytes() + truncated.END)) as cut:
        ended = np.asarray(cut)
    assert rows == len(whole) or not np.array_equal(ended[: rows + 32], whole[: rows + 32])


def test_complete_scans_show_the_whole_picture(data_dir: Path, tmp_path: Path) -> None:
    photo = photograph(data_dir)
    data = encoded(photo, "JPEG", progressive=True, quality=85)
    value, _ = pdq.hash_rgb(np.asarray(photo))
    path = tmp_path / "a.jpg"
    path.write_bytes(data[: len(data) // 4])
    files = hash_files([path], silent).files.to_pylist()
    assert [(r["status"], r["reason"], r["decoded_rows"], r["stated_rows"]) for r in files] == [
        ("decoded", "partial", None, photo.height)
    ]
    (row,) = hash_crops([path], silent).to_pylist()
    assert row["crop"].startswith("scans-") and near(row["value"], value) <= 10
    path.write_bytes(data[:700])
    assert hash_files([path], silent).files["status"].to_pylist() == ["undecodable"]


def test_the_picture_in_the_exif_shows_the_whole_frame(data_dir: Path, tmp_path: Path) -> None:
    photo = photograph(data_dir)
    small = photo.copy()
    small.thumbnail((160, 160))
    inside = encoded(small, "JPEG", quality=85)
    first = struct.pack("<2sHIHI", b"II", 42, 8, 0, 14)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 14 + 30, 0x0202, 4, 1, len(inside), 0)
    exif = b"Exif\0\0" + first + second + inside
    data = encoded(photo, "JPEG", quality=85, exif=exif)
    path = tmp_path / "a.jpg"
    path.write_bytes(data[: len(exif) + (len(data) - len(exif)) // 4])
    rows = {r["crop"]: r["value"] for r in hash_crops([path], silent).to_pylist()}
    value, _ = pdq.hash_rgb(np.asarray(photo))
    assert near(rows["thumbnail"], value) <= pdq.RADIUS
    assert not any(name.startswith("part-") for name in rows)
    path.write_bytes(data[: len(data) * 95 // 100])
    rows = {r["crop"]: r["value"] for r in hash_crops([path], silent).to_pylist()}
    (part,) = (name for name in rows if name.startswith("part-"))
    assert int(part.removeprefix("part-")) > 850 and near(rows[part], value) <= pdq.RADIUS


def test_a_picture_of_which_no_row_is_missing_is_whole(tmp_path: Path) -> None:
    """A JPEG without its end mark, and a PNG whose colour profile unpacks to more than a decoder takes."""
    image = pattern()
    jpeg, png = encoded(image, "JPEG", quality=90), encoded(image, "PNG")
    packed = b"a\0\0" + zlib.compress(bytes(200 << 20), 9)
    bomb = struct.pack(">I", len(packed)) + b"iCCP" + packed + struct.pack(">I", zlib.crc32(b"iCCP" + packed))
    cases = {"a.jpg": (jpeg[:-2], jpeg), "b.png": (png[:33] + bomb + png[33:], png)}
    for name, (data, _) in cases.items():
        (tmp_path / name).write_bytes(data)
    hashed = hash_files([tmp_path / name for name in cases], silent)
    assert [(r["status"], r["reason"]) for r in hashed.files.to_pylist()] == [("decoded", None)] * 2
    values = [r["value"] for r in hashed.signatures.to_pylist() if r["hasher"] == pdq.NAME]
    assert values == [
        pdq.hash_rgb(np.asarray(Image.open(io.BytesIO(sound)).convert("RGB")))[0] for _, sound in cases.values()
    ]


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "JPEG2000", "BMP"])
def test_formats_that_give_nothing_early_stay_undecodable(tmp_path: Path, form: str) -> None:
    data = encoded(pattern(), form)
    path = tmp_path / "a"
    path.write_bytes(data[: len(data) // 2])
    (row,) = hash_files([path], silent).files.to_pylist()
    assert row["status"] == "undecodable" and row["reason"] in ("truncated", "broken") and row["stated_rows"] is None
