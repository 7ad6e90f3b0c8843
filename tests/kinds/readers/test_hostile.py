"""Exhibits made to harm: they take no more than a moment, leak no name into errors or progress, and break nothing."""

import hashlib
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from leadline.errors import EvidenceError
from leadline.kinds.reader import Reader, Source
from leadline.kinds.readers.page import PAGE
from leadline.kinds.readers.sqlite import SQLITE
from leadline.kinds.readers.workbook import WORKBOOK
from leadline.kinds.spreadsheet import cells, package
from leadline.model import locators
from leadline.steps.intake import resolve

SECRET = "Ana Pop\x1b[31m"


def _read(reader: Reader, path: Path) -> tuple[int, list[str]]:
    """(rows read, what was said on the way)."""
    said: list[str] = []
    rows = 0
    for part in reader.parts(Source(b"\x00" * 32, path), None, lambda what, *_: said.append(what)):
        rows += sum(batch.rows.num_rows for batch in part.batches)
    return rows, said


@pytest.mark.parametrize(
    "body",
    [
        b"a" * 5_000_000,
        b'<a x="' + b"&amp;" * 1_000_000 + b'">',
        b"data:image/png;" * 300_000,
        b"data:" + b";a" * 2_000_000,
        b"1." * 2_000_000,
        b"a@" * 1_000_000 + b"a." * 1_000_000,
        b"1A" * 2_000_000,
        b"&" * 4_000_000,
        b"&#x" * 1_000_000,
    ],
    ids=lambda body: body[:12].decode(),
)
def test_no_page_takes_quadratic_time(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>" + body + b" 198.18.7.7 </html>")
    assert _read(PAGE, path)[0] >= 1  # a search in quadratic time would be at it for hours


def test_an_address_hidden_by_references_is_still_found(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>x &amp; y 198&#46;18.7.7 <i>a&#64;example.org</i></html>")
    assert _read(PAGE, path)[0] == 2


def test_a_message_nested_without_end_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "page.mhtml"
    head = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n\n"
    nest = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(3000))
    path.write_bytes(head + nest)
    with pytest.raises(EvidenceError, match="nested too deep") as error:
        _read(PAGE, path)
    assert error.value.where.startswith("exhibit:")


def _database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as made, made:
        for statement in statements:
            made.execute(statement)
    made.close()
    return path


def test_names_in_a_database_are_neither_shown_nor_run(tmp_path: Path) -> None:
    odd = SECRET + '"; DROP TABLE "t'
    quoted = '"' + odd.replace('"', '""') + '"'
    path = _database(
        tmp_path / "a.db",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
        "INSERT INTO t VALUES (1, 'x')",
        f"CREATE TABLE {quoted}({quoted}, w)",
        f"INSERT INTO {quoted} VALUES (1, 2)",
        "CREATE VIEW u AS SELECT * FROM t",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT load_extension('x'); END",
        "CREATE TABLE g(id INTEGER PRIMARY KEY, b AS (zeroblob(1000000000)))",
        "INSERT INTO g VALUES (1)",
    )
    rows, said = _read(SQLITE, path)
    assert rows == 3
    assert "Ana" not in " ".join(said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CREATE TABLE secretly(", b"CREATX TABLE secretly("),
        (b"secretly", b"secr\xfftly"),
        (b"INTEGER", b"INTE\x00ER"),
    ],
)
def test_a_broken_schema_is_told_in_our_own_words(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = _database(tmp_path / "a.db", "CREATE TABLE secretly(id INTEGER PRIMARY KEY, v)")
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    try:
        _read(SQLITE, path)
    except EvidenceError as error:
        assert "secret" not in error.what


def test_text_that_is_no_utf8_in_the_schema_quotes_nothing(tmp_path: Path) -> None:
    path = _database(tmp_path / "a.db", "CREATE TABLE secretly(id INTEGER PRIMARY KEY, v)")
    path.write_bytes(path.read_bytes().replace(b"secretly", b"secr\xff\xfely"))
    with pytest.raises(EvidenceError) as error:
        _read(SQLITE, path)
    assert "secr" not in str(error.value)


def _workbook(path: Path, **members: bytes) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Accounts"
    book.active.append(["Client ID", "Type"])
    book.active.append(["H1", "personal"])
    book.save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_pictures_beside_the_sheets_become_digests(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * 5000
    path = _workbook(tmp_path / "a.xlsx", **{"xl/media/image1.png": picture, "docProps/notes.bin": b"no picture"})
    source = Source(b"\x00" * 32, path)
    found = [image for part in WORKBOOK.parts(source, None, lambda *_: None) for image in part.images]
    assert [(i.sha256, i.size, i.media_type) for i in found] == [
        (hashlib.sha256(picture).hexdigest(), len(picture), "image/png")
    ]
    assert WORKBOOK.resolve(source, locators.parse(found[0].locator)) == (("bytes", picture),)
    assert "not shown" in resolve(source, found[0].locator)
    with pytest.raises(EvidenceError):
        WORKBOOK.resolve(source, locators.parse("part:0"))


def test_a_workbook_made_to_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["customer", "note"])
    book.active.append([1, "x" * 30_000])
    book.save(path)
    monkeypatch.setattr(package, "LARGEST", 20_000)
    with pytest.raises(EvidenceError, match="unpacks to"):
        _read(WORKBOOK, path)


def test_one_text_in_every_cell_is_counted_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["customer", "note"])
    for number in range(50):
        book.active.append([number, "x" * 30_000])
    book.save(path)
    monkeypatch.setattr(cells, "MOST_TEXT", 1_000_000)
    with pytest.raises(EvidenceError, match="unpacks to"):
        _read(WORKBOOK, path)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_a_workbook_with_broken_bytes_is_one_error_or_read(tmp_path: Path, at: float) -> None:
    path = _workbook(tmp_path / "a.xlsx")
    data = bytearray(path.read_bytes())
    first = int(len(data) * at)
    data[first : first + 200] = bytes(b ^ 0x5A for b in data[first : first + 200])
    path.write_bytes(bytes(data))
    try:
        _read(WORKBOOK, path)
    except EvidenceError as error:
        assert error.where.startswith("exhibit:")
