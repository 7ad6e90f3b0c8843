"""Which files were not compared, and which count as films."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from tests.steps.match.conftest import entry, frame, ref

from leadline.steps.match import SPEC

VALUE = bytes(range(0, 256, 8))


@pytest.mark.parametrize(
    ("status", "reason", "frames", "said"),
    [
        ("decoded", None, 0, "no_frames"),
        ("decoded", "partial", 0, "partial"),
        ("decoded", "partial", 1, None),
        ("decoded", "damaged", 0, "no_frames"),
        ("undecodable", "no_decoder", 0, "no_decoder"),
        ("timeout", None, 0, "timeout"),
    ],
)
def test_why_a_file_was_not_compared(
    hand_inputs: Any, records: Callable[..., pa.Table], status: str, reason: str | None, frames: int, said: str | None
) -> None:
    file = {"media": ref("a"), "media_type": "image/png", "status": status, "reason": reason}
    tables = {
        "media": records("media", file),
        "signature": records("signature", *[frame("a", VALUE, n) for n in range(frames)]),
    }
    rows = SPEC.run(hand_inputs(SPEC, tables=tables, pinned={"list": []}))["unsearched"].to_pylist()
    assert [(r["media"], r["status"], r["reason"]) for r in rows] == ([(ref("a"), status, said)] if said else [])


@pytest.mark.parametrize(
    ("one", "other", "rule"), [((None,), (0,), "frame"), ((None,), (None,), "frame"), ((None,), (0, 9_000), "still")]
)
def test_a_file_with_one_timed_frame_is_a_picture(
    seizure: Callable[..., dict[str, pa.Table]], one: tuple[int | None], other: tuple[int | None], rule: str
) -> None:
    """A film has two frames with times: of one alone nothing can be aligned."""
    frames = [frame("a", VALUE, n, t) for n, t in enumerate(one)]
    frames += [frame("b", VALUE, n, t) for n, t in enumerate(other)]
    rows = seizure(["a", "b"], frames, [])["match"].to_pylist()
    assert {(r["media"], r["other"], r["rule"]) for r in rows} <= {
        (ref("a"), ref("b"), rule),
        (ref("b"), ref("a"), rule),
    }
    assert len(rows) == 1


def test_an_equal_hash_lies_at_no_distance(seizure: Callable[..., dict[str, pa.Table]]) -> None:
    (row,) = seizure(["a"], [frame("a", VALUE)], [f",,{VALUE.hex()}"])["match"].to_pylist()
    assert (row["other"], row["distance"]) == (entry(0), 0)
