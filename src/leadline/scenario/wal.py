"""The live site's database (schema A) with its write-ahead log, the same bytes for the same rows.

SQLite salts a new log with random numbers. The log is taken while the writer is still open, then given fixed salts and
its checksums are computed anew (SQLite file format, section 4.2 and 4.3).
"""

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.progress import Progress
from leadline.scenario.site import WAL_ROWS, Site

DDL = """
CREATE TABLE users(id INTEGER PRIMARY KEY, handle TEXT NOT NULL, email TEXT, pgp TEXT, role TEXT NOT NULL,
  created INTEGER NOT NULL);
CREATE TABLE wallets(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, address TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE credits(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, address TEXT NOT NULL,
  amount_sat INTEGER NOT NULL, txid TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE logins(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, at INTEGER NOT NULL, ip TEXT, agent TEXT);
CREATE TABLE files(id INTEGER PRIMARY KEY, uploader_id INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
  created INTEGER NOT NULL, thumb BLOB);
CREATE TABLE downloads(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, file_id INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE messages(id INTEGER PRIMARY KEY, from_id INTEGER NOT NULL, to_id INTEGER NOT NULL, at INTEGER NOT NULL,
  token TEXT);
CREATE TABLE mail(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, at INTEGER NOT NULL, headers TEXT);
CREATE TABLE tariffs(id INTEGER PRIMARY KEY, amount TEXT NOT NULL, currency TEXT NOT NULL, since INTEGER NOT NULL,
  until INTEGER);
CREATE TABLE settings(id INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, changed INTEGER NOT NULL);
"""
"""Schema A."""
COLUMNS = {
    "users": ("id", "handle", "email", "pgp", "role", "created"),
    "wallets": ("id", "user_id", "address", "created"),
    "credits": ("id", "user_id", "address", "amount_sat", "txid", "created"),
    "logins": ("id", "user_id", "at", "ip", "agent"),
    "files": ("id", "uploader_id", "sha256", "size", "created", "thumb"),
    "downloads": ("id", "user_id", "file_id", "at"),
    "messages": ("id", "from_id", "to_id", "at", "token"),
    "mail": ("id", "user_id", "at", "headers"),
    "tariffs": ("id", "amount", "currency", "since", "until"),
    "settings": ("id", "name", "value", "changed"),
}
"""The columns of schema A, in order."""
SALTS = (0x4C454144, 0x4C494E45)
"""Fixed salts of the log; any numbers do, as long as every frame repeats the header's."""
_HEADER = 32
_FRAME = 24


def write_live(path: Path, site: Site, progress: Progress) -> None:
    """Writes `path` and `path`-wal; the last rows of every table, and changed accounts, stand only in the log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(path.name + ".building")
    log = Path(f"{work}-wal")
    with closing(sqlite3.connect(work, isolation_level=None)) as connection:
        connection.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + DDL)
        for i, name in enumerate(COLUMNS):
            progress(f"market.db {name}", i, len(COLUMNS))
            _insert(connection, name, _rows(site, name, last=False))
        sold = _sold(site)
        _change(connection, [(before, key, i) for i, _, _, before, key in sold])
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        for name in COLUMNS:
            _insert(connection, name, _rows(site, name, last=True))
        _change(connection, [(email, key, i) for i, email, key, _, _ in sold])
        shutil.copyfile(work, path)
        Path(f"{path}-wal").write_bytes(resalted(log.read_bytes()))
    work.unlink()


def _tail(site: Site, name: str) -> int:
    """How many of a table's live rows stand only in the log: a fiftieth, at least one."""
    return min(WAL_ROWS, max(1, int(site.live[name].sum()) // 50))


def _rows(site: Site, name: str, *, last: bool) -> pa.Table:
    """The live rows of a table: all but the tail, or the tail."""
    table = site.tables[name].filter(pa.array(site.live[name]))
    tail = _tail(site, name)
    return table.slice(len(table) - tail) if last else table.slice(0, len(table) - tail)


def _insert(connection: sqlite3.Connection, name: str, table: pa.Table) -> None:
    columns = COLUMNS[name]
    marks = ", ".join("?" * len(columns))
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", _tuples(table.select(list(columns))))
    connection.execute("COMMIT")


def _tuples(table: pa.Table) -> Iterator[tuple[object, ...]]:
    for batch in table.to_batches(max_chunksize=65_536):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _sold(site: Site) -> list[tuple[object, ...]]:
    """(id, email, pgp, email before, pgp before) of the operator's account and of live accounts sold after the backup.

    The database itself still has them as they were before; only the log has the change.
    """
    users = site.tables["users"].filter(pa.array(site.live["users"]))
    main = users.slice(0, len(users) - _tail(site, "users"))
    changed = pc.or_kleene(_differ(main, "email"), _differ(main, "pgp"))
    rows = main.filter(pc.or_kleene(changed, pc.equal(main["id"], 1)))
    return list(_tuples(rows.select(["id", "email", "pgp", "email_before", "pgp_before"]).slice(0, WAL_ROWS)))


def _differ(users: pa.Table, name: str) -> pa.ChunkedArray:
    """Where a column of users is not what it was before a sale; null and empty are one."""
    return pc.not_equal(pc.fill_null(users[name], ""), pc.fill_null(users[f"{name}_before"], ""))


def _change(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    """Sets (email, pgp) of the users with these ids."""
    connection.execute("BEGIN")
    connection.executemany("UPDATE users SET email = ?, pgp = ? WHERE id = ?", rows)
    connection.execute("COMMIT")


def checksum(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    """SQLite's running checksum over `data`, whose length is a multiple of eight; `order` is ``<`` or ``>``."""
    a, b = start
    words = np.frombuffer(data, f"{order}u4").tolist()
    for even, odd in zip(words[::2], words[1::2], strict=True):
        a = (a + even + b) & 0xFFFFFFFF
        b = (b + odd + a) & 0xFFFFFFFF
    return a, b


def resalted(log: bytes) -> bytes:
    """A write-ahead log with `SALTS` in its header and frames and checksums that fit."""
    order = ">" if log[3] & 1 else "<"
    page = struct.unpack(">I", log[8:12])[0]
    head = log[:12] + struct.pack(">III", 0, *SALTS)
    running = checksum(head, order, (0, 0))
    parts = [head, struct.pack(">II", *running)]
    for at in range(_HEADER, len(log) - _FRAME - page + 1, _FRAME + page):
        body = log[at + _FRAME : at + _FRAME + page]
        running = checksum(log[at : at + 8], order, running)
        running = checksum(body, order, running)
        parts += [log[at : at + 8], struct.pack(">IIII", *SALTS, *running), body]
    return b"".join(parts)
