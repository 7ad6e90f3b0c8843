"""E-mail addresses: the fast path gives what the library gives, and two domains never become one."""

import unicodedata

import pyarrow as pa
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.mapping.emails import address, email

LABEL = st.from_regex(r"[A-Za-z0-9-]{1,8}|xn--bcher-kva|bücher|straße|strasse|[a-z]{60,66}", fullmatch=True)
ENDS = st.sampled_from(["org", "COM", "onion", "test", "local", "invalid", "xn--p1ai", "рф", "c0m", "x", "1"])
LOCAL = st.from_regex(r"[A-Za-z0-9.+_'-]{1,12}|jürgen|straße|none|[a-z]{60,70}", fullmatch=True)
ADDRESSES = st.builds(lambda a, b, c: f"{a}@{'.'.join([*b, c])}", LOCAL, st.lists(LABEL, min_size=1, max_size=5), ENDS)


def one(value: str) -> str | None:
    result = email(pa.array([value], pa.string()))[0].as_py()
    assert result is None or isinstance(result, str)
    return result


@settings(deadline=None, max_examples=500)
@given(ADDRESSES)
def test_the_fast_path_gives_what_is_read_one_by_one(value: str) -> None:
    assert one(value) == address(value)


@settings(deadline=None, max_examples=300)
@given(ADDRESSES.filter(lambda v: not v.lower().endswith(".onion") and not v.startswith("none@")))
def test_the_library_agrees(value: str) -> None:
    """Refused where the library refuses; elsewhere its mailbox in small letters and its domain."""
    try:
        read = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        assert one(value) is None
        return
    assert one(value) == f"{unicodedata.normalize('NFC', read.local_part.lower())}@{read.domain}"


@settings(deadline=None)
@given(st.lists(st.one_of(ADDRESSES, st.text(max_size=12)), max_size=6))
def test_columns_equal_single_values_and_are_stable(values: list[str]) -> None:
    got = email(pa.array(values, pa.string())).to_pylist()
    assert got == [one(v) for v in values]
    assert email(pa.array(got, pa.string())).to_pylist() == got


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A.B+c@Example.ORG", "a.b+c@example.org"),
        ("ann@bücher.de", "ann@bücher.de"),
        ("ann@xn--bcher-kva.de", "ann@bücher.de"),
        ("ann@straße.de", "ann@straße.de"),
        ("ann@strasse.de", "ann@strasse.de"),
        ("straße@example.org", "straße@example.org"),
        ("ann@Abcdefghij234567.onion", "ann@abcdefghij234567.onion"),
        ("Ann Lund <Ann@example.org>", "ann@example.org"),
        ("ann@example.org, ben@example.org", None),
        ("ann@localhost", None),
        ("ann@10.0.0.1", None),
        ("nobody", None),
        ("none@none.com", None),
        ("none@example.org", "none@example.org"),
        ("x" * 400 + "@example.org", None),
    ],
)
def test_examples(value: str, expected: str | None) -> None:
    assert one(value) == expected


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert one("Änn@no-such-domain-at-all.example") == "änn@no-such-domain-at-all.example"
