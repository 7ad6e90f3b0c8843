"""The gate of what may travel, alone: every restriction, every way down to an exhibit, held against plain loops."""

import hashlib
from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.evidence import EXHIBIT, NEVER_CLEARED, RESTRICTIONS
from leadline.model.findings import BASIS
from leadline.model.tables import empty, from_columns, from_rows
from leadline.steps.refer.restrictions import Barred, barred, basis_below, stopped

STATED = pa.schema([("person", pa.string()), ("exhibit", pa.binary(32)), ("locator", pa.string())])


def sha(text: str) -> bytes:
    """A digest that stands for `text`."""
    return hashlib.sha256(text.encode()).digest()


def exhibits(words: dict[str, str]) -> pa.Table:
    """The table of exhibits with these restrictions."""
    n = len(words)
    plain = {"media_type": "text/csv", "held": "stored", "acquired_at": "unknown", "acquired_by": "unknown"}
    columns = {name: [value] * n for name, value in (plain | {"authority": "unknown"}).items()}
    columns |= {"exhibit": [sha(name) for name in words], "size": [1] * n, "restrictions": list(words.values())}
    return from_columns(EXHIBIT, columns)


def basis(*rows: tuple[str, str, str, str]) -> pa.Table:
    """Basis rows written as (finding, kind, name of what it rests on, role)."""
    return from_rows(
        BASIS, [(sha(f), kind, f"{kind}:{sha(ref).hex()}", _at(kind), role) for f, kind, ref, role in rows]
    )


def _at(kind: str) -> str:
    return "line:2" if kind == "exhibit" else ""


def stated(*rows: tuple[str, str]) -> pa.Table:
    """Statements written as (person, exhibit)."""
    return pa.table([[p for p, _ in rows], [sha(e) for _, e in rows], ["line:9"] * len(rows)], schema=STATED)


@pytest.mark.parametrize(("word", "place"), list(product((*RESTRICTIONS, "a_word_of_tomorrow"), ("us", "kr"))))
def test_each_restriction_bars_until_it_is_cleared_for_the_place(word: str, place: str) -> None:
    table, cleared = exhibits({"return": word}), {word: frozenset({"us"})}
    assert stopped(table, place, {}) == {sha("return"): (word,)}
    opened = place == "us" and word in RESTRICTIONS and word not in NEVER_CLEARED
    assert stopped(table, place, cleared) == ({} if opened else {sha("return"): (word,)})


def test_an_exhibit_without_restrictions_travels_unless_the_whole_case_has_one() -> None:
    table = exhibits({"site": "", "return": "mlat_use"})
    assert stopped(table, "us", {"mlat_use": frozenset({"us"})}) == {}
    both = stopped(table, "us", {"mlat_use": frozenset({"us"})}, ["court_sealed"])
    assert both == {sha("site"): ("court_sealed",), sha("return"): ("court_sealed",)}


def test_one_of_two_restrictions_that_is_cleared_leaves_the_other() -> None:
    table = exhibits({"return": "grand_jury,mlat_use"})
    assert stopped(table, "us", {"mlat_use": frozenset({"us"})}) == {sha("return"): ("grand_jury",)}


def test_two_rows_of_one_exhibit_add_their_restrictions_up() -> None:
    table = pa.concat_tables(
        [exhibits({"return": "mlat_use"}), exhibits({"return": ""}), exhibits({"return": "originator"})]
    )
    assert stopped(table, "us", {}) == {sha("return"): ("mlat_use", "originator")}


@pytest.mark.parametrize("role", ["for", "against"])
def test_what_speaks_against_a_finding_is_held_back_like_what_speaks_for_it(role: str) -> None:
    rows = basis(("a", "exhibit", "return", role), ("a", "exhibit", "site", "for"))
    found = barred(rows, STATED.empty_table(), exhibits({"return": "grand_jury", "site": ""}), "us", {})
    assert found == (Barred(f"finding:{sha('a').hex()}", sha("return"), "line:2", "grand_jury", "us"),)
    assert str(found[0]) == f"finding:{sha('a').hex()} rests on exhibit:{sha('return').hex()} line:2 (grand_jury)"


def test_what_a_person_states_is_looked_at_beside_the_findings() -> None:
    found = barred(
        empty(BASIS), stated(("person:x", "site"), ("person:y", "return")), exhibits({"return": "originator"}), "us", {}
    )
    assert [(row.holder, row.exhibit, row.restriction) for row in found] == [("person:y", sha("return"), "originator")]


names = st.sampled_from("abcdef")
edges = st.lists(st.tuples(names, st.sampled_from(["exhibit", "finding"]), names, st.sampled_from(["for", "against"])))


@given(edges, st.sets(names), st.dictionaries(names, st.sampled_from(["", "mlat_use", "privileged"])))
def test_no_restricted_exhibit_below_a_finding_is_overlooked(rows, asked, words):  # type: ignore[no-untyped-def]
    below = set(asked)
    while more := {ref for f, kind, ref, _ in rows if kind == "finding" and f in below} - below:
        below |= more
    table = basis_below(basis(*rows), [sha(name) for name in asked])
    assert set(table.column("finding").to_pylist()) == {sha(f) for f, *_ in rows if f in below}
    found = barred(table, STATED.empty_table(), exhibits(words), "us", {"mlat_use": frozenset({"kr"})})
    expected = {(sha(f), sha(ref), words[ref]) for f, kind, ref, _ in rows
                if kind == "exhibit" and f in below and words.get(ref)}  # fmt: skip
    assert {(bytes.fromhex(b.holder.removeprefix("finding:")), b.exhibit, b.restriction) for b in found} == expected
