"""Of a folder of maps the one that covers most is used, in its highest version; a tie of two names is asked about."""

import pytest

from leadline.errors import MappingError
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.mapping.maps import Map
from leadline.steps.intake.catalog import best

PARTS = [("a", ("x", "y")), ("b", ("z",))]


def made(name: str, *parts: str, version: int = 1, reader: str = "table", layout: str = "") -> Map:
    record = '[[part.record]]\ntable = "account"\nrole = "user"\n'
    records = ""
    for part, column in (text.split(".") for text in parts):
        records += f'[[part]]\nmatch = "{part}"\n{record}account = "account:s/{{{column}}}"\n'
    return parse(f'name = "{name}"\nversion = {version}\nsays = "x"\nreader = "{reader}"\n{layout}\n{records}')


def test_the_map_that_covers_most_parts_is_the_best() -> None:
    maps = {"one": made("one", "a.x"), "two": made("two", "a.x", "b.z")}
    assert best(maps, "table", PARTS) == "two"


def test_of_one_name_the_highest_version_that_fits() -> None:
    newer = made("m", "a.x", version=3, layout='[layout]\na = ["x"]\n')
    maps = {"1": made("m", "a.x"), "2": made("m", "a.x", version=2), "3": newer}
    assert best(maps, "table", PARTS) == "2"
    assert best(maps, "table", [("a", ("x",))]) == "3"


def test_two_names_that_cover_as_much_are_named() -> None:
    with pytest.raises(MappingError, match="maps of 2 names fit equally well: m, n"):
        best({"1": made("m", "a.x"), "2": made("n", "a.y")}, "table", PARTS)


def test_nothing_fits_what_lacks_a_column_or_is_read_by_another_reader() -> None:
    assert best({"1": made("m", "a.q"), "2": made("n", "a.x", reader="sqlite")}, "table", PARTS) == ""
    assert best({}, "table", PARTS) == ""
