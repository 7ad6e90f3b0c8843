"""Small evidence that fits the shipped maps, written by this script; images embedded in every unlikely place."""

import base64
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import encode
from leadline.steps.intake import Source, load_map, read_exhibit

MAPS = {
    "market.db": "market_live",
    "market.sql": "market_backup",
    "customers.csv": "northgate",
    "harbour.xlsx": "harbour",
}
"""The map of each file of the evidence that has one of its own."""
Reading = Callable[..., dict[str, pa.Table]]


def png(n: int) -> bytes:
    """Bytes that sniff as an image, another for each n."""
    return b"\x89PNG\r\n\x1a\n" + hashlib.sha256(bytes([n])).digest() * 4


def address(n: int) -> str:
    """A regtest address."""
    program = hashlib.sha256(b"address %d" % n).digest()
    text = encode(sc.witness(0, program[:20]) if n % 2 else sc.p2pkh(program[:20]), "regtest")
    assert text is not None
    return text


def digest(text: str) -> str:
    """A digest as text."""
    return hashlib.sha256(text.encode()).hexdigest()


DDL = """
CREATE TABLE users(id INTEGER PRIMARY KEY, handle TEXT, email TEXT, pgp TEXT, role TEXT, created INTEGER);
CREATE TABLE wallets(id INTEGER PRIMARY KEY, user_id INTEGER, address TEXT, created INTEGER);
CREATE TABLE credits(id INTEGER PRIMARY KEY, user_id INTEGER, address TEXT, amount_sat INTEGER, txid TEXT,
  created INTEGER);
CREATE TABLE logins(id INTEGER PRIMARY KEY, user_id INTEGER, at INTEGER, ip TEXT, agent TEXT);
CREATE TABLE files(id INTEGER PRIMARY KEY, uploader_id INTEGER, sha256 TEXT, size INTEGER, created INTEGER, thumb BLOB);
CREATE TABLE downloads(id INTEGER PRIMARY KEY, user_id INTEGER, file_id INTEGER, at INTEGER);
CREATE TABLE messages(id INTEGER PRIMARY KEY, from_id INTEGER, to_id INTEGER, at INTEGER, token TEXT);
CREATE TABLE mail(id INTEGER PRIMARY KEY, user_id INTEGER, at INTEGER, headers TEXT);
CREATE TABLE unheard_of(a TEXT);
"""
DUMP = """-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB

CREATE TABLE `member` (
  `uid` int(11) NOT NULL,
  `nick` varchar(64) NOT NULL,
  `mail` varchar(128) DEFAULT NULL,
  `pgp` char(40) DEFAULT NULL,
  `lvl` varchar(16) NOT NULL,
  `regdate` datetime NOT NULL
);
INSERT INTO `member` VALUES (1,'o\\'one',NULL,NULL,'operator','2017-03-26 03:30:00'),
(2,'two','t@example.org',NULL,'user','2017-10-29 03:30:00'),(9,'gone',NULL,NULL,'user','2016-01-01 00:00:00');
CREATE TABLE `payment` (
  `pid` int(11) NOT NULL,
  `uid` int(11) NOT NULL,
  `addr` varchar(90) NOT NULL,
  `btc` decimal(16,8) NOT NULL,
  `tx` char(64) NOT NULL,
  `ts` datetime NOT NULL
);
INSERT INTO `payment` VALUES (1,2,'{address}','0.00012345','{txid}','2017-05-01 12:00:00');
CREATE TABLE `pm` (
  `mid` int(11) NOT NULL,
  `sender` int(11) NOT NULL,
  `rcpt` int(11) NOT NULL,
  `ts` datetime NOT NULL,
  `body` mediumblob DEFAULT NULL
);
INSERT INTO `pm` VALUES (1,1,2,'2017-05-01 12:00:00',0x{image}),(2,2,1,'2017-05-01 12:00:00','opaque');
-- Dump completed on 2017-06-01
"""


def write_site(folder: Path) -> tuple[Path, Path]:
    """The live database; user 3 stands only in its log, user 2's e-mail holds an image as a data: URI."""
    live = folder / "writing.db"
    uri = "data:image/png;base64," + base64.b64encode(png(1)).decode()
    origin = "Received: from [198.18.0.7] by mail.example.net; x\r\n"
    with closing(sqlite3.connect(live)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(DDL)
        db.execute("INSERT INTO users VALUES (1, 'o''one', NULL, NULL, 'operator', 1500000000)")
        db.execute("INSERT INTO users VALUES (2, ?, 't@example.org', 'AB12', 'user', 1500000001)", ("Ｔwo",))
        db.execute("INSERT INTO users VALUES (4, 'four', ?, NULL, 'other', 'soon')", (uri,))
        for n in (1, 2, 4):
            db.execute("INSERT INTO wallets VALUES (?, ?, ?, 1500000002)", (n, n, address(n) + ("x" if n == 4 else "")))
        db.execute("INSERT INTO credits VALUES (1, 2, ?, 12345, ?, 1500000003)", (address(2), digest("tx")))
        db.execute("INSERT INTO credits VALUES (2, 2, ?, -5, ?, 1500000003)", (address(2), digest("tx")))
        db.execute("INSERT INTO credits VALUES (3, 2, ?, 5, 'no txid', 1500000003)", (address(2),))
        db.execute(
            "INSERT INTO logins VALUES (1, 1, 1500000004, '127.0.0.1', 'b'), (2, 2, 1500000004, '198.18.0.9', 'b')"
        )
        db.execute("INSERT INTO files VALUES (1, 2, ?, 10, 1500000005, ?)", (digest("f"), png(2)))
        db.execute("INSERT INTO downloads VALUES (1, 1, 1, 1500000006), (2, 1, 99, 1500000006)")
        db.execute("INSERT INTO messages VALUES (1, 1, 2, 1500000007, ?)", (base64.b64encode(png(3)).decode(),))
        db.execute("INSERT INTO mail VALUES (1, 2, 1500000008, ?), (2, 1, 1500000008, 'Date: x')", (origin,))
        db.execute("INSERT INTO unheard_of VALUES ('x')")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("INSERT INTO users VALUES (3, 'three', NULL, NULL, 'user', 1500000001)")
        db.commit()
        target = folder / "market.db"
        shutil.copyfile(live, target)
        log = Path(shutil.copyfile(folder / "writing.db-wal", folder / "market.db-wal"))
    for name in ("writing.db", "writing.db-wal", "writing.db-shm"):
        (folder / name).unlink(missing_ok=True)
    return target, log


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder of evidence: market.db(-wal), market.sql, access.log, page.html, capture.mhtml, returns, enquiries."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    write_site(folder)
    text = DUMP.replace("{address}", address(2)).replace("{txid}", digest("tx")).replace("{image}", png(4).hex())
    (folder / "market.sql").write_text(text)
    line = '{ip} - - [29/Oct/2017:00:00:00 +0200] "GET / HTTP/1.1" 200 1 "-" "b" uid={uid}\n'
    rows = [("127.0.0.1", "2"), ("198.18.0.9", "2"), ("198.18.0.9", "-")]
    (folder / "access.log").write_text("".join(line.format(ip=ip, uid=uid) for ip, uid in rows) + "127.0.0.1 - - [")
    (folder / "page.html").write_text(
        f"<!DOCTYPE html><p>198.19.255.7</p><p>{address(1)}</p>"
        f'<img src="data:image/png;base64,{base64.b64encode(png(5)).decode()}">'
    )
    (folder / "customers.csv").write_text(
        "reference,name,date_of_birth,country,email,phone,account_type,opened_utc\r\n"
        'NG-1,"Lund, Инес",1980-02-29,NO,I.Lund@example.org,+999 123 456 78,individual,2015-01-01 00:00:00\r\n'
        "NG-2,Ned,1980-02-30,NO,,,company,2015-01-01 00:00:00\r\n",
        encoding="utf-8",
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Transfers"
    sheet.append(["Client ID", "Direction", "When (CET)", "To/From", "BTC", "Hash", "State"])
    sheet.append(["H-1", "Out", "2017-05-01 12:00:00", address(2), 0.00012345, digest("tx"), "Done"])
    sheet.append(["H-1", "Out", "2017-05-01 12:00:00", None, "0.5", digest("bare"), "Done"])
    sheet.append(["H-1", "In", "31.02.2017 25:10", address(2), "1", digest("tx"), "Done"])
    book.save(folder / "harbour.xlsx")
    (folder / "enquiries.csv").write_text(
        "service,reference,question,answer,asked_utc\r\nnorthgate,NG-1,travel,no,2018-01-01 00:00:00\r\n"
    )
    return folder


@pytest.fixture
def reading(evidence: Path) -> Reading:
    """A function that reads one file of the evidence with the map that fits."""

    def read(name: str) -> dict[str, pa.Table]:
        return read_exhibit(source(evidence / name), load_map(MAPS.get(name, "")), lambda *_: None)

    return read


def source(path: Path) -> Source:
    """A file as intake gets it, its write-ahead log beside it."""
    log = path.with_name(path.name + "-wal")
    return Source(hashlib.sha256(path.read_bytes()).digest(), path, (log,) if log.exists() else ())


@pytest.fixture
def source_of() -> Callable[[Path], Source]:
    """The function `source`."""
    return source


@pytest.fixture
def images() -> list[bytes]:
    """Every image embedded in the evidence."""
    return [png(n) for n in range(1, 6)]
