"""The join finds every pair within the radius and no other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.hamming import join, ready
from leadline.engines.hamming.search import BITS, masks, plan
from leadline.errors import UsageError


def near(rng: np.random.Generator, values: np.ndarray, most: int) -> np.ndarray:
    """Each hash with 0 to `most` bits changed."""
    bits = np.unpackbits(values, axis=1)
    for row, changes in zip(bits, rng.integers(0, most + 1, len(bits)), strict=True):
        row[rng.choice(BITS, changes, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def reference(a: np.ndarray, b: np.ndarray, radius: int) -> list[tuple[int, int, int]]:
    """Every pair, one by one, with Python integers."""
    left = [int.from_bytes(x.tobytes()) for x in a]
    right = [int.from_bytes(x.tobytes()) for x in b]
    found = [(i, j, (x ^ y).bit_count()) for i, x in enumerate(left) for j, y in enumerate(right)]
    return [pair for pair in found if pair[2] <= radius]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 60), st.integers(0, 64), st.booleans(), st.integers(1, 3)
)
def test_equal_to_the_plain_reference(seed: int, n: int, m: int, radius: int, sorted_join: bool, threads: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    a = rng.integers(0, 256, (n, 32), dtype=np.uint8)
    b = np.concatenate([near(rng, a, min(256, radius + 4)), rng.integers(0, 256, (m, 32), dtype=np.uint8), a[:3]])
    with pytest.MonkeyPatch.context() as patch:
        if sorted_join:
            patch.setattr("leadline.engines.hamming.search.BRUTE", 0)
        pairs = join(ready(a), ready(b), radius, threads)
    assert list(zip(pairs.a, pairs.b, pairs.distance, strict=True)) == reference(a, b, radius)


@pytest.mark.parametrize("radius", [0, 7, 31, 42, 50])
def test_planted_pairs_are_all_found_at_size(radius: int) -> None:
    rng = np.random.Generator(np.random.PCG64(radius))
    b = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    a = near(rng, b[:2000], radius)
    pairs = join(ready(a), ready(b), radius)
    assert set(zip(pairs.a, pairs.b, strict=True)) >= {(i, i) for i in range(2000)}
    exact = np.bitwise_count(a[pairs.a] ^ b[pairs.b]).sum(axis=1)
    assert np.array_equal(exact, pairs.distance) and exact.max() <= radius


@given(st.integers(2, 1 << 26), st.integers(0, 64))
def test_the_plan_covers_every_pair_within_the_radius(rows: int, radius: int) -> None:
    chunks = plan(rows, radius)
    assert chunks.starts[0] == 0 and chunks.starts[-1] == BITS
    assert (chunks.reach + 1).sum() > radius  # were every chunk beyond its reach, the distance would be more


def test_masks_are_all_changes() -> None:
    assert sorted(masks(5, 2)) == sorted(m for m in range(32) if m.bit_count() <= 2)


def test_wrong_calls_are_refused() -> None:
    good = np.zeros((1, 32), np.uint8)
    with pytest.raises(UsageError):
        ready(np.zeros((1, 16), np.uint8))
    with pytest.raises(UsageError):
        join(ready(good), ready(good), 65)
