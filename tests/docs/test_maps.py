"""The example in docs/maps.md is run, and the page names every key, reader and finder."""

import re
from pathlib import Path

import pytest

from leadline.kinds.mapping import maps
from leadline.kinds.mapping.finders import FINDERS
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.mapping.time_formats import UNITS
from leadline.kinds.reader import Source
from leadline.kinds.readers import READERS
from leadline.steps.intake import NAMED, read_exhibit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "maps.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_does_what_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "forum.csv"
    path.write_text(block("csv"))
    got = read_exhibit(Source(bytes(32), path), parse(block("toml")), lambda *_: None)
    accounts = got["account"].to_pylist()
    assert [(r["account"], r["role"], r["doubt"]) for r in accounts] == [
        ("account:forum/17", "user", "ambiguous"),
        ("account:forum/18", "operator", "assumed_zone"),
    ]
    assert [r["normal"] for r in got["identifier"].to_pylist()] == ["ann@example.org"]
    assert [(r["amount_sat"], r["doubt"]) for r in got["event"].to_pylist()] == [(50_000_000, "none")]
    assert [(r["locator"], r["reason"]) for r in got["reject"].to_pylist()] == [
        ("line:4", "bad_address"),
        ("line:4", "bad_time"),
    ]
    (tally,) = got["tally"].to_pylist()
    assert (tally["rows_in"], tally["mapped"], tally["rejected"], tally["left_out"]) == (3, 2, 1, 0)
    assert tally["unmapped_columns"] == "signature"


@pytest.mark.parametrize("word", [*NAMED, *(r.name for r in READERS), *FINDERS, *UNITS, maps.SLUG, maps.OPTIONAL])
def test_the_page_names_it(word: str) -> None:
    assert re.search(rf"\b{word}\b", PAGE)


def test_the_page_names_the_calling_country_and_a_map_takes_it() -> None:
    text = block("toml").replace('network = "main"', 'network = "main"\ncalling_country = "kr"')
    assert parse(text).name == "forum"
    assert "`calling_country`" in PAGE
