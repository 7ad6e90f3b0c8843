"""leadline demo: the whole job on a training case, in one command."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from leadline.commands.terminal import JSON, answer, progress
from leadline.scenario.plan import SIZES, Options
from leadline.scenario.rehearse import Rehearsal, rehearse

WIDTH = 140
"""Columns of the scorecard where the output is no terminal, so that nothing in a log is cut."""
NARROW = 78
"""The narrowest terminal in which the figures stand beside their names whole; below, nothing is printed narrower."""


@click.command()
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="small", show_default=True, help="How much of everything."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed draws another case."
)
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), default="demo", show_default=True, help="The folder to work in."
)
@JSON
def demo(size: str, seed: int, folder: Path, as_json: bool) -> None:
    """Play the whole job on a training case.

    It is built, taken in, traced, matched, linked, ranked, decided as scripted, referred, accounted for, and scored
    against what is true. Synthetic records and drawn patterns only. A scripted reviewer stands in for the people who
    decide; each of its decisions is marked so. Killed anywhere, the same command carries on.
    """
    with progress() as report:
        done = rehearse(folder, Options(SIZES[size], seed), report)
    value = {
        "ok": True,
        "dir": done.folder,
        "scorecard": done.scorecard,
        "reports": done.reports,
        "decisions": done.decisions,
        "held": done.held,
        "took": {stage: asdict(took) for stage, took in done.took.items()},
    }
    if not as_json:
        console = Console()
        whole = console if console.is_terminal and console.width >= NARROW else Console(width=WIDTH)
        whole.print(scorecard(done))
    answer(value, _lines(done), as_json=as_json)


def scorecard(done: Rehearsal) -> Table:
    """The scorecard as a table for the terminal, a heading a step with its time and memory."""
    table = Table(
        title="Scorecard: self-consistency with the training case, not accuracy in the world",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("measure", overflow="fold")
    for name in ("value", "truth", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    last = ""
    for row in done.scorecard:
        if row["step"] != last:
            last = row["step"]
            table.add_row(f"[bold]{last}[/bold] ({row['seconds']:.1f} s, {row['peak_mb']:,} MB)", "", "", "")
        measure = f"  {escape(row['measure'])}"
        table.add_row(measure, *(_cell(row[k]) for k in ("value", "truth", "n")))
    return table


def _cell(value: object) -> str:
    """A figure as text; what was not measured says so."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _lines(done: Rehearsal) -> list[str]:
    total = sum(took.seconds for took in done.took.values())
    stages = ", ".join(f"{stage} {took.seconds:.1f}" for stage, took in done.took.items())
    return [
        f"{done.decisions} decisions of the scripted reviewer were applied, each marked as scripted",
        *(f"held back: {line}" for line in done.held),
        *(f"report: {path}" for path in done.reports),
        f"case: {done.folder / 'case'}",
        f"verify: leadline verify {done.folder / 'case'} --checkpoint {done.folder / 'checkpoint.txt'} "
        f"--signer {done.folder / 'training.key.pub'}",
        f"{total:.0f} seconds: {stages}",
    ]
