"""One small file of every evidence format, written by this script."""

import base64
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import bson
import openpyxl
import pytest

from leadline.kinds.containers.folder import manifest
from leadline.kinds.reader import Source

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
"""Bytes that sniff as an image."""

LOG = (
    b'127.0.0.1 - - [29/Oct/2017:00:00:00 +0200] "GET /a HTTP/1.1" 200 12 "-" "one browser" uid=17\n'
    b'198.18.0.9 - - [29/Oct/2017:00:00:01 +0200] "GET /\\"b HTTP/1.1" 404 - "-" "one browser" uid=-\n'
    b"not a line\n"
    b'127.0.0.1 - - [29/Oct/2017:00:00:02 +0200] "GET /c HTTP/1.1" 200 12 "-" "one browser" uid=18\n'
    b'127.0.0.1 - - [29/Oct/2017:00:00:03 +0200] "GET /d HTTP/1.1" 200 12 "-" "one browser" uid=1'
)
DUMP = (
    b"-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB\n\n"
    b"CREATE TABLE `orders` (\n  `id` int(11) NOT NULL,\n  `note` varchar(20) DEFAULT NULL,\n"
    b"  `pic` blob DEFAULT NULL,\n  PRIMARY KEY (`id`)\n);\n"
    b"INSERT INTO `orders` VALUES (1,'it\\'s; (a)\\n',NULL),(2,NULL,0x89504E470D0A1A0A0102);\n"
    b"INSERT INTO `orders` VALUES\n(3,'\xf0\x9f\x98\x80','raw\\0'),\n(4,'x');\n"
    b"/*!40000 ALTER TABLE `orders` ENABLE KEYS */;\n-- Dump completed on 2017-06-01\n"
)
HTML = (
    b"<!DOCTYPE html><html><body><p>on 198.19.255.7</p><!-- a@example.org -->"
    b'<img src="data:image/png;base64,' + base64.b64encode(PNG) + b'">'
    b"<p>&#49;98.18.0.8</p></body></html>"
)
MHTML = (
    b"From: <Saved>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>198.19.255.=\r\n7</p>\r\n--B\r\n"
    b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(PNG).replace(b"\n", b"\r\n")
    + b"--B--\r\n"
)
CSV = '\ufeffreference;name;note\r\nNG-1;Ines;"two\r\nlines"\r\nNG-2;Ólafur\r\nNG-3;Инес;x\r\n'.encode()


def write_sqlite(folder: Path) -> tuple[Path, Path]:
    """A database whose last row stands only in its write-ahead log."""
    live = folder / "writing.db"
    with closing(sqlite3.connect(live)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE users(id INTEGER PRIMARY KEY, handle TEXT, thumb BLOB)")
        db.execute("CREATE TABLE pairs(a TEXT, b INTEGER, PRIMARY KEY(a, b)) WITHOUT ROWID")
        db.execute("CREATE TABLE loose(v)")
        db.execute("INSERT INTO users VALUES (1, 'one', NULL), (2, NULL, ?)", (PNG,))
        db.execute("INSERT INTO pairs VALUES ('x,>y', 1), ('z', 2)")
        db.execute("INSERT INTO loose VALUES (1), ('text'), (x'ff00'), (1.5), (NULL)")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("INSERT INTO users VALUES (3, 'only in the log', NULL)")
        db.commit()
        target = folder / "market.db"
        shutil.copyfile(live, target)
        log = shutil.copyfile(folder / "writing.db-wal", folder / "market.db-wal")
    return target, Path(log)


@pytest.fixture
def examples(tmp_path: Path) -> dict[str, Source]:
    """A source of every reader, by the reader's name; page has two."""
    database, log = write_sqlite(tmp_path)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Moves (1)"
    for row in (["Client ID", "BTC", "When"], ["H-1", 0.00000001, None], [None, None, None], ["H-2", "0.5", "x"]):
        sheet.append(row)
    book.create_sheet("Empty")
    book.save(tmp_path / "return.xlsx")
    media = tmp_path / "media" / "sub"
    media.mkdir(parents=True)
    (media / "ä%\n.bin").write_bytes(b"one")
    (media.parent / "b.bin").write_bytes(b"two")
    (media.parent / "link").symlink_to("b.bin")
    files = {
        "weblog": LOG,
        "sqldump": DUMP,
        "page": HTML,
        "page, MHTML": MHTML,
        "table": CSV,
        "folder": manifest(media.parent, lambda *_: None),
        "bson": b"".join(bson.encode({"_id": n, "a": {"b": f"x{n}"}, "c": [n, "y"]}) for n in range(3)),
    }
    sources = {
        "sqlite": Source(hashlib.sha256(database.read_bytes()).digest(), database, (log,)),
        "workbook": Source(bytes(32), tmp_path / "return.xlsx"),
    }
    for name, data in files.items():
        path = tmp_path / f"evidence of {name}"
        path.write_bytes(data)
        sources[name] = Source(hashlib.sha256(data).digest(), path)
    return sources


@pytest.fixture
def read() -> Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]:
    """A function that reads a source whole: (locator, row) by part, rejects under their reason."""

    def rows(source: Source, name: str) -> dict[str, list[tuple[str, dict[str, object]]]]:
        from leadline.kinds.readers import READERS

        reader = next(r for r in READERS if r.name == name.partition(",")[0])
        result: dict[str, list[tuple[str, dict[str, object]]]] = {}
        for part in reader.parts(source, None, lambda *_: None):
            found = result.setdefault(part.name, [])
            for batch in part.batches:
                found += zip(batch.locators.to_pylist(), batch.rows.to_pylist(), strict=True)
                found += [(b.locator, {"reject": b.reason}) for b in batch.broken]
            found += [(i.locator, {"image": i.sha256}) for i in part.images]
        return result

    return rows
