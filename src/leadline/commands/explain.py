"""leadline explain, case validation: what a finding rests on, and what this case's returns confirm of its findings."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow.disclosed import about, limits
from leadline.model.referral import WEIGHT
from leadline.steps.disclosure import READS, page
from leadline.steps.trace import picture, svg
from leadline.steps.trace.disclosure import path as drawn_path
from leadline.steps.trace.explain import draw
from leadline.steps.validation import (
    FIGURES,
    INTERVALS,
    figures,
    path_figure,
)
from leadline.steps.validation import READS as FIGURED
from leadline.steps.validation import lines as figure_lines
from leadline.store import export as exports
from leadline.store.case import Case
from leadline.store.lookup import find_id
from leadline.views.explain import explain as explained


@click.command()
@CASE
@click.argument("finding")
@click.option(
    "--disclosure",
    "disclosure",
    is_flag=True,
    help="A page for the other side: data, rules, limits, what would refute it.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the path as a picture to this file; .svg, or .html to print."
)
@JSON
def explain(case: Path, finding: str, disclosure: bool, out: Path | None, as_json: bool) -> None:
    """Lay FINDING open: what it says, what it rests on for and against, what was decided, and its path as a picture.

    FINDING is an id or a beginning of one. A picture written with --out needs no network and no program but a browser.
    """
    if out is not None and out.suffix not in (".svg", ".html"):
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .svg or .html")
    opened = Case.open(case)
    id_ = find_id(opened, finding)
    opened.note("viewed", what="explain", finding=id_.hex())
    if disclosure:
        tables = {name: opened.current(name) for name in {*READS, *picture.READS}}
        text = page(id_, tables, about(opened), limits(opened), drawn_path(id_, tables))
        if not text:
            raise UsageError("this finding is no longer current: there is no page for it")
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


def _write(case: Case, out: Path, text: str) -> None:
    """Writes a page or picture and logs its digest."""
    data = text.encode()
    case.note("exported", what="explain", sha256=hashlib.sha256(data).hexdigest())
    exports.write(out, data)


@click.command("validation")
@CASE
@JSON
def validation_(case: Path, as_json: bool) -> None:
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
        if any("weight_ppm" in row for row in rows):
            lines.append(f"{indent}    weights: {WEIGHT}")
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
