"""NSRL sets: both versions give the same digests, under the scheme that leaves files out."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.source import read, source_of

FILES = [("aa" * 32, "bb" * 20, "cc" * 16), ("11" * 32, "22" * 20, "33" * 16)]


def database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE METADATA (sha256, sha1, md5, file_name)")
        base.executemany("INSERT INTO METADATA VALUES (?, ?, ?, 'x')", [(a.upper(), b, c) for a, b, c in FILES * 2])
        base.execute("CREATE VIEW FILE AS SELECT sha256, sha1, md5, file_name FROM METADATA")
    base.close()


def test_version_3(tmp_path: Path) -> None:
    path = tmp_path / "rds.db"
    database(path)
    assert source_of("list", path).name == "nsrl"
    rows = read("list", path).to_pylist()
    assert [(r["entry"], r["hasher"], r["value"].hex()) for r in rows] == [
        (0, "md5", "33" * 16), (0, "sha1", "22" * 20), (0, "sha256", "11" * 32),
        (1, "md5", "cc" * 16), (1, "sha1", "bb" * 20), (1, "sha256", "aa" * 32),
    ]  # fmt: skip
    assert {(r["category"], r["scheme"]) for r in rows} == {("software", IGNORE)}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rds.db"]


def test_version_2(tmp_path: Path) -> None:
    path = tmp_path / "NSRLFile.txt"
    head = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
    lines = [f'"{b.upper()}","{c.upper()}","00000000","a,b",1,2,"3",""' for _, b, c in FILES]
    path.write_text("\r\n".join([head, *lines]) + "\r\n")
    assert source_of("list", path).name == "nsrl"
    rows = read("list", path).to_pylist()
    assert [(r["entry"], r["hasher"], r["value"].hex()) for r in rows] == [
        (0, "md5", "cc" * 16), (0, "sha1", "bb" * 20), (1, "md5", "33" * 16), (1, "sha1", "22" * 20),
    ]  # fmt: skip


def test_other_and_damaged_databases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE FILE (name)")
    base.close()
    with pytest.raises(KindError):
        read("list", path)
    path.unlink()
    database(path)
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises(KindError):
        read("list", path)


def test_digests_kept_as_bytes_are_read_and_what_is_no_text_is_a_named_fault(tmp_path: Path) -> None:
    path = tmp_path / "rds.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE FILE (sha256, sha1, md5)")
        base.execute("INSERT INTO FILE VALUES (?, 17, CAST(x'ff' AS TEXT))", (bytes.fromhex("aa" * 32),))
    base.close()
    rows = {r["hasher"]: (r["value"].hex(), r["quarantine"]) for r in read("list", path).to_pylist()}
    assert rows["sha256"] == ("aa" * 32, None)
    assert rows["md5"] == ("\ufffd".encode().hex(), "not_hex")
    assert rows["sha1"][1] is not None
