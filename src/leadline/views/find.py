"""What stands where: a place in an exhibit, findings by predicate and ref, an identifier, a table as a file."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import CaseError, UsageError
from leadline.flow.exhibits import source_of
from leadline.model.predicates import PREDICATES
from leadline.steps.intake import ConfinedReader
from leadline.store import export
from leadline.store.lookup import find_exhibit
from leadline.views import reading

FORMATS = (".csv", ".parquet")


def show(path: Path, exhibit: str, locator: str) -> dict[str, Any]:
    """What stands at a place of an exhibit, named by its digest or a beginning of it; an image is its digest.

    Raises:
        UsageError: the case holds no such exhibit.
        EvidenceError: nothing stands there.
    """
    case = reading.at(path)
    try:
        digest = find_exhibit(case, exhibit)
    except UsageError:
        case.note(reading.QUERIED, what="no exhibit", asked_sha256=reading.hidden(exhibit))
        raise
    case.note(reading.VIEWED, what="show", exhibit=digest, locator_sha256=reading.hidden(locator))
    shown = ConfinedReader(source_of(case, digest), demanded=case.settings.demanded).resolved(locator)
    return {"ok": True, "exhibit": digest, "locator": locator, "shown": shown}


def findings(path: Path, predicate: str = "", ref: str = "", limit: int = 50) -> dict[str, Any]:
    """The current findings of a predicate, about a ref, or all: `n` of them, the first `limit` under `found`.

    CaseError where the step that finds them has not run.
    """
    case = reading.opened(path, reading.QUERIED, "find", predicate=predicate, ref=ref)
    step = PREDICATES[predicate].step if predicate else ""
    if step and not case.current_runs((step,)):
        raise CaseError(f"{step}, which finds what is {predicate}, has not run", remedy="leadline run CASE")
    table = case.current("finding")
    keep = pa.array([True] * table.num_rows, pa.bool_())
    if predicate:
        keep = pc.and_(keep, pc.equal(table.column("predicate"), predicate))
    if ref:
        keep = pc.and_(keep, pc.or_(pc.equal(table.column("subject"), ref), pc.equal(table.column("object"), ref)))
    hits = table.filter(keep)
    rows = [{**row, "id": row["id"].hex()} for row in hits.slice(0, limit).to_pylist()]
    return {"ok": True, "n": hits.num_rows, "found": rows}


def identifier(path: Path, value: str, limit: int = 50) -> dict[str, Any]:
    """Where an identifier's value or normal form stands: subject, kind, exhibit, locator; only its digest is logged."""
    case = reading.opened(path, reading.QUERIED, "identifier", sha256=reading.hidden(value))
    table = case.current("identifier")
    hits = table.filter(pc.or_kleene(pc.equal(table.column("value"), value), pc.equal(table.column("normal"), value)))
    rows = hits.slice(0, limit).select(["subject", "kind", "exhibit", "locator"]).to_pylist()
    return {"ok": True, "n": hits.num_rows, "found": [{**row, "exhibit": row["exhibit"].hex()} for row in rows]}


def export_table(path: Path, name: str, out: Path, *, restricted: bool) -> dict[str, Any]:
    """A table of the case written to a file, without its restricted columns unless they are asked for.

    Raises:
        UsageError: the file's name does not tell a format, or there is no such table.
    """
    if out.suffix not in FORMATS:
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .csv or .parquet")
    case = reading.at(path)
    whole = case.current(name)
    rows = whole if restricted else reading.unrestricted(name, whole)
    data, n = export.to_bytes(rows, out.suffix), rows.num_rows
    digest = reading.give_out(case, out, data, table=name, rows=n, restricted=int(restricted))
    return {"ok": True, "table": name, "rows": n, "columns": rows.column_names, "out": out, "sha256": digest}
