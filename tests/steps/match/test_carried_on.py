"""A search that is carried on gives the same pairs as one from scratch, and does only what is new."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.kinds.hashers import pdq
from leadline.steps.match import search
from leadline.steps.match.search import Near, near

Values = search.Values


def made(seed: int) -> Values:
    """Values of few kinds, many of them near one another and some of them equal."""
    rng = np.random.Generator(np.random.PCG64(seed))
    values = rng.integers(0, 256, (4, 32), dtype=np.uint8)[rng.integers(0, 4, 40)]
    values[:, :3] ^= rng.integers(0, 256, (40, 3), dtype=np.uint8) & rng.integers(0, 256, (40, 3), dtype=np.uint8)
    return values


def rows(found: Near) -> list[tuple[int, ...]]:
    return list(zip(*(getattr(found, name).tolist() for name in Near.__slots__), strict=True))


def plain(own: Values, other: Values, radius: int, forms: tuple[str, ...]) -> list[tuple[int, ...]]:
    """Every pair, in plain Python."""
    found = []
    for form in forms:
        turned = [int.from_bytes(v.tobytes()) for v in pdq.turned(other, form)]
        for a, value in enumerate(int.from_bytes(v.tobytes()) for v in own):
            for b, listed in enumerate(turned):
                if (value ^ listed).bit_count() <= radius:
                    found.append((a, b, (value ^ listed).bit_count(), pdq.FORMS.index(form)))
    return found


subset = st.lists(st.integers(0, 39), max_size=30)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, 64), st.booleans())
def test_one_array_searched_in_itself_or_in_blocks(
    monkeypatch: pytest.MonkeyPatch, seed: int, radius: int, distinct: bool
) -> None:
    monkeypatch.setattr(search, "BLOCK", 7)
    values = np.unique(made(seed), axis=0)[::-1] if distinct else made(seed)
    assert rows(near(values, values, radius, pdq.FORMS)) == plain(values, values, radius, pdq.FORMS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 99), st.lists(st.tuples(subset, subset), min_size=2, max_size=4))
def test_as_from_scratch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, rounds: list[tuple[list[int], list[int]]]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(search, "WORTH_KEEPING", 0)
    values, forms = made(seed), ("identity", "rotate90")
    for mine, theirs in rounds:
        own, other = values[mine], values[theirs]
        assert rows(near(own, other, 14, forms, f"case {seed}")) == plain(own, other, 14, forms)


def test_the_work_is_that_of_the_additions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(search, "WORTH_KEEPING", 0)
    asked = []
    real = search._search

    def counted(a: Values, b: Values, radius: int, forms: tuple[str, ...]) -> Near:
        asked.append((len(a), len(b)))
        return real(a, b, radius, forms)

    monkeypatch.setattr(search, "_search", counted)
    values = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (60, 32), dtype=np.uint8)
    own, listed = values[:20], values[20:50]
    near(own, listed, 31, ("identity",), "case")
    near(own, values[20:53], 31, ("identity",), "case")
    near(own, values[22:53], 31, ("identity",), "case")
    near(np.concatenate([own, values[55:57]]), values[20:53], 31, ("identity",), "case")
    assert asked == [(20, 30), (20, 3), (2, 33), (20, 2)]


def test_a_spoilt_cache_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(search, "WORTH_KEEPING", 0)
    values = made(3)
    wanted = rows(near(values, values, 14, ("identity",), "case"))
    (kept,) = (tmp_path / "leadline" / "near").iterdir()
    data = bytearray(kept.read_bytes())
    for at in (len(data) // 3, len(data) // 2):
        kept.write_bytes(bytes(data[:at]) + bytes([data[at] ^ 255]) + bytes(data[at + 1 :]))
        assert rows(near(values, values, 14, ("identity",), "case")) == wanted
    kept.write_bytes(data[: len(data) // 2])
    assert rows(near(values, values, 14, ("identity",), "case")) == wanted
