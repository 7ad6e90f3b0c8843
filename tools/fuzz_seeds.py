"""Small valid inputs of every kind that Leadline reads, made and drawn, from which fuzz_readers.py starts."""

import base64
import gzip
import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import bson
import dpkt
import openpyxl
import pyarrow as pa

from leadline.confinement import frames
from leadline.store import settings

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
XPUB = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(16)).decode()
TOKEN = bytes(frames.TOKEN)
"""The token of a request in the seed of what a confined reader answers."""

DATABASE = f"""
PRAGMA page_size = 512; PRAGMA encoding = 'UTF-16le';
CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, mail TEXT, seen REAL, picture BLOB,
  up TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL);
CREATE TABLE paid (user INTEGER, address TEXT, sat INTEGER, PRIMARY KEY (user, address)) WITHOUT ROWID;
CREATE INDEX by_name ON user (lower(name)); CREATE VIEW v AS SELECT name FROM user;
CREATE VIRTUAL TABLE note USING fts5(body);
INSERT INTO user VALUES (1, 'Ann', 'ann@example.org', 1520249400.5, x'89504E47'), (2, NULL, 'é', NULL, zeroblob(700));
INSERT INTO paid VALUES (1, '{ADDRESS}', 50000000); INSERT INTO note VALUES ('some words'); DELETE FROM user WHERE id=2;
"""
RDS = """
PRAGMA page_size = 512; CREATE TABLE FILE (sha256 TEXT, sha1 TEXT, md5 TEXT, file_name TEXT);
CREATE TABLE VERSION (version TEXT, release_date TEXT); INSERT INTO VERSION VALUES ('2026.03.1', '2026-03-01');
INSERT INTO FILE VALUES (printf('%064d', 7), printf('%040d', 7), printf('%032d', 7), 'a'), (NULL, 'x', '', 'b');
"""
DUMP = (
    "-- MySQL dump 10.13  Distrib 5.7\n/*!40103 SET TIME_ZONE='+00:00' */;\nSET sql_mode='ANSI_QUOTES';\nUSE `shop`;\n"
    "CREATE TABLE `t` (\n  `a` int NOT NULL, `b` text CHARACTER SET latin1, `c` bit(8), `d` timestamp,\n"
    "  `e` int GENERATED ALWAYS AS (`a`+1), PRIMARY KEY (`a`)\n) ENGINE=InnoDB;\n"
    "INSERT  IGNORE INTO `t` (`a`,`b`,`c`,`d`) VALUES (1,'x\\'y',b'101','2018-03-05 11:30:00'),(NULL,_binary 0x00,1,"
    "NULL);\nINSERT INTO t (a,b) VALUES (-3,N'z''z' 'w');\nREPLACE DELAYED `shop`.`t` SET a=1;\nDELETE FROM u;\n"
    "DELIMITER ;;\nCREATE TRIGGER q BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO u VALUES (1); END ;;\n"
    "DELIMITER ;\nLOCK TABLES `t` WRITE;\nINSERT INTO t VALUES (2,'q',0,NULL) ON DUPLICATE KEY UPDATE a=1;\n"
)
POSTGRES = (
    "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\nCREATE TABLE public.t (a integer, b text);\n"
    "COPY public.t (a, b) FROM stdin;\n1\tx\\ty\n2\t\\N\n\\.\nINSERT INTO public.t VALUES (3, E'a\\'b', $q$c$q$);\n"
)
LOG = (
    '198.51.100.7 - - [05/Mar/2018:11:30:00 +0000] "GET /a?x=1 HTTP/1.1" 200 12 "-" "x \\"y\\""\n'
    '2001:db8::7 - ann [05/Mar/2018:11:30:01 +0100] "POST /b HTTP/2.0" 302 - "http://x/" "-" "198.51.100.9, 10.0.0.1"\n'
)
VHOST = 'example.org:443 198.51.100.7 - - [29/Feb/2016:23:59:60 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n'
PAGE = (
    "<!doctype html><html><head><meta charset=utf-8></head><body><!-- 198.51.100.7 --><p>ann&#64;example.org &amp; b"
    f"&#x40;example.org %40 \\u0040</p><a href='bitcoin:{ADDRESS}?amount=0.5'>{SEGWIT}</a>"
    f"<img src=' data:image/png;base64,{PNG}'><img src=\"data:text/plain,198.51.100.8%20x\"> {XPUB}</body></html>"
)
MAIL = (
    "From: a@example.org\nSubject: =?utf-8?q?x=C3=A9?=\nMIME-Version: 1.0\n"
    'Snapshot-Content-Location: http://x/\nContent-Type: multipart/related; boundary="b"; type="text/html"\n\n'
    "--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    f"<html><body>ann=40example.org {ADDRESS}=\n</body></html>\n"
    f"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: cid:1\n\n{PNG}\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: y\n\n198.51.100.7\n--b--\n"
)
WARC = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/\r\nContent-Length: 85\r\n\r\n"
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>ann@example.org</body></html>\r\n\r\n"
)
MEMBERS = (
    "user,mail,phone,paid_to,btc,paid,ip\n"
    f'1,"Ann@example.org",+40 21 555 0101,{ADDRESS},0.5,2018-03-05 11:30:00,198.51.100.7\n'
    f"2,bücher@straße.de,+44 (0)20 7946 0958,{SEGWIT},1e-8,2018-03-05T11:30:00.123456789Z,2001:db8::7\n"
    f'3,NULL,0700 555 ext 7,{SEGWIT.upper()},"0,25",31.11.2017,::ffff:10.0.0.1\n4,,,,,,\n'
)
MAP = """
name = "members"
says = "Members of a forum"
reader = "table"
network = "main"
calling_country = "ro"
[time]
format = "iso"
zone = "Europe/Bucharest"
[[part]]
columns = ["user", "mail"]
[[part.record]]
table = "account"
account = "account:forum/{user}"
role = { column = "level", values = { 9 = "operator" }, default = "user" }
[[part.record]]
table = "identifier"
subject = "account:forum/{user}"
kind = "email"
value = "{mail}"
[[part.record]]
table = "identifier"
subject = "account:forum/{user}"
kind = "phone"
value = "{phone}"
[[part.record]]
table = "identifier"
subject = "account:forum/{user}"
kind = "ip"
value = "{ip}"
[[part.record]]
table = "event"
event = "event:forum/credit/{user}/{paid|slug}"
subject = "account:forum/{user}"
kind = "credit"
address = "{paid_to}"
amount_sat = { column = "btc", unit = "btc" }
time = { column = "paid", format = "iso", zone = "UTC", stated = true }
where = [{ column = "btc", present = true }]
"""
LISTING = """
[[exhibit]]
path = "a.csv"
map = "weblog"
authority = "Warrant 17"
acquired_at = 2018-03-05T11:30:00Z
acquired_by = "Officer 4"
item = "A/7"
restrictions = ["grand_jury"]
"""
PACK = (
    "title: T\ncreator: c\ndescription: a pack\nlabel: l\nsource: http://x/\nlastmod: 2018-01-01\nis_public: true\n"
    "header: {currency: BTC}\ntags:\n"
    f"  - address: {ADDRESS}\n    label: x\n    currency: BTC\n    category: exchange\n    abuse: scam\n"
    f"    confidence: service_data\n  - {{address: {SEGWIT}, label: 'NO', is_cluster_definer: yes, context: c}}\n"
    "  - tx_hash: " + "ab" * 32 + '\n    label: "y\\u00e9"\n'
)
VICS = {
    "@odata.context": "http://github.com/projectvic/2.0.xml/US/$metadata#Media",
    "@leadline.licence": "internal",
    "value": [
        {"MediaID": 1, "Category": 1, "MD5": "0" * 31 + "1", "SHA1": "0" * 39 + "1", "VictimIdentified": True,
         "Miniature": PNG, "DateUpdated": "2018-03-05T11:30:00Z", "MimeType": "image/png",
         "MediaFiles": [{"FileName": "a.png", "FilePath": "b"}],
         "AlternativeHashes": [{"HashName": "PDQ", "HashValue": "f" * 64},
                             {"HashName": "PDQQuality", "HashValue": "90"}]},
        {"MediaID": 2, "Category": "5", "PhotoDNA": base64.b64encode(bytes(144)).decode()},
    ],
}  # fmt: skip
CASES = {
    "odata.metadata": "http://github.com/projectvic/1.3.xml/UK/$metadata#Cases",
    "value": [{"CaseID": "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "SourceApplicationName": "X", "Media": VICS["value"]}],
}
ICSE = (
    "Image ID;MD5;SHA1;PhotoDNA;Is distributed;Victim identified;Offender identified;Agency;Baseline\n"
    f"1;{'0' * 31}1;{'0' * 39}1;;Y;Y;N;NCA;Yes\n2;abc;;;N;N;N;;No\n"
)
LIST = (
    "# version: 4\n# dated: 2026-05-03\nmd5;SHA-256;pdq;pdq_quality;category;note;id;t_ms;sha512\n"
    f"{'0' * 31}1;{'ab' * 32};{'f' * 64};90;1;a;v1;0;{'cd' * 64}\n;;{'e' * 64};40;1;;v1;1000;\n"
)
SUMS = f"# made\n{'ab' * 16}  a.png\n\\{'cd' * 20} *b\\n.png\nSHA256 (c d) = {'ef' * 32}\n{'01' * 16}\n"
RDS_TEXT = (
    '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n'
    f'"{"0" * 39}1","{"0" * 31}1","00","a.dll",7,1,"x",""\n"{"0" * 39}2","{"0" * 31}2","00","b",7,1,"x","M"\n'
)
TAGS = (
    "address,label,category,confidence,lastmod,is_cluster_definer\n"
    f'{ADDRESS},"x, y",exchange,ownership,2018-01-01,true\n{SEGWIT},z,,,,\n'
)
EXPORT = f"Wallet Address,Entity,Cluster Category,Last Updated\n{ADDRESS},x,market,2018-01-01\n"
SANCTIONED = f"# list\n{ADDRESS}\n{SEGWIT}\n"
PRICES = (
    "# currency: EUR\nDate,Open,Close_USD\n2018-01-01,13000,13500.50\n1514851200,1,null\n"
    "2018-01-03T10:00:00+02:00,1,2\n"
)
KEYS = (
    f"wpkh([d34db33f/84h/0h/0h]{XPUB}/<0;1>/*)\nsh(wsh(sortedmulti(1,{XPUB}/0/*,"
    "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)))\n"
    "tr(c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)\naddr(" + ADDRESS + ")\n"
    f"raw(76a914)#8c0lqj9v\ncombo({XPUB}/1)\n{XPUB}\n{SEGWIT}\n"
)
VALUES = (
    f"ann@example.org\nx@xn--bcher-kva.de\n+40 21 555 0101\n+44 (0)20 7946 0958 ext. 7\ntel:+1-202-555-0143;ext=9\n"
    f"198.51.100.7\n2001:db8::7%eth0\n::ffff:10.0.0.1\nÅsa  Ünal\n{ADDRESS}\n{SEGWIT.upper()}\n0.00000001\n1e-8\n1,5\n"
    "2018-03-05T11:30:00.123456789+05:30\n05/03/2018 11:30:00 PM\n1520249400\n29.02.2016 23:59:60\n2017-10-29 03:30\n"
    f"{'ABCD ' * 10}\n{XPUB}\naccount:forum/7\nrow:t/1>byte:3-9>@gunzip\nline:7\ncell:a%20b!B7\n\\N\nn/a\n"
)
NOTE = (
    "leadline case\n7\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n\n"
    f"— name {base64.b64encode(bytes(68)).decode()}\n"
    f"name+00000000+{base64.b64encode(bytes([1]) + bytes(32)).decode()}\n"
)


def seeds() -> dict[str, tuple[bytes, ...]]:
    """Valid inputs by kind, several where a kind has several forms."""
    return {
        "sqlite": (_database(DATABASE), _database("CREATE TABLE t(a); INSERT INTO t VALUES (1)")),
        "sqldump": _encoded(DUMP, POSTGRES),
        "weblog": (*_encoded(LOG, VHOST, LOG.replace("\n", "\r\n")), bytes(64) + LOG.encode()),
        "page": (
            *_encoded(PAGE, MAIL, WARC),
            ("\ufeff" + PAGE).encode("utf-16-le"),
            PAGE.encode("cp1252", "replace"),
            *_captures(),
        ),
        "bson": (_documents(),),
        "table": (*_encoded(MEMBERS, MEMBERS.replace(",", ";")), ("\ufeff" + MEMBERS).encode("utf-16-le")),
        "workbook": (_workbook(),),
        "folder": (f"leadline folder manifest 1\n{'ab' * 32} 7 a/b%20c.png\nrefused link d\n".encode(),),
        "members": _encoded(MEMBERS),
        "vics": _encoded(json.dumps(VICS), json.dumps(CASES, indent=1), "\ufeff" + json.dumps(VICS)),
        "icse": _encoded(ICSE),
        "nsrl": (_database(RDS), RDS_TEXT.encode()),
        "csv": _encoded(LIST, f"sha256,category\n{'ab' * 32},1\n"),
        "sums": _encoded(SUMS),
        "tagpack": _encoded(PACK),
        "tagcsv": _encoded(TAGS, EXPORT, SANCTIONED),
        "prices": _encoded(PRICES),
        "map": _encoded(MAP),
        "listing": _encoded(LISTING),
        "settings": (settings.to_toml(settings.first("x", "a", "s")),),
        "keys": _encoded(KEYS),
        "values": _encoded(VALUES),
        "note": _encoded(NOTE),
        "boxes": (_film(), _matroska()),
        "answer": (_answer(),),
    }


def _encoded(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _captures() -> tuple[bytes, ...]:
    """A HAR, a WARC plain and packed, a capture of two packets, a configuration."""
    entries = [{"response": {"headers": [{"name": "Server", "value": "nginx/1.10.3"}], "content": {"text": PAGE}}}]
    har = json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>x\r\n0\r\n\r\n"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http\r\n"
    head += f"WARC-Target-URI: http://x/\r\nWARC-IP-Address: 198.19.0.1\r\nContent-Length: {len(answer)}\r\n\r\n"
    record = head.encode() + answer + b"\r\n\r\n"
    tcp = dpkt.tcp.TCP(sport=80, dport=4242, data=b"GET /\r\nHost: x.example.org\r\n")
    frame = dpkt.ethernet.Ethernet(data=dpkt.ip.IP(src=bytes(4), dst=b"\xc6\x13\x00\x01", p=6, data=tcp), type=2048)
    traffic = io.BytesIO()
    writer = dpkt.pcap.Writer(traffic)
    for at, packet in ((1.0, bytes(frame)), (2.0, bytes(frame)[:30])):
        writer.writepkt(packet, ts=at)
    return har, record * 2, gzip.compress(record) * 2, traffic.getvalue(), b"server {\n  listen 198.19.0.1:80;\n}\n"


def _documents() -> bytes:
    """Three documents with every type that mongodump writes."""
    when = datetime(2018, 1, 1, tzinfo=UTC)
    held = {"_id": bson.ObjectId(bytes(12)), "a": 1, "b": [{"c": "x"}, 2.5], "d": when, "e": b"\x00\x01", "f": None}
    return b"".join(bson.encode({**held, "n": n, "t": bson.Timestamp(n, 1), "g": {"h": True}}) for n in range(3))


def _database(script: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        with closing(sqlite3.connect(path)) as made:
            made.executescript(script)
        return path.read_bytes()


def _workbook() -> bytes:
    """Two sheets with every kind of cell, a formula and a picture, as small as the library writes them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "name", "seen", "sum"])
    sheet.append([1, "A_x000D_nn", 43164.479166667, "=A2+1"])
    sheet.append([2**53 + 1, None, True, "#N/A"])
    book.create_sheet("b c").append([SEGWIT])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/media/image1.png", base64.b64decode(PNG))
    return out.getvalue()


def _film() -> bytes:
    def box(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", 8 + len(data)) + kind + data

    edits = box(b"edts", box(b"elst", struct.pack(">IIIiI", 0, 1, 10, 0, 0x10000)))
    times = box(b"stts", struct.pack(">IIII", 0, 1, 250, 40))
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 1000, 10000, 0))
        + box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide") + bytes(13))
        + box(b"minf", box(b"stbl", times + box(b"stsz", struct.pack(">III", 0, 1, 250)))),
    )
    head = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 10000))
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", head + box(b"trak", edits + media)) + box(b"mpvd", b"x" * 9)


def _matroska() -> bytes:
    block = b"\xa3\x85\x81\0\0\x80x"
    cluster = b"\x1f\x43\xb6\x75" + bytes([0x80 | (3 + len(block))]) + b"\xe7\x81\x05" + block
    return b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + cluster


def _answer() -> bytes:
    """What a confined reader says back: how it is confined, a table and a value."""
    out = io.BytesIO()
    frames.send(out, TOKEN, frames.STATE, {"network": "closed"})
    table = pa.table(
        {"a": ["x", None], "n": pa.array([1, 2], pa.int64()), "b": pa.array([[1], []], pa.list_(pa.int8()))}
    )
    frames.send_table(out, TOKEN, "entries", table)
    frames.send(out, TOKEN, frames.DONE, None)
    return out.getvalue()
