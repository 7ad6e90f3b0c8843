"""A case as it would be under other settings: what it holds is read, what steps append stays in memory."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.store import append, runs
from leadline.store.case import Case
from leadline.store.runs import Run
from leadline.store.settings import Settings


class Preview(Case):
    """`case` under `settings`; nothing it does reaches the case's disk or log."""

    def __init__(self, case: Case, settings: Settings) -> None:
        super().__init__(case.layout, case.log)
        self._settings = settings
        self._appended: dict[str, Mapping[str, pa.Table]] = {}

    def runs(self) -> list[Run]:
        """Every run of the case, then those of the preview in the order in which they were appended."""
        kept = [run for run in super().runs() if run.id not in self._appended]
        return [*kept, *(self._runs[id_] for id_ in self._appended)]

    def append_run(
        self,
        step: str,
        method: str,
        version: int,
        params: Mapping[str, Any],
        inputs: Mapping[str, Any],
        tables: Mapping[str, pa.Table],
        environment: Mapping[str, Any],
    ) -> Run:
        """As Case.append_run, in memory only."""
        id_ = runs.run_id(step, method, version, params, inputs)
        made = {name: runs.digested(name, table) for name, table in sorted(tables.items())}
        known = {name: facts for name, (_, facts) in made.items()}
        self._runs[id_] = Run(id_, step, method, version, params, inputs, known, environment)
        self._appended.pop(id_, None)
        self._appended[id_] = {name: table for name, (table, _) in made.items()}
        return self._runs[id_]

    def _table(self, id_: str, table: str) -> pa.Table:
        return self._appended[id_][table] if id_ in self._appended else super()._table(id_, table)

    def _writing(self) -> AbstractContextManager[append.Writer]:
        raise UsageError("a preview of a case writes nothing", remedy="open the case itself")
