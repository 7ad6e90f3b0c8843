"""mysqldump: both styles, escapes, blobs, cuts; byte places hold the row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.kinds.reader import Source
from leadline.kinds.readers.sqldump import SQLDUMP
from leadline.model import locators

Read = Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]


def test_values_and_places(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqldump"]
    rows = read(source, "sqldump")["orders"]
    assert [row for _, row in rows[:3]] == [
        {"id": 1, "note": "it's; (a)\n", "pic": None},
        {"id": 2, "note": None, "pic": bytes.fromhex("89504E470D0A1A0A0102")},
        {"id": 3, "note": "😀", "pic": b"raw\0"},
    ]
    assert rows[3][1] == {"reject": "bad_row"}
    data = source.path.read_bytes()
    slices = [data[int(a) : int(b)] for a, b in (place[5:].split("-") for place, _ in rows)]
    assert [s[:3] for s in slices] == [b"(1,", b"(2,", b"(3,", b"(4,"]
    assert all(s.endswith(b")") for s in slices)


def test_a_place_shows_its_columns(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqldump"]
    place, row = read(source, "sqldump")["orders"][1]
    shown = dict(SQLDUMP.resolve(source, locators.parse(place)))
    assert shown == {"id": b"2", "note": None, "pic": row["pic"]}


@pytest.mark.parametrize("back", range(1, 120, 7))
def test_a_dump_cut_inside_keeps_whole_rows_and_says_so(
    back: int, examples: dict[str, Source], tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "cut.sql"
    data = examples["sqldump"].path.read_bytes()[:-back]
    path.write_bytes(data)
    parts = read(Source(bytes(32), path), "sqldump")
    rejects = [place for rows in parts.values() for place, row in rows if row.get("reject") == "cut_line"]
    whole = b"Dump completed" in data
    assert bool(rejects) != whole
    assert all(place.endswith(str(len(data))) for place in rejects)


def test_the_real_dump(data_dir: Path, read: Read) -> None:
    path = data_dir / "evidence" / "sql" / "synthetic_mariadb_dump.sql"
    parts = read(Source(bytes(32), path), "sqldump")
    assert {name: len(rows) for name, rows in parts.items()} == {"orders": 200, "users": 200}
    first = parts["users"][0][1]
    assert first["bio"] == 'it\'s; a \\n line -- "x" é漢😀'
    assert first["created"] == "2017-10-29 00:30:00"


def test_a_table_that_is_never_created(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "bare.sql"
    path.write_bytes(b"INSERT INTO `t` (`a`, `b`) VALUES (1,'x');\nINSERT INTO `u` VALUES (1,2,3);\n")
    parts = read(Source(bytes(32), path), "sqldump")
    assert [row for _, row in parts["t"]] == [{"a": "1", "b": "x"}]
    assert [row for _, row in parts["u"]] == [{"1": "1", "2": "2", "3": "3"}]
