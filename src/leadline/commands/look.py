"""leadline show, find, export: looking at a case; every look is logged."""

import hashlib
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow.intake import source_of
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES
from leadline.steps.intake import resolve
from leadline.store import export as exports
from leadline.store.case import Case
from leadline.store.explain import find_exhibit


@click.command()
@CASE
@click.argument("exhibit")
@click.argument("locator")
@JSON
def show(case: Path, exhibit: str, locator: str, as_json: bool) -> None:
    """Print what stands at LOCATOR of EXHIBIT; an image is shown as its digest.

    EXHIBIT is a digest or a beginning of one, as `leadline case status` lists them; LOCATOR is as a finding cites it.
    """
    opened = Case.open(case)
    digest = find_exhibit(opened, exhibit)
    opened.note("viewed", what="show", exhibit=digest, locator_sha256=hashlib.sha256(locator.encode()).hexdigest())
    text = resolve(source_of(opened, digest), locator)
    value = {"ok": True, "exhibit": digest, "locator": locator, "shown": text}
    answer(value, text.splitlines(), as_json=as_json)


@click.command()
@CASE
@click.option("--predicate", type=click.Choice(list(PREDICATES)), metavar="NAME", help="Findings of this predicate.")
@click.option("--ref", default="", help="Findings about this ref, as subject or object.")
@click.option("--identifier", default="", help="Who a value is stated for; the value itself is not logged.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many to list.")
@JSON
def find(case: Path, predicate: str | None, ref: str, identifier: str, limit: int, as_json: bool) -> None:
    """Find findings by predicate and ref, or where an identifier stands.

    Predicates: PREDICATES.
    """
    opened = Case.open(case)
    if identifier:
        digest = hashlib.sha256(identifier.encode()).hexdigest()
        opened.note("queried", what="identifier", sha256=digest)
        rows = stated(opened, identifier, limit)
        lines = [f"{r['subject']} {r['kind']} exhibit:{r['exhibit']} {r['locator']}" for r in rows]
        answer({"ok": True, "found": rows}, lines or ["not found"], as_json=as_json)
        return
    opened.note("queried", what="find", predicate=predicate or "", ref=ref)
    table = opened.current("finding")
    keep = pa.array([True] * table.num_rows, pa.bool_())
    if predicate:
        keep = pc.and_(keep, pc.equal(table.column("predicate"), predicate))
    if ref:
        keep = pc.and_(keep, pc.or_(pc.equal(table.column("subject"), ref), pc.equal(table.column("object"), ref)))
    hits = table.filter(keep)
    rows = [{**row, "id": row["id"].hex()} for row in hits.slice(0, limit).to_pylist()]
    lines = [f"{r['id'][:16]} {r['subject']} {r['predicate']} {r['object']}" for r in rows]
    if hits.num_rows > limit:
        lines.append(f"and {hits.num_rows - limit:,} more; --limit shows them")
    answer({"ok": True, "n": hits.num_rows, "found": rows}, lines or ["not found"], as_json=as_json)


def stated(case: Case, value: str, limit: int) -> list[dict[str, str]]:
    """Where an identifier's value or normal form stands: subject, kind, exhibit, locator."""
    table = case.current("identifier")
    hits = table.filter(pc.or_kleene(pc.equal(table.column("value"), value), pc.equal(table.column("normal"), value)))
    rows = hits.slice(0, limit).select(["subject", "kind", "exhibit", "locator"]).to_pylist()
    return [{**row, "exhibit": row["exhibit"].hex()} for row in rows]


@click.command()
@CASE
@click.argument("table", type=click.Choice(list(TABLES)), metavar="TABLE")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .csv or .parquet.")
@click.option("--restricted", is_flag=True, help="With the columns that hold names and free text from evidence.")
@JSON
def export(case: Path, table: str, out: Path, restricted: bool, as_json: bool) -> None:
    """Write one table of the case to a file, without its restricted columns.

    Tables: TABLES. docs/model.md says what each column holds.
    """
    opened = Case.open(case)
    if out.suffix not in (".csv", ".parquet"):
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .csv or .parquet")
    rows = opened.current(table)
    spec = TABLES[table]
    kept = [c.name for c in spec.columns if restricted or not c.restricted]
    data = exports.to_bytes(rows.select(kept), out.suffix)
    digest = hashlib.sha256(data).hexdigest()
    opened.note("exported", table=table, sha256=digest, rows=rows.num_rows, restricted=int(restricted))
    exports.write(out, data)
    value = {"ok": True, "table": table, "rows": rows.num_rows, "columns": kept, "out": out, "sha256": digest}
    answer(value, [f"{rows.num_rows:,} rows of {table}: {out}"], as_json=as_json)


for _command, _word, _names in ((find, "PREDICATES", PREDICATES), (export, "TABLES", TABLES)):
    _command.help = (_command.help or "").replace(_word, ", ".join(_names))
