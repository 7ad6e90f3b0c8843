"""Hash values of lists, beside Python's own hexadecimal and base64."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs.hashtext import quality_of, value_of


@given(st.binary(min_size=1, max_size=144))
def test_a_value_is_the_same_in_every_spelling(value: bytes) -> None:
    for text in (value.hex(), value.hex().upper(), f" {value.hex()}\n"):
        assert value_of(text) == (value, None)
    encoded = base64.b64encode(value).decode()
    try:
        bytes.fromhex(encoded)
    except ValueError:
        assert value_of(encoded) == (value, None)


@pytest.mark.parametrize("text", ["not a hash", "abc", "ab=", "g" * 33])
def test_what_is_neither_stays_as_it_stands_and_is_named(text: str) -> None:
    assert value_of(text) == (text.encode(), "not_hex")


@pytest.mark.parametrize(
    ("text", "quality"),
    [("0", 0), (" 49 ", 49), ("100", 100), ("101", None), ("-1", None), ("", None), ("٤", None), ("1.5", None)],
)
def test_a_quality_is_a_whole_number_up_to_a_hundred(text: str, quality: int | None) -> None:
    assert quality_of(text) == quality
