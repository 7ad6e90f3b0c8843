"""Cells as columns, and names in locators."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs.cells import column, escaped, table_name, text, unescaped
from leadline.model import locators

CELL = st.one_of(st.none(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(), st.binary())


@settings(deadline=None)
@given(st.lists(CELL, max_size=8))
def test_a_column_keeps_every_value(values: list[object]) -> None:
    got = column(values)
    assert len(got) == len(values)
    for before, after in zip(values, got.to_pylist(), strict=True):
        if before is None or isinstance(before, bytes):
            assert after == before
        elif pa.types.is_binary(got.type):
            assert after.decode() == text(before)
        else:
            assert text(after) == text(before)


def test_types() -> None:
    assert column([1, None]).type == pa.int64()
    assert column(["a", 1]).type == pa.string()
    assert column([b"\xff", 1]).type == pa.binary()
    assert column([1.5, None]).type == pa.float64()
    assert column([None]).type == pa.string()


@settings(deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_names_stand_in_locators(name: str) -> None:
    assert unescaped(escaped(name)) == name
    assert unescaped(table_name(name)) == name
    locators.parse(f"row:{table_name(name)}/{escaped(name)}")


def test_floats_are_written_plainly() -> None:
    assert [text(v) for v in (1e-8, 0.1, 3.0, 1e22)] == ["0.00000001", "0.1", "3", "10000000000000000000000"]
