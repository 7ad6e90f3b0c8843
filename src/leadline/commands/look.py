"""leadline show, explain, find, without, export: looking at a case; every look is logged."""

import hashlib
from collections import Counter
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow.intake import source_of
from leadline.flow.refer import open_requests
from leadline.kinds.writers.tables import to_csv
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES
from leadline.model.referral import ANNEX, REQUESTS
from leadline.steps.figures import FIGURES, INTERVALS, figures, path_figure
from leadline.steps.figures import READS as FIGURED
from leadline.steps.figures import lines as figure_lines
from leadline.steps.intake import resolve
from leadline.steps.trace import SPEC, picture, svg
from leadline.steps.trace.explain import draw
from leadline.steps.trace.otherside import READS, page
from leadline.store import export as exports
from leadline.store.case import Case
from leadline.store.explain import explain as explained
from leadline.store.explain import find_claim, find_exhibit, find_id
from leadline.store.without import without as fallen


@click.command()
@CASE
@click.argument("finding")
@click.option(
    "--other-side", is_flag=True, help="A page for the other side: data, rules, limits, what would refute it."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the path as a picture to this file; .svg, or .html to print."
)
@JSON
def explain(case: Path, finding: str, other_side: bool, out: Path | None, as_json: bool) -> None:
    """Lay FINDING open: what it says, what it rests on for and against, what was decided, and its path as a picture.

    FINDING is an id or a beginning of one. A picture written with --out needs no network and no program but a browser.
    """
    if out is not None and out.suffix not in (".svg", ".html"):
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .svg or .html")
    opened = Case.open(case)
    id_ = find_id(opened, finding)
    opened.note("viewed", what="explain", finding=id_.hex())
    if other_side:
        tables = {name: opened.current(name) for name in READS}
        text = page(id_, tables, about(opened), opened.settings.hop_limit, opened.settings.taint)
        if not text:
            raise UsageError(
                "there is a page for the other side only for findings of trace", remedy="leave out the option"
            )
        if out is not None:
            _write(opened, out, svg.written(text) if out.suffix == ".html" else text)
        value = {"ok": True, "finding": id_.hex(), "page": text, "out": out}
        answer(value, text.splitlines() if out is None else [f"page: {out}"], as_json=as_json)
        return
    drawn_from = {name: opened.current(name) for name in picture.READS}
    if out is not None:
        found = picture.picture(id_, drawn_from)
        if found is None:
            raise UsageError("only findings of trace with a path have a picture", remedy="leave out --out")
        _write(opened, out, svg.html(found) if out.suffix == ".html" else svg.svg(found))
        answer({"ok": True, "finding": id_.hex(), "out": out}, [f"picture: {out}"], as_json=as_json)
        return
    tree = explained(opened, id_)
    drawn = draw(id_, drawn_from)
    paths = path_figure({name: opened.current(name) for name in FIGURED}, id_) if drawn else []
    lines = [*tree_lines(tree), *drawn.splitlines(), *(f"figure of this case: {line}" for line in paths)]
    answer({"ok": True, **tree, "drawn": drawn, "figures": paths}, lines, as_json=as_json)


def about(case: Case) -> list[str]:
    """Where a finding of trace was computed: case, program, run, and the pins that trace reads."""
    lines = [f"case {case.settings.name}, authority {case.settings.authority or 'not stated'}"]
    for run in case.current_runs((SPEC.name,)):
        lines.append(f"run {run.id}: {run.method} version {run.version}, by leadline {metadata.version('leadline')}")
    for pin in case.settings.pins:
        if pin.kind in SPEC.pins:
            facts = ", ".join(f"{name} {value}" for name, value in sorted(pin.params.items()) if name != "format")
            lines.append(f"{pin.kind} {pin.name}{f' ({facts})' if facts else ''}, digest {pin.digest}")
    return lines


def _write(case: Case, out: Path, text: str) -> None:
    """Writes a page or picture and logs its digest."""
    data = text.encode()
    case.note("exported", what="explain", sha256=hashlib.sha256(data).hexdigest())
    exports.write(out, data)


@click.command("figures")
@CASE
@JSON
def figures_(case: Path, as_json: bool) -> None:
    """Print this case's own figures: releases confirmed and denied by returns, and its addresses found again.

    By rule and length of path, by sweep and by month. A service's "no such withdrawal" is entered as a decision that
    rejects the released finding. Where nothing was measured it says so; no figure comes from any other case.
    """
    opened = Case.open(case)
    opened.note("queried", what="figures")
    found = figures({name: opened.current(name) for name in FIGURED})
    value = {"ok": True, "figures": [{**asdict(f), "words": f.words} for f in found], "says": FIGURES}
    answer({**value, "intervals": INTERVALS}, figure_lines(found), as_json=as_json)


def tree_lines(tree: dict[str, Any], indent: str = "") -> list[str]:
    """An explanation as indented lines."""
    if tree.get("gone"):
        return [f"{indent}finding {tree['finding'][:16]} is no longer current"]
    lines = [
        f"{indent}finding {tree['finding']}",
        f"{indent}  {tree['subject']} {tree['predicate']} {tree['object']}",
        f"{indent}  says: {tree['says']}",
        f"{indent}  does not say: {tree['not_said']}",
    ]
    for table, rows in tree["values"].items():
        for row in rows:
            lines.append(f"{indent}  {table}: " + ", ".join(f"{k}={_text(v)}" for k, v in row.items()))
    for role in ("for", "against"):
        for item in tree[role]:
            lines.append(f"{indent}  {role}: {item['ref']} {item['locator']}".rstrip())
            if "said" in item:
                lines.append(f"{indent}    " + ", ".join(f"{k}={_text(v)}" for k, v in item["said"].items()))
            if "rests" in item:
                lines += tree_lines(item["rests"], indent + "    ")
    for d in tree["decisions"]:
        scripted = ", scripted" if d["scripted"] else ""
        lines.append(f"{indent}  decided {d['verdict']} ({d['state']}{scripted}) decision:{d['decision']}")
    if not tree["decisions"]:
        lines.append(f"{indent}  not decided")
    return lines


def _text(value: Any) -> str:
    return "unknown" if value is None else value.hex() if isinstance(value, bytes) else str(value)


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
@click.argument("ref")
@JSON
def without(case: Path, ref: str, as_json: bool) -> None:
    """Name everything that falls without REF.

    REF is exhibit:..., tag:...#entry:5, list:...#entry:5, tx:... (a merge), rule:..., finding:... or decision:...
    """
    opened = Case.open(case)
    opened.note("queried", what="without", ref=ref)
    result = fallen(opened, ref)
    findings = []
    for id_, whole in result.findings:
        subject, predicate, object_ = find_claim(opened, id_)
        claim = {"subject": subject, "predicate": predicate, "object": object_}
        findings.append({"finding": id_.hex(), **claim, "role": "for" if whole else "against"})
    value = {"ok": True, "ref": ref, "findings": findings, "decisions": result.decisions, "packages": result.packages}
    lines = [
        f"without {ref}: {len(findings)} findings, {len(result.decisions)} decisions, {len(result.packages)} packages",
        *(f"  {f['finding'][:16]} {f['subject']} {f['predicate']} {f['object']}" for f in findings),
        *(f"  decision:{id_}" for id_ in result.decisions),
        *(f"  package {name}" for name in result.packages),
    ]
    answer(value, lines, as_json=as_json)


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
    hits = table.filter(pc.or_(pc.equal(table.column("value"), value), pc.equal(table.column("normal"), value)))
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


@click.command()
@CASE
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .csv.")
@click.option("--annex", type=click.Path(path_type=Path), help="A second file, for what rests on a cluster; .csv.")
@JSON
def requests(case: Path, out: Path, annex: Path | None, as_json: bool) -> None:
    """Write what to ask services: releases that reached a payment and that no return has answered.

    One row an output, over the whole case, with nothing but what stands on the chain; a referral package holds those of
    its own persons. The first file holds outputs of tagged addresses from which recorded spends alone lead to a
    payment. What rests on a cluster stands apart, in the annex, and each row only once a person accepted that release.
    """
    opened = Case.open(case)
    for path in (out, annex):
        if path is not None and path.suffix != ".csv":
            raise UsageError("not a format", where=str(path), remedy="name a file that ends in .csv")
    found = open_requests(opened)
    value: dict[str, Any] = {"ok": True, "waiting": found.waiting.num_rows}
    lines = []
    for name, spec, path, rows in (("", REQUESTS, out, found.recorded), ("annex", ANNEX, annex, found.annex)):
        services = dict(sorted(Counter(rows.column("service").to_pylist()).items()))
        facts = {"rows": rows.num_rows, "services": services, "out": path}
        value |= {name: facts} if name else facts
        if path is None:
            lines += [f"{rows.num_rows:,} more in the annex: --annex FILE writes them"] if rows.num_rows else []
            continue
        data = to_csv(spec, rows)
        digest = hashlib.sha256(data).hexdigest()
        opened.note("exported", what=f"requests{' annex' if name else ''}", sha256=digest, rows=rows.num_rows)
        exports.write(path, data)
        lines.append(f"{rows.num_rows:,} outputs to ask about{' in the annex' if name else ''}: {path}")
        lines += [f"  {n:,} {s}" for s, n in services.items()]
    if found.waiting.num_rows:
        lines.append(
            f"{found.waiting.num_rows:,} rest on a cluster and wait for a decision: "
            "leadline case find CASE --predicate released"
        )
    answer(value, lines, as_json=as_json)


for _command, _word, _names in ((find, "PREDICATES", PREDICATES), (export, "TABLES", TABLES)):
    _command.help = (_command.help or "").replace(_word, ", ".join(_names))
