"""Identifiers from a table to the finding that two accounts are one person's: what joins, and what must not."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.kinds.mapping.grammar import parse
from leadline.model.evidence import first_statements
from leadline.steps.intake import Source, read_exhibit

MAP = """
name = "people"
says = "People"
reader = "table"
calling_country = "gb"

[[part]]

[[part.record]]
table = "account"
account = "account:site/{id}"
role = "{role}"

[[part.record]]
table = "identifier"
subject = "account:site/{id}"
kind = "email"
value = "{mail}"

[[part.record]]
table = "identifier"
subject = "account:site/{id}"
kind = "phone"
value = "{phone}"

[[part.record]]
table = "identifier"
subject = "account:site/{id}"
kind = "phone"
value = "{second}"
calling_country = { column = "land", lower = true }

[[part]]
"""
HEAD = "id,role,mail,phone,second,land\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], dict[str, pa.Table]]:
    """A function that reads rows of people by the map."""

    def reading(rows: str) -> dict[str, pa.Table]:
        path = tmp_path / "people.csv"
        path.write_text(HEAD + rows, encoding="utf-8")
        return read_exhibit(Source(bytes(32), path), parse(MAP), lambda *_: None)

    return reading


def stated(got: dict[str, pa.Table]) -> list[tuple[str, str, str, str | None]]:
    rows = got["identifier"].to_pylist()
    return sorted((r["subject"][-1], r["kind"], r["value"], r["normal"]) for r in rows)


def test_national_and_international_numbers_join(read: Callable[[str], dict[str, pa.Table]]) -> None:
    got = read("1,user,,020 7946 0958,010-1234-5678,KR\n2,user,,+44 (0)20 7946 0958,+82 010 1234 5678,\n")
    assert stated(got) == [
        ("1", "phone", "010-1234-5678", "+821012345678"),
        ("1", "phone", "020 7946 0958", "+442079460958"),
        ("2", "phone", "+44 (0)20 7946 0958", "+442079460958"),
        ("2", "phone", "+82 010 1234 5678", "+821012345678"),
    ]


def test_what_its_kind_refuses_is_kept_and_joins_nobody(read: Callable[[str], dict[str, pa.Table]]) -> None:
    got = read("1,user,nobody,home 7,010-1234-5678,\n2,user,nobody,fax 7,010-1234-5678,\n")
    assert {normal for *_, normal in stated(got)} == {None}
    assert {value for _, _, value, _ in stated(got)} == {"nobody", "home 7", "fax 7", "010-1234-5678"}
    assert got["reject"].num_rows == 0
    (tally,) = got["tally"].to_pylist()
    assert (tally["rows_in"], tally["mapped"]) == (2, 2)
    twice = pa.concat_tables([got["identifier"], got["identifier"]])
    assert first_statements("identifier", twice).num_rows == got["identifier"].num_rows == 6


def test_words_for_nothing_are_no_identifiers(read: Callable[[str], dict[str, pa.Table]]) -> None:
    got = read("1,user,NULL,\\N,n/a,\n2,user,none,-,keine Angabe,gb\n3,user,нет,不明,0000000000,gb\n")
    assert got["identifier"].num_rows == 0
    assert got["account"].num_rows == 3
    assert got["reject"].num_rows == 0


def test_words_outside_a_closed_list_are_rejects(read: Callable[[str], dict[str, pa.Table]]) -> None:
    got = read("1,customer,,,,\n2,Operator,,,,\n3, user ,,,,\n")
    assert [r["role"] for r in got["account"].to_pylist()] == ["operator", "user"]
    assert [(r["locator"], r["reason"]) for r in got["reject"].to_pylist()] == [("line:2", "bad_word")]
