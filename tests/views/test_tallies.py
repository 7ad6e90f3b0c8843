"""What intake says of an exhibit, on rows made so that each outcome occurs a known number of times."""

import json
import sqlite3
from pathlib import Path

import pytest

from leadline.cli import call

MAP = """
name = "board"
says = "Members of a board"
reader = "sqlite"

[time]
format = "unix"
zone = "UTC"

[[part]]
match = "member"

[[part.record]]
table = "account"
account = "account:board/{id}"
role = "user"
time = "joined"

[[part.record]]
table = "identifier"
subject = "account:board/{id}"
kind = "email"
value = "{mail}"
time = "joined"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A listed database of four members, one of a bad time and one of a bad mail; a table no map asks for; a stray."""
    made = tmp_path / "seized"
    made.mkdir()
    connection = sqlite3.connect(made / "board.sqlite")
    connection.execute("CREATE TABLE member (id INTEGER PRIMARY KEY, joined, mail, hair)")
    rows = [(1, 10**9, "a@example.org"), (2, "soon", "b@example.org"), (3, 10**9, "no mail"), (4, 10**9, None)]
    connection.executemany("INSERT INTO member (id, joined, mail) VALUES (?, ?, ?)", rows)
    connection.execute("CREATE TABLE skin (id INTEGER PRIMARY KEY, colour)")
    connection.executemany("INSERT INTO skin (colour) VALUES (?)", [("red",), ("blue",)])
    connection.commit()
    connection.close()
    (made / "board.toml").write_text(MAP)
    (made / "stray.txt").write_text("nobody listed this")
    (made / "evidence.toml").write_text(f'[[exhibit]]\npath = "board.sqlite"\nmap = "{made / "board.toml"}"\n')
    assert call(["case", "new", str(tmp_path / "case"), "--name", "x"]) == 0
    return made


def test_every_row_is_said_with_its_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["intake", str(folder.parent / "case"), str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("exhibit:") and said[0].endswith(" 3 account, 2 identifier")
    assert said[1:] == [
        "  member: 4 rows = 3 mapped + 1 rejected + 0 left out by the map",
        "  member: columns that the map does not name: hair",
        "  skin: none of its 2 rows read, the map asks for none",
        "  rejected, bad_time: 1 (row:member/2)",
        "  identifiers, email: 1 not in the form of the kind, kept as in the source: joining nobody",
        "2 files beside an evidence.toml that does not list them: not taken in",
    ]


def test_the_object_holds_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert call(["intake", str(folder.parent / "case"), str(folder), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    (tally,) = (row["tally"] for row in value["exhibits"])
    for part in tally["parts"]:
        assert part["rows"] == part["mapped"] + part["rejected"] + part["left_out"]
    assert value["not_listed"] == 2
    assert tally["refused"] == {"email": 1}
