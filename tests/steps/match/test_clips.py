"""The same video and a known clip are two findings, with offset, span, coverage and whose frames they count."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.steps.match.conftest import changed, entry, found, frame, ref

from leadline.kinds.hashers import pdq

RNG = np.random.Generator(np.random.PCG64(31))
HASH = RNG.integers(0, 256, (60, 32), dtype=np.uint8)
Seizure = Callable[..., dict[str, pa.Table]]


def listed(count: int, step: int = 1000) -> list[str]:
    """A listed video with a frame every `step` milliseconds."""
    return [f"v,{step * n},{bytes(HASH[n]).hex()}" for n in range(count)]


def dense(name: str, first: int, last: int, moved: int) -> list[dict[str, Any]]:
    """Ten frames a second of seconds `first` to `last` of the listed video, runs collapsed, begun `moved` ms later."""
    return [
        frame(name, changed(HASH[n], 9), 10 * (n - first), 1000 * (n - first) + moved, 1000 * (n - first) + moved + 900)
        for n in range(first, last)
    ]


def rows(tables: dict[str, pa.Table]) -> list[dict[str, Any]]:
    return [r for r in tables["match"].to_pylist() if r["other"].startswith("entry:")]


def test_the_same_video(seizure: Seizure) -> None:
    tables = seizure(["copy"], dense("copy", 1, 10, 0), listed(10))
    assert found(tables, "same_video_as") == {(ref("copy"), entry(0))}
    assert not found(tables, "similar_to") and not found(tables, "never_seen")
    (row,) = rows(tables)
    assert (row["rule"], row["frames"], row["covered_ppm"], row["own_ppm"]) == ("video", 9, 900_000, 1_000_000)
    assert abs(row["offset_ms"] + 1000) <= 500 and row["longest_ms"] == 8000 and row["matched_ms"] == 9 * 900
    assert (row["median_distance"], row["category"], row["note"]) == (9, "x: 1", "ask")


def test_a_known_clip_in_a_longer_video(seizure: Seizure) -> None:
    other = [frame("long", bytes(HASH[40 + n]), 200 + n, 20_000 + 1000 * n, 20_900 + 1000 * n) for n in range(10)]
    tables = seizure(["long"], dense("long", 4, 8, 7300) + other, listed(20))
    assert found(tables, "contains_clip_of") == {(ref("long"), entry(0))}
    (row,) = rows(tables)
    assert (row["rule"], row["frames"], row["covered_ppm"]) == ("clip", 4, 200_000)
    assert abs(row["offset_ms"] - 3300) <= 500 and row["own_ppm"] == 4 * 1_000_000 // 14
    assert not found(tables, "never_seen")


def test_two_seconds_and_three_scenes_are_needed(seizure: Seizure) -> None:
    short = [frame("short", bytes(HASH[n]), n, 600 * n, 600 * n + 100) for n in range(3)]
    still = [frame("still", bytes(HASH[0]), 0, 0, 9000), frame("still", bytes(HASH[50]), 90, 9000, 9900)]
    lines = [f"v,{600 * n},{bytes(HASH[n]).hex()}" for n in range(3)]
    lines += [f"w,{1000 * n},{changed(HASH[0], n % 5).hex()}" for n in range(9)]
    tables = seizure(["short", "still"], short + still, lines)
    assert not found(tables, "same_video_as") and not found(tables, "contains_clip_of")
    assert {s for s, _ in found(tables, "similar_to")} == {ref("short"), ref("still")}
    assert {(r["media"], r["frames"]) for r in rows(tables) if r["other"] == entry(3)} == {
        (ref("still"), 1), (ref("short"), 1),
    }  # fmt: skip


def test_a_mirrored_copy_is_aligned_in_its_form(seizure: Seizure) -> None:
    copy = dense("copy", 0, 10, 0)
    for row in copy:
        value = np.frombuffer(row["value"], np.uint8)[None]
        row["value"] = pdq.turned(value, "flip_columns")[0].tobytes()
    (row,) = rows(seizure(["copy"], copy, listed(10)))
    assert (row["rule"], row["transform"], row["frames"]) == ("video", "flip_columns", 10)
    assert not rows(seizure(["copy"], copy, listed(10), settings={"forms": "stored"}))


def test_shared_clips_make_a_series(seizure: Seizure) -> None:
    one = dense("one", 0, 20, 0)
    two = dense("two", 5, 9, 500) + [
        frame("two", bytes(HASH[40 + n]), 100 + n, 10_000 + 1000 * n, 10_900 + 1000 * n) for n in range(16)
    ]
    tables = seizure(["one", "two", "else"], [*one, *two, frame("else", bytes(HASH[30]), 0, 0, 100)], [])
    assert {s for s, _ in found(tables, "in_series")} == {ref("one"), ref("two")}
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["frames"]) == ("clip", 4)
    sign = 1 if row["media"] == ref("two") else -1
    assert abs(row["offset_ms"] + sign * 4500) <= 500
    assert len(found(tables, "contains_clip_of")) == 1


def test_an_unrelated_video_is_none(seizure: Seizure) -> None:
    other = [frame("other", bytes(HASH[40 + n]), n, 1000 * n, 1000 * n + 900) for n in range(10)]
    tables = seizure(["other"], other, listed(10))
    assert not rows(tables) and {s for s, _ in found(tables, "never_seen")} == {ref("other")}


def film(name: str, *values: int, step: int = 1000, lasting: int = 900) -> list[dict[str, Any]]:
    """A film of one scene a step, each a hash by its number, a few bits off."""
    return [frame(name, changed(HASH[v], 5), n, step * n, step * n + lasting) for n, v in enumerate(values)]


def test_a_shared_title_joins_no_films(seizure: Seizure) -> None:
    films = [*film("a", 0, 1, 2, 3, 4), *film("b", 0, 11, 12, 13, 14), *film("c", 20, 21, 3, 4, 24)]
    tables = seizure(["a", "b", "c"], films, [])
    assert not found(tables, "in_series") and not tables["match"].num_rows
    tables = seizure(["a", "b", "c", "copy"], [*films, *film("copy", 0, 1, 2, 3, 30)], [])
    assert {s for s, _ in found(tables, "in_series")} == {ref("a"), ref("copy")}


def test_a_picture_joins_one_film_and_says_so(seizure: Seizure) -> None:
    films = [*film("a", 0, 1, 2, 3, 4), *film("b", 0, 11, 12, 13, 14)]
    tables = seizure(["a", "b", "p", "q"], [*films, frame("p", bytes(HASH[0])), frame("q", changed(HASH[0], 8))], [])
    members = {s for s, _ in found(tables, "in_series")}
    assert {ref("p"), ref("q")} < members and len(members) == 3
    assert sorted(r["rule"] for r in tables["match"].to_pylist()) == ["frame", "still"]


def test_short_films_that_agree_throughout_are_joined(seizure: Seizure) -> None:
    films = [*film("a", 0, 1), *film("b", 0, 1), *film("c", 0, 9, 10, 11)]
    tables = seizure(["a", "b", "c"], films, [])
    assert {s for s, _ in found(tables, "in_series")} == {ref("a"), ref("b")}


def test_films_are_joined_in_the_form_in_which_they_agree(seizure: Seizure) -> None:
    one = film("a", 0, 1, 2, 3, 4)
    other = film("b", 0, 1, 2, 3, 4)
    for row in other:
        row["value"] = pdq.turned(np.frombuffer(row["value"], np.uint8)[None], "flip_columns")[0].tobytes()
    other.append(frame("b", one[0]["value"], 9, 9000, 9900))
    tables = seizure(["a", "b"], [*one, *other], [])
    (row,) = tables["match"].to_pylist()
    assert (row["rule"], row["transform"], row["frames"]) == ("video", "flip_columns", 5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 8), min_size=2, max_size=6), min_size=2, max_size=5))
def test_every_tie_of_films_rests_on_scenes(seizure: Seizure, plans: list[list[int]]) -> None:
    """By brute force over the plans: what joins two films shares three scenes at one offset, or is nearly all of both.

    Frames are short and two seconds apart, so that whole steps are the only offsets.
    """
    names = [f"f{n}" for n in range(len(plans))]
    films = [row for name, plan in zip(names, plans, strict=True) for row in film(name, *plan, step=2000, lasting=100)]
    tables = seizure(names, films, [], settings={"forms": "stored"})
    plan_of = {ref(name): plan for name, plan in zip(names, plans, strict=True)}
    for row in tables["match"].to_pylist():
        one, two = plan_of[row["media"]], plan_of[row["other"]]
        agree = [_agreeing(one, two, moved) for moved in range(-6, 7)]
        whole = any(5 * count >= 4 * max(len(one), len(two)) for _, count in agree)
        assert whole or max(scenes for scenes, _ in agree) >= 3, (one, two)
    for n, one in enumerate(plans):
        for m in range(n):
            if one == plans[m] and not any(set(one) & set(p) for k, p in enumerate(plans) if k not in (n, m)):
                series = {r["media"]: r["series"] for r in tables["series"].to_pylist()}
                assert series[ref(names[n])] == series[ref(names[m])]


def _agreeing(one: list[int], two: list[int], moved: int) -> tuple[int, int]:
    """(scenes, frames) of `one` that stand in `two` so many steps later."""
    at = [n for n, v in enumerate(one) if 0 <= n + moved < len(two) and two[n + moved] == v]
    runs = [{sum(a != b for a, b in itertools.pairwise(p[: n + 1])) for n in places} for p, places in (
        (one, at), (two, [n + moved for n in at])
    )]  # fmt: skip
    return min(map(len, runs)), len(at)
