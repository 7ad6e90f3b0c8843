"""Words for nothing identify nobody; words that people choose as names stay."""

import pyarrow as pa
import pytest

from leadline.kinds.mapping.nothing import CHOOSABLE, CHOSEN, WORDS, nothing
from leadline.model.words import IDENTIFIERS


def one(kind: str, value: str | None) -> bool | None:
    result = nothing(kind, pa.array([value], pa.string()))[0].as_py()
    assert result is None or isinstance(result, bool)
    return result


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_every_word_is_nothing_in_any_case(kind: str) -> None:
    words = sorted(WORDS - CHOOSABLE if kind in CHOSEN else WORDS)
    for spelled in (words, [f" {word.capitalize()} " for word in words], [w.upper() for w in words if w.isascii()]):
        assert all(nothing(kind, pa.array(spelled, pa.string())).to_pylist())
    assert one(kind, None) is None


COMMON = ["NULL", "\\N", "n/a", "N/A", "none", "-", "--", "unknown", "keine Angabe", "неизвестно", "inconnu", "不明"]


@pytest.mark.parametrize("value", [*COMMON, "없음", "لا يوجد", "?", "..."])
@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_common_ones(kind: str, value: str) -> None:
    assert one(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "0000000000"),
        ("phone", "+000"),
        ("ip", "0.0.0.0"),
        ("ip", "::"),
        ("ip", "127.0.0.1"),
        ("server_ip", "127.0.0.1"),
        ("device", "00000000-0000-0000-0000-000000000000"),
        ("device", "02:00:00:00:00:00"),
        ("device", "9774D56D682E549C"),
        ("password", "d41d8cd98f00b204e9800998ecf8427e"),
        ("password", "****"),
    ],
)
def test_fillers_of_a_kind(kind: str, value: str) -> None:
    assert one(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("handle", "void"),
        ("handle", "0"),
        ("handle", "^_^"),
        ("name", "Na"),
        ("name", "Jennifer Null"),
        ("ip", "198.18.0.1"),
        ("ip", "10.0.0.0"),
        ("phone", "+44 20 7946 0958"),
        ("email", "null@example.org"),
        ("device", "a-0"),
    ],
)
def test_what_is_something_stays(kind: str, value: str) -> None:
    assert one(kind, value) is False
