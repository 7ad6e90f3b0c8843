"""SQLite: rows of the write-ahead log, keys of every kind, damage."""

import resource
import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, SpaceError
from leadline.kinds.codecs.sniff import sniff
from leadline.kinds.reader import Source
from leadline.kinds.readers.sqlite import SQLITE
from leadline.model import locators
from leadline.model.progress import silent
from leadline.steps.intake.plan import plan

Read = Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]


def test_rows_that_stand_only_in_the_log(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqlite"]
    with_log = read(source, "sqlite")["users"]
    without = read(Source(source.digest, source.path), "sqlite")["users"]
    assert [place for place, _ in with_log] == ["row:users/1", "row:users/2", "row:users/3"]
    assert [place for place, _ in without] == ["row:users/1", "row:users/2"]


def test_the_working_copy_has_no_name_while_it_is_read(examples: dict[str, Source], tmp_path: Path) -> None:
    found = examples["sqlite"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    source = Source(found.digest, found.path, found.beside, scratch=scratch)
    seen = 0
    for part in SQLITE.parts(source, None, silent):
        for _ in part.batches:
            assert list(scratch.iterdir()) == []
            seen += 1
    assert seen >= 3


def test_keys_of_every_kind(examples: dict[str, Source], read: Read) -> None:
    parts = read(examples["sqlite"], "sqlite")
    assert [place for place, _ in parts["pairs"]] == ["row:pairs/x%2C%3Ey,1", "row:pairs/z,2"]
    assert [place for place, _ in parts["loose"]] == [f"row:loose/{i}" for i in range(1, 6)]
    got = SQLITE.resolve(examples["sqlite"], locators.parse("row:pairs/x%2C%3Ey,1"))
    assert got == (("a", "x,>y"), ("b", 1))


def test_text_that_is_not_utf8_comes_as_bytes(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "latin.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        db.execute("INSERT INTO t VALUES (1, 'plain'), (2, CAST(x'e9' AS TEXT))")
    db.close()
    assert read(Source(bytes(32), path), "sqlite")["t"] == [
        ("row:t/1", {"id": 1, "v": b"plain"}),
        ("row:t/2", {"id": 2, "v": b"\xe9"}),
    ]


def test_no_room_for_the_copy_is_told(examples: dict[str, Source], read: Read) -> None:
    """With a limit on file size smaller than the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(SpaceError) as raised:
            read(examples["sqlite"], "sqlite")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.where.startswith("exhibit:")


@pytest.mark.parametrize("where", ["header", "middle", "end"])
def test_damage_is_told_with_its_place(where: str, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "big.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(i, "x" * 100) for i in range(2000)])
    db.close()
    data = bytearray(path.read_bytes())
    if where == "end":
        del data[-5000:]
    elif where == "header":
        data[16:18] = b"\x00\x03"
    else:
        data[4096:8192] = b"\xff" * 4096
        data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(EvidenceError) as raised:
        read(Source(bytes(32), path), "sqlite")
    assert raised.value.what.startswith("damaged SQLite database")
    assert raised.value.where.startswith("exhibit:")


def _made(path: Path, *statements: str, **functions: Callable[..., object]) -> Source:
    """A database made by these statements, with these functions and the collation `odd` known while it is made."""
    with closing(sqlite3.connect(path)) as db, db:
        db.create_collation("odd", lambda a, b: (a < b) - (a > b))
        for name, function in functions.items():
            db.create_function(name, 1, function, deterministic=True)
        for statement in statements:
            db.execute(statement)
    return Source(bytes(32), path)


def _values(read: Read, source: Source) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(row.values()) for _, row in rows] for name, rows in read(source, "sqlite").items()}


@pytest.fixture
def hot(tmp_path: Path) -> Source:
    """A database caught in the middle of a change, with the journal that takes the change back."""
    live = tmp_path / "live.db"
    with closing(sqlite3.connect(live, isolation_level=None)) as db:
        db.execute("PRAGMA page_size=1024")
        db.execute("CREATE TABLE pay(id INTEGER PRIMARY KEY, sat INT, memo TEXT)")
        db.executemany("INSERT INTO pay VALUES (?, 1000, ?)", [(i, "m" * 60) for i in range(1, 101)])
        db.execute("PRAGMA cache_size=2")
        db.execute("BEGIN")
        db.execute("UPDATE pay SET sat = 20")
        db.execute("DELETE FROM pay WHERE id > 50")
        for name in ("live.db", "live.db-journal"):
            shutil.copyfile(tmp_path / name, tmp_path / name.replace("live", "market"))
        db.execute("ROLLBACK")
    return Source(bytes(32), tmp_path / "market.db", (tmp_path / "market.db-journal",))


def test_a_hot_journal_is_rolled_back_as_sqlite_does(hot: Source, read: Read, tmp_path: Path) -> None:
    """The oracle is SQLite itself, on another copy of both files."""
    before = [path.read_bytes() for path in (hot.path, *hot.beside)]
    got = _values(read, hot)["pay"]
    assert (len(got), sum(int(str(row[1])) for row in got)) == (100, 100_000)
    assert [path.read_bytes() for path in (hot.path, *hot.beside)] == before
    alone = _values(read, Source(bytes(32), hot.path))["pay"]
    assert alone != got
    for path in (hot.path, *hot.beside):
        shutil.copyfile(path, tmp_path / path.name.replace("market", "oracle"))
    with closing(sqlite3.connect(tmp_path / "oracle.db")) as db:
        assert db.execute("SELECT * FROM pay").fetchall() == got


@pytest.mark.parametrize("content", [b"", b"\x00" * 600])
def test_a_journal_that_holds_nothing_any_more_changes_nothing(content: bytes, hot: Source, read: Read) -> None:
    """What journal_mode TRUNCATE and PERSIST leave."""
    hot.beside[0].write_bytes(content)
    assert read(hot, "sqlite") == read(Source(bytes(32), hot.path), "sqlite")


def test_companions_that_cannot_be_applied_are_refused_by_name(hot: Source, read: Read, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(b"something else")
    with pytest.raises(EvidenceError, match="neither a write-ahead log nor a rollback journal"):
        read(Source(bytes(32), hot.path, (tmp_path / "odd",)), "sqlite")
    name = b"/var/lib/x-mj0"
    tail = struct.pack(">I", 1) + name + struct.pack(">II", len(name), sum(name)) + hot.beside[0].read_bytes()[:8]
    hot.beside[0].write_bytes(hot.beside[0].read_bytes() + tail)
    with pytest.raises(EvidenceError, match="names a super-journal"):
        read(hot, "sqlite")


def test_generated_columns_are_columns(tmp_path: Path, read: Read) -> None:
    source = _made(
        tmp_path / "g.db",
        "CREATE TABLE pay(id INTEGER PRIMARY KEY, btc REAL, sat INT AS (CAST(round(btc * 1e8) AS INT)) STORED, "
        "d AS (id * 2))",
        "CREATE TABLE w(k TEXT PRIMARY KEY, v AS (upper(k))) WITHOUT ROWID",
        "INSERT INTO pay(id, btc) VALUES (1, 0.00005), (2, 0.00007)",
        "INSERT INTO w(k) VALUES ('a')",
    )
    assert _values(read, source) == {"pay": [(1, 0.00005, 5000, 2), (2, 0.00007, 7000, 4)], "w": [("a", "A")]}
    assert SQLITE.resolve(source, locators.parse("row:pay/2"))[2:] == (("sat", 7000), ("d", 4))


def test_what_a_schema_names_and_is_not_known_here_refuses_no_row(tmp_path: Path, read: Read) -> None:
    """Collations, functions in indexes, checks and generated columns, json_extract in an index."""
    source = _made(
        tmp_path / "u.db",
        "CREATE TABLE a(id TEXT COLLATE odd PRIMARY KEY, v TEXT COLLATE odd)",
        "CREATE INDEX ai ON a(v)",
        "CREATE TABLE b(k TEXT COLLATE odd PRIMARY KEY, v) WITHOUT ROWID",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v CHECK (f(v)), s AS (f(v)) STORED, z AS (f(v)), y AS (v + 1))",
        "CREATE INDEX ci ON c(f(v)) WHERE f(v) > 0",
        "CREATE TABLE d(id INTEGER PRIMARY KEY, doc TEXT)",
        "CREATE INDEX di ON d(json_extract(doc, '$.a'))",
        "INSERT INTO a VALUES ('x', 'p'), ('y', 'q')",
        "INSERT INTO b VALUES ('x', 1), ('y', 2)",
        "INSERT INTO c(id, v) VALUES (1, 5)",
        "INSERT INTO d VALUES (1, '{\"a\": 1}')",
        f=lambda v: v,
    )
    got = _values(read, source)
    assert sorted(got["b"], key=str) == [("x", 1), ("y", 2)]
    assert got | {"b": []} == {
        "a": [("x", "p"), ("y", "q")],
        "b": [],
        "c": [(1, 5, 5, None, 6), ("no_value",)],
        "d": [(1, '{"a": 1}')],
    }


def test_functions_that_reach_out_are_not_run(tmp_path: Path, read: Read) -> None:
    source = _made(
        tmp_path / "r.db",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, z AS (load_extension('x')))",
        "INSERT INTO t VALUES (1)",
        load_extension=lambda v: v,
    )
    assert _values(read, source) == {"t": [(1, None), ("no_value",)]}


def _damaged(source: Source, text: bytes) -> None:
    """Fills the last page that holds a text with 0xFF."""
    data = bytearray(source.path.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    start = data.rindex(text) // page * page
    data[start : start + page] = b"\xff" * page
    source.path.write_bytes(data)


def test_damage_in_one_table_leaves_its_other_rows_and_all_other_tables(tmp_path: Path, read: Read) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
    made = [f"CREATE TABLE {t}(id INTEGER PRIMARY KEY, v TEXT)" for t in "abc"]
    made += [f"INSERT INTO {t} {numbers} SELECT i, 'of {t} ' || hex(zeroblob(50)) FROM n" for t in "abc"]
    source = _made(tmp_path / "d.db", *made)
    _damaged(source, b"of b ")
    got = read(source, "sqlite")
    assert [len(got[t]) for t in "ac"] == [2000, 2000]
    *whole, (place, reject) = got["b"]
    assert reject == {"reject": "bad_table"}
    assert [row["id"] for _, row in whole] == [*range(1, len(whole) + 1)]
    assert 1900 < len(whole) < 2000
    assert SQLITE.resolve(source, locators.parse(place))[0][0] == "bytes"


def test_one_bad_entry_of_the_schema_hides_no_other_table(tmp_path: Path, read: Read) -> None:
    source = _made(
        tmp_path / "s.db",
        "CREATE TABLE good(id INTEGER PRIMARY KEY)",
        "CREATE TABLE poor(id)",
        "INSERT INTO good VALUES (7)",
    )
    source.path.write_bytes(source.path.read_bytes().replace(b"TABLE poor(id)", b"TABLE poor)id("))
    assert _values(read, source) == {"good": [(7,)], "unread_tables": [("bad_table",)]}


def test_words_of_an_error_are_true(tmp_path: Path, read: Read) -> None:
    """No page of this database is damaged: every entry of its schema is one that SQLite does not read."""
    source = _made(tmp_path / "w.db", "CREATE TABLE poor(id)")
    source.path.write_bytes(source.path.read_bytes().replace(b"TABLE poor(id)", b"TABLE poor)id("))
    with pytest.raises(EvidenceError) as raised:
        read(source, "sqlite")
    assert "damaged" not in raised.value.what
    assert "schema" in raised.value.what


def test_columns_named_as_the_rowid_hide_none_of_it(tmp_path: Path, read: Read) -> None:
    source = _made(tmp_path / "n.db", "CREATE TABLE t(_rowid_ TEXT, v)", "INSERT INTO t VALUES ('x', 1), ('x', 2)")
    got = read(source, "sqlite")["t"]
    assert [place for place, _ in got] == ["row:t/1", "row:t/2"]
    assert SQLITE.resolve(source, locators.parse("row:t/2")) == (("_rowid_", "x"), ("v", 2))


def test_defaults_of_added_columns_take_no_room_and_are_read(tmp_path: Path, read: Read) -> None:
    source = _made(
        tmp_path / "a.db",
        "CREATE TABLE t(id INTEGER PRIMARY KEY)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i FROM n",
        f"ALTER TABLE t ADD COLUMN v TEXT DEFAULT '{'long ' * 20}'",
    )
    assert len(_values(read, source)["t"]) == 3000


def test_pages_that_share_children_end_soon(tmp_path: Path, read: Read) -> None:
    """Seven interior pages, each of whose cells names the next page: some 10^12 rows in a file of 5 KB."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
    source = _made(
        tmp_path / "p.db",
        "PRAGMA page_size=512",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        f"{numbers} INSERT INTO t SELECT i, 'x' FROM n",
    )
    data = source.path.read_bytes()
    pages = [data[at : at + 512] for at in range(0, len(data), 512)]
    inner = next(page for page in pages[2:] if page[0] == 5)  # an interior page of a table
    leaf = next(page for page in pages[2:] if page[0] == 13)
    head = bytearray(pages[0])
    head[28:32] = (9).to_bytes(4, "big")
    source.path.write_bytes(bytes(head) + b"".join(_to(inner, child) for child in range(3, 10)) + leaf)
    rows = read(source, "sqlite")["t"]
    assert rows[-1][1] == {"reject": "bad_table"}
    assert 0 < len(rows) <= 9 * 512 // 6 + 1


def _to(inner: bytes, child: int) -> bytes:
    """An interior page of which every cell names the same child."""
    page = bytearray(inner)
    page[8:12] = child.to_bytes(4, "big")
    for n in range(int.from_bytes(page[3:5], "big")):
        at = int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big")
        page[at : at + 4] = child.to_bytes(4, "big")
    return bytes(page)


def test_all_companions_go_with_the_database(hot: Source) -> None:
    (item,) = plan([hot.path, hot.beside[0]])
    assert item.beside == hot.beside
    assert sniff(hot.beside[0].read_bytes()) == "application/x-sqlite3-journal"


@pytest.mark.parametrize("sql", [b"CREATE TABLE named(a)", b"CREATE INDEX named ON t(id)"])
def test_a_name_in_the_schema_that_is_no_utf8_is_read_or_told(sql: bytes, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "named.db"
    _made(path, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (7)", sql.decode())
    path.write_bytes(path.read_bytes().replace(b"named", b"\xff\xfe\xfd\xfc\xfb"))
    try:
        assert read(Source(bytes(32), path), "sqlite")["t"] == [("row:t/7", {"id": 7})]
    except EvidenceError as error:
        assert "SQLite" in error.what or "UTF-8" in error.what


def test_a_column_that_fails_at_one_row_is_left_out_from_there_on(tmp_path: Path, read: Read) -> None:
    """abs() of the least integer overflows in SQLite: rows before it keep their value, those after it their others."""
    least = -(1 << 63)
    source = _made(tmp_path / "o.db", "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT)")
    with closing(sqlite3.connect(source.path)) as db, db:
        db.executemany("INSERT INTO t VALUES (?, ?)", [(1, -5), (2, -7), (3, least), (4, -9)])
        db.execute("ALTER TABLE t ADD COLUMN z AS (CASE WHEN v < -8 THEN abs(v) ELSE -v END)")
    assert _values(read, source) == {"t": [(1, -5, 5), (2, -7, 7), (3, least, None), (4, -9, None), ("no_value",)]}
    assert SQLITE.resolve(source, locators.parse("row:t/2")) == (("id", 2), ("v", -7), ("z", 7))
    assert SQLITE.resolve(source, locators.parse("row:t/3")) == (("id", 3), ("v", least))
    (sampled,) = SQLITE.sample(source, 10)
    assert sampled.rows.to_pydict() == {"id": [1, 2, 3, 4], "v": [-5, -7, least, -9], "z": [None] * 4}


def _rows_before(path: Path, text: bytes) -> int:
    """How often a text stands before the last page that holds it: the rows of the leaves before that one."""
    data = path.read_bytes()
    page = int.from_bytes(data[16:18], "big")
    return data[: data.rindex(text) // page * page].count(text)


@pytest.mark.parametrize("after", [0, 1, 700, 1023, 1024, 1025])
def test_every_row_before_the_one_that_fails_is_read_whole(after: int, tmp_path: Path, read: Read) -> None:
    """The row that fails stands at the beginning, before, at and behind the end of a chunk."""
    least = -(1 << 63)
    source = _made(tmp_path / "c.db", "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT)")
    with closing(sqlite3.connect(source.path)) as db, db:
        db.executemany("INSERT INTO t VALUES (?, ?)", [(n, least if n == after else n) for n in range(2100)])
        db.execute(f"ALTER TABLE t ADD COLUMN z AS (CASE v WHEN {least} THEN abs(v) ELSE v END)")
    values = [(n, n, n) if n < after else (n, least if n == after else n, None) for n in range(2100)]
    assert _values(read, source) == {"t": [*values, ("no_value",)]}


def test_damage_takes_no_column_from_the_rows_before_it(tmp_path: Path, read: Read) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
    source = _made(
        tmp_path / "v.db",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, twice AS (id * 2))",
        f"INSERT INTO t(id, v) {numbers} SELECT i, 'of t ' || hex(zeroblob(50)) FROM n",
    )
    before = _rows_before(source.path, b"of t ")
    _damaged(source, b"of t ")
    *whole, (_, reject) = read(source, "sqlite")["t"]
    assert reject == {"reject": "bad_table"}
    assert len(whole) == before and all(row["twice"] == 2 * int(str(row["id"])) for _, row in whole)
    assert [row["id"] for _, row in whole] == [*range(1, len(whole) + 1)]


def test_the_rows_that_the_database_alone_lacks_or_holds_otherwise_are_told(tmp_path: Path) -> None:
    work = tmp_path / "work.db"
    with closing(sqlite3.connect(work, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA wal_autocheckpoint=0")
        base.execute("CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT)")
        base.execute("CREATE TABLE notes(code TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID")
        base.execute("INSERT INTO users VALUES (1, 'b@example.net'), (2, 'c@example.net')")
        base.execute("INSERT INTO notes VALUES ('a,b', 1)")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base.execute("UPDATE users SET email = 'u@example.net' WHERE id = 1")
        base.execute("INSERT INTO users VALUES (3, 'd@example.net')")
        base.execute("INSERT INTO notes VALUES ('7', 2)")
        base.execute("CREATE TABLE later(id INTEGER PRIMARY KEY)")
        base.execute("INSERT INTO later VALUES (1)")
        shutil.copy(work, tmp_path / "site.db")
        shutil.copy(f"{work}-wal", tmp_path / "site.db-wal")
    source = Source(bytes(32), tmp_path / "site.db", (tmp_path / "site.db-wal",), scratch=tmp_path)
    places = [place for part in SQLITE.parts(source, None, silent) for b in part.batches for place in b.locators]
    asked = [*map(str, places), "row:users/99", "row:none/1", "byte:0-16"]
    assert SQLITE.altered is not None
    assert SQLITE.altered(source, asked) == {
        "row:users/1": "differs", "row:users/3": "only_there", "row:notes/7": "only_there", "row:later/1": "only_there",
    }  # fmt: skip
    assert SQLITE.altered(Source(bytes(32), tmp_path / "site.db", scratch=tmp_path), asked) == {}
