"""Base64 as it stands in evidence."""

import base64

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs.datauri import base64_bytes


@settings(deadline=None)
@given(st.binary(), st.booleans(), st.booleans())
def test_both_alphabets_with_and_without_padding(data: bytes, web: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if web else base64.b64encode)(data).decode()
    text = text if padded else text.rstrip("=")
    assert base64_bytes("\r\n".join(text[i : i + 7] for i in range(0, len(text), 7))) == data
    assert base64_bytes("!" + text) == data
