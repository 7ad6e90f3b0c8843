"""Locators: every documented form parses, nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import UsageError
from leadline.model import locators

GOOD = ("row:users/17", "byte:120-188", "line:40", "cell:Accounts!7", "cell:A b!B7", "@gunzip>line:3", "entry:0>item:2")


@pytest.mark.parametrize("text", GOOD)
def test_parts_give_back_the_text(text):
    assert ">".join(str(part) for part in locators.parse(text)) == text


@pytest.mark.parametrize("text", ["", "line:0", "byte:1", "row:users", "@bunzip", "line:1>", "out:ab:1"])
def test_anything_else_is_refused(text):
    with pytest.raises(UsageError):
        locators.parse(text)


@given(st.text(max_size=30))
def test_parse_refuses_or_gives_back_the_same_text(text):
    try:
        parts = locators.parse(text)
    except UsageError:
        return
    assert ">".join(str(part) for part in parts) == text


def test_the_docstring_draws_every_part():
    drawn = set(re.findall(r"(?:^|\s)([a-z@]+)(?=:[A-Z]|\s{2,})", locators.__doc__ or ""))
    assert {*locators.PARTS, *locators.TRANSFORMS} <= drawn
