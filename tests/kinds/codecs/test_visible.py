"""What steers a terminal or turns the direction of reading is spelled out; JSON keeps its value."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs.visible import escaped, spelled, steers

ANY = st.text(st.characters(), max_size=12)


@given(ANY)
def test_what_is_spelled_steers_nothing_and_loses_nothing(text: str) -> None:
    out = spelled(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in out if c not in "\u200c\u200d")
    assert out == "".join(f"[U+{ord(c):04X}]" if steers(c) else c for c in text)


@given(st.recursive(ANY, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3)))
def test_escaped_json_reads_as_the_same_value(value: object) -> None:
    for indent in (None, 1):
        text = escaped(json.dumps(value, ensure_ascii=False, indent=indent))
        assert json.loads(text) == value
        assert not any(steers(c) for c in text if c != "\n")
        text.encode()
