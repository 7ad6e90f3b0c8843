"""Base64 as it stands in evidence."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs.datauri import base64_bytes, data_uris


@settings(deadline=None)
@given(st.binary(), st.booleans(), st.booleans())
def test_both_alphabets_with_and_without_padding(data: bytes, web: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if web else base64.b64encode)(data).decode()
    text = text if padded else text.rstrip("=")
    assert base64_bytes("\r\n".join(text[i : i + 7] for i in range(0, len(text), 7))) == data
    assert base64_bytes("!" + text) == data


CONTENT = bytes(range(256)) + b"end"
LETTERS = base64.b64encode(CONTENT).decode()
WRAPPED = "\r\n  ".join(LETTERS[i : i + 76] for i in range(0, len(LETTERS), 76))


@pytest.mark.parametrize(
    "page",
    [
        f'<img src="data:image/png;base64,{LETTERS}">',
        f"<img src='data:image/png;base64, {WRAPPED} '>",
        f"<img src=data:image/png;base64,{LETTERS}>",
        f'<img src="data:image/png; charset=x ; base64,{WRAPPED}">',
        f'<img src=" data:image/png;base64,{quote(LETTERS)}">',
        f'<div style="background:url(data:image/png;base64,{LETTERS})">',
        f"<div style='background:url( \"data:image/png;base64,{WRAPPED}\" )'>",
        f'<img srcset="data:image/png;base64,{LETTERS} 2x">',
        f'<img srcset="data:image/png;base64,{LETTERS} 1x, x.png 2x">',
        f'{{"a": "data:image/png;base64,{WRAPPED}"}}'.replace("\r\n", "\\r\\n"),
        f'"<img src=\\"data:image/png;base64,{LETTERS}\\">"',
        f"see data:image/png;base64,{LETTERS} and words that are no part of it",
        f'<img src="data:image/png;base64,{LETTERS[:-4]}{LETTERS[-4:].rstrip("=")}">',
        f'<img src="data:image/png,{quote(CONTENT)}">',
    ],
)
def test_white_space_and_context_change_no_byte(page: str) -> None:
    """As browsers read them (URL Standard, Infra's forgiving base64, the srcset grammar)."""
    (uri,) = data_uris(page.encode())
    assert (uri.claimed, uri.content) == ("image/png", CONTENT)
    assert page[uri.start :].startswith("data:")


def test_a_quoted_svg_is_read_to_its_quote() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='1'/>"
    (uri,) = data_uris(f'<img src="data:image/svg+xml;utf8,{svg}"> and more'.encode())
    assert uri.content.decode() == svg
    first, second = data_uris(b"\"data:text/plain,a b 'data:text/plain,c")
    assert (first.content, second.content) == (b"a", b"c")
