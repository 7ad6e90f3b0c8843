"""PDQ against the pdqhash package, and its dihedral forms."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from leadline.kinds.hashers import pdq, pdq_kernels


def picture(seed: int, height: int, width: int) -> np.ndarray:
    """A drawn pattern with some noise."""
    rng = np.random.Generator(np.random.PCG64(seed))
    y, x = np.mgrid[:height, :width].astype(np.float64)
    a, b, c = rng.uniform(3, 40, 3)
    planes = [128 + 90 * np.sin(x / a + y / b), 128 + 100 * np.cos(x * y / (c * 90)), 255 * y / height]
    return np.clip(np.stack(planes, 2) + rng.normal(0, 8, (height, width, 3)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "shape", [(64, 64), (5, 5), (33, 90), (129, 257), (512, 512), (300, 777), (128, 1000), (640, 65), (1003, 700)]
)
def test_equal_to_the_package_to_the_last_bit(oracle: Callable[[str], ModuleType], shape: tuple[int, int]) -> None:
    package = oracle("pdqhash")
    for seed in range(3):
        rgb = picture(seed, *shape)
        matrix, quality = pdq.coefficients_of(rgb)
        theirs, their_quality = package.compute_float(rgb)
        assert np.array_equal(matrix.ravel(), theirs[::-1])
        vector, _ = package.compute(rgb)
        value, _ = pdq.hash_rgb(rgb)
        assert value == np.packbits(vector.astype(np.uint8)).tobytes()
        assert quality == their_quality
        forms, _ = package.compute_dihedral(rgb)
        assert [np.packbits(f.astype(np.uint8)).tobytes() for f in forms] == list(pdq.dihedral(matrix))


def test_equal_to_the_package_on_every_shared_picture(oracle: Callable[[str], ModuleType], data_dir: Path) -> None:
    """Hash, quality and all eight forms of real pictures, and of their greys as a film's frame has them."""
    package = oracle("pdqhash")
    seen = 0
    for path in sorted((data_dir / "media" / "te_images").rglob("*.*")):
        with Image.open(path) as image:
            rgb = np.asarray(image.convert("RGB"))
            grey = np.asarray(image.convert("L"))
        forms, quality = package.compute_dihedral(rgb)
        matrix, ours = pdq.coefficients_of(rgb)
        assert ours == quality, path.name
        assert [np.packbits(f.astype(np.uint8)).tobytes() for f in forms] == list(pdq.dihedral(matrix)), path.name
        vector, quality = package.compute(np.stack([grey] * 3, axis=2))
        frame = pdq.GreyFrames(*grey.shape).hash(grey)
        assert frame == (np.packbits(vector.astype(np.uint8)).tobytes(), quality), path.name
        seen += 1
    assert seen >= 32


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 150), st.integers(5, 150))
def test_any_shape_equals_the_package(oracle: Callable[[str], ModuleType], seed: int, height: int, width: int) -> None:
    rgb = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (height, width, 3), dtype=np.uint8)
    vector, quality = oracle("pdqhash").compute(rgb)
    assert pdq.hash_rgb(rgb) == (np.packbits(vector.astype(np.uint8)).tobytes(), quality)


def mean_along(line: list[np.float32], window: int) -> list[np.float32]:
    """The published box filter in plain Python: a running sum, then a division by the samples in it."""
    half = (window + 2) // 2
    total, low, out = np.float32(0), 0, []
    for high in range(len(line) + half - 1):
        if high < len(line):
            total = np.float32(total + line[high])
        if high >= window:
            total = np.float32(total - line[low])
            low += 1
        if high >= half - 1:
            out.append(np.float32(total / np.float32(min(high, len(line) - 1) - low + 1)))
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40), st.integers(1, 12))
def test_box_filters_equal_the_plain_reference(seed: int, height: int, width: int, window: int) -> None:
    window = min(window, height, width)
    rng = np.random.Generator(np.random.PCG64(seed))
    a = rng.uniform(0, 255, (height, width)).astype(np.float32)
    rows = np.empty_like(a)
    columns = np.empty_like(a)
    pdq_kernels.box_along_rows(a, rows, window)
    pdq_kernels.box_along_columns(a, columns, window, np.empty(width, np.float32))
    assert np.array_equal(rows, np.array([mean_along(list(r), window) for r in a], np.float32))
    assert np.array_equal(columns.T, np.array([mean_along(list(c), window) for c in a.T], np.float32))


def test_forms_name_the_turned_picture() -> None:
    rgb = picture(5, 400, 512)
    forms = pdq.dihedral(pdq.coefficients_of(rgb)[0])
    real = {
        "identity": rgb,
        "rotate90": np.rot90(rgb, 1),
        "rotate180": np.rot90(rgb, 2),
        "rotate270": np.rot90(rgb, 3),
        "flip_rows": rgb[::-1],
        "flip_columns": rgb[:, ::-1],
        "transpose": rgb.transpose(1, 0, 2),
        "anti_transpose": np.rot90(rgb, 2).transpose(1, 0, 2),
    }
    for name, form in zip(pdq.FORMS, forms, strict=True):
        value, _ = pdq.hash_rgb(real[name])
        near = np.bitwise_count(np.frombuffer(value, np.uint8) ^ np.frombuffer(form, np.uint8)).sum()
        assert near <= pdq.RADIUS, name


def test_turning_a_hash_is_near_turning_its_picture() -> None:
    for seed in range(8):
        rng = np.random.Generator(np.random.PCG64(seed))
        blocks = rng.integers(0, 256, (32, 40, 3), dtype=np.uint8)
        forms = pdq.dihedral(pdq.coefficients_of(np.kron(blocks, np.ones((8, 8, 1), np.uint8)))[0])
        value = np.frombuffer(forms[0], np.uint8)[None]
        for name, form in zip(pdq.FORMS, forms, strict=True):
            turned = pdq.turned(value, name)[0]
            assert np.bitwise_count(turned ^ np.frombuffer(form, np.uint8)).sum() <= 30
        assert pdq.turned(value, "transpose")[0].tobytes() == forms[pdq.FORMS.index("transpose")]
