"""The queue grouped by device, series and day: digests and counts, and what contradicts itself is said to."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.steps.match.conftest import DIGEST, ref

from leadline.steps.match import SPEC
from leadline.steps.step import Pin


def fact(name: str, kind: str, value: str | None, exhibit: int = 1) -> dict[str, Any]:
    stands = bytes(31) + bytes([exhibit])
    return {"media": ref(name), "kind": kind, "value": value or "-", "normal": value, "exhibit": stands}


@pytest.fixture
def tables(hand_inputs: Any, records: Callable[..., pa.Table], tmp_path: Path) -> dict[str, pa.Table]:
    path = tmp_path / "list.csv"
    path.write_text("# version: 12\n# dated: 2026-05-03\nmd5\n" + "ab" * 16 + "\n")
    whole = (("make", "m"), ("model", "x"), ("serial", "S1"))
    facts = [
        *(fact(name, kind, text) for name in ("a", "b") for kind, text in whole),
        fact("a", "serial", "S1", 2),
        fact("c", "make", "m"), fact("c", "model", "x"), fact("c", "serial", None),
        fact("d", "make", "m"), fact("d", "model", "x"),
        fact("e", "serial", "S1"), fact("e", "serial", "S2", 2),
        fact("f", "make", "m"),
        fact("g", "make", "m"), fact("g", "model", "x"), fact("g", "model", "m x", 2), fact("g", "serial", "S1"),
    ]  # fmt: skip
    names = "abcdefg"
    media = [{"media": ref(n), "media_type": "image/jpeg", "status": "decoded"} for n in names]
    upload = {
        "event": "event:s/upload/1", "subject": "account:s/1", "kind": "upload", "object": ref("a"),
        "utc_low": 86_400_000_000, "utc_high": 86_400_000_000,
    }  # fmt: skip
    given = {
        "media": records("media", *media),
        "media_fact": records("media_fact", *facts),
        "event": records("event", upload),
    }
    return dict(SPEC.run(hand_inputs(SPEC, tables=given, pinned={"list": [Pin("list", "a", path, DIGEST)]})))


def test_a_file_says_which_device_made_it(tables: dict[str, pa.Table]) -> None:
    rows = {r["media"]: (r["device"], r["device_by"], r["device_files"]) for r in tables["review"].to_pylist()}
    one = hashlib.sha256(b"m\x1fx\x1fS1").digest()
    kind = hashlib.sha256(b"m\x1fx\x1f").digest()
    assert rows == {
        ref("a"): (one, "serial", 3), ref("b"): (one, "serial", 3), ref("c"): (kind, "model", 2),
        ref("d"): (kind, "model", 2), ref("e"): (None, "conflict", None), ref("f"): (None, None, None),
        ref("g"): (one, "serial", 3),
    }  # fmt: skip


def test_groups_count_every_file_once(tables: dict[str, pa.Table]) -> None:
    groups = {(r["grouped_by"], r["name"]): (r["files"], r["reviewed"]) for r in tables["review_group"].to_pylist()}
    one, kind = (hashlib.sha256(text).hexdigest() for text in (b"m\x1fx\x1fS1", b"m\x1fx\x1f"))
    assert groups == {
        ("series", "none"): (7, 0), ("device", one): (3, 0), ("device", kind): (2, 0), ("device", "conflict"): (1, 0),
        ("device", "none"): (1, 0), ("day", "1970-01-02"): (1, 0), ("day", "unknown"): (6, 0),
    }  # fmt: skip


def test_what_was_searched_has_a_version_and_a_day(tables: dict[str, pa.Table]) -> None:
    (row,) = tables["searched"].to_pylist()
    assert (row["hasher"], row["version"], row["dated"]) == ("md5", "12", "2026-05-03")
