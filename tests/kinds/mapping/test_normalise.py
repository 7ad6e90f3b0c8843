"""Normal forms, by property and by example."""

import ipaddress
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.mapping.normalise import RULES, normal

NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


def one(kind: str, value: str) -> str | None:
    result = normal(kind, pa.array([value], pa.string()))[0].as_py()
    assert result is None or isinstance(result, str)
    return result


@settings(deadline=None)
@given(st.sampled_from(sorted(RULES)), NAMES)
def test_normal_is_stable(kind: str, value: str) -> None:
    """The normal form of a normal form is itself."""
    once = one(kind, value)
    assert once is None or one(kind, once) == once


@settings(deadline=None)
@given(st.lists(NAMES, max_size=8))
def test_columns_equal_single_values(values: list[str]) -> None:
    for kind in ("handle", "email", "phone", "ip", "name"):
        assert normal(kind, pa.array(values, pa.string())).to_pylist() == [one(kind, v) for v in values]


def test_calling_countries_are_a_row_s_own() -> None:
    values = pa.array(["010-1234-5678", "+82 10 1234 5678", "020 7946 0958", "020 7946 0958", None], pa.string())
    countries = pa.array(["kr", None, "gb", None, "gb"], pa.string())
    got = normal("phone", values, countries).to_pylist()
    assert got == ["+821012345678", "+821012345678", "+442079460958", None, None]


@settings(deadline=None)
@given(NAMES)
def test_handles_compare_without_case_or_width(value: str) -> None:
    assert one("handle", value) == one("handle", unicodedata.normalize("NFKC", value))


@settings(deadline=None)
@given(st.ip_addresses())
def test_addresses_of_machines(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    mapped = getattr(address, "ipv4_mapped", None)
    assert one("ip", address.exploded) == (mapped or address).compressed


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("handle", " Ｆoo Bar ", "foobar"),
        ("handle", "STRASSE", "strasse"),
        ("handle", "straße", "strasse"),
        ("email", " A.B+c@Example.ORG ", "a.b+c@example.org"),
        ("email", "nobody", None),
        ("phone", "00999 (12) 34-5", "+99912345"),
        ("phone", "+999 12 345", "+99912345"),
        ("ip", "198.18.0.01", None),
        ("ip", "::ffff:198.18.0.1", "198.18.0.1"),
        ("name", "  Ines   O'Hara-Lund ", "ines o hara lund"),
        ("pgp", "0xab cd ef01 2345 6789", "ABCDEF0123456789"),
        ("pgp", "0x01234567", None),
        ("pgp", "see my profile", None),
        ("phone", "home 7", None),
        ("email", "ann@xn--bcher-kva.de", "ann@bücher.de"),
        ("device", "a  b", "a b"),
        ("password", " p ", "p"),
        # what programs copy along and nobody sees
        ("phone", "\u202a+44 20 7946\u200b0958\u202c", "+442079460958"),
        ("phone", "\u2068+44 20 7946 0958\u2069", "+442079460958"),
        ("email", "ann\u200b@example.org", "ann@example.org"),
        ("email", "ann@exam\u00adple.org\ufeff", "ann@example.org"),
        ("ip", "198.51.100.9\u200b", "198.51.100.9"),
        ("handle", "an\u200bn", "an\u200bn"),  # another account, made to look like ann's
        # a proxy's port
        ("ip", "198.51.100.9:55220", "198.51.100.9"),
        ("ip", "[2001:DB8::5]:55220", "2001:db8::5"),
        ("ip", "[2001:db8::5]", "2001:db8::5"),
        ("ip", "2001:db8::5:5522", "2001:db8::5:5522"),
        ("ip", "198.51.100.9:http", None),
        ("ip", "198.51.100.9, 198.51.100.10", None),
    ],
)
def test_examples(kind: str, value: str, expected: str | None) -> None:
    assert one(kind, value) == expected
