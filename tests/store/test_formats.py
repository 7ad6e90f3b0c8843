"""A case of another version is refused before anything else of it is read, by every way that opens one."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leadline.errors import CaseError, IntegrityError
from leadline.model.catalog import TABLES
from leadline.model.tables import Column
from leadline.store import formats
from leadline.store.case import Case
from leadline.store.layout import FORMAT
from leadline.store.verify import verify


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder of an empty case."""
    return Case.create(tmp_path / "case", "x").root


def rewritten(case: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The case with another note in the first entry of its log, as another version would have written it."""
    log = case / "log" / "log.jsonl"
    entry = json.loads(log.read_text().splitlines()[0])
    change(entry["note"])
    log.write_text(json.dumps(entry) + "\n")
    return case


def older(note: dict[str, Any]) -> None:
    note["text"] = note["text"].replace(f"format = {FORMAT}", "format = 1")
    del note[formats.MADE_WITH], note[formats.TABLES_OF]


def other_columns(note: dict[str, Any]) -> None:
    note.update({formats.MADE_WITH: "0.0.9", formats.TABLES_OF: "0" * 16})


@pytest.mark.parametrize(
    ("change", "says"), [(older, f"format 1, not {FORMAT}"), (other_columns, "leadline 0.0.9 .tables 0")]
)
@pytest.mark.parametrize("opened", [Case.open, verify])
def test_it_is_refused_with_the_version_that_made_it(
    made: Path, change: Callable[[dict[str, Any]], None], says: str, opened: Callable[[Path], Any]
) -> None:
    with pytest.raises(CaseError, match=says) as refused:
        opened(rewritten(made, change))
    assert not isinstance(refused.value, IntegrityError)
    assert "new case" in refused.value.remedy and refused.value.where == "case, log line 1"


def test_a_case_says_which_version_made_it(made: Path) -> None:
    note = Case.open(made).log.entries[0].note
    assert (note[formats.MADE_WITH], note[formats.TABLES_OF]) == tuple(formats.stamp().values())


def test_any_change_of_a_column_is_another_form(monkeypatch: pytest.MonkeyPatch) -> None:
    now, spec = formats.tables(), TABLES["hop"]
    first = spec.columns[0]
    for columns in (
        (*spec.columns, Column("new", pa.int64(), "says", nullable=True)),
        spec.columns[1:],
        (replace(first, nullable=not first.nullable), *spec.columns[1:]),
        (replace(first, name="other"), *spec.columns[1:]),
    ):
        monkeypatch.setitem(TABLES, "hop", replace(spec, columns=columns))  # type: ignore[arg-type]
        formats.tables.cache_clear()
        assert formats.tables() != now
    monkeypatch.undo()
    formats.tables.cache_clear()
    assert formats.tables() == now


def test_a_log_without_a_first_entry_is_not_called_another_version(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "torn")
    (tmp_path / "torn" / "log" / "log.jsonl").write_bytes(b'{"act": "created"\n')
    with pytest.raises(IntegrityError):
        Case.open(tmp_path / "torn")
