"""Twice the evidence takes about twice the work: each kind of input of a dump and of a database, doubled twice.

Work is CPU time, the least of five; a linear cost shows a ratio of four, one that grows with the square of sixteen. A
busy machine has shown twelve for four, so that a comparison is tried three times.
"""

import gc
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.reader import Reader, Source
from leadline.kinds.readers.sqldump import SQLDUMP
from leadline.kinds.readers.sqlite import SQLITE
from leadline.model import locators

MOST = 10.0
"""Between four, which is linear, and sixteen, which is quadratic."""
TRIES = 3
HEAD = "-- MySQL dump 10.13\nCREATE TABLE `t` (`id` int, `v` text);\n"


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    """Python's collector looks at all that a process holds, which after thousands of tests is most of the work."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _work(read: Callable[[], object]) -> float:
    """Seconds of CPU, the least of five."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        read()
        spent.append(time.process_time() - began)
    return min(spent)


def _grows_evenly(small: Callable[[], object], large: Callable[[], object]) -> None:
    """Holds `large`, four times as much as `small`, to less than MOST times the work, at one of three tries."""
    seen = []
    for _ in range(TRIES):
        seen.append((_work(small), _work(large)))
        if seen[-1][1] < MOST * seen[-1][0]:
            return
    raise AssertionError(seen)


def _whole(reader: Reader, path: Path) -> int:
    """Rows and rejects of all parts; one for a refusal."""
    try:
        return sum(
            batch.rows.num_rows + len(batch.broken)
            for part in reader.parts(Source(bytes(32), path), None, lambda *_: None)
            for batch in part.batches
        )
    except EvidenceError:
        return 1


DUMPS: dict[str, tuple[int, Callable[[int], str]]] = {
    "rows": (40_000, lambda n: "INSERT INTO `t` VALUES " + ",".join(["(1,'some text')"] * n) + ";"),
    "statements": (10_000, lambda n: "INSERT INTO `t` VALUES (1,'x');\n" * n),
    "statements of two tables": (2_500, lambda n: "INSERT INTO `t` VALUES (1,'x');\nINSERT INTO `u` VALUES (1);\n" * n),
    "ends of lines in a cell": (400_000, lambda n: "INSERT INTO `t` VALUES (1,'" + ";\n" * n + "');"),
    "a long cell": (8_000_000, lambda n: "INSERT INTO `t` VALUES (1,'" + "x" * n + "');"),
    "escapes": (3_000_000, lambda n: "INSERT INTO `t` VALUES (1,'" + "\\'" * n + "');"),
    "rows that are none": (30_000, lambda n: "INSERT INTO `t` VALUES " + ",".join(["(1)"] * n) + ";"),
    "unread statements": (10_000, lambda n: "INSERT INTO `t` VALUES (NOW());\n" * n),
    "tables": (1_500, lambda n: "".join(f"CREATE TABLE `t{i}` (`id` int);\n" for i in range(n))),
    "tables dropped before they are made": (
        1_500,
        lambda n: "".join(f"DROP TABLE IF EXISTS `t{i}`;\nCREATE TABLE `t{i}` (`id` int);\n" for i in range(n)),
    ),
    "databases": (1_500, lambda n: "".join(f"USE `d{i}`;\nCREATE TABLE `t` (`id` int);\n" for i in range(n))),
    "columns of a table": (40_000, lambda n: "CREATE TABLE `w` (" + ",".join(f"`c{i}` int" for i in range(n)) + ");"),
    "parentheses": (400_000, lambda n: "CREATE TABLE `w` (" + "(" * n + ");"),
    "quotes that do not close": (1_000_000, lambda n: "CREATE TABLE `w` (`a` text '" + "\\'" * n),
    "comments that do not close": (500_000, lambda n: "CREATE TABLE `w` (`a` text /*" + "/*" * n),
    "comments": (100_000, lambda n: "/* x */-- y\n#z\n" * n + "INSERT INTO `t` VALUES (1,'x');"),
    "comments in a head": (150_000, lambda n: "INSERT " + "/* x */" * n + " INTO `t` VALUES (1,'x');"),
    "names in a list": (60_000, lambda n: "INSERT INTO `t` (" + ",".join(["`id`"] * n) + ") VALUES (1);"),
    "session": (5_000, lambda n: "".join(f"SET @v{i}=@@sql_mode, sql_mode='ANSI';\n" for i in range(n))),
    "delimiters": (5_000, lambda n: "DELIMITER //\nx//\nDELIMITER ;\n" * n),
    "routines": (5_000, lambda n: "CREATE TRIGGER a BEGIN x; END;\n" * n),
    "a routine that does not end": (20_000, lambda n: "CREATE TRIGGER a BEGIN " + "BEGIN x;\n" * n),
}


@pytest.mark.parametrize("name", DUMPS)
def test_a_dump_of_twice_the_size_takes_twice_the_work(name: str, tmp_path: Path) -> None:
    number, text = DUMPS[name]
    paths = [tmp_path / f"{times}.sql" for times in (1, 4)]
    for path, times in zip(paths, (1, 4), strict=True):
        path.write_text(HEAD + text(number * times))
    _whole(SQLDUMP, paths[0])  # kernels are compiled
    _grows_evenly(*(partial(_whole, SQLDUMP, path) for path in paths))


def test_the_last_row_of_a_dump_of_twice_the_size_is_shown_by_twice_the_work(tmp_path: Path) -> None:
    shown = []
    for number in (50_000, 200_000):
        path = tmp_path / f"{number}.sql"
        path.write_text(HEAD + "INSERT INTO `t` VALUES " + ",".join(["(1,'some text')"] * number) + ";\n")
        place = locators.parse(f"byte:{path.stat().st_size - 17}-{path.stat().st_size - 2}")
        shown.append(partial(SQLDUMP.resolve, Source(bytes(32), path), place))
        assert shown[-1]() == (("id", b"1"), ("v", b"some text"))
    _grows_evenly(*shown)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) INSERT INTO t "
DATABASES: dict[str, tuple[int, Callable[[int], list[str]]]] = {
    "rows": (
        40_000,
        lambda n: ["CREATE TABLE t(i INTEGER PRIMARY KEY, v)", NUMBERS.format(n=n) + "SELECT i, 'x' FROM n"],
    ),
    "rows by text": (
        10_000,
        lambda n: ["CREATE TABLE t(k TEXT PRIMARY KEY) WITHOUT ROWID", NUMBERS.format(n=n) + "SELECT 'k' || i FROM n"],
    ),
    "a blob": (4_000_000, lambda n: ["CREATE TABLE t(v)", f"INSERT INTO t VALUES (zeroblob({n}))"]),
    "blobs": (500, lambda n: ["CREATE TABLE t(v)", NUMBERS.format(n=n) + "SELECT zeroblob(20000) FROM n"]),
    "text that is no UTF-8": (
        10_000,
        lambda n: ["CREATE TABLE t(v)", NUMBERS.format(n=n) + "SELECT CAST(x'ff' AS TEXT) FROM n"],
    ),
    "tables": (50, lambda n: [f"CREATE TABLE t{i}(v)" for i in range(n)]),
    "columns": (400, lambda n: ["CREATE TABLE t(" + ",".join(f"c{i}" for i in range(n)) + ")"]),
}


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_of_twice_the_size_takes_twice_the_work(name: str, tmp_path: Path) -> None:
    number, statements = DATABASES[name]
    paths = [tmp_path / f"{times}.db" for times in (1, 4)]
    for path, times in zip(paths, (1, 4), strict=True):
        with closing(sqlite3.connect(path)) as db, db:
            for statement in statements(number * times):
                db.execute(statement)
    _grows_evenly(*(partial(_whole, SQLITE, path) for path in paths))
