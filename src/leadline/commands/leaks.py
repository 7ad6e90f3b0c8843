"""leadline case leaks: which machine served it."""

from pathlib import Path

import click

from leadline.commands.terminal import CASE, JSON, answer, counted
from leadline.model.words import MACHINE, OWNER, PROGRAM
from leadline.views import leaks as view

SHOWN = 20
"""Signs that are listed unless all are asked for."""


@click.command()
@CASE
@click.option("--all", "every", is_flag=True, help="Every sign, also those that much speaks against.")
@JSON
def leaks(case: Path, every: bool, as_json: bool) -> None:
    """List signs, in captured pages, of the machine that served them, first what names a machine best.

    A sign is a lead: what each proves and how often it misleads is said in docs/leaks.md.
    """
    rows = view.leaks(case)
    shown = rows if every else rows[:SHOWN]
    lines = []
    for row in shown:
        place = f"{row['place']}{'=' if row['sharing'] > 1 else ''}"
        value = row["value"] or "(can name a private person: leadline explain)"
        lines.append(f"{place:>4} {row['kind']} {value}: names {_named(row['names'])}")
        stands = f"in {counted(row['exhibits'], 'exhibit')}, {counted(row['places'], 'place')}"
        first = row["where"][0]
        lines.append(f"     {stands}, as {first['exhibit'][:20]} {first['locator']}; finding {row['finding'][:16]}")
        lines += [f"     against: {view.SAYS[word]}" for word in row["doubts"]]
    if len(rows) > len(shown):
        lines.append(f"and {len(rows) - len(shown):,} more: --all lists them")
    answer({"ok": True, "n": len(rows), "leaks": shown}, lines or ["no captured page holds a sign"], as_json=as_json)


def _named(word: str) -> str:
    return {MACHINE: "a machine", OWNER: "an owner or a name", PROGRAM: "a program"}[word]
