"""leadline case export-vics|import-categories, calibrate: files to specialists' tools and back; what match finds."""

from pathlib import Path

import click

from leadline.commands.key import password
from leadline.commands.terminal import CASE, JSON, answer, progress
from leadline.errors import UsageError
from leadline.flow import calibrate as calibration
from leadline.flow import casework, signing
from leadline.flow import categories as returned
from leadline.flow.vics_export import STATES
from leadline.kinds.vics import writing
from leadline.model.words import ACCEPTED
from leadline.views.vics import vics

SAYS = {
    "never_seen": "never seen",
    "similar": "similar to listed ones",
    "known": "known",
    "ignored": "part of software",
    "other": "not compared by picture",
}


@click.command("export-vics")
@CASE
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .json.")
@click.option(
    "--state",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    help="Only files in this state, once or more often.",
)
@click.option(
    "--model",
    type=click.Choice(writing.MODELS),
    default=writing.MODELS[0],
    show_default=True,
    help="Whose categories the file speaks of.",
)
@JSON
def export_vics(case: Path, out: Path, states: tuple[str, ...], model: str, as_json: bool) -> None:
    """Write the seized files as VICS 2.0 for a tool in which specialists view material, never seen first.

    It holds digests, paths on the medium, what lists say and the place in the review queue; no file and no picture.
    """
    value = vics(case, out, states, model)
    lines = [f"{sum(value['records'].values()):,} files: {out}"]
    lines += [f"  {n:,} {SAYS[state]}" for state, n in value["records"].items()]
    lines.append(f"  {value['categorised']:,} of them carry a category")
    lines += [f"{value['absent']:,} more are named by records only: no file to view"] if value["absent"] else []
    for row in value["lists"]:
        lines.append(f"searched in {row['name']}; its licence: {row['licence'] or 'unknown'}")
    if value["restrictions"]:
        lines.append(
            f"restricted ({', '.join(value['restrictions'])}): see what these allow before it leaves the house"
        )
    answer(value, lines, as_json=as_json)


@click.command("import-categories")
@CASE
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on-behalf-of", "examiner", required=True, help="Who put the files into their categories.")
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="The key that signs.")
@click.option("--precategorized", is_flag=True, help="An examiner looked at those too that a tool put into a category.")
@click.option("--case-id", default="", help="The CaseID that the examiner's tool gave this case; others are refused.")
@JSON
def import_categories(
    case: Path, file: Path, examiner: str, key_file: Path, precategorized: bool, case_id: str, as_json: bool
) -> None:
    """Take examiners' categories from a VICS FILE as signed decisions about the files.

    A file that an examiner put into a category may move a person; one that only a tool did orders the review queue.
    """
    if not file.is_file():
        raise UsageError("no file lies here", where=str(file), remedy="name the VICS file that came back")
    opened = casework.opened(case)
    signer = signing.signer(key_file, password())
    with progress() as report:
        brought = returned.bring_in(
            opened, file, signer, examiner, foreign=case_id, precategorized=precategorized, progress=report
        )
    reviewed = sum(decision.verdict == ACCEPTED for decision in brought.made)
    made = [decision.id for decision in brought.made]
    value = {"ok": True, "records": dict(brought.counts), "reviewed": reviewed, "decisions": made}
    lines = [f"{sum(brought.counts.values()):,} records"]
    lines += [f"  {n:,}: {returned.STATES[state]}" for state, n in brought.counts.items() if n]
    if made:
        lines.append(f"{reviewed:,} by an examiner, {len(made) - reviewed:,} by a tool alone; now leadline run CASE")
    answer(value, lines, as_json=as_json)


@click.command("calibrate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", default=None, type=click.Path(path_type=Path), help="Write every figure to this file; .json.")
@JSON
def calibrate(folder: Path, out: Path | None, as_json: bool) -> None:
    """Measure on a FOLDER of lawful pictures of your own what match would find again, and how near others come.

    Each picture is edited in memory; what comes out is counts and histograms, no hash, no name and no picture.
    """
    with progress() as report:
        found = calibration.calibrated(folder, out, report)
    answer({"ok": True, **found.facts()}, [*found.lines(), *([f"written to {out}"] if out else [])], as_json=as_json)
