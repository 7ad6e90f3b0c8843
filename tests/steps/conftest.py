"""Inputs for one step, made from hand-written rows instead of a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

from leadline.engines.sql import duck
from leadline.model import evidence, findings
from leadline.model.catalog import TABLES
from leadline.model.progress import Progress, silent
from leadline.model.tables import empty, from_columns
from leadline.steps.step import Pin, StepSpec


@dataclass(frozen=True)
class HandInputs:
    """steps.step.Inputs over given tables; like the flow's, it refuses a table the step does not declare."""

    spec: StepSpec
    tables: Mapping[str, pa.Table]
    pinned: Mapping[str, Sequence[Pin]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    decided: pa.Table = field(default_factory=lambda: empty(findings.DECISION))
    progress: Progress = silent

    def table(self, name: str) -> pa.Table:
        assert name in self.spec.reads, name
        return self.tables.get(name, empty(TABLES[name]))

    def entities(self, name: str) -> pa.Table:
        return evidence.first_statements(name, self.table(name))

    def pins(self, kind: str) -> Sequence[Pin]:
        assert kind in self.spec.pins, kind
        return self.pinned.get(kind, ())

    def decisions(self) -> pa.Table:
        return self.decided

    def sql(self, text: str, **extra: pa.Table) -> pa.Table:
        return duck.query(text, {**{name: self.table(name) for name in self.spec.reads}, **extra})


@pytest.fixture(scope="session")
def hand_inputs() -> type[HandInputs]:
    """The class HandInputs."""
    return HandInputs


@pytest.fixture
def records() -> Callable[..., pa.Table]:
    """A function: table name and rows as dicts to a table; exhibit, locator, doubt are filled where left out."""

    def make(name: str, *rows: dict[str, Any]) -> pa.Table:
        spec = TABLES[name]
        filled = []
        for n, row in enumerate(rows):
            base: dict[str, Any] = {"exhibit": bytes(31) + b"\x01", "locator": f"line:{n + 1}", "doubt": "none"}
            names = {c.name for c in spec.columns}
            filled.append({**{k: v for k, v in base.items() if k in names}, **row})
        return from_columns(spec, {c.name: [row.get(c.name) for row in filled] for c in spec.columns})

    return make
