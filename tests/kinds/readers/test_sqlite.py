"""SQLite: rows of the write-ahead log, keys of every kind, damage."""

import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, SpaceError
from leadline.kinds.reader import Source
from leadline.kinds.readers.sqlite import SQLITE
from leadline.model import locators
from leadline.model.progress import silent

Read = Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]


def test_rows_that_stand_only_in_the_log(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqlite"]
    with_log = read(source, "sqlite")["users"]
    without = read(Source(source.digest, source.path), "sqlite")["users"]
    assert [place for place, _ in with_log] == ["row:users/1", "row:users/2", "row:users/3"]
    assert [place for place, _ in without] == ["row:users/1", "row:users/2"]


def test_the_working_copy_has_no_name_while_it_is_read(examples: dict[str, Source], tmp_path: Path) -> None:
    found = examples["sqlite"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    source = Source(found.digest, found.path, found.beside, scratch=scratch)
    seen = 0
    for part in SQLITE.parts(source, None, silent):
        for _ in part.batches:
            assert list(scratch.iterdir()) == []
            seen += 1
    assert seen >= 3


def test_keys_of_every_kind(examples: dict[str, Source], read: Read) -> None:
    parts = read(examples["sqlite"], "sqlite")
    assert [place for place, _ in parts["pairs"]] == ["row:pairs/x%2C%3Ey,1", "row:pairs/z,2"]
    assert [place for place, _ in parts["loose"]] == [f"row:loose/{i}" for i in range(1, 6)]
    got = SQLITE.resolve(examples["sqlite"], locators.parse("row:pairs/x%2C%3Ey,1"))
    assert got == (("a", "x,>y"), ("b", 1))


def test_text_that_is_not_utf8_comes_as_bytes(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "latin.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        db.execute("INSERT INTO t VALUES (1, 'plain'), (2, CAST(x'e9' AS TEXT))")
    db.close()
    assert read(Source(bytes(32), path), "sqlite")["t"] == [
        ("row:t/1", {"id": 1, "v": b"plain"}),
        ("row:t/2", {"id": 2, "v": b"\xe9"}),
    ]


def test_no_room_for_the_copy_is_told(examples: dict[str, Source], read: Read) -> None:
    """With a limit on file size smaller than the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(SpaceError) as raised:
            read(examples["sqlite"], "sqlite")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.where.startswith("exhibit:")


@pytest.mark.parametrize("where", ["header", "middle", "end"])
def test_damage_is_told_with_its_place(where: str, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "big.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(i, "x" * 100) for i in range(2000)])
    db.close()
    data = bytearray(path.read_bytes())
    if where == "end":
        del data[-5000:]
    elif where == "header":
        data[16:18] = b"\x00\x03"
    else:
        data[4096:8192] = b"\xff" * 4096
        data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(EvidenceError) as raised:
        read(Source(bytes(32), path), "sqlite")
    assert raised.value.what.startswith("damaged SQLite database")
    assert raised.value.where.startswith("exhibit:")
