"""What `import leadline` gives, and the gate: every look is a line of the log, without restricted columns."""

from pathlib import Path
from types import ModuleType

import pytest

import leadline
from leadline.errors import CaseError, UsageError
from leadline.model import findings
from leadline.model.catalog import TABLES
from leadline.model.tables import from_rows
from leadline.store import append, keys, roll
from leadline.store.case import Case


def test_the_face() -> None:
    assert sorted(leadline.__all__) == ["LeadlineError", "Reading", "open", "open_ledger"]


def test_findings_as_arrow(small: Case, hand: ModuleType) -> None:
    exhibit = next(iter(small.runs()[0].exhibits))
    link = from_rows(
        findings.LINK, [(hand.ABOVE_ID, "rule", "for", 1, "says"), (hand.FINDING, "rule", "for", 1, "says")]
    )
    small.append_run("link", "hand", 1, {}, {"exhibit": exhibit}, {"link": link}, {})
    found = leadline.open(str(small.root)).findings("payer_candidate")
    assert found.arrow().column("object").to_pylist() == ["customer:northgate/7"]
    assert len(found) == found.family("link").num_rows == 1
    small.log.refresh()
    assert small.log.entries[-1].act == "queried"
    for wrong in (lambda: small.findings("x"), lambda: found.family("account")):
        with pytest.raises(UsageError):
            wrong()


def test_a_case_is_opened_where_it_lies(tmp_path: Path) -> None:
    with pytest.raises(leadline.LeadlineError, match="no case"):
        leadline.open(tmp_path)


def acts(case: Case) -> list[tuple[str, object]]:
    case.log.refresh()
    return [(e.act, e.note.get("what")) for e in case.log.entries]


def test_every_table_read_is_a_line_of_the_log_and_comes_without_restricted_columns(small: Case) -> None:
    read = leadline.open(small.root)
    for name in read.tables():
        before = len(acts(small))
        columns = read.table(name).column_names
        assert len(acts(small)) == before + 1
        assert columns == [c.name for c in TABLES[name].columns if not c.restricted]
    assert acts(small)[-1] == ("queried", "table")
    assert any(c.restricted for spec in TABLES.values() for c in spec.columns)


def test_restricted_columns_need_an_unsafe_name_and_a_reason(small: Case) -> None:
    read = leadline.open(small.root)
    with pytest.raises(UsageError, match="reason"):
        read.unsafe_table("customer", " ")
    assert read.unsafe_table("customer", "a name is needed for the warrant").column_names == [
        c.name for c in TABLES["customer"].columns
    ]
    assert small.log.refresh() is None
    note = small.log.entries[-1].note
    assert (note["what"], note["why"]) == ("unsafe table", "a name is needed for the warrant")


def test_a_family_comes_without_restricted_columns(small: Case, hand: ModuleType) -> None:
    found = leadline.open(small.root).findings("received")
    for spec in findings.FAMILIES:
        if spec.key[0] == "finding":
            assert found.family(spec.name).column_names == [c.name for c in spec.columns if not c.restricted]


def test_explain_and_impact_are_looks_too(small: Case, hand: ModuleType) -> None:
    read = leadline.open(small.root)
    assert read.explain(hand.FINDING)["predicate"] == "received"
    assert acts(small)[-1] == ("viewed", "explain")
    with pytest.raises(leadline.LeadlineError):
        read.impact("finding:" + hand.FINDING.hex())
    assert acts(small)[-1] == ("queried", "impact")


@pytest.fixture
def signed(small: Case, tmp_path: Path) -> Case:
    """The small case with a roll of one officer, ana; bo has a key and is on no roll."""
    ana = keys.new(tmp_path / "ana", "ana", "secret")
    keys.new(tmp_path / "bo", "bo")
    small.change_roll(roll.ADD, roll.Operator("ana", ana.public, "officer"), "put on the roll")
    return small


def test_each_look_from_python_is_signed_by_its_operator(signed: Case, tmp_path: Path) -> None:
    read = leadline.open(signed.root, operator="ana", key=tmp_path / "ana", password="secret")
    assert (read.operator, read.authenticated) == ("ana", True)
    read.table("customer")
    signed.log.refresh()
    assert [(e.by, bool(e.sig), e.note["what"]) for e in signed.log.entries[-2:]] == [
        ("ana", True, "open"),
        ("ana", True, "table"),
    ]


@pytest.mark.parametrize(("operator", "key"), [("ana", ""), ("", ""), ("bo", "ana"), ("bo", "bo"), ("ana", "bo")])
def test_nobody_else_looks_from_python(signed: Case, tmp_path: Path, operator: str, key: str) -> None:
    before = len(signed.log.entries)
    with pytest.raises(CaseError):
        leadline.open(
            signed.root, operator=operator, key=tmp_path / key if key else None, password="secret" * (key == "ana")
        )
    signed.log.refresh()
    assert len(signed.log.entries) == before


def test_without_a_roll_a_name_is_what_somebody_says(small: Case) -> None:
    read = leadline.open(small.root, operator="ana")
    read.table("customer")
    assert not read.authenticated and read.operator == append.operator()
    small.log.refresh()
    assert [e.note["says_to_be"] for e in small.log.entries[-2:]] == ["ana", "ana"]


def test_only_the_gate_opens_a_case_for_a_view() -> None:
    views = Path(leadline.__file__).parent / "views"
    opens = {path.name for path in views.glob("*.py") if "Case.open(" in path.read_text("utf-8")}
    assert opens == {"reading.py"}
