"""Refs: one grammar, parsed in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import UsageError
from leadline.model import refs

GOOD = (
    "account:site/17",
    "outpoint:" + "ab" * 32 + ":0",
    "script:regtest:" + "0" * 64,
    "person:customer:northgate/A-17",
    "jurisdiction:unknown",
    "entry:" + "0" * 64 + "/12",
)
BAD = (
    "account",
    "account:",
    "account:../x",
    "tx:zz",
    "outpoint:" + "ab" * 32,
    "nobody:1",
    "media:" + "AB" * 32,
    "a:b:c",
)


@pytest.mark.parametrize("text", GOOD)
def test_a_ref_is_its_kind_and_key(text):
    kind, key = refs.parse(text)
    assert refs.ref(kind, key) == text


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text):
    with pytest.raises(UsageError):
        refs.parse(text)


@given(st.text())
def test_a_slug_always_fits_a_ref(text):
    assert refs.ref("service", refs.slug(text))


@given(st.text(max_size=40))
def test_parse_refuses_or_gives_back_the_same_text(text):
    try:
        kind, key = refs.parse(text)
    except UsageError:
        return
    assert f"{kind}:{key}" == text
