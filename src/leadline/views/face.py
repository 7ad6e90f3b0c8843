"""What `leadline.open` gives: a case for looking from Python, each look a line of its log."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.flow.withdrawal import Withdrawal, withdrawal
from leadline.model.catalog import TABLES
from leadline.store.case import Case
from leadline.store.findings import Findings
from leadline.store.lookup import find_id
from leadline.views.explain import explain
from leadline.views.reading import QUERIED, VIEWED, opened, unrestricted


def open_reading(path: str | Path) -> "Reading":
    """The case at `path` for looking from Python; that it was opened is logged.

    Raises:
        CaseError: no case lies there.
    """
    return Reading(opened(Path(path), VIEWED, "open"))


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("restricted columns are read for a reason", remedy="say why; it is logged")
    return why


class Reading:
    """A case opened for looking, from Python: every table that is read is a line of its log."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def table(self, name: str) -> pa.Table:
        """The current rows of a table, in key order, without its restricted columns.

        Raises:
            UsageError: there is no such table.
        """
        rows = self._case.current(name)
        self._case.note(QUERIED, what="table", table=name)
        return unrestricted(name, rows)

    def unsafe_table(self, name: str, why: str) -> pa.Table:
        """The same with names and free text from evidence; `why` is logged.

        Raises:
            UsageError: there is no such table, or no reason is given.
        """
        rows = self._case.current(name)
        self._case.note(QUERIED, what="unsafe table", table=name, why=_reason(why), restricted=1)
        return rows

    def findings(self, predicate: str) -> Findings:
        """The current findings of a predicate; their families come without restricted columns.

        Raises:
            UsageError: there is no such predicate.
        """
        found = Findings.of(predicate, lambda name: unrestricted(name, self._case.current(name)))
        self._case.note(QUERIED, what="findings", predicate=predicate)
        return found

    def explain(self, finding: str | bytes) -> dict[str, Any]:
        """A finding laid open, as `leadline explain` prints it; named by its id or a beginning of it.

        Raises:
            UsageError: no current finding has this id, or several begin so.
        """
        id_ = find_id(self._case, finding.hex() if isinstance(finding, bytes) else finding)
        self._case.note(VIEWED, what="explain", finding=id_.hex())
        return explain(self._case, id_)

    def impact(self, ref: str) -> Withdrawal:
        """What withdrawing a ref would change: what falls, what survives on other support, what comes out otherwise.

        Raises:
            UsageError: the ref is none that can be withdrawn.
            StaleError: a step is behind, so that other changes would mingle.
        """
        self._case.note(QUERIED, what="impact", ref=ref)
        return withdrawal(self._case, ref)

    def tables(self) -> Iterable[str]:
        """The names of all tables; docs/model.md says what each holds."""
        return tuple(TABLES)
