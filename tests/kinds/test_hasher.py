"""One contract over every hash kind."""

import hashlib

import pytest

from leadline.errors import KindError
from leadline.kinds.hasher import HASHERS, hasher


@pytest.mark.parametrize("one", HASHERS, ids=lambda h: h.name)
def test_each_kind_is_complete(one: object) -> None:
    assert hasher(one.name) is one
    assert (one.radius is None) == (one.empty is not None)
    assert bool(one.radius) == (one.quality is not None)
    if one.empty is not None:
        assert one.empty == hashlib.new(one.name, b"", usedforsecurity=False).digest()
        assert len(one.empty) == one.size


def test_names_are_unique_and_unknown_is_refused() -> None:
    assert len({h.name for h in HASHERS}) == len(HASHERS)
    with pytest.raises(KindError):
        hasher("pdq")
