"""The figures of a case, counted from a few rows by hand; intervals against their definitions."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import findings
from leadline.model.catalog import TABLES
from leadline.model.meanings import CASE_FIGURES, INTERVALS
from leadline.model.tables import from_rows
from leadline.steps.validation import (
    RELEASED,
    Figure,
    Z,
    brief,
    figures,
    grouped,
    lines,
    path_figure,
    unpooled,
    wilson,
)

ONE, TWO, THREE, FOUR, FIVE = (bytes([n]) * 32 for n in range(1, 6))
TX = {name: f"{name * 64}" for name in "abcd"}


NOW = datetime(2016, 1, 1, tzinfo=UTC)


def hop(finding: bytes, path: int, seq: int, created: str, rule: str) -> tuple[Any, ...]:
    made = f"outpoint:{TX[created]}:0"
    return (finding, path, seq, "tx:" + TX[created], None, made, rule, 1_000_000, 700, None, NOW, NOW)


def release(finding: bytes, service: str, tx: str, hops: int, address: str = "addr") -> tuple[Any, ...]:
    grade = "recorded"
    outpoint = f"outpoint:{TX[tx]}:0"
    return (
        finding,
        "outpoint:" + "e" * 64 + ":1",
        f"service:{service}",
        outpoint,
        700,
        address,
        hops,
        1,
        None,
        9,
        NOW,
        NOW,
        grade,
    )


def withdrawal(customer: str, tx: str, address: str | None, amount: int) -> dict[str, Any]:
    row = dict.fromkeys(c.name for c in TABLES["event"].columns)
    return row | {
        "event": f"event:{customer}/withdrawal/{tx}", "subject": f"customer:{customer}", "kind": "withdrawal",
        "object": f"tx:{TX[tx]}", "address": address, "amount_sat": amount, "doubt": "none", "exhibit": ONE,
        "locator": "line:1",
    }  # fmt: skip


def rejected(finding: bytes) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(c.name for c in findings.DECISION.columns)
    for column in findings.DECISION.columns:
        if column.name in ("id", "finding", "basis_digest"):
            row[column.name] = finding
        elif column.name == "verdict":
            row[column.name] = "rejected"
    return row


@pytest.fixture
def tables() -> dict[str, Any]:
    """Releases: confirmed by address, by amount over two paths, denied, unanswered, not asked."""
    events = [withdrawal("north/1", "a", "addr", 1), withdrawal("north/2", "b", None, 700)]
    event = from_rows(TABLES["event"], [tuple(e[c.name] for c in TABLES["event"].columns) for e in events])
    denied = rejected(THREE)
    schema = findings.DECISION.schema
    arrays = [pa.array([denied[f.name]], f.type) for f in schema]
    return {
        "release": from_rows(
            findings.RELEASE,
            [
                release(ONE, "north", "a", 0), release(TWO, "north", "b", 2), release(THREE, "north", "c", 2),
                release(FOUR, "north", "d", 2, "other"), release(FOUR, "south", "a", 0),
            ],
        ),
        "hop": from_rows(
            findings.HOP,
            [
                hop(ONE, 0, 0, "a", "tag"),
                hop(TWO, 0, 0, "c", "spend"), hop(TWO, 0, 1, "b", "cluster"),
                hop(TWO, 1, 0, "d", "change"), hop(TWO, 1, 1, "b", "tag"),
                hop(THREE, 0, 0, "c", "tag"), hop(FOUR, 0, 0, "d", "tag"), hop(FOUR, 1, 0, "a", "tag"),
            ],
        ),
        "event": event,
        "decision": pa.Table.from_arrays(arrays, names=schema.names),
    }  # fmt: skip


def counted(tables: dict[str, Any]) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {(f.figure, f.rule, f.of): (f.part, f.n) for f in figures(tables)}


def test_every_release_has_one_answer(tables: dict[str, Any]) -> None:
    got = counted(tables)
    assert got["asked", "all", "all"] == (4, 5)
    assert got["confirmed", "all", "all"] == (2, 3)
    assert got["denied", "all", "all"] == (1, 3)
    assert got["at_least", "all", "all"] == (2, 4)
    assert got["unanswered", "all", "all"] == (1, 4)
    assert got["confirmed", "tag", "2 hops"] == (0, 1)
    assert got["confirmed", "change and cluster and tag", "2 hops"] == (1, 1)
    assert got["confirmed", "all", "2 hops"] == (1, 2)


def test_the_lines_count_what_no_one_answered_as_wrong_at_worst(tables: dict[str, Any]) -> None:
    told = lines(figures(tables))[1]
    assert told == (
        "  all, all: 5 named, 4 asked, 2 confirmed, 1 denied, 1 unanswered; "
        "confirmed 2 of 3: too little for a share (20.76 to 93.85), "
        "at least 2 of 4: too little for a share (15.00 to 84.99)"
    )


def test_a_path_s_figure_is_that_of_its_rules_and_length(tables: dict[str, Any]) -> None:
    assert path_figure(tables, ONE) == ["paths by tag, 0 hops, of other payments, confirmed: not measured"]
    assert path_figure(tables, bytes(32)) == ["paths that end so: not measured, for no return answers them"]
    del tables["event"], tables["decision"]
    assert path_figure(tables, ONE) == ["paths by tag, 0 hops, of other payments, confirmed: not measured"]


def test_no_figure_counts_the_payment_it_supports(tables: dict[str, Any]) -> None:
    """Of two payments over the same kind of path, each is measured by the other alone, and by nothing when alone."""
    rows = [list(r.values()) for r in tables["release"].slice(0, 1).to_pylist()]
    other = [*rows[0]]
    other[0], other[1] = FIVE, "outpoint:" + "f" * 64 + ":0"
    both = from_rows(findings.RELEASE, [tuple(rows[0]), tuple(other)])
    hops = from_rows(findings.HOP, [hop(ONE, 0, 0, "a", "tag"), hop(FIVE, 0, 0, "a", "tag")])
    two = {**tables, "release": both, "hop": hops}
    measured = "paths by tag, 0 hops, of other payments, confirmed: 1 of 1: too little for a share (20.65 to 100.00)"
    assert path_figure(two, ONE) == path_figure(two, FIVE) == [measured]
    alone = {**two, "release": both.slice(0, 1)}
    assert path_figure(alone, ONE) == ["paths by tag, 0 hops, of other payments, confirmed: not measured"]
    counts = {(f.figure, f.rule, f.of): f.n for f in figures(two, {other[1]})}
    assert counts["confirmed", "tag", "all"] == 1 and counts["asked", "all", "all"] == 1


def test_rules_are_not_pooled(tables: dict[str, Any]) -> None:
    found = unpooled(figures(tables))
    assert {f.rule for f in found if f.figure in RELEASED} == {"tag", "change and cluster and tag"}
    whole = {f.figure: f.n for f in figures(tables) if (f.rule, f.of) == ("all", "all")}
    for figure in RELEASED:
        assert sum(f.n for f in found if (f.figure, f.of) == (figure, "all")) == whole[figure]
    assert {(f.rule, f.words) for f in unpooled(figures({}))} == {("all", "not measured")}


def test_nothing_measured_says_so() -> None:
    found = figures({})
    assert {f.words for f in found} == {"not measured"}
    assert "not measured" in "\n".join(lines(brief(found)))


def test_addresses_found_again_and_false_joins() -> None:
    rows = [
        ("multi_input", "sweep", "all", 10, 4, 40, 10, 8, 20, 2, 5),
        ("multi_input", "month", "all", 7, 4, 22, 8, 4, 20, 2, 5),
        ("multi_input", "month", "2016-03", 0, 1, 4, 2, 0, 9, 0, 7),
    ]
    found = {(f.figure, f.of): f for f in figures({"coverage": from_rows(findings.COVERAGE, rows)})}
    assert (found["found", "by month"].low_ppm, found["found", "by month"].high_ppm) == grouped(4, 8, 22)
    assert found["found", "2016-03"].words == "not measured"
    assert found["false_joins", "by sweep"].words == "2 known, 7 possible, of 20 scripts joined"
    assert found["false_joins", "2016-03"].words == "0 known, 7 possible, of 9 scripts joined"
    assert {f.figure for f in found.values()} <= set(CASE_FIGURES) and {f.interval for f in found.values()} <= set(
        INTERVALS
    )


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_ends_are_where_the_score_is_z(pair: tuple[int, int]) -> None:
    part, n = pair
    p = Fraction(part, n)
    for ppm in wilson(part, n):
        q = Fraction(ppm, 1_000_000)
        if 0 < q < 1:
            score = (p - q) ** 2 * n / (q * (1 - q))
            slack = 1e-3 + 4e-6 * n / float(q * (1 - q))
            assert abs(float(score) - Z * Z) < slack


@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_groups_of_one_size_count_as_so_many(groups: int, size: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, groups)) * size
    low, high = grouped(part, groups * size, groups * size * size)
    alone = wilson(part // size, groups)
    assert abs(low - alone[0]) <= 1 and abs(high - alone[1]) <= 1


@pytest.mark.parametrize(
    ("part", "n", "words"),
    [
        (2, 2, "2 of 2: too little for a share (34.23 to 100.00)"),
        (0, 1, "0 of 1: too little for a share (0.00 to 79.34)"),
        (9, 10, "9 of 10: too little for a share (59.58 to 98.21)"),
        (19, 20, "95.00 %, 19 of 20 (76.38 to 99.11)"),
    ],
)
def test_no_share_is_printed_where_its_interval_says_next_to_nothing(part: int, n: int, words: str) -> None:
    # the intervals as R's prop.test(correct = FALSE) gives them
    low, high = wilson(part, n)
    assert Figure("confirmed", "tag", "all", part, n, "wilson", low, high).words == words
