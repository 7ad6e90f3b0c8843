"""leadline explain, case validation: what a finding rests on, and what this case's returns confirm of its findings."""

from pathlib import Path
from typing import Any

import click

from leadline import views
from leadline.commands.terminal import CASE, JSON, answer
from leadline.model.referral import WEIGHT
from leadline.views import laid_open, validation


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
    if disclosure:
        value = views.disclosure_page(case, finding, out)
        answer(value, value["page"].splitlines() if out is None else [f"page: {out}"], as_json=as_json)
        return
    if out is not None:
        answer(laid_open.pictured(case, finding, out), [f"picture: {out}"], as_json=as_json)
        return
    tree = laid_open.laid_open(case, finding)
    figures = [f"figure of this case: {line}" for line in tree["figures"]]
    answer(tree, [*tree_lines(tree), *tree["drawn"].splitlines(), *figures], as_json=as_json)


@click.command("validation")
@CASE
@JSON
def validation_(case: Path, as_json: bool) -> None:
    """Print this case's own figures: releases confirmed and denied by returns, and its addresses found again.

    By rule and length of path, by sweep and by month. A service's "no such withdrawal" is entered as a decision that
    rejects the released finding. Where nothing was measured it says so; no figure comes from any other case.
    """
    value = validation.validation(case)
    answer(value, value["lines"], as_json=as_json)


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
