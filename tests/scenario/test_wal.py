"""The live database: SQLite reads every row, some only out of the log; the same rows give the same bytes."""

import shutil
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.model.progress import silent
from leadline.scenario.site import Site
from leadline.scenario.wal import COLUMNS, SALTS, checksum, resalted, write_live


@pytest.fixture(scope="module")
def live(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("live") / "market.db"
    write_live(path, site, silent)
    return path


def read(path: Path, query: str, tmp_path: Path, *, log: bool = True) -> list[tuple[object, ...]]:
    shutil.copyfile(path, tmp_path / "copy.db")
    if log:
        shutil.copyfile(f"{path}-wal", tmp_path / "copy.db-wal")
    connection = sqlite3.connect(tmp_path / "copy.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
        for rest in tmp_path.glob("copy.db*"):
            rest.unlink()


@pytest.mark.parametrize("table", COLUMNS)
def test_every_live_row_is_read_and_some_stand_only_in_the_log(
    table: str, live: Path, site: Site, tmp_path: Path
) -> None:
    rows = read(live, f"SELECT * FROM {table} ORDER BY id", tmp_path)
    expected = site.tables[table].filter(pa.array(site.live[table])).select(list(COLUMNS[table]))
    assert rows == list(zip(*(c.to_pylist() for c in expected.columns), strict=True))
    without = read(live, f"SELECT count(*) FROM {table}", tmp_path, log=False)
    assert without[0][0] < len(rows)


def test_the_log_supersedes_a_page_of_the_database(live: Path, tmp_path: Path) -> None:
    query = "SELECT id, email, pgp FROM users ORDER BY id"
    now = read(live, query, tmp_path)
    assert set(read(live, query, tmp_path, log=False)) - set(now)


def test_the_same_rows_give_the_same_bytes_and_nothing_else(live: Path, site: Site, tmp_path: Path) -> None:
    write_live(tmp_path / "market.db", site, silent)
    for suffix in ("", "-wal"):
        assert Path(f"{live}{suffix}").read_bytes() == (tmp_path / f"market.db{suffix}").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["market.db", "market.db-wal"]


def test_the_log_has_fixed_salts_and_its_own_checksums(live: Path) -> None:
    log = Path(f"{live}-wal").read_bytes()
    assert tuple(int.from_bytes(log[i : i + 4], "big") for i in (16, 20)) == SALTS
    assert resalted(log) == log
    assert checksum(log[:24], "<", (0, 0)) == tuple(int.from_bytes(log[i : i + 4], "big") for i in (24, 28))
