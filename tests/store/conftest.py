"""A small case made by hand: one exhibit, one run of records, one run of findings."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from leadline.model import evidence, findings
from leadline.model.tables import from_columns, from_rows
from leadline.store.case import Case

OUTPOINT = "outpoint:" + "a" * 64 + ":0"
CLAIM = {"subject": "account:site/1", "predicate": "received", "object": OUTPOINT}
FINDING = findings.finding_id(CLAIM["subject"], CLAIM["predicate"], CLAIM["object"])
ABOVE = {"subject": "account:site/1", "predicate": "payer_candidate", "object": "customer:northgate/7"}
ABOVE_ID = findings.finding_id(ABOVE["subject"], ABOVE["predicate"], ABOVE["object"])
TAG = "tag:" + "b" * 64
MERGE = "tx:" + "c" * 64


def append_records(case: Case, exhibit: str) -> None:
    """One account of the exhibit, as an intake run."""
    account = {
        "account": ["account:site/1"],
        "role": ["user"],
        "doubt": ["unknown"],
        "exhibit": [bytes.fromhex(exhibit)],
        "locator": ["line:1"],
    }
    tables = {"account": from_columns(evidence.ACCOUNT, account)}
    case.append_run("intake", "intake", 1, {"map": "m"}, {"exhibit": exhibit}, tables, {})


def append_findings(case: Case, exhibit: str, version: int = 1, extra: tuple[tuple[str, ...], ...] = ()) -> None:
    """A received finding, and a payer_candidate that rests on it, on a tag entry and against a merge."""
    spine = [(FINDING, *CLAIM.values()), (ABOVE_ID, *ABOVE.values())]
    basis = [
        (FINDING, "exhibit", f"exhibit:{exhibit}", "line:1", "for"),
        (ABOVE_ID, "finding", f"finding:{FINDING.hex()}", "", "for"),
        (ABOVE_ID, "tag", TAG, "entry:5", "for"),
        (ABOVE_ID, "merge", MERGE, f"{MERGE}>rule:multi_input", "against"),
        *((FINDING, *row) for row in extra),
    ]
    tables = {"finding": from_rows(findings.FINDING, spine), "basis": from_rows(findings.BASIS, basis)}
    case.append_run("trace", "hand", version, {}, {"exhibit": exhibit}, tables, {})


def fill(root: Path) -> Case:
    """The small case, made at `root`, its evidence beside it."""
    source = root.parent / "evidence.txt"
    source.write_text("account 1\n")
    case = Case.create(root, "small")
    exhibit = case.add_exhibit(source)
    append_records(case, exhibit)
    append_findings(case, exhibit)
    return case


@pytest.fixture
def small(tmp_path: Path) -> Case:
    """The small case in a fresh folder."""
    return fill(tmp_path / "case")


@pytest.fixture
def hand() -> ModuleType:
    """This module: the names and verbs the small case is made with."""
    return sys.modules[__name__]
