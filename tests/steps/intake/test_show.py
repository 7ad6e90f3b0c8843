"""What stands at a locator, as a person sees it: every kind of value, and no image."""

import base64
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, UsageError
from leadline.kinds.reader import Source
from leadline.steps.intake.show import LONGEST, resolve

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(60))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
        values = [None, "text", 7, 0.5, b"bytes that are text", b"\xff\xfe\xfd", PICTURE,
                  f"see data:image/png;base64,{base64.b64encode(PICTURE).decode()} there",
                  "x" * LONGEST, "y" * (LONGEST + 1)]  # fmt: skip
        db.executemany("INSERT INTO t VALUES (?, ?)", enumerate(values, 1))
    return Source(bytes(32), path)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (1, "NULL"), (2, "text"), (3, "7"), (4, "0.5"), (5, "bytes that are text"),
        (6, f"3 bytes, sha256 {sha(bytes([255, 254, 253]))}"),
        (7, f"media:{sha(PICTURE)} (image/png, 68 bytes, not shown)"),
        (8, f"see media:{sha(PICTURE)} there"),
        (9, "x" * LONGEST), (10, f"{'y' * LONGEST} ... ({LONGEST + 1} characters)"),
    ],
)  # fmt: skip
def test_each_kind_of_value_is_shown_by_a_line_of_its_own(source: Source, row: int, shown: str) -> None:
    assert resolve(source, f"row:t/{row}") == f"id: {row}\nv: {shown}"


def test_a_place_that_is_not_there_is_refused(source: Source) -> None:
    with pytest.raises(EvidenceError):
        resolve(source, "row:t/11")
    with pytest.raises(UsageError):
        resolve(source, "page:1")
