"""Logs, pages, tables, workbooks and manifests: what stands in them, line by line."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source
from leadline.kinds.readers.folder import FOLDER, manifest
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
