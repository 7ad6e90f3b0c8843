"""The same video and a known clip are two findings, with offset, span, coverage and whose frames they count."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
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
