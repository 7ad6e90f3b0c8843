"""A SQLite database opened for reading from a copy, with what stands beside it applied as SQLite would.

Opening a database in place may change it and delete its -wal, ``immutable=1`` ignores the -wal and ``mode=ro`` creates
a -shm: so the database and its companions are copied to scratch first and only the copy is opened.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source, empty, no_room, unreadable

MAGIC = b"SQLite format 3\x00"
_WAL_MAGICS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""First bytes of a write-ahead log (SQLite file format, section 4.1)."""
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
"""First bytes of a rollback journal, and last ones of a journal that names a super-journal (section 3)."""
_WORDS = {
    sqlite3.SQLITE_CORRUPT: "its pages do not fit together",
    sqlite3.SQLITE_NOTADB: "its header is not SQLite's",
    sqlite3.SQLITE_IOERR: "a page cannot be read",
    sqlite3.SQLITE_TOOBIG: "a value is too large",
    sqlite3.SQLITE_INTERRUPT: "it takes longer to read than its size allows",
}
"""SQLite's complaints by primary result code; its own words may quote names and text that stand in the database."""
TWICE = "pages are used twice"
"""Our own complaint of a database that gives more than it can hold."""
_PHRASES = {
    "malformed database schema": "an entry of its schema is one that SQLite does not read",
    "no such collation sequence": "its schema names a collation that is not known here",
    "no such function": "its schema names a function that is not known here",
    "unknown function": "its schema names a function that is not known here",
    "no such module": "its schema names a module that is not known here",
    "Could not decode": "a name or text in it is no UTF-8",
    TWICE: "pages of it are used more than once",
}
"""SQLite's fixed phrases, which its result codes do not tell apart from damage or from one another."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
"""Functions that reach outside the database. The others are allowed in its generated columns and indexes: a schema that
uses json_extract is not read at all when no function of a schema is trusted."""
LONGEST_VALUE = 256 << 20
"""Bytes of a value that is read."""
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at how many there were."""
_MOST_STEPS = 20_000_000
_STEPS_A_BYTE = 512
"""Steps after which a database is given up: rows of six bytes in tables of 2,000 columns, the most of both, take 340 a
byte, and its schema is read within the rest."""


def words(error: sqlite3.Error) -> str:
    """What SQLite complains of, in words that quote nothing of the database."""
    phrase = next((says for start, says in _PHRASES.items() if str(error).startswith(start)), "")
    says = phrase or _WORDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "it cannot be read")
    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE and not phrase
    return f"damaged SQLite database: {says}" if damaged else f"SQLite database that cannot be read: {says}"


def refused(source: Source, what: str, place: str = "") -> EvidenceError:
    """The error for a database that cannot be read."""
    return EvidenceError(
        what,
        where=source.where(place),
        remedy="acquire it again, or recover it with other tools and add the recovered file as a new exhibit",
    )


def size(source: Source) -> int:
    """Bytes of the database and of all that stands beside it."""
    return sum(path.stat().st_size for path in (source.path, *source.beside))


def _check_header(source: Source, path: Path) -> None:
    """EvidenceError when a file is shorter than its own header says (SQLite file format, section 1.3)."""
    with path.open("rb") as file:
        head = file.read(100)
    found = path.stat().st_size
    if not found:
        raise empty(source)
    if len(head) < 100 or not head.startswith(MAGIC):
        raise refused(source, "damaged SQLite database: its header is cut or is not SQLite's", f"byte:0-{len(head)}")
    page = page_size(head)
    if page < 512 or page & (page - 1):
        raise refused(source, "damaged SQLite database: impossible page size", "byte:16-18")
    pages = int.from_bytes(head[28:32], "big")
    trusted = head[24:28] == head[92:96]
    if trusted and pages and found < pages * page:
        what = f"damaged SQLite database: cut after {found} of {pages * page} bytes"
        raise refused(source, what, f"byte:{found}-{pages * page}")


def page_size(head: bytes) -> int:
    """Bytes of a page, as a database's header says."""
    page = int.from_bytes(head[16:18], "big")
    return 65536 if page == 1 else page


def _copy(source: Source, folder: Path) -> tuple[Path, bool]:
    """(the copy, whether it must be rolled back): the database in `folder`, its companions by SQLite's names.

    EvidenceError for a companion that is none SQLite writes, or that needs a file that is not at hand.
    """
    if shutil.disk_usage(folder).free < size(source):
        raise no_room(source)
    target = folder / "copy.db"
    shutil.copyfile(source.path, target)
    hot = False
    for beside in source.beside:
        suffix = _companion(source, beside)
        hot |= suffix == "-journal"
        if suffix:
            shutil.copyfile(beside, folder / f"copy.db{suffix}")
    return target, hot


def _companion(source: Source, path: Path) -> str:
    """The suffix SQLite gives this companion; nothing for one that holds nothing any more."""
    length = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(32)
        file.seek(max(0, length - 8))
        tail = file.read(8)
    if head.startswith(_WAL_MAGICS):
        return "-wal"
    if head.startswith(_JOURNAL_MAGIC):
        if length > len(head) and tail == _JOURNAL_MAGIC:
            raise EvidenceError(
                "a rollback journal of a change to several databases: it names a super-journal",
                where=source.where(),
                remedy="let SQLite roll a copy of all of them back together, and take those in",
            )
        return "-journal"
    if head.strip(b"\x00"):
        raise EvidenceError(
            "a file beside the database is neither a write-ahead log nor a rollback journal",
            where=source.where(),
            remedy="take the database in without it, and the file by itself",
        )
    return ""


@contextmanager
def told(source: Source) -> Iterator[None]:
    """What the system and SQLite complain of in this block, as EvidenceErrors with the exhibit, or SpaceError."""
    try:
        yield
    except OSError as error:
        raise unreadable(source, error) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise no_room(source) from error
        raise refused(source, words(error)) from None
    except UnicodeDecodeError:
        raise refused(source, "a name in its schema is no UTF-8") from None


@contextmanager
def opened(source: Source) -> Iterator[sqlite3.Connection]:
    """A connection to a scratch copy, read only and bounded; EvidenceError when it is no database.

    The copy has no name any more once it is open: a kill at any moment leaves none. In exclusive mode SQLite keeps the
    files it has open and the index of a write-ahead log in memory.
    """
    with told(source), tempfile.TemporaryDirectory(prefix="sqlite-", dir=source.scratch) as folder:
        if not source.path.stat().st_size:
            raise empty(source)
        target, hot = _copy(source, Path(folder))
        if not hot:
            _check_header(source, target)
        with closing(sqlite3.connect(target)) as connection:
            guard(connection, size(source))
            _load(connection)
            if hot:
                _check_header(source, target)
            shutil.rmtree(folder)
            yield connection


def guard(connection: sqlite3.Connection, size_: int) -> None:
    """Bounds what the database can make SQLite do: no change, no function that reaches out, no value without end."""
    for wary in ("query_only=1", "cell_size_check=1", "locking_mode=EXCLUSIVE"):
        connection.execute(f"PRAGMA {wary}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(1 << 16, min(LONGEST_VALUE, size_)))
    connection.set_authorizer(_authorized)
    connection.set_progress_handler(_budget(size_), _STEPS)


def _authorized(action: int, _first: str | None, second: str | None, *_where: str | None) -> int:
    refuse = action == sqlite3.SQLITE_ATTACH or (action == sqlite3.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS)
    return sqlite3.SQLITE_DENY if refuse else sqlite3.SQLITE_OK


def _budget(size_: int) -> Callable[[], int]:
    """A handler that ends a query after too many steps for a database of this size."""
    left = (_MOST_STEPS + _STEPS_A_BYTE * size_) // _STEPS

    def spend() -> int:
        nonlocal left
        left -= 1
        return int(left < 0)

    return spend


def _load(connection: sqlite3.Connection) -> None:
    """Reads the schema, which rolls a journal back; one bad entry of it does not hide the others."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        named = isinstance(error, UnicodeDecodeError)  # SQLite's complaint names an entry whose name is no UTF-8
        if not named and not str(error).startswith("malformed database schema"):
            raise
        connection.execute("PRAGMA writable_schema=1")  # SQLite then goes on past an entry that it cannot parse
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
