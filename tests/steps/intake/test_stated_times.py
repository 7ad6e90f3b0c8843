"""Times and amounts as databases write them, from the file to the record: what a source states holds."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.kinds.mapping.grammar import parse
from leadline.kinds.reader import Source
from leadline.steps.intake import read_exhibit

MAP = """
name = "pay"
says = "payments"
reader = "{reader}"
network = "main"
[[part]]
columns = ["paid"]
[[part.record]]
table = "event"
event = "event:site/pay/{{id}}"
subject = "account:site/{{id}}"
kind = "deposit"
amount_sat = {{ column = "{amount}", unit = "{amount}" }}
time = {{ column = "paid", {format} }}
"""
NOON = datetime(2017, 11, 1, 12, tzinfo=UTC)


def events(path: Path, reader: str, amount: str, format_: str) -> list[dict[str, object]]:
    map_ = parse(MAP.format(reader=reader, amount=amount, format=format_))
    tables: dict[str, pa.Table] = read_exhibit(Source(bytes(32), path), map_, lambda *_: None, 1)
    assert not tables["reject"].num_rows
    rows: list[dict[str, object]] = tables["event"].to_pylist()
    return rows


def test_a_copy_of_postgres_needs_no_zone(tmp_path: Path) -> None:
    path = tmp_path / "pay.csv"
    path.write_text(
        "id,member,paid,sat\n1,7,2017-11-01 12:00:00+00,1000\n2,7,2017-11-01 12:00:00.5+00,2000\n"
        "3,8,2017-11-01 14:00:00+02,3000\n"
    )
    got = events(path, "table", "sat", 'format = "iso"')
    assert [(e["utc_low"], e["utc_high"], e["doubt"]) for e in got] == [
        (NOON, NOON, "none"),
        (NOON + timedelta(seconds=0.5), NOON + timedelta(seconds=0.5), "none"),
        (NOON, NOON, "none"),
    ]


def test_reals_give_fractions_of_a_second_and_single_satoshi(tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    base = 1509494400
    values = [(1, base, 1e-05), (2, base + 0.25, 0.5), (3, base + 0.123456, 21.0), (6, base, 1e-08), (7, base, 0.3)]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, paid REAL, btc REAL)")
        db.executemany("INSERT INTO t VALUES (?, ?, ?)", values)
    got = events(path, "sqlite", "btc", 'format = "unix"')
    assert [e["amount_sat"] for e in got] == [1000, 50_000_000, 2_100_000_000, 1, 30_000_000]
    assert [e["utc_low"] for e in got] == [
        datetime(2017, 11, 1, tzinfo=UTC) + timedelta(microseconds=m) for m in (0, 250_000, 123_456, 0, 0)
    ]


@pytest.mark.parametrize(
    ("says", "at", "doubt"),
    [
        ("/*!40103 SET TIME_ZONE='+00:00' */;", 12, "none"),
        ('SET time_zone = "+00:00";', 12, "none"),
        ("SET @@session.time_zone='+05:00';", 7, "none"),
        ("SET TIME_ZONE='Europe/Berlin';", 11, "none"),
        ("/*!40103 SET @OLD=@@TIME_ZONE */;\nSET TIME_ZONE='+00:00';\nSET TIME_ZONE=@OLD;", 3, "assumed_zone"),
        ("SET TIME_ZONE='SYSTEM';", 3, "assumed_zone"),
        ("SET TIME_ZONE='No/Such';", 3, "assumed_zone"),
        ("SET GLOBAL time_zone='+00:00';", 3, "assumed_zone"),
        ("-- SET TIME_ZONE='+00:00';", 3, "assumed_zone"),
    ],
)
@pytest.mark.parametrize("format_", ["iso", "%Y-%m-%d %H:%M:%S"])
def test_a_dump_that_states_its_zone_overrules_the_map_for_timestamps(
    says: str, at: int, doubt: str, format_: str, tmp_path: Path
) -> None:
    """TIMESTAMP is written in the session's zone, DATETIME as it stands (MySQL Reference Manual, 11.2.2)."""
    path = tmp_path / "pay.sql"
    head = f"-- MySQL dump 10.13\n{says}\nCREATE TABLE `t` (`id` int, `sat` bigint, `paid` {{type}} NULL);\n"
    rows = "INSERT INTO `t` VALUES (1,5,'2017-11-01 12:00:00');\n-- Dump completed\n"
    zone = f'format = "{format_}", zone = "Asia/Seoul"'
    path.write_text(head.format(type="timestamp") + rows)
    (stamp,) = events(path, "sqldump", "sat", zone)
    path.write_text(head.format(type="datetime") + rows)
    (naive,) = events(path, "sqldump", "sat", zone)
    assert (stamp["utc_low"], stamp["doubt"]) == (NOON.replace(hour=at), doubt)
    assert (naive["utc_low"], naive["doubt"]) == (NOON.replace(hour=3), "assumed_zone")
    assert stamp["source_text"] == "2017-11-01 12:00:00"
