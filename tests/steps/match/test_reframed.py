"""A picture framed anew is found where the plain one is not, and says so; its chance hits are stated."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.steps.match.conftest import changed, crop, entry, found, frame, ref

from leadline.kinds.hashers import pdq
from leadline.steps.match import near

RNG = np.random.Generator(np.random.PCG64(32))
HASH = RNG.integers(0, 256, (20, 32), dtype=np.uint8)
OTHER = RNG.integers(0, 256, (20, 32), dtype=np.uint8)
Seizure = Callable[..., dict[str, pa.Table]]
FRAMES = [
    frame("a", bytes(HASH[0])),
    frame("b", bytes(HASH[1])),
    frame("c", bytes(HASH[2])),
    frame("d", bytes(HASH[3])),
]
ANEW = (
    crop("a", "margin-27", changed(HASH[10], 30)), crop("a", "cut-30", bytes(HASH[15])),
    crop("b", "border-off", changed(HASH[11], 40)), crop("c", "tilt-2.0", changed(HASH[3], 20)),
)  # fmt: skip
LINES = [f",,{bytes(HASH[n]).hex()}" for n in (10, 11)]


def test_a_crop_within_the_radius_is_similar_and_a_further_one_a_lead(seizure: Seizure) -> None:
    tables = seizure(["a", "b", "c", "d"], FRAMES, LINES, ANEW)
    assert found(tables, "similar_to") == {(ref("a"), entry(0)), (ref("c"), ref("d"))} or found(
        tables, "similar_to"
    ) == {(ref("a"), entry(0)), (ref("d"), ref("c"))}
    rows = {r["other"]: r for r in tables["match"].to_pylist()}
    row = rows[entry(0)]
    assert (row["rule"], row["crop"], row["distance"], row["frames"]) == ("crop", "margin-27", 30, 1)
    (lead,) = tables["lead"].to_pylist()
    assert (lead["media"], lead["reason"], lead["crop"], lead["distance"]) == (ref("b"), "alone", "border-off", 40)
    assert {s for s, _ in found(tables, "in_series")} == {ref("c"), ref("d")}
    (pair,) = (r for r in rows.values() if r["other"].startswith("media:"))
    assert (pair["rule"], pair["crop"]) == ("crop", "tilt-2.0")


def test_chance_hits_count_every_crop(seizure: Seizure) -> None:
    tables = seizure(["a", "b", "c", "d"], FRAMES, LINES, ANEW)
    rows = {(r["searched"], r["radius"]): r for r in tables["chance"].to_pylist()}
    assert (rows["crops", 31]["comparisons"], rows["crops", 31]["found"]) == (4 * 2 * len(pdq.FORMS), 1)
    assert rows["crops", 42]["found"] == 2
    assert {r["state"] for r in rows.values()} == {"searched"}
    assert len({rows[searched, radius]["comparisons"] for searched, radius in rows if searched == "crops"}) == 1
    assert rows["seizure_crops", 31]["found"] == 1


def test_what_matches_plainly_is_not_asked_again(seizure: Seizure) -> None:
    lines = [f",,{bytes(HASH[0]).hex()}"]
    tables = seizure(["a"], FRAMES[:1], lines, (crop("a", "whole", changed(HASH[0], 3)),))
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["crop"]) == ("frame", None)
    assert ("crops", 31) not in {(r["searched"], r["radius"]) for r in tables["chance"].to_pylist()}


def barred(bits: list[int], way: str = "bars-off", first: int = 0) -> list[dict[str, Any]]:
    """One frame a second of a film without its bars, each so many bits from the listed film's frame."""
    return [
        crop("film", way, changed(HASH[first + n], b)) | {"frame": n, "t_ms": 1000 * n, "until_ms": 1000 * n + 900}
        for n, b in enumerate(bits)
    ]


FILM = [frame("film", bytes(OTHER[n]), n, 1000 * n, 1000 * n + 900) for n in range(9)]
SECONDS = [f"v,{1000 * n},{bytes(HASH[n]).hex()}" for n in range(9)]


def test_a_film_without_its_bars_is_aligned_as_any_other(seizure: Seizure) -> None:
    """Five frames near, at the very radius; four too far to count; a second way of cropping fits three of them only."""
    anew = (*barred([3, 31, 4, 31, 5, 32, 40, 50, 33]), *barred([2, 2, 2], "cut-30"))
    tables = seizure(["film"], FILM, SECONDS, anew)
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["frames"]) == ("clip", 5) and abs(row["offset_ms"]) <= 500
    assert row["covered_ppm"] == 5 * 1_000_000 // 9 and row["distance"] == 2
    assert found(tables, "contains_clip_of") == {(ref("film"), entry(0))}
    assert not tables["lead"].num_rows and not found(tables, "never_seen")


def test_crops_at_the_radius_are_similar_and_one_bit_further_a_lead(seizure: Seizure) -> None:
    names = ["a", "b", "c", "d"]
    anew = tuple(crop(name, "cut-30", changed(HASH[n], bits)) for n, (name, bits) in enumerate(
        {"a": 31, "b": 32, "c": 42, "d": 43}.items()))  # fmt: skip
    frames = [frame(name, bytes(OTHER[n])) for n, name in enumerate(names)]
    tables = seizure(names, frames, [f",,{bytes(HASH[n]).hex()}" for n in range(4)], anew)
    assert found(tables, "similar_to") == {(ref("a"), entry(0))}
    assert {(r["media"], r["other"], r["reason"], r["distance"]) for r in tables["lead"].to_pylist()} == {
        (ref("b"), entry(1), "alone", 32), (ref("c"), entry(2), "alone", 42), (ref("d"), entry(3), "far", 43),
    }  # fmt: skip
    assert {r["radius"]: r["found"] for r in tables["chance"].to_pylist() if r["searched"] == "crops"} == {
        31: 1, 42: 3, 50: 4,
    }  # fmt: skip


def test_where_the_search_would_take_too_long_the_wider_tiers_are_left_out_and_said_so(
    seizure: Seizure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "MOST_NANOSECONDS", -1)
    frames = [frame("a", bytes(OTHER[0])), frame("b", changed(HASH[1], 32))]
    anew = (crop("a", "cut-30", changed(HASH[0], 31)),)
    tables = seizure(["a", "b"], frames, [f",,{bytes(HASH[n]).hex()}" for n in range(2)], anew)
    assert found(tables, "similar_to") == {(ref("a"), entry(0))} and not tables["lead"].num_rows
    states = {(r["searched"], r["radius"]): r["state"] for r in tables["chance"].to_pylist()}
    assert {key: state for key, state in states.items() if key[0] in ("lists", "crops")} == {
        ("lists", 31): "searched", ("lists", 42): "too_large", ("lists", 50): "too_large",
        ("crops", 31): "searched", ("crops", 42): "too_large", ("crops", 50): "too_large",
    }  # fmt: skip
