"""The older backup of the market (schema B) as mysqldump writes it: the same entities under other names.

Times are DATETIMEs on the server's own clocks (Europe/Bucharest); some rows have since been deleted from the live site.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadline.model.progress import Progress
from leadline.scenario.clocks import BUCHAREST, local
from leadline.scenario.plan import BACKUP
from leadline.scenario.site import Site

HEAD = """\
/*!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.1.23-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: market
-- ------------------------------------------------------
-- Server version\t10.1.23-MariaDB-1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
"""  # noqa: W291 - the dump tool itself ends its first line with a space
FOOT = """
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
-- Dump completed on 2017-06-01  3:00:00
"""
ROWS = 500
"""Rows an INSERT: about 64 KiB, far below max_allowed_packet."""

Write = Callable[[pa.Table], list[list[str]]]
"""From a table of schema A to the columns of schema B, as SQL literals."""


def text(values: list[str | None]) -> list[str]:
    """String literals with the escapes mysqldump writes; NULL for none."""
    return ["NULL" if v is None else quoted(v) for v in values]


def quoted(value: str) -> str:
    """One string literal (MariaDB: String Literals, escape sequences)."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\x00", "\\0")):
        value = value.replace(plain, escaped)
    return f"'{value}'"


def plain(column: pa.ChunkedArray) -> list[str]:
    """Integer literals."""
    return [str(v) for v in column.to_pylist()]


def quick(column: pa.ChunkedArray) -> list[str]:
    """String literals of text that needs no escape."""
    return [f"'{v}'" for v in column.to_pylist()]


def times(column: pa.ChunkedArray) -> list[str]:
    """DATETIME literals on the server's clocks."""
    return [f"'{v}'" for v in local(np.asarray(column).astype(np.int64), BUCHAREST)]


def btc(column: pa.ChunkedArray) -> list[str]:
    """DECIMAL(16,8) literals of satoshi."""
    return [f"{v // 10**8}.{v % 10**8:08d}" for v in column.to_pylist()]


def ends(column: pa.ChunkedArray) -> list[str]:
    """DATETIME literals of ends that had come when the backup was taken; NULL for later ones, and for none."""
    return [times(pa.chunked_array([[v]]))[0] if v is not None and v < BACKUP else "NULL" for v in column.to_pylist()]


TABLES: tuple[tuple[str, str, str, Write], ...] = (
    (
        "users", "member",
        "`uid` int(11) NOT NULL AUTO_INCREMENT,\n  `nick` varchar(64) NOT NULL,\n  `mail` varchar(128) DEFAULT NULL,\n"
        "  `pgp` char(40) DEFAULT NULL,\n  `lvl` varchar(16) NOT NULL,\n  `regdate` datetime NOT NULL,\n"
        "  PRIMARY KEY (`uid`)",
        lambda t: [plain(t["id"]), text(t["handle"].to_pylist()), text(t["email_before"].to_pylist()),
                   text(t["pgp_before"].to_pylist()), quick(t["role"]), times(t["created"])],
    ),
    (
        "wallets", "btc_address",
        "`aid` int(11) NOT NULL AUTO_INCREMENT,\n  `uid` int(11) NOT NULL,\n  `addr` varchar(90) NOT NULL,\n"
        "  `made` datetime NOT NULL,\n  PRIMARY KEY (`aid`)",
        lambda t: [plain(t["id"]), plain(t["user_id"]), quick(t["address"]), times(t["created"])],
    ),
    (
        "credits", "payment",
        "`pid` int(11) NOT NULL AUTO_INCREMENT,\n  `uid` int(11) NOT NULL,\n  `addr` varchar(90) NOT NULL,\n"
        "  `btc` decimal(16,8) NOT NULL,\n  `tx` char(64) NOT NULL,\n  `ts` datetime NOT NULL,\n  PRIMARY KEY (`pid`)",
        lambda t: [plain(t["id"]), plain(t["user_id"]), quick(t["address"]), btc(t["amount_sat"]), quick(t["txid"]),
                   times(t["created"])],
    ),
    (
        "logins", "login",
        "`lid` int(11) NOT NULL AUTO_INCREMENT,\n  `uid` int(11) NOT NULL,\n  `ts` datetime NOT NULL,\n"
        "  `ip` varchar(45) DEFAULT NULL,\n  `ua` varchar(255) DEFAULT NULL,\n  PRIMARY KEY (`lid`)",
        lambda t: [plain(t["id"]), plain(t["user_id"]), times(t["at"]), quick(t["ip"]), quick(t["agent"])],
    ),
    (
        "files", "upload",
        "`fid` int(11) NOT NULL AUTO_INCREMENT,\n  `uid` int(11) NOT NULL,\n  `hash` char(64) NOT NULL,\n"
        "  `bytes` bigint(20) NOT NULL,\n  `ts` datetime NOT NULL,\n  PRIMARY KEY (`fid`)",
        lambda t: [plain(t["id"]), plain(t["uploader_id"]), quick(t["sha256"]), plain(t["size"]), times(t["created"])],
    ),
    (
        "downloads", "download",
        "`did` int(11) NOT NULL AUTO_INCREMENT,\n  `uid` int(11) NOT NULL,\n  `fid` int(11) NOT NULL,\n"
        "  `ts` datetime NOT NULL,\n  PRIMARY KEY (`did`)",
        lambda t: [plain(t["id"]), plain(t["user_id"]), plain(t["file_id"]), times(t["at"])],
    ),
    (
        "tariffs", "tariff",
        "`tid` int(11) NOT NULL AUTO_INCREMENT,\n  `price` decimal(16,8) NOT NULL,\n  `cur` char(3) NOT NULL,\n"
        "  `begins` datetime NOT NULL,\n  `ends` datetime DEFAULT NULL,\n  PRIMARY KEY (`tid`)",
        lambda t: [plain(t["id"]), t["amount"].to_pylist(), quick(t["currency"]), times(t["since"]), ends(t["until"])],
    ),
    (
        "messages", "pm",
        "`mid` int(11) NOT NULL AUTO_INCREMENT,\n  `sender` int(11) NOT NULL,\n  `rcpt` int(11) NOT NULL,\n"
        "  `ts` datetime NOT NULL,\n  `body` mediumblob DEFAULT NULL,\n  PRIMARY KEY (`mid`)",
        lambda t: [plain(t["id"]), plain(t["from_id"]), plain(t["to_id"]), times(t["at"]), quick(t["token"])],
    ),
)  # fmt: skip
"""Table of schema A, its name in schema B, its definition, its columns."""


def write_dump(path: Path, site: Site, blob: bytes, progress: Progress) -> int:
    """Writes the dump; gives the id of the message whose body is `blob` (a hex literal), 0 when there is none.

    That message has since been deleted from the live site, so the image stands in the backup only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    embedded = embedded_message(site)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        for i, (source, name, definition, write) in enumerate(TABLES):
            progress(f"market.sql {name}", i, len(TABLES))
            file.write(
                f"\n--\n-- Table structure for table `{name}`\n--\n\nDROP TABLE IF EXISTS `{name}`;\n"
                f"CREATE TABLE `{name}` (\n  {definition}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\n"
                f"LOCK TABLES `{name}` WRITE;\n/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n"
            )
            table = site.tables[source].filter(pa.array(site.backup[source]))
            body = f"0x{blob.hex().upper()}" if name == "pm" and embedded else ""
            for rows in _inserts(table, write, str(embedded), body):
                file.write(f"INSERT INTO `{name}` VALUES {rows};\n")
            file.write(f"/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\nUNLOCK TABLES;\n")
        file.write(FOOT)
    return embedded


def embedded_message(site: Site) -> int:
    """The first message that stands in the backup and no longer in the live site; 0 when there is none."""
    lost = site.tables["messages"].filter(pa.array(site.backup["messages"] & ~site.live["messages"]))
    return int(lost["id"][0].as_py()) if len(lost) else 0


def _inserts(table: pa.Table, write: Write, key: str, body: str) -> Iterator[str]:
    """The rows of each INSERT; where `body` is not empty it replaces the last column of row `key`."""
    for start in range(0, len(table), ROWS):
        columns = write(table.slice(start, ROWS))
        if body and key in columns[0]:
            columns[-1][columns[0].index(key)] = body
        yield ",".join(f"({','.join(row)})" for row in zip(*columns, strict=True))
