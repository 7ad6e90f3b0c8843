"""Near copies of a file that a list knows only by its digest: behind what nothing is like, with the reason against."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.steps.match.conftest import changed, found, frame, ref, rejections

from leadline.model.findings import finding_id
from leadline.steps.match import SPEC
from leadline.steps.step import Pin

HASH = np.random.Generator(np.random.PCG64(5)).integers(0, 256, (4, 32), dtype=np.uint8)
DIGEST = "ab" * 32
ENTRY = f"entry:{DIGEST}/0"


@pytest.fixture
def match(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> Callable[..., dict[str, pa.Table]]:
    """Match over `known` (in the list by SHA-256 alone), its near copy `copy`, uploaded first of all, and `new`."""

    def run(**more: Any) -> dict[str, pa.Table]:
        path = tmp_path / "list.csv"
        path.write_text(f"sha256,category\n{hashlib.sha256(b'known').hexdigest()},1\n")
        files = [
            {"media": ref(n), "media_type": "image/png", "status": "decoded", "locator": f"item:{n}"}
            for n in ("known", "copy", "new")
        ]
        uploads = [
            {"event": f"event:site/upload/{n}", "subject": "account:site/1", "kind": "upload", "object": ref(name),
             "utc_low": n, "utc_high": n, "doubt": "none", "locator": f"row:files/{n}"}
            for n, name in enumerate(("known", "copy", "new"), 1)
        ]  # fmt: skip
        tables = {
            "media": records("media", *files),
            "event": records("event", *uploads),
            "signature": records(
                "signature",
                frame("known", bytes(HASH[0])),
                frame("copy", changed(HASH[0], 10)),
                frame("new", bytes(HASH[1])),
            ),
        }
        pins = {"list": [Pin("list", "a", path, DIGEST)]}
        return dict(SPEC.run(hand_inputs(SPEC, tables=tables, pinned=pins, **more)))

    return run


def queue(tables: dict[str, pa.Table]) -> list[tuple[str, str | None]]:
    rows = sorted(tables["review"].to_pylist(), key=lambda row: row["place"])
    return [(row["media"], row["near_known"]) for row in rows]


def test_a_near_copy_of_a_known_file_comes_after_what_nothing_is_like(match: Callable[..., Any]) -> None:
    tables = match()
    assert found(tables, "known_as") == {(ref("known"), ENTRY)}
    assert found(tables, "in_series") == {(ref(n), ref("known").replace("media", "series")) for n in ("known", "copy")}
    assert queue(tables) == [(ref("new"), None), (ref("copy"), ref("known"))]
    assert sorted(tables["review"]["place"].to_pylist()) == [1, 2]
    (row,) = [r for r in tables["match"].to_pylist() if r["rule"] == "digest"]
    assert (row["distance"], row["frame"], row["frames"], row["quality"]) == (0, -1, 1, None)


def test_that_it_is_near_stands_against_never_seen(match: Callable[..., Any]) -> None:
    tables = match()
    series = ref("known").replace("media", "series")
    id_of = {row["subject"]: row["id"] for row in tables["finding"].to_pylist() if row["predicate"] == "never_seen"}
    basis = tables["basis"].to_pylist()
    against = {row["ref"] for row in basis if row["finding"] == id_of[ref("copy")] and row["role"] == "against"}
    facts = [(ref("copy"), "in_series", series), (ref("known"), "in_series", series), (ref("known"), "known_as", ENTRY)]
    assert against == {f"finding:{finding_id(*fact).hex()}" for fact in facts}
    assert not [row for row in basis if row["finding"] == id_of[ref("new")] and row["role"] == "against"]


def test_a_known_file_that_a_person_rejected_makes_no_copy_known(match: Callable[..., Any]) -> None:
    tables = match(decided=rejections((ref("known"), "known_as", ENTRY)))
    assert queue(tables) == [(ref("known"), None), (ref("copy"), None), (ref("new"), None)]
