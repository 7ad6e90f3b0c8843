"""What is still to do with each file: a table on disk that survives a kill at any moment, shared by who works on it.

A file waits, is leased by one process for a while, or is done. A lease ends when its process is gone or has not renewed
it; the file then waits again. A file that ended its worker waits once more, alone; a second time makes it *poison*: it
is done, with what ended the worker as its reason, and never given to a worker again. A file that has changed since
(size, times, place on the disk) waits anew. So does one whose answer does not bear this user's mark: whoever has held
the folder in hand may have put it there. The table is SQLite in WAL mode: a kill loses no answer that was given, and
a torn one never was. It holds paths and hashes; it belongs on the case's own disk and goes when the tables made of it
are appended.
"""

import json
import os
import socket
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from leadline.errors import LeadlineError, SpaceError
from leadline.own_state import is_marked, mark

LEASE_SECONDS = 600.0
"""How long a lease holds without being renewed: longer than a worker may be silent, shorter than a night."""
BUSY_SECONDS = 60.0
"""How long another process that writes to the table is waited for."""
TRIES = 2
"""Workers a file may end before it is poison."""
MARK = 32
"""Bytes of the mark before an answer (own_state.mark)."""
Answer = tuple[dict[str, Any] | None, dict[str, Any]]
"""What a worker said of a file: its digests (None when it could not be opened), then its frames."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS task (
    id INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, stamp TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    owner TEXT, until REAL, answer BLOB);
CREATE INDEX IF NOT EXISTS waiting ON task (tries DESC, id) WHERE answer IS NULL;
"""


class Tasks:
    """The table of the files in `paths`, numbered as they stand there; in memory when `table` is None.

    `counts`: whether an answer that stands there already is one for this call; a file without one waits.
    SpaceError when the disk is full, LeadlineError when the table cannot be read or written.
    """

    def __init__(
        self, paths: Sequence[Path], table: Path | None = None, counts: Callable[[Answer], bool] | None = None
    ) -> None:
        self.paths = paths
        self._name = os.fsencode(table.name) if table else b""
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._base = sqlite3.connect(table or ":memory:", timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with self._told():
                self._base.execute("PRAGMA trusted_schema=0")
                self._log_ahead()
                self._base.execute("PRAGMA synchronous=NORMAL")
                self._base.executescript(_SCHEMA)
                self._enter()
                self._doubt(counts)
                self._free_the_dead()
        except BaseException:
            self._base.close()
            raise
        self._renewed = time.monotonic()

    def _log_ahead(self) -> None:
        """Turns WAL on; SQLite does not wait itself for another process that is doing the same."""
        began = time.monotonic()
        while True:
            try:
                self._base.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() - began > BUSY_SECONDS:
                    raise
            time.sleep(0.05)

    def _told(self) -> "_Told":
        return _Told()

    def _enter(self) -> None:
        """A row for every file that has none, a new one for those that have changed."""
        rows = [(os.fsencode(path.absolute()), _stamp(path)) for path in self.paths]
        self._base.execute("BEGIN IMMEDIATE")
        self._base.executemany(
            "INSERT INTO task (path, stamp) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET stamp = excluded.stamp, "
            "tries = 0, owner = NULL, until = NULL, answer = NULL WHERE stamp <> excluded.stamp",
            rows,
        )
        self._base.execute("COMMIT")
        ids = dict(self._base.execute("SELECT path, id FROM task"))
        self._ids = [ids[path] for path, _ in rows]
        self._number = {id_: n for n, id_ in enumerate(self._ids)}
        self._base.execute("CREATE TEMP TABLE mine (id INTEGER PRIMARY KEY)")
        self._base.executemany("INSERT OR IGNORE INTO mine VALUES (?)", ((id_,) for id_ in self._ids))

    def _doubt(self, counts: Callable[[Answer], bool] | None) -> None:
        """Files whose answer does not bear this user's mark, or does not count, wait again."""
        found = self._base.execute(
            "SELECT id, path, stamp, answer FROM task JOIN mine USING (id) WHERE answer IS NOT NULL"
        )
        strange = [
            (id_,) for id_, *row in found if not (self._own(*row) and (counts is None or counts(_answer(row[-1]))))
        ]
        self._base.executemany(
            "UPDATE task SET tries = 0, owner = NULL, until = NULL, answer = NULL WHERE id = ?", strange
        )

    def _marked(self, path: bytes, stamp: str, answer: bytes) -> bytes:
        """What an answer's mark is made of: the table's name, the file's place and state, and the answer."""
        return b"\0".join((self._name, path, stamp.encode(), answer))

    def _own(self, path: Any, stamp: Any, answer: Any) -> bool:
        """Whether an answer, as it stands in the table, bears this user's mark."""
        if not (isinstance(path, bytes) and isinstance(stamp, str) and isinstance(answer, bytes)):
            return False
        return is_marked(self._marked(path, stamp, answer[MARK:]), answer[:MARK])

    def _free_the_dead(self) -> None:
        """Leases of processes of this machine that are gone are ended."""
        for (owner,) in self._base.execute("SELECT DISTINCT owner FROM task WHERE owner IS NOT NULL").fetchall():
            host, _, pid = owner.rpartition(":")
            if host == socket.gethostname() and (owner == self._owner or not _runs(int(pid))):
                self._base.execute("UPDATE task SET owner = NULL, until = NULL WHERE owner = ?", (owner,))

    def claim(self, most: int) -> list[int]:
        """Numbers of up to `most` waiting files, leased to this process; one that ended a worker comes alone."""
        with self._told():
            now = time.time()
            self._base.execute("BEGIN IMMEDIATE")
            found = self._base.execute(
                "SELECT id, tries FROM task JOIN mine USING (id) "
                "WHERE answer IS NULL AND (until IS NULL OR until < ?) ORDER BY tries DESC, id LIMIT ?",
                (now, most),
            ).fetchall()
            taken = [id_ for id_, _ in (found[:1] if found and found[0][1] else found)]
            self._base.executemany(
                "UPDATE task SET owner = ?, until = ? WHERE id = ?",
                [(self._owner, now + LEASE_SECONDS, id_) for id_ in taken],
            )
            self._base.execute("COMMIT")
        return [self._number[id_] for id_ in taken]

    def renew(self) -> None:
        """Holds this process's leases on; does nothing most of the time."""
        if time.monotonic() - self._renewed > LEASE_SECONDS / 10:
            self._renewed = time.monotonic()
            with self._told():
                until = time.time() + LEASE_SECONDS
                self._base.execute("UPDATE task SET until = ? WHERE owner = ?", (until, self._owner))

    def release(self, numbers: Sequence[int]) -> None:
        """These files wait again."""
        with self._told():
            self._base.executemany(
                "UPDATE task SET owner = NULL, until = NULL WHERE id = ?", [(self._ids[n],) for n in numbers]
            )

    def ended_worker(self, number: int) -> bool:
        """Whether the file has now ended as many workers as it may; if not, it waits again."""
        with self._told():
            id_ = self._ids[number]
            self._base.execute("UPDATE task SET tries = tries + 1, owner = NULL, until = NULL WHERE id = ?", (id_,))
            (tries,) = self._base.execute("SELECT tries FROM task WHERE id = ?", (id_,)).fetchone()
        return int(tries) >= TRIES

    def done(self, number: int, answer: Answer) -> None:
        """The file is done; an answer once given stays."""
        data = zlib.compress(json.dumps(answer, separators=(",", ":")).encode(), 1)
        with self._told():
            path, stamp = self._base.execute(
                "SELECT path, stamp FROM task WHERE id = ?", (self._ids[number],)
            ).fetchone()
            data = mark(self._marked(path, stamp, data)) + data
            self._base.execute(
                "UPDATE task SET answer = ?, owner = NULL, until = NULL WHERE id = ? AND answer IS NULL",
                (data, self._ids[number]),
            )

    def left(self) -> int:
        """Files of this call that are not done."""
        with self._told():
            found = self._base.execute("SELECT count(*) FROM task JOIN mine USING (id) WHERE answer IS NULL")
            return int(found.fetchone()[0])

    def answers(self) -> Iterator[tuple[int, Answer]]:
        """(number, answer) of every file in order, every one done; LeadlineError when another process wrote one."""
        for number, id_ in enumerate(self._ids):
            with self._told():
                found = self._base.execute("SELECT path, stamp, answer FROM task WHERE id = ?", (id_,)).fetchone()
            if not self._own(*found):
                raise LeadlineError(
                    "somebody else wrote to the table of media that are being hashed",
                    remedy="see who may enter the case's folder, and run it again",
                )
            yield number, _answer(found[2])

    def close(self) -> None:
        """Ends this process's leases and closes the table."""
        with closing(self._base):
            self._base.execute("UPDATE task SET owner = NULL, until = NULL WHERE owner = ?", (self._owner,))


class _Told:
    """Turns SQLite's errors into ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            if "full" in str(error):
                raise SpaceError("the disk is full while media are hashed", remedy="free some space and run it again")
            raise LeadlineError(
                "the table of media that are being hashed cannot be used",
                remedy="remove the case's scratch/media folder and run it again",
            ) from error


def remove(table: Path) -> None:
    """Removes a table and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm"):
        table.with_name(table.name + end).unlink(missing_ok=True)


def _answer(kept: bytes) -> Answer:
    """An answer as it stands in the table, behind its mark."""
    known, seen = json.loads(zlib.decompress(kept[MARK:]))
    return known, seen


def _stamp(path: Path) -> str:
    """Size and times of a file, which differ after any change; empty when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
