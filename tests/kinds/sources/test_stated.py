"""What a list says of itself: a version, and the newest day; what it does not say stays unknown."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds import source
from leadline.kinds.vics.writing import CONTEXT

HASH = "AB" * 16


def stated(path: Path) -> dict[bytes, bytes]:
    return source.read("list", path).schema.metadata or {}


def test_a_vics_case_names_its_program_and_its_records_their_days(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    days = ["2026-01-02T03:04:05Z", "2026-03-09T00:00:00", "2026-13-40", "soon", None, 7]
    media = [{"MediaID": n, "MD5": HASH, "DateUpdated": day} for n, day in enumerate(days)]
    case = {"SourceApplicationName": "Tool", "SourceApplicationVersion": "4.1", "Media": media}
    path.write_text(json.dumps({"@odata.context": CONTEXT.format(model="US", of="Cases"), "value": [case]}))
    assert stated(path) == {b"version": b"Tool 4.1", b"dated": b"2026-03-09"}
    list_ = {"@odata.context": CONTEXT.format(model="US", of="Media"), "value": media[3:]}
    path.write_text(json.dumps(list_))
    assert not stated(path)


def test_the_lines_before_a_csv_header_are_read_and_lines_are_still_counted(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"\ufeff# issued by nobody\n# Version: 7\n# dated: 2026-05-03\nmd5\n{HASH}\n", encoding="utf-8")
    assert stated(path) == {b"version": b"7", b"dated": b"2026-05-03"}
    assert source.read("list", path)["entry"].to_pylist() == [0]
    path.write_text(f"# version: 7\nmd5\n{HASH}\n" + "a" * (1 << 18) + "\n")
    with pytest.raises(KindError) as error:
        source.read("list", path)
    assert "line:4" in str(error.value) or error.value.where == "line:4"
    path.write_text(f"md5\n{HASH}\n")
    assert not stated(path)


def test_the_reference_library_has_a_table_of_its_version(tmp_path: Path) -> None:
    path = tmp_path / "rds.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE FILE (sha256, sha1, md5)")
        base.execute("CREATE TABLE VERSION (version, build_set, build_date, release_date, description)")
        base.execute("INSERT INTO FILE VALUES (?, ?, ?)", ("AB" * 32, "AB" * 20, HASH))
        base.execute("INSERT INTO VERSION VALUES ('2026.03.1', 'modern', '2026-02-20', '2026-03-01', '')")
    assert stated(path) == {b"version": b"2026.03.1", b"dated": b"2026-03-01"}
