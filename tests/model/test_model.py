"""The model as a whole: every table documented, every predicate bound to a step and to refs that exist."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import evidence, findings
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES
from leadline.model.refs import KINDS
from leadline.model.tables import from_rows

STEPS = {"trace", "match", "link", "rank", "restitute"}


def test_every_table_has_a_key_of_its_own_columns_and_says_what_it_holds():
    for spec in TABLES.values():
        names = [c.name for c in spec.columns]
        assert set(spec.key) <= set(names), spec.name
        assert len(set(names)) == len(names)
        assert spec.says.endswith(".")
        assert all(c.says or c.refs for c in spec.columns)
        assert all(set(c.refs) <= set(KINDS) and len(set(c.words)) == len(c.words) for c in spec.columns), spec.name


def test_no_table_holds_a_float():
    for spec in TABLES.values():
        assert not any(pa.types.is_floating(c.type) for c in spec.columns), spec.name


def test_every_record_says_where_it_stands():
    for spec in evidence.RECORDS:
        assert {"exhibit", "locator"} <= {c.name for c in spec.columns}, spec.name
        assert spec.name in evidence.ENTITY


def test_every_predicate_names_known_refs_a_step_and_what_it_does_not_say():
    for predicate in PREDICATES.values():
        assert {*predicate.subject, *predicate.object} <= set(KINDS), predicate.name
        assert predicate.step in STEPS
        assert predicate.says.endswith(".")
        assert predicate.not_said.endswith(".")


@given(
    st.permutations(
        [("exhibit", "exhibit:" + "0" * 64, "line:1", "for"), ("finding", "finding:" + "1" * 64, "", "for")]
    )
)
def test_a_basis_digest_ignores_order_and_sees_changes_below(rows):
    below = {"finding:" + "1" * 64: b"x"}
    one = findings.basis_digest(rows, below)
    assert one == findings.basis_digest(rows[::-1], below)
    assert one != findings.basis_digest(rows, {"finding:" + "1" * 64: b"y"})
    assert one != findings.basis_digest([(*row[:3], "against") for row in rows], below)


def test_first_statements_gives_each_entity_once_in_evidence_order():
    rows = [
        ("account:site/1", "user", None, None, "unknown", None, exhibit, locator)
        for exhibit, locator in ((b"b" * 32, "line:1"), (b"a" * 32, "line:2"), (b"a" * 32, "line:1"))
    ]
    table = evidence.first_statements("account", from_rows(evidence.ACCOUNT, rows))
    assert table.column("locator").to_pylist() == ["line:1"]
    assert table.column("exhibit").to_pylist() == [b"a" * 32]
