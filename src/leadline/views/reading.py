"""The one gate for reading: who looks, at which case, at what of it; each look is a line of the custody log.

Views ask here for a case, and `leadline.open` gives a `Reading`; neither face reaches a table in another way.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import UsageError
from leadline.flow.withdrawal import Withdrawal, withdrawal
from leadline.model.catalog import TABLES
from leadline.store import export
from leadline.store.case import Case
from leadline.store.findings import Findings
from leadline.store.lookup import find_id
from leadline.views.explain import explain

VIEWED, QUERIED, EXPORTED = "viewed", "queried", "exported"
"""Acts of the log that add no file to the case."""


def opened(path: Path, act: str, what: str, **note: str | int | list[str]) -> Case:
    """The case at `path`, with the look written to its log before anything of it is read.

    Raises:
        CaseError: no case lies there.
    """
    case = Case.open(path)
    case.note(act, what=what, **note)
    return case


def open_reading(path: str | Path) -> "Reading":
    """The case at `path` for looking from Python; that it was opened is logged.

    Raises:
        CaseError: no case lies there.
    """
    return Reading(opened(Path(path), VIEWED, "open"))


def hidden(text: str) -> str:
    """SHA-256 in hex of what a user asked for, where the log may not hold the value itself."""
    return hashlib.sha256(text.encode()).hexdigest()


def unrestricted(name: str, rows: pa.Table) -> pa.Table:
    """`rows` of a table without the columns that hold names and free text from evidence."""
    return rows.select([c.name for c in TABLES[name].columns if not c.restricted])


def give_out(case: Case, path: Path, data: bytes, **note: str | int) -> str:
    """SHA-256 in hex of a file written outside every case, logged before it leaves.

    Raises:
        CaseError: `path` lies in a case.
        SpaceError: the disk is full.
    """
    digest = hashlib.sha256(data).hexdigest()
    case.note(EXPORTED, sha256=digest, **note)
    export.write(path, data)
    return digest


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
