"""Text as it is meant, held to other readers of the same escapes, and the way back to where it stands."""

import html
import json
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs.meaning import Meant, joined, percent_decoded, text, unescaped

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PIECE = st.sampled_from(
    ["&#64;", "&amp;", "&commat;", "&#x2E;", "\\u0040", "\\/", "\\x41", "%41", "a", "é", "\U0001f600", "&", "\\"]
)


@settings(deadline=None)
@given(TEXT, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]))
def test_utf16_is_what_python_decodes_and_every_character_is_found_again(value: str, encoding: str) -> None:
    data = value.encode(encoding)
    meant = text(data, encoding)
    assert meant.data.decode() == value
    at = 0
    for letter in value:
        size = len(letter.encode())
        first, last = meant.span(at, at + size)
        assert data[first:last].decode("utf-16-be" if encoding == "utf-16-be" else "utf-16-le") == letter
        at += size


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["&#64;", "&amp;", "&commat;", "&#x2E;", "&nope;", "a", "&#0000000046", " ", "é", "&lt"]),
        max_size=9,
    )
)
def test_references_are_what_html_means(pieces: list[str]) -> None:
    value = " ".join(pieces)
    once = html.unescape(value)
    if html.unescape(once) == once:
        assert unescaped(Meant(value.encode())).data.decode() == once


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="&\\"), max_size=20))
def test_string_escapes_are_what_json_means(value: str) -> None:
    plain = "".join(c for c in value if c not in '"\n\r\t\b\f' and ord(c) < 0x10000)
    written = "".join(f"\\u{ord(c):04x}" for c in plain)
    assert json.loads(f'"{written}"') == plain
    assert unescaped(Meant(written.encode())).data.decode() == plain


@settings(deadline=None)
@given(TEXT)
def test_percent_encoding_is_what_urls_mean(value: str) -> None:
    written = quote(value, safe="")
    assert percent_decoded(Meant(written.encode())).data.decode() == unquote(written) == value


@settings(deadline=None)
@given(st.lists(PIECE, max_size=12))
def test_every_span_leads_back_to_what_it_was_read_from(pieces: list[str]) -> None:
    raw = "".join(pieces).encode()
    meant = percent_decoded(unescaped(Meant(raw)))
    last = 0
    for at in range(len(meant.data)):
        first, end = meant.span(at, at + 1)
        assert last <= end and first < end <= len(raw)
        if first + 1 == end:
            assert raw[first:end] == meant.data[at : at + 1]
        last = first


@pytest.mark.parametrize("size", [10, 1000])
def test_the_whole_text_leads_back_to_the_whole(size: int) -> None:
    raw = b"&#64;x\\/" * size
    meant = unescaped(Meant(raw))
    assert meant.data == b"@x/" * size
    assert meant.span(0, len(meant.data)) == (0, len(raw))


@pytest.mark.parametrize("sign", ["<wbr>", "<WBR />", "&shy;", "&#8203;", "\\u200b", "\u200b", "\u2060", "\ufeff"])
def test_what_only_says_where_a_word_may_break_cuts_no_address(sign: str) -> None:
    """The address is found whole, and its place holds all of it as it stands."""
    source = f"<p>on 1Boat{sign}SLRHtKNngkdXEeobR76b53{sign}LETtpyT now</p>".encode()
    meant = joined(unescaped(Meant(source)))
    at = meant.data.index(b"1BoatSLRHtKNngkdXEeobR76b53LETtpyT")
    first, last = meant.span(at, at + 34)
    assert source[first:last].startswith(b"1Boat") and source[first:last].endswith(b"LETtpyT")
    assert source[first - 1 : first] == b" " and source[last : last + 1] == b" "
