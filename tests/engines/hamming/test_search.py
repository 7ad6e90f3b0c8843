"""The search finds every pair within the radius and no other, whichever way it goes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.hamming import Hashes, cheapest, index, join, join_each, ready, search
from leadline.engines.hamming.layout import BITS, CHUNKS, chunk_starts, reach_of
from leadline.engines.hamming.search import MAX_RADIUS, PERMUTATION, balls, changes
from leadline.errors import UsageError


def near(rng: np.random.Generator, values: np.ndarray, most: int) -> np.ndarray:
    """Each hash with 0 to `most` bits changed."""
    bits = np.unpackbits(values, axis=1)
    for row, changed in zip(bits, rng.integers(0, most + 1, len(bits)), strict=True):
        row[rng.choice(BITS, changed, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def reference(a: np.ndarray, b: np.ndarray, radius: int) -> list[tuple[int, int, int]]:
    """Every pair, one by one, with Python integers."""
    left = [int.from_bytes(x.tobytes()) for x in a]
    right = [int.from_bytes(x.tobytes()) for x in b]
    found = [(i, j, (x ^ y).bit_count()) for i, x in enumerate(left) for j, y in enumerate(right)]
    return [pair for pair in found if pair[2] <= radius]


seeds = st.integers(0, 10_000)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(0, 60), st.integers(0, 60), st.integers(0, MAX_RADIUS))
def test_the_plain_loop_equals_the_reference(seed: int, n: int, m: int, radius: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    a = rng.integers(0, 256, (n, 32), dtype=np.uint8)
    b = np.concatenate([near(rng, a, min(256, radius + 4)), rng.integers(0, 256, (m, 32), dtype=np.uint8), a[:3]])
    pairs = join(ready(a), ready(b), radius)
    assert list(zip(pairs.a, pairs.b, pairs.distance, strict=True)) == reference(a, b, radius)


@settings(max_examples=40, deadline=None)
@given(
    seeds, st.integers(1, 30), st.integers(0, 40), st.sampled_from(CHUNKS), st.integers(0, 50), st.integers(1, 3),
    st.sampled_from((0, 1, 1000)),
)  # fmt: skip
def test_an_index_equals_the_reference(
    seed: int, n: int, m: int, chunks: int, radius: int, threads: int, base: int
) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    chunks = max(chunks, -(-radius // 3), 20)  # narrow chunks keep the example small; the wide ones have their own test
    a = rng.integers(0, 256, (n, 32), dtype=np.uint8)
    b = np.concatenate([near(rng, a, min(256, radius + 4)), rng.integers(0, 256, (m, 32), dtype=np.uint8), a[:3]])
    pairs = search(ready(a), [index(ready(b), chunks, base)], radius, threads)
    expected = [(i, j + base, d) for i, j, d in reference(a, b, radius)]
    assert list(zip(pairs.a, pairs.b, pairs.distance, strict=True)) == expected


@pytest.mark.parametrize("chunks", CHUNKS)
def test_every_number_of_chunks_finds_what_the_plain_loop_finds(chunks: int) -> None:
    rng = np.random.Generator(np.random.PCG64(chunks))
    a = rng.integers(0, 256, (80, 32), dtype=np.uint8)
    b = np.concatenate([near(rng, a, 34) for _ in range(40)])
    plain = join(ready(a), ready(b), 31)
    found = search(ready(a), [index(ready(b), chunks)], 31)
    assert np.array_equal(plain.a, found.a) and np.array_equal(plain.b, found.b)
    assert np.array_equal(plain.distance, found.distance) and len(found.a) > 1000


@pytest.mark.parametrize("radius", [0, 7, 31, 42, 50])
def test_planted_pairs_are_all_found_at_size(radius: int) -> None:
    rng = np.random.Generator(np.random.PCG64(radius))
    b = rng.integers(0, 256, (200_000, 32), dtype=np.uint8)
    a = near(rng, b[:1000], radius)
    pairs = join(ready(a), ready(b), radius)
    assert set(zip(pairs.a, pairs.b, strict=True)) >= {(i, i) for i in range(1000)}
    exact = np.bitwise_count(a[pairs.a] ^ b[pairs.b]).sum(axis=1)
    assert np.array_equal(exact, pairs.distance) and exact.max() <= radius


@pytest.mark.parametrize("threads", [1, 3])
def test_several_sides_are_each_joined_as_if_alone(threads: int) -> None:
    rng = np.random.Generator(np.random.PCG64(threads))
    b = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    sides = [
        ready(np.concatenate([near(rng, b[low : low + n], 34), b[:n]])) for low, n in ((0, 700), (9, 0), (5, 2000))
    ]
    assert cheapest(sum(len(side.words) for side in sides), len(b), 31)[0], "an index is laid out"
    for side, found in zip(sides, join_each(sides, ready(b), 31, threads), strict=True):
        alone = search(side, [index(ready(b))], 31)
        assert np.array_equal(found.a, alone.a) and np.array_equal(found.b, alone.b)
        assert np.array_equal(found.distance, alone.distance) and (len(found.a) > 0) == (len(side.words) > 0)


def test_a_hash_that_stands_ten_thousand_times_is_found_ten_thousand_times() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    one = rng.integers(0, 256, (1, 32), dtype=np.uint8)
    b = np.concatenate([rng.integers(0, 256, (500, 32), dtype=np.uint8), np.repeat(one, 10_000, axis=0)])
    found = search(ready(one), [index(ready(b), 16)], 31)
    assert found.b.tolist() == list(range(500, 10_500)) and not found.distance.any()


@given(st.sampled_from(CHUNKS), st.integers(0, MAX_RADIUS))
def test_the_reach_covers_every_pair_within_the_radius(chunks: int, radius: int) -> None:
    starts = chunk_starts(chunks)
    assert starts[0] == 0 and starts[-1] == BITS and (np.diff(starts) > 0).all()
    # were every chunk beyond its reach, the distance would be more
    assert (reach_of(chunks, radius) + 1).sum() == radius + 1


def test_bits_are_permuted_as_stated() -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    values = rng.integers(0, 256, (500, 32), dtype=np.uint8)
    words = np.packbits(np.unpackbits(values, axis=1)[:, PERMUTATION], axis=1)
    assert np.array_equal(ready(values).words, np.ascontiguousarray(words).view("<u8"))


@pytest.mark.parametrize(("width", "reach"), [(6, 0), (9, 0), (9, 2), (11, 3), (10, 8)])
def test_changes_reach_every_bucket_near_and_no_other(width: int, reach: int) -> None:
    above, left = changes(width, reach)
    assert (np.diff(above) > 0).all()
    low = 0b101101
    sets = [balls()[n, low] for n in left.tolist()]
    found = sorted(
        (a << 6) + x for a, s in zip(above.tolist(), sets, strict=True) for x in range(64) if int(s) >> x & 1
    )
    assert found == [v for v in range(1 << width) if (v ^ low).bit_count() <= reach]


def test_filled_buckets_are_those_with_rows() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    one = index(ready(rng.integers(0, 256, (700, 32), dtype=np.uint8)), 24)
    for filled, first in zip(one.filled, one.first, strict=True):
        assert np.array_equal(np.unpackbits(filled.view(np.uint8), bitorder="little"), np.diff(first) > 0)


def test_wrong_calls_are_refused() -> None:
    good = ready(np.zeros((1, 32), np.uint8))
    with pytest.raises(UsageError):
        ready(np.zeros((1, 16), np.uint8))
    with pytest.raises(UsageError):
        join(good, good, MAX_RADIUS + 1)
    with pytest.raises(UsageError):
        search(good, [index(good)], -1)
    empty = Hashes(np.empty((0, 4), np.uint64))
    assert not len(search(empty, [index(good)], 31).a) and not len(search(good, [], 31).a)
