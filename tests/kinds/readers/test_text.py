"""Logs, pages, tables, workbooks and manifests: what stands in them, line by line."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.containers.folder import manifest
from leadline.kinds.reader import Source
from leadline.kinds.readers import weblog
from leadline.kinds.readers.folder import FOLDER
from leadline.kinds.readers.page import PAGE
from leadline.kinds.readers.table import TABLE
from leadline.kinds.readers.weblog import WEBLOG
from leadline.model import locators

Read = Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]


def test_log_lines(examples: dict[str, Source], read: Read) -> None:
    rows = dict(read(examples["weblog"], "weblog")["access"])
    assert rows["line:1"]["uid"] == "17"
    assert rows["line:2"]["remote"] == "198.18.0.9"
    assert rows["line:2"]["request"] == 'GET /\\"b HTTP/1.1'
    assert rows["line:3"] == {"reject": "bad_row"}
    assert rows["line:4"]["time"] == "29/Oct/2017:00:00:02 +0200"
    assert rows["line:5"] == {"reject": "cut_line"}


STAMP = '[05/Mar/2018:10:00:00 +0000] "GET /a HTTP/1.1" 200 12'


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (f'market.example:80 203.0.113.9 - - {STAMP} "-" "UA" uid=7', ("market.example:80", "203.0.113.9", "-", "-")),
        (f'market.example 203.0.113.9 - ann {STAMP} "-" "UA"', ("market.example", "203.0.113.9", "-", "ann")),
        (f'market.example:443 2001:db8::1 - - {STAMP} "-" "UA"', ("market.example:443", "2001:db8::1", "-", "-")),
        (
            f'market.example:80 host.example.net - - {STAMP} "-" "UA"',
            ("market.example:80", "host.example.net", "-", "-"),
        ),
        (f'market.example host.example.net - - {STAMP} "-" "UA"', ("market.example", "host.example.net", "-", "-")),
        (f'203.0.113.9 - - {STAMP} "-" "UA"', (None, "203.0.113.9", "-", "-")),
        (f'203.0.113.9 - two words {STAMP} "-" "UA"', (None, "203.0.113.9", "-", "two words")),
        (f"2001:db8::1 - ann {STAMP}", (None, "2001:db8::1", "-", "ann")),
        (f'203.0.113.9, 198.51.100.4 - - {STAMP} "-" "UA"', (None, "203.0.113.9, 198.51.100.4", "-", "-")),
        (f"unknown, 2001:db8::1, 10.0.0.1 - ann {STAMP}", (None, "unknown, 2001:db8::1, 10.0.0.1", "-", "ann")),
        (
            f'market.example:443 203.0.113.9, 10.0.0.1 - - {STAMP} "-" "UA"',
            ("market.example:443", "203.0.113.9, 10.0.0.1", "-", "-"),
        ),
        (f"market.example 203.0.113.9, 10.0.0.1 - - {STAMP}", ("market.example", "203.0.113.9, 10.0.0.1", "-", "-")),
        (f"203.0.113.9 - ann, bob {STAMP}", (None, "203.0.113.9", "-", "ann, bob")),
        (f'host.example.net - - {STAMP} "-" "a [x] b [y] c"', (None, "host.example.net", "-", "-")),
    ],
)
def test_the_host_that_was_asked_is_not_the_one_that_asked(
    line: str, wanted: tuple[str | None, ...], tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "access.log"
    path.write_text(line + "\n")
    assert WEBLOG.sniff(path.read_bytes(), path)
    ((_, row),) = read(Source(bytes(32), path), "weblog")["access"]
    assert (row["vhost"], row["remote"], row["ident"], row["user"]) == wanted
    assert row["agent"] in (None, "", "UA", "a [x] b [y] c")


@pytest.mark.parametrize("zeros", [1, 5000, 40_000_000])
def test_a_hole_at_the_beginning_hides_no_line(
    zeros: int, examples: dict[str, Source], tmp_path: Path, read: Read
) -> None:
    """Where the log was cut while the server went on writing at its old place (logrotate, copytruncate)."""
    path = tmp_path / "access.log"
    log = examples["weblog"].path.read_bytes()
    with path.open("wb") as file:
        file.truncate(zeros)
        file.seek(zeros)
        file.write(log)
    source = Source(bytes(32), path)
    with path.open("rb") as file:
        assert WEBLOG.sniff(file.read(4096), path)
    assert read(source, "weblog") == read(examples["weblog"], "weblog")
    assert bytes(WEBLOG.resolve(source, locators.parse("line:1"))[0][1]) == log.split(b"\n")[0]  # type: ignore[call-overload]


def test_a_line_of_a_log_without_end_is_one_reject(tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weblog, "LONGEST", 1000)
    monkeypatch.setattr(weblog, "_BLOCK", 500)
    path = tmp_path / "access.log"
    line = f'203.0.113.9 - - {STAMP} "-" "UA"\n'
    path.write_text(line + "a" * 10_000 + "\n" + line + line + "b" * 5000)
    found = read(Source(bytes(32), path), "weblog")["access"]
    assert sorted((place, row.get("reject")) for place, row in found) == [
        ("line:1", None),
        ("line:2", "too_long"),
        ("line:3", None),
        ("line:4", None),
        ("line:5", "too_long"),
    ]


def test_a_compressed_log_is_read_inside(examples: dict[str, Source], tmp_path: Path, read: Read) -> None:
    path = tmp_path / "access.log.1.gz"
    path.write_bytes(gzip.compress(examples["weblog"].path.read_bytes()))
    source = Source(bytes(32), path)
    assert WEBLOG.sniff(path.read_bytes()[:4096], path)
    plain = read(examples["weblog"], "weblog")["access"]
    assert read(source, "weblog")["access"] == [(f"@gunzip>{place}", row) for place, row in plain]
    assert b"uid=18" in bytes(WEBLOG.resolve(source, locators.parse("@gunzip>line:4"))[0][1])  # type: ignore[call-overload]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(EvidenceError, match="cut or damaged"):
        read(source, "weblog")


def test_the_real_log(data_dir: Path, read: Read) -> None:
    path = data_dir / "evidence" / "logs" / "nginx_access_synthetic.log"
    rows = read(Source(bytes(32), path), "weblog")["access"]
    lines = path.read_bytes().splitlines()
    assert len(rows) == len(lines)
    for place, row in rows[::97]:
        assert str(row["remote"]).encode() in lines[int(place[5:]) - 1]
        assert str(row["agent"]).encode() in lines[int(place[5:]) - 1]


def test_pages(examples: dict[str, Source], read: Read) -> None:
    rows = read(examples["page"], "page")["found"]
    data = examples["page"].path.read_bytes()
    values = {str(row["value"]): place for place, row in rows if "value" in row}
    assert set(values) == {"198.19.255.7", "a@example.org", "198.18.0.8"}
    a, b = values["198.19.255.7"][5:].split("-")
    assert data[int(a) : int(b)] == b"198.19.255.7"
    assert [row["image"] for _, row in rows if "image" in row] == [
        hashlib.sha256(b"\x89PNG\r\n\x1a\n" + bytes(range(60))).hexdigest()
    ]


INNER = "data:text/html;base64,PGI+MTk4LjE4LjcuNzwvYj4="
"""An address in bold type, as a page inside a page."""


@pytest.mark.parametrize(
    ("body", "value", "stands"),
    [
        ("<a href='mailto:ann%40example.org'>", "ann@example.org", "ann%40example.org"),
        ('<script>var a = "ann\\u0040example.org";</script>', "ann@example.org", "ann\\u0040example.org"),
        ('{"at":"\\u003cann@example.org\\u003e"}', "ann@example.org", "ann@example.org"),
        ("<p>ann&commat;example&#46;org</p>", "ann@example.org", "ann&commat;example&#46;org"),
        ("<p>198&#46;18.7.7</p>", "198.18.7.7", "198&#46;18.7.7"),
        ("<a href='http%3A%2F%2F198.18.7.7%3A80'>", "198.18.7.7", "198.18.7.7"),
        (f"<iframe src='{INNER}'>", "198.18.7.7", INNER),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_searched_as_it_is_meant_and_found_where_it_stands(
    body: str, value: str, stands: str, encoding: str, tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(f"<!DOCTYPE html><html><body>\u017c {body}</body></html>".encode(encoding))
    assert PAGE.sniff(path.read_bytes()[:4096], path)
    source = Source(bytes(32), path)
    ((place, row),) = read(source, "page")["found"]
    assert row["value"] == value
    (shown,) = PAGE.resolve(source, locators.parse(place))
    there = encoding if encoding != "utf-16" else "utf-16-le"
    first, _, last = place.removeprefix("byte:").partition("-")
    assert path.read_bytes()[int(first) : int(last)] == stands.encode(there)
    assert shown == ("bytes", stands.encode())


def test_captures(examples: dict[str, Source], read: Read) -> None:
    rows = read(examples["page, MHTML"], "page")["found"]
    assert [(place, row["value"]) for place, row in rows if "value" in row] == [("part:1>byte:3-15", "198.19.255.7")]
    assert [place for place, row in rows if "image" in row] == ["part:2"]


def test_tables(examples: dict[str, Source], read: Read) -> None:
    rows = read(examples["table"], "table")["table"]
    assert rows == [
        ("line:2", {"reference": "NG-1", "name": "Ines", "note": "two\r\nlines"}),
        ("line:5", {"reference": "NG-3", "name": "Инес", "note": "x"}),
        ("line:4", {"reject": "bad_row"}),
    ]


def test_a_table_without_a_header_is_refused_and_shows_no_value(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("Ines,ines@example.org,1980-01-01\nNed,ned@example.org,1980-01-02\n")
    with pytest.raises(EvidenceError, match="header") as raised:
        read(Source(bytes(32), path), "table")
    assert "ines" not in str(raised.value).lower()


def test_cells_that_are_not_utf8_are_rejects(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(b"a,b\n1,\xe9\n2,x\n")
    assert read(Source(bytes(32), path), "table")["table"] == [
        ("line:3", {"a": "2", "b": "x"}),
        ("line:2", {"reject": "undecodable"}),
    ]


def test_workbooks(examples: dict[str, Source], read: Read) -> None:
    assert read(examples["workbook"], "workbook") == {
        "Moves (1)": [
            ("cell:Moves (1)!2", {"Client ID": "H-1", "BTC": "0.00000001", "When": None}),
            ("cell:Moves (1)!4", {"Client ID": "H-2", "BTC": "0.5", "When": "x"}),
        ],
        "Empty": [],
    }


def test_manifests(examples: dict[str, Source], read: Read) -> None:
    every = read(examples["folder"], "folder")["files"]
    rows = [(place, row) for place, row in every if "reject" not in row]
    assert [row["reject"] for _, row in every if "reject" in row] == ["not_a_file"]
    assert [row["sha256"] for _, row in rows] == [hashlib.sha256(c).hexdigest() for c in (b"two", b"one")]
    assert FOLDER.resolve(examples["folder"], locators.parse(rows[1][0]))[2] == ("path", "sub/ä%\n.bin")


def test_the_manifest_does_not_depend_on_the_order_of_the_disk(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    for folder, names in ((first, "bca"), (second, "acb")):
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(name.encode())
    assert manifest(first, lambda *_: None) == manifest(second, lambda *_: None)


def test_a_line_that_is_not_utf8_is_a_reject_and_the_others_are_read(
    examples: dict[str, Source], read: Read, tmp_path: Path
) -> None:
    whole = examples["weblog"].path.read_bytes().splitlines(keepends=True)
    path = tmp_path / "access.log"
    path.write_bytes(b"".join([whole[0], whole[0].replace(b"one browser", b"\xff\xfe"), *whole[1:]]))
    was = dict(read(examples["weblog"], "weblog")["access"])
    now = dict(read(Source(bytes(32), path), "weblog")["access"])
    moved = {f"line:{n + (n > 1)}": was[f"line:{n}"] for n in range(1, len(was) + 1)}
    assert now == moved | {"line:2": {"reject": "undecodable"}}


@pytest.mark.parametrize(
    "text",
    [
        "SET statement_timeout = 0;\nCREATE TABLE public.users (id integer, name text);\n",
        "COPY public.users (id, name) FROM stdin;\n1\ta, b\n2\tc, d\n",
        "INSERT INTO users (id, name) VALUES (1, 'ann');\nINSERT INTO users (id, name) VALUES (2, 'bob');\n",
    ],
)
def test_sql_is_no_table_for_its_commas(text: str, tmp_path: Path) -> None:
    assert not TABLE.sniff(text.encode(), tmp_path / "dump.sql")


def test_cells_may_hold_sql(tmp_path: Path) -> None:
    assert TABLE.sniff(b'id,note\n1,"CREATE TABLE x (a, b)"\n', tmp_path / "notes.csv")
