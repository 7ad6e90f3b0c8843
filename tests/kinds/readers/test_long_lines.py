"""A line longer than may be held is a reject of its own or an error with its place, and shifts no other line."""

import io
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.codecs import records
from leadline.kinds.reader import Source
from leadline.kinds.readers import table
from leadline.kinds.readers.table import TABLE
from leadline.model import locators


def read(source: Source) -> list[tuple[str, str]]:
    """(locator, fault or nothing) of every row, rows before rejects."""
    (part,) = TABLE.parts(source, None, lambda *_: None)
    found: list[tuple[str, str]] = []
    for batch in part.batches:
        found += [(where, "") for where in batch.locators.to_pylist()]
        found += [(broken.locator, broken.reason) for broken in batch.broken]
    return found


def test_lines_behind_one_too_long_are_shown_where_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST", 1000)
    path = tmp_path / "a.csv"
    path.write_text("user,name\n1,Ann\n2," + "b" * 4500 + "\n3,Bob\n4,too,many\n5,Eve\n")
    source = Source(bytes(32), path)
    assert read(source) == [
        ("line:2", ""),
        ("line:4", ""),
        ("line:6", ""),
        ("line:3", "too_long"),
        ("line:5", "bad_row"),
    ]
    shown = {n: TABLE.resolve(source, locators.parse(f"line:{n}")) for n in (3, 4, 5, 6)}
    assert shown[3] == (("line", ("2," + "b" * 4500)[:1000]),)
    assert shown[4] == (("user", "3"), ("name", "Bob"))
    assert "".join(value for _, value in shown[5]).startswith("4")
    assert shown[6] == (("user", "5"), ("name", "Eve"))


def test_a_header_without_end_is_refused_and_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    names = [f"c{n}" for n in range(500)]
    path.write_text(",".join(names) + "\n" + ",".join(["1"] * 500) + "\n")
    source = Source(bytes(32), path)
    assert read(source) == [("line:2", "")]
    monkeypatch.setattr(table, "_HEAD_CHARACTERS", 1000)
    with pytest.raises(EvidenceError) as raised:
        read(source)
    assert "does not end within 1,000 characters" in raised.value.what
    assert raised.value.where.endswith("line:1")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", ""])
def test_what_is_left_of_a_long_line_is_passed_over(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST", 10)
    file = io.StringIO("a" * 25 + end + ("b" + end if end else ""), newline="")
    assert records.next_line(file) == ("a" * 10, False)
    assert records.next_line(file) == (("b" + end, True) if end else ("", True))
