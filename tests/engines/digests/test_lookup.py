"""The lookup finds what a dictionary finds."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.digests import lookup
from leadline.errors import UsageError

SIZE = 16
values = st.lists(
    st.one_of(
        st.sampled_from([bytes(SIZE), b"\xff" * SIZE, b"\x01" * SIZE, b"\x01" * 15 + b"\x02", b"\x01" * 15, b""]),
        st.binary(min_size=SIZE, max_size=SIZE),
        st.binary(max_size=20),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(values, values, values, st.integers(0, 5))
def test_equal_to_a_plain_search(asked: list[bytes], one: list[bytes], two: list[bytes], cut: int) -> None:
    one = [*one, *asked[::2]]
    listed = pa.chunked_array([pa.array(one, pa.binary()), pa.array([b"x", *two], pa.binary()).slice(1)])
    queries = pa.array([*[b"cut away"] * cut, *asked], pa.binary()).slice(cut)
    expected = [
        (i, j)
        for j, value in enumerate([*one, *two])
        for i in range(len(asked))
        if len(value) == SIZE and asked[i] == value
    ]
    assert sorted(map(tuple, lookup(queries, listed, SIZE).tolist()), key=lambda p: p[::-1]) == expected


def test_wrong_calls_are_refused() -> None:
    good = pa.array([bytes(16)], pa.binary())
    for asked, listed, size in (
        (pa.array(["x"]), good, 16),
        (good, pa.array([None], pa.binary()), 16),
        (good, good, 4),
    ):
        with pytest.raises(UsageError):
            lookup(asked, listed, size)
