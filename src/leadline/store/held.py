"""What a case holds, read as its log names it: settings, runs, tables over the current runs, basis and decisions."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.model.catalog import TABLES
from leadline.model.findings import finding_id
from leadline.model.tables import empty, in_key_order
from leadline.model.words import IN_FORCE
from leadline.store import append, blobs, checked, decisions, runs, settings
from leadline.store.basis import Basis
from leadline.store.decisions import Decision
from leadline.store.keys import Key
from leadline.store.layout import Layout
from leadline.store.log import Log
from leadline.store.roll import Operator
from leadline.store.runs import Run
from leadline.store.settings import Settings


class Held:
    """What one case holds; what is read is kept until the log grows."""

    def __init__(self, layout: Layout, log: Log, operator: Key | None = None) -> None:
        self.layout = layout
        self.log = log
        self._key = operator
        self._settings = settings.from_toml(append.settings_text(log))
        self._runs: dict[str, Run] = {}
        self._named: tuple[int, list[str]] | None = None
        self._current: tuple[tuple[tuple[str, ...], tuple[str, ...]], list[Run]] | None = None
        self._tables: dict[tuple[str, tuple[str, ...]], pa.Table] = {}
        self._basis: tuple[object, Basis] | None = None
        self._decisions: tuple[int, Mapping[str, Decision]] | None = None
        self._states: tuple[Mapping[str, Decision], Basis, pa.Table, list[tuple[Decision, str]]] | None = None

    @property
    def operators(self) -> Mapping[str, Operator]:
        """The roll, by name; empty for a case whose operators are not authenticated."""
        return self.log.course.roll.operators

    @property
    def root(self) -> Path:
        """The case's folder."""
        return self.layout.root

    @property
    def settings(self) -> Settings:
        """What case.toml says, as the log holds it."""
        return self._settings

    @property
    def withdrawals(self) -> frozenset[str]:
        """Refs withdrawn from the case."""
        return frozenset(self._settings.withdrawn)

    def exhibit_path(self, sha256: str) -> Path:
        """Where the stored copy of an exhibit lies; IntegrityError when there is none."""
        return blobs.path(self.layout, self.log, sha256)

    def run(self, id_: str) -> Run:
        """The run of this id."""
        if id_ not in self._runs:
            self._runs[id_] = runs.read(self.layout, self.log.files, id_)
        return self._runs[id_]

    def runs(self) -> list[Run]:
        """Every run in the order in which it last became current."""
        self.log.refresh()
        if self._named is None or self._named[0] != len(self.log.entries):
            named = [str(entry.note["run"]) for entry in self.log.entries if entry.act == "run"]
            self._named = len(self.log.entries), list(reversed(dict.fromkeys(reversed(named))))
        return [self.run(id_) for id_ in self._named[1]]

    def current_runs(self, steps: Sequence[str] | None = None) -> list[Run]:
        """The current runs, in order of id, of all steps or of those named."""
        known = tuple(self.runs())
        key = (tuple(run.id for run in known), self.settings.withdrawn)
        if self._current is None or self._current[0] != key:
            self._current = key, runs.current(known, self.settings.withdrawn)
        return [run for run in self._current[1] if steps is None or run.step in steps]

    def current(self, table: str, steps: Sequence[str] | None = None) -> pa.Table:
        """The rows of a table over the current runs (of the named steps), in key order; UsageError when it is none."""
        if table not in TABLES:
            raise UsageError(f"no table {table!r}", remedy="one of: " + ", ".join(TABLES))
        if table == "decision":
            return decisions.table(d for d, state in self.decisions() if state == IN_FORCE)
        ids = tuple(run.id for run in self.current_runs(steps) if run.tables.get(table, ("", 0))[1])
        key = (table, ids)
        if key not in self._tables:
            parts = [self._table(id_, table) for id_ in ids]
            whole = pa.concat_tables(parts) if parts else empty(TABLES[table])
            for old in [k for k in self._tables if k[0] == table][:-1]:
                del self._tables[old]
            self._tables[key] = in_key_order(TABLES[table], whole) if len(parts) > 1 else whole
        return self._tables[key]

    def _table(self, id_: str, table: str) -> pa.Table:
        """One table of a run as it lies there."""
        return runs.read_table(self.layout, self.log.files, id_, table)

    def basis(self) -> Basis:
        """What the current findings rest on, without what was withdrawn and what fell with it."""
        table = self.current("basis")
        gone = self.withdrawals | self._fallen()
        key = (id(table), gone)
        if self._basis is None or self._basis[0] != key:
            self._basis = (key, Basis(table, gone))
        return self._basis[1]

    def _fallen(self) -> frozenset[str]:
        """Refs of the exhibits withdrawn and of those that stood in them alone."""
        return frozenset(f"exhibit:{digest}" for digest in runs.fallen(self.runs(), self.withdrawals))

    def all_decisions(self) -> list[Decision]:
        """Every decision, in the order in which it was last made."""
        return list(self._decided().values())

    def _decided(self) -> Mapping[str, Decision]:
        """Every decision by its name, in the order in which it was last made; read again when the log has grown."""
        if self._decisions is not None and self._decisions[0] == len(self.log.entries):
            return self._decisions[1]
        made = decisions.made(self.log.entries, lambda name: checked.data(self.layout, self.log.files, name))
        self._decisions = (len(self.log.entries), made)
        return made

    def decisions(self) -> list[tuple[Decision, str]]:
        """Every decision in log order with its state (store.decisions.STATES)."""
        known, basis, table = self._decided(), self.basis(), self.current("finding")
        before = self._states
        if before is None or before[0] is not known or before[1] is not basis or before[2] is not table:
            found, ids = list(known.values()), table.column("id")
            wanted = pa.array([d.finding for d in found], pa.binary(32))
            existing = set(ids.filter(pc.is_in(ids, value_set=wanted)).to_pylist())
            states = decisions.states(found, basis, existing, self.withdrawals)
            before = self._states = known, basis, table, list(zip(found, states, strict=True))
        return before[3]

    def existing(self, claims: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The claims that are current findings."""
        rows = list(claims)
        asked = [finding_id(str(r["subject"]), str(r["predicate"]), str(r["object"])) for r in rows]
        ids = self.current("finding").column("id")
        there = set(ids.filter(pc.is_in(ids, value_set=pa.array(asked, pa.binary(32)))).to_pylist())
        return [row for row, id_ in zip(rows, asked, strict=True) if id_ in there]
