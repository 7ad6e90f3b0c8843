"""leadline show, case find, case export: looking at a case; every look is logged."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES
from leadline.views import find as view


@click.command()
@CASE
@click.argument("exhibit")
@click.argument("locator")
@JSON
def show(case: Path, exhibit: str, locator: str, as_json: bool) -> None:
    """Print what stands at LOCATOR of EXHIBIT; an image is shown as its digest.

    EXHIBIT is a digest or a beginning of one, as `leadline case status` lists them; LOCATOR is as a finding cites it.
    """
    value = view.show(case, exhibit, locator)
    answer(value, value["shown"].splitlines(), as_json=as_json)


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
    if identifier:
        value = view.identifier(case, identifier, limit)
        lines = [f"{r['subject']} {r['kind']} exhibit:{r['exhibit']} {r['locator']}" for r in value["found"]]
    else:
        value = view.findings(case, predicate or "", ref, limit)
        lines = [f"{r['id'][:16]} {r['subject']} {r['predicate']} {r['object']}" for r in value["found"]]
    if value["n"] > limit:
        lines.append(f"and {value['n'] - limit:,} more; --limit shows them")
    answer(value, lines or ["not found"], as_json=as_json)


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
    value = view.export_table(case, table, out, restricted=restricted)
    answer(value, [f"{value['rows']:,} rows of {table}: {out}"], as_json=as_json)


for _command, _word, _names in ((find, "PREDICATES", PREDICATES), (export, "TABLES", TABLES)):
    _command.help = (_command.help or "").replace(_word, ", ".join(_names))
