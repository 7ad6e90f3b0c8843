"""Which machine served it: the signs of a service's captured pages in their order, each with its first places."""

from pathlib import Path
from typing import Any

from leadline.errors import CaseError
from leadline.model.words import (
    DOCUMENTATION,
    FOR,
    LIBRARY,
    MENTIONED,
    PRIVATE_RANGE,
    RESOLVER,
    VERSION_LIKE,
    VISITOR,
)
from leadline.views import reading

SAYS = {
    MENTIONED: "only mentioned, not what a server writes of itself",
    PRIVATE_RANGE: "an address that many networks use inside",
    DOCUMENTATION: "an address kept for documents",
    RESOLVER: "a public name server",
    LIBRARY: "a name that everybody's pages hold",
    VISITOR: "a record gives it to an account or a customer: it may be a visitor's",
    VERSION_LIKE: "may be a program's version",
}
"""Each doubt about a sign, in words."""
PLACES = 3
"""Places of a sign that are listed; `leadline explain` lists all."""


def leaks(path: Path) -> list[dict[str, Any]]:
    """One row a sign: place, sharing, service, kind, value, names, exhibits, places, doubts, finding, where; in order.

    CaseError when link has not run.
    """
    case = reading.opened(path, reading.VIEWED, "signs of the machine that served it")
    if not case.current_runs(("link",)):
        raise CaseError("link has not run", remedy="leadline run CASE")
    rows = sorted(case.current("leak").to_pylist(), key=lambda r: (r["service"], r["place"], r["kind"], r["finding"]))
    basis = case.basis()
    made = []
    for row in rows:
        rests = [(ref, locator) for _, ref, locator, role in map(_cited, basis.rows(row["finding"])) if role == FOR]
        doubts = [word for word in row["doubts"].split(",") if word]
        where = [{"exhibit": ref, "locator": locator} for ref, locator in sorted(rests)[:PLACES]]
        made.append({**row, "finding": row["finding"].hex(), "doubts": doubts, "where": where})
    return made


def _cited(row: tuple[Any, ...]) -> tuple[str, str, str, str]:
    kind, ref, locator, role = row
    return str(kind), str(ref), str(locator), str(role)
