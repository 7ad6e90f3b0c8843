"""Lookups of a map: what another part of the same exhibit says of a key."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.kinds.mapping.grammar import parse
from leadline.kinds.reader import Source
from leadline.steps.intake.read import read_exhibit

MAP = """
name = "m"
says = "s"
reader = "sqlite"
[lookup.of]
part = "PART"
key = "id"
value = "who"
[[part]]
match = "posts"
[[part.record]]
table = "identifier"
subject = "account:x/{author|of}"
kind = "handle"
value = "{said}"
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db, db:
        for name in ("users_1", "users_2", "people"):
            db.execute(f"CREATE TABLE {name}(id TEXT, who TEXT)")
        db.executemany(
            "INSERT INTO users_1 VALUES (?, ?)", [(None, "nobody"), ("a", "ann"), ("b", "bo"), ("a", "again")]
        )
        db.executemany("INSERT INTO users_2 VALUES (?, ?)", [("b", "later"), ("c", "cy")])
        db.executemany("INSERT INTO people VALUES (?, ?)", [("a", "other"), ("d", "di")])
        db.execute("CREATE TABLE posts(id INTEGER PRIMARY KEY, author TEXT, said TEXT)")
        authors = ["a", "b", "c", "d", None]
        db.executemany("INSERT INTO posts VALUES (?, ?, ?)", [(n, who, f"h{n}") for n, who in enumerate(authors, 1)])
    return Source(bytes(32), path)


def subjects(table: pa.Table) -> dict[str, str]:
    return dict(zip(table["value"].to_pylist(), table["subject"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("users_1", {"h1": "account:x/ann", "h2": "account:x/bo"}),
        ("users_2", {"h2": "account:x/later", "h3": "account:x/cy"}),
        ("users_*", {"h1": "account:x/ann", "h2": "account:x/bo", "h3": "account:x/cy"}),
        ("people", {"h1": "account:x/other", "h4": "account:x/di"}),
        ("USERS_1", {}),
    ],
)
def test_the_first_value_of_a_key_counts_in_every_part_that_fits(
    source: Source, part: str, expected: dict[str, str]
) -> None:
    got = read_exhibit(source, parse(MAP.replace("PART", part)), lambda *_: None)
    assert subjects(got["identifier"]) == expected
    rejects = {(r["locator"], r["reason"]) for r in got["reject"].to_pylist()}
    places = {f"h{n}": f"row:posts/{n}" for n in range(1, 6)}
    assert rejects == {(place, "missing_key") for said, place in places.items() if said not in expected}
