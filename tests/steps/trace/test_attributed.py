"""One row of what a tag says: where it stands, under which law its actor is, and what it may be used for."""

from types import SimpleNamespace
from typing import Any

import pytest

from leadline.steps.trace.attributed import _attribution, _differing
from leadline.steps.trace.tags import CATEGORY, NAMES, Tag, Tags

WORDS = ("label", "category", "confidence", "confidence_level", "source", "lastmod", "licence", "vendor", "abuse",
         "concepts", "tag_type", "creator", "public", "context")  # fmt: skip
LEDGER: Any = SimpleNamespace(txid_hex=lambda tx: f"{tx:064x}")


def tag(script: int, tx: int = -1, name: str = "service:a", level: int = 50, entry: int = 0, **said: Any) -> Tag:
    words = {word: f"its {word}" for word in WORDS} | {"address": "addr", "category": "exchange"} | said
    return Tag(script, tx, "0a" * 32, entry, name, level, True, NAMES, words)


def actors(*jurisdictions: str | None) -> Tags:
    rows = tuple(("0b" * 32, n, {"jurisdictions": j}) for n, j in enumerate(jurisdictions))
    return Tags((), (), {"service:a": rows})


def test_a_tag_of_an_address_and_one_of_a_transaction_say_where_they_stand() -> None:
    row = _attribution(tag(0), actors(), LEDGER)
    assert row == {word: f"its {word}" for word in WORDS} | {
        "category": "exchange", "tag": "tag:" + "0a" * 32, "entry": 0, "service": "service:a", "use": NAMES,
        "spreads": True, "place": "addr", "jurisdictions": None,
    }  # fmt: skip
    assert _attribution(tag(-1, 7), actors(), LEDGER)["place"] == f"tx:{7:064x}"


@pytest.mark.parametrize(
    ("stated", "said"),
    [((None,), None), (("",), None), (("us",), "us"), (("us,kr", None, "kr,de"), "us,kr,de"), ((",us,",), "us")],
)
def test_the_countries_of_an_actor_are_said_once(stated: tuple[str | None, ...], said: str | None) -> None:
    assert _attribution(tag(0), actors(*stated), LEDGER)["jurisdictions"] == said
    assert _attribution(tag(0, name="service:b"), actors(*stated), LEDGER)["jurisdictions"] is None


def test_tags_that_differ_at_one_place_are_rows_with_the_surest_of_each() -> None:
    mine = [
        tag(5, entry=3, level=20), tag(5, entry=2, level=60), tag(5, entry=1, level=60),
        tag(5, name="service:b", entry=4, category=None), tag(6, entry=9), tag(6, entry=8),
    ]  # fmt: skip
    rows = _differing("address", mine, lambda t: t.script, lambda place: f"at {place}", lambda t: "service:a")
    assert [(r["scope"], r["place"], r["differs"], r["service"], r["entry"], r["tags"], r["holds"]) for r in rows] == [
        ("address", "at 5", "name", "service:a", 1, 3, True), ("address", "at 5", "name", "service:b", 4, 1, False),
    ]  # fmt: skip
    other = Tag(7, -1, "0c" * 32, 0, "service:a", 50, True, CATEGORY, {**mine[0].said, "category": "miner"})
    rows = _differing("cluster", [other, tag(7)], lambda t: t.script, str, lambda t: "service:a")
    assert [(r["differs"], r["category"], r["use"], r["holds"], r["tag"]) for r in rows] == [
        ("category", "miner", CATEGORY, False, "tag:" + "0c" * 32),
        ("category", "exchange", NAMES, True, "tag:" + "0a" * 32),
    ]  # fmt: skip
