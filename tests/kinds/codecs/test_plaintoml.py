"""TOML is read as tomllib reads it, except where its keys are deeper than any that is meant."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.codecs.plaintoml import DEEPEST, loads

KEY = st.lists(st.sampled_from(("a", "b-1", '"c d"', "'e.f'")), min_size=1, max_size=DEEPEST).map(" . ".join)


@given(KEY, st.booleans())
def test_keys_of_as_many_parts_as_may_be_are_read(key: str, header: bool) -> None:
    text = f"[{key}]\n" if header else f'{key} = "1.2.3 4. 5."\n'
    assert loads(text) == tomllib.loads(text)


@pytest.mark.parametrize("part", ["a", '"a"', "'a b'"])
@pytest.mark.parametrize("dot", [".", " . ", "\t."])
@pytest.mark.parametrize("text", ["[{}]", "[[{}]]", "{} = 1", "x = 'y'\nz = {{ {} = 1 }}"])
def test_deeper_keys_are_refused(part: str, dot: str, text: str) -> None:
    assert loads(text.format(dot.join([part] * DEEPEST)))
    with pytest.raises(RecursionError):
        loads(text.format(dot.join([part] * (DEEPEST + 1))))


def test_a_sentence_is_no_key() -> None:
    text = "says = '''" + "It is so. " * 99 + "v1.2.3, 198.51.100.7 ...'''\n"
    assert loads(text) == tomllib.loads(text)
