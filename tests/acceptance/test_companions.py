"""A database's write-ahead log in a package: an exhibit of its own, and each place that stands only in it is marked."""

import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leadline.flow.refer import altered, companions
from leadline.store.case import open_case


def rows(package: Path, name: str) -> list[dict[str, str]]:
    with (package / "data/tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def live(played: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The seized database and its log: digests, and copies opened by sqlite3 with the log and without it."""
    database = next(path for path in (played / "evidence").rglob("market.db"))
    log = database.with_name("market.db-wal")
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(database, folder / "alone.db")
    shutil.copy(database, folder / "whole.db")
    shutil.copy(log, folder / "whole.db-wal")
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in (("db", database), ("log", log))}
    return {**digests, "alone": folder / "alone.db", "whole": folder / "whole.db"}


def packages(played: Path) -> Iterator[Path]:
    return (path for path in sorted((played / "case/packages").iterdir()) if path.is_dir())


def row(path: Path, locator: str) -> tuple[object, ...] | None:
    table, _, key = locator.removeprefix("row:").partition("/")
    with closing(sqlite3.connect(path)) as base:
        found: tuple[object, ...] | None = base.execute(f"SELECT * FROM {table} WHERE id = ?", (int(key),)).fetchone()
    return found


def cited(package: Path, exhibit: str) -> set[str]:
    found = {r["locator"] for r in rows(package, "basis") if r["ref"] == f"exhibit:{exhibit}"}
    for name in ("identifiers", "media", "answers", "copies"):
        found |= {r["locator"] for r in rows(package, name) if r["exhibit"] == exhibit}
    return {place for place in found if place.startswith("row:")}


def test_every_place_that_only_the_log_makes_so_is_marked_and_no_other(played: Path, live: dict[str, Any]) -> None:
    for package in packages(played):
        expected = set()
        for place in cited(package, live["db"]):
            whole, alone = row(live["whole"], place), row(live["alone"], place)
            assert whole is not None
            if whole != alone:
                expected.add((live["db"], place, live["log"], "only_there" if alone is None else "differs"))
        told = {(r["exhibit"], r["locator"], r["companions"], r["state"]) for r in rows(package, "companions")}
        assert told == expected


def test_the_case_tells_of_every_row_of_the_database_whether_the_file_alone_holds_it(
    played: Path, live: dict[str, Any]
) -> None:
    with closing(sqlite3.connect(live["whole"])) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        places = [f"row:{t}/{id_}" for t in tables for (id_,) in base.execute(f"SELECT id FROM {t}")]
    expected = {}
    for place in places:
        whole, alone = row(live["whole"], place), row(live["alone"], place)
        if whole != alone:
            expected[place] = "only_there" if alone is None else "differs"
    assert "only_there" in expected.values()
    case = open_case(played / "case")
    assert companions(case)[bytes.fromhex(live["db"])] == (bytes.fromhex(live["log"]),)
    assert altered(case, bytes.fromhex(live["db"]), places) == expected


def test_the_log_is_an_exhibit_of_its_own_beside_the_database(played: Path, live: dict[str, Any]) -> None:
    for package in packages(played):
        exhibits = {r["exhibit"]: r for r in rows(package, "exhibits")}
        custody = (package / "custody.txt").read_text(encoding="utf-8")
        if live["db"] not in exhibits:
            assert live["log"] not in exhibits
            continue
        log, base = exhibits[live["log"]], exhibits[live["db"]]
        assert (log["companion_of"], base["companion_of"]) == (live["db"], "none")
        assert log["item"] == base["item"]
        assert log["acquired_by"] == base["acquired_by"]
        line = next(line for line in custody.splitlines() if line.startswith(live["log"]))
        assert line.endswith(f"read with {live['db']}, beside which it stood")
        assert "unknown, unknown" not in line, "when it came in, and by whom, is told"
