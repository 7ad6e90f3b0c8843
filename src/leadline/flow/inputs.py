"""What a step gets of a case, and the digests of exactly that: the inputs in its run's id."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.sql.duck import query
from leadline.errors import UsageError
from leadline.flow.order import before
from leadline.flow.pins import pinned
from leadline.model.evidence import ENTITY, first_statements
from leadline.model.findings import DECISION
from leadline.model.progress import Progress
from leadline.model.tables import digest
from leadline.model.words import IN_FORCE, REJECTED
from leadline.steps.step import Pin, StepSpec
from leadline.store import decisions
from leadline.store.case import Case
from leadline.store.runs import inputs_digest

WITHDRAWN_BY = {"ledger": ("tx:", "rule:"), "list": ("list:",), "tag": ("tag:",), "price": ("price:",)}
"""Which withdrawals matter to a step that pins a kind: entries of that kind; merges, and rules, are the ledger's."""


class FlowInputs:
    """steps.step.Inputs over a case: what the step declares, and nothing else."""

    def __init__(self, case: Case, spec: StepSpec, progress: Progress) -> None:
        self._case = case
        self._spec = spec
        self._progress = progress
        self._entities: dict[str, pa.Table] = {}
        self._decisions: pa.Table | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings the step declares."""
        return {name: setting(self._case, name) for name in self._spec.settings}

    @property
    def withdrawn(self) -> frozenset[str]:
        """Withdrawn refs of the kinds the step pins."""
        return frozenset(relevant(self._case, self._spec))

    @property
    def progress(self) -> Progress:
        """Where to say how far the work is."""
        return self._progress

    def table(self, name: str) -> pa.Table:
        """Current rows of a declared table over intake and the steps before, in key order; UsageError for another."""
        if name not in self._spec.reads:
            raise UsageError(f"step {self._spec.name} does not declare table {name!r}")
        return self._case.current(name, before(self._spec))

    def entities(self, name: str) -> pa.Table:
        """Each entity of a declared record table once; UsageError for any other table."""
        table = self.table(name)
        if name not in ENTITY:
            raise UsageError(f"{name!r} is not a record table")
        if name not in self._entities:
            self._entities[name] = first_statements(name, table)
        return self._entities[name]

    def pins(self, kind: str) -> Sequence[Pin]:
        """The pins of a kind, checked; UsageError when it is not declared."""
        if kind not in self._spec.pins:
            raise UsageError(f"step {self._spec.name} does not declare pins of kind {kind!r}")
        return pinned(self._case, kind)

    def decisions(self) -> pa.Table:
        """Decisions in force on the declared predicates."""
        if self._decisions is None:
            self._decisions = in_force(self._case, self._spec.decides_on)
        return self._decisions

    def sql(self, text: str, **extra: pa.Table) -> pa.Table:
        """The result of one SQL text over the declared tables and `extra`."""
        tables = {name: self.table(name) for name in self._spec.reads}
        return query(text, {**tables, **extra})


def setting(case: Case, name: str) -> Any:
    """A setting of case.toml by name; UsageError when there is none."""
    if name in ("pins", "withdrawn", "name") or not hasattr(case.settings, name):
        raise UsageError(f"no setting {name!r} for a step")
    value = getattr(case.settings, name)
    return list(value) if isinstance(value, tuple) else value


def relevant(case: Case, spec: StepSpec) -> list[str]:
    """The withdrawals that matter to a step, sorted."""
    kinds = tuple(prefix for kind in spec.pins for prefix in WITHDRAWN_BY[kind])
    return sorted(ref for ref in case.settings.withdrawn if ref.startswith(kinds)) if kinds else []


def in_force(case: Case, predicates: Sequence[str]) -> pa.Table:
    """DECISION rows in force on these predicates."""
    rows = [d for d, state in case.decisions() if state == IN_FORCE and d.predicate in predicates]
    return decisions.table(rows)


def rejected(case: Case, predicates: Sequence[str]) -> pa.Array:
    """Ids of findings on these predicates that decisions in force reject."""
    rows = in_force(case, predicates)
    return rows.filter(pc.equal(rows["verdict"], REJECTED))["finding"].combine_chunks()


def digests(case: Case, spec: StepSpec) -> dict[str, Any]:
    """The inputs of the run `spec` would append now: digests of tables, pins and decisions, settings, withdrawals."""
    current = case.current_runs(before(spec))
    found: dict[str, Any] = {f"table:{name}": inputs_digest(current, name) for name in spec.reads}
    for kind in spec.pins:
        found[f"pin:{kind}"] = [[p.name, p.digest, dict(p.params)] for p in pinned(case, kind)]
    if spec.settings:
        found["settings"] = {name: setting(case, name) for name in spec.settings}
    if gone := relevant(case, spec):
        found["withdrawn"] = gone
    if spec.decides_on:
        rows = in_force(case, spec.decides_on)
        found["decisions"] = digest(DECISION, rows).hex() if rows.num_rows else "none"
    return found
