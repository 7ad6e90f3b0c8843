"""Lists as other programs write them: no digests are dropped, and no file that is sought is left out of review."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds.codecs import lines
from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.source import read, source_of

CONTENT = b"made for this test"
DIGESTS = {name: hashlib.new(name, CONTENT).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}


def listed(path: Path) -> list[tuple[int, str, str]]:
    """(entry, kind, digest) of a list."""
    return [(r["entry"], r["hasher"], r["value"].hex()) for r in read("list", path).to_pylist()]


@pytest.mark.parametrize("name", ["SHA-1", "sha_1", "SHA1 hash", "Hash (SHA1)", "sha1sum", "SHA1 Digest"])
def test_a_column_is_known_by_any_of_its_names(name: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"File,{name}\na.jpg,{DIGESTS['sha1']}\n")
    assert listed(path) == [(0, "sha1", DIGESTS["sha1"])]


def test_a_column_of_digests_of_no_known_name_is_kept_under_its_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        f"MD5,SHA-512,Fingerprint,ssdeep,Name\n{DIGESTS['md5']},{DIGESTS['sha512']},{DIGESTS['sha256']},3:a:b,abba\n"
    )
    assert sorted({kind for _, kind, _ in listed(path)}) == ["fingerprint", "md5", "sha-512", "ssdeep"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("{md5}  a name.jpg", "md5"),
        ("{md5} *a.jpg", "md5"),
        ("\\{md5}  a\\nb.jpg", "md5"),
        ("{sha1}", "sha1"),
        ("{sha256}  a.jpg", "sha256"),
        ("{sha512}  a.jpg", "sha512"),
        ("MD5 (a (1).jpg) = {md5}", "md5"),
        ("SHA256 (a.jpg) = {sha256}", "sha256"),
    ],
)
def test_what_md5sum_and_its_relatives_write(line: str, kind: str, tmp_path: Path) -> None:
    """Forms of coreutils 9 and BSD; the digests are hashlib's."""
    path = tmp_path / "sums"
    path.write_text("# made by hand\n\n" + f"{line.format(**DIGESTS)}\n" * 2)
    assert source_of("list", path).name == "sums"
    assert listed(path) == [(n, kind, DIGESTS[kind]) for n in (0, 1)]


def test_a_line_of_sums_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sums"
    path.write_text(f"{DIGESTS['md5']}  a\nnothing\n")
    with pytest.raises(KindError) as caught:
        read("list", path)
    assert "line:2" in caught.value.where
    path.write_text(f"{DIGESTS['sha256']}\n")
    with pytest.raises(KindError):
        read("list", path)


HEAD = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'


def test_a_set_in_the_layout_of_nsrl_is_left_out_only_where_it_says_so(tmp_path: Path) -> None:
    line = f'"{DIGESTS["sha1"]}","{DIGESTS["md5"]}","00000000","a",1,2,"3",'
    for name, schemes in (("sought.txt", [None]), ("NSRLFile.txt", [IGNORE, "nsrl special code"])):
        path = tmp_path / name
        path.write_text("\n".join([HEAD, line + '""', line + '"M"']) + "\n")
        rows = read("list", path).to_pylist()
        assert list(dict.fromkeys(r["scheme"] for r in rows)) == schemes
        assert {r["value"].hex() for r in rows} == {DIGESTS["sha1"], DIGESTS["md5"]}
    assert [r["category"] for r in rows] == ["software"] * 2 + ["M"] * 2


@pytest.mark.parametrize("version", [False, True])
def test_a_database_in_the_layout_of_nsrl_is_left_out_only_where_it_says_so(tmp_path: Path, version: bool) -> None:
    path = tmp_path / "hashes.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE FILE (sha256, sha1, md5)")
        base.execute("INSERT INTO FILE VALUES (?, ?, ?)", [DIGESTS[k] for k in ("sha256", "sha1", "md5")])
        if version:
            base.execute("CREATE TABLE VERSION (version, build_set, build_date, release_date, description)")
            base.execute("INSERT INTO VERSION VALUES ('2026.03.1', 'modern', '', '2026-03-01', '')")
    assert {r["scheme"] for r in read("list", path).to_pylist()} == {IGNORE if version else None}


@pytest.mark.parametrize(
    ("kind", "name", "head"),
    [
        ("list", "a.csv", "md5,note\n"),
        ("list", "sums", f"{'ab' * 16}  a\n"),
        ("list", "NSRLFile.txt", HEAD + "\n"),
        ("list", "icse.csv", "MD5;Image ID;Victim identified;Baseline\n"),
    ],
)
def test_a_line_without_end_is_refused_with_its_place(kind: str, name: str, head: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(head + "a" * (lines.LONGEST + 1) + "\n")
    with pytest.raises(KindError) as caught:
        read(kind, path)
    assert caught.value.what.startswith("a line has more than")
    assert "line:2" in caught.value.where


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_sums_as_openssl_writes_them_are_those_that_hashlib_gives(encoding: str, tmp_path: Path) -> None:
    digests = [("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256"), ("SHA2-256", "sha256"), ("SHA2-512", "sha512")]
    lines = [f"{word}(a b.bin)= {hashlib.new(kind, b'x').hexdigest()}\n" for word, kind in digests]
    path = tmp_path / "list.txt"
    path.write_text("".join(lines), encoding)
    assert source_of("list", path).name == "sums"
    found = {(row["entry"], row["hasher"], row["value"]) for row in read("list", path).to_pylist()}
    assert found == {(n, kind, hashlib.new(kind, b"x").digest()) for n, (_, kind) in enumerate(digests)}
