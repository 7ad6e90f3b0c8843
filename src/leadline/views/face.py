"""What `leadline.open` gives: a case for looking from Python, each look a line of its log."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import CaseError, UsageError
from leadline.flow.signing import signer
from leadline.flow.withdrawal import Withdrawal, withdrawal
from leadline.model.catalog import TABLES
from leadline.store.case import Case
from leadline.store.findings import Findings
from leadline.store.lookup import find_id
from leadline.views.explain import explain
from leadline.views.reading import QUERIED, VIEWED, at, unrestricted


def open_reading(
    path: str | Path, *, operator: str = "", key: str | Path | None = None, password: str = ""
) -> "Reading":
    """The case at `path` for looking from Python; that it was opened is logged.

    Where the case has a roll, `key` is the file of the operator's private key, opened by `password` where it has one,
    and every look is by and signed by that operator; `operator`, when given, must be their name. A case without a roll
    is looked at by whoever the system says is at work, and each look notes who `operator` says it is: no proof.

    Raises:
        CaseError: no case lies there, or nobody on its roll has this key, or the key is another operator's.
        UsageError: the key's file is none, or the password does not open it.
    """
    case = at(Path(path), None if key is None else signer(Path(key), password))
    said: dict[str, str] = {}
    if operator and case.operators and operator != case.who():
        raise CaseError("the key is another operator's", where=operator, remedy="leadline case operator list CASE")
    if operator and not case.operators:
        said = {"says_to_be": operator}
    case.note(VIEWED, what="open", **said)
    return Reading(case, said)


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("restricted columns are read for a reason", remedy="say why; it is logged")
    return why


class Reading:
    """A case opened for looking, from Python: every table that is read is a line of its log."""

    def __init__(self, case: Case, said: Mapping[str, str]) -> None:
        self._case = case
        self._said = said

    @property
    def operator(self) -> str:
        """Whose looks these are: an operator on the case's roll, or whoever the system says is at work."""
        return self._case.who()

    @property
    def authenticated(self) -> bool:
        """Whether the case has a roll, so that the operator signed in with a key."""
        return bool(self._case.operators)

    def _note(self, act: str, what: str, **note: str | int) -> None:
        self._case.note(act, what=what, **note, **self._said)

    def table(self, name: str) -> pa.Table:
        """The current rows of a table, in key order, without its restricted columns.

        Raises:
            UsageError: there is no such table.
        """
        rows = self._case.current(name)
        self._note(QUERIED, "table", table=name)
        return unrestricted(name, rows)

    def unsafe_table(self, name: str, why: str) -> pa.Table:
        """The same with names and free text from evidence; `why` is logged.

        Raises:
            UsageError: there is no such table, or no reason is given.
        """
        rows = self._case.current(name)
        self._note(QUERIED, "unsafe table", table=name, why=_reason(why), restricted=1)
        return rows

    def findings(self, predicate: str) -> Findings:
        """The current findings of a predicate; their families come without restricted columns.

        Raises:
            UsageError: there is no such predicate.
        """
        found = Findings.of(predicate, lambda name: unrestricted(name, self._case.current(name)))
        self._note(QUERIED, "findings", predicate=predicate)
        return found

    def explain(self, finding: str | bytes) -> dict[str, Any]:
        """A finding laid open, as `leadline explain` prints it; named by its id or a beginning of it.

        Raises:
            UsageError: no current finding has this id, or several begin so.
        """
        id_ = find_id(self._case, finding.hex() if isinstance(finding, bytes) else finding)
        self._note(VIEWED, "explain", finding=id_.hex())
        return explain(self._case, id_)

    def impact(self, ref: str) -> Withdrawal:
        """What withdrawing a ref would change: what falls, what survives on other support, what comes out otherwise.

        Raises:
            UsageError: the ref is none that can be withdrawn.
            StaleError: a step is behind, so that other changes would mingle.
        """
        self._note(QUERIED, "impact", ref=ref)
        return withdrawal(self._case, ref)

    def tables(self) -> Iterable[str]:
        """The names of all tables; docs/model.md says what each holds."""
        return tuple(TABLES)
