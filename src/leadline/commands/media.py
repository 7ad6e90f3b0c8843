"""leadline case export-vics|import-categories, calibrate: files to specialists' tools and back; what match finds."""

import hashlib
import json
from pathlib import Path

import click

from leadline.commands.key import password
from leadline.commands.terminal import CASE, JSON, answer, plain, progress
from leadline.errors import UsageError
from leadline.flow import calibrate as calibration
from leadline.flow import categories as returned
from leadline.flow import vics_export as going
from leadline.kinds.vics import writing
from leadline.model.words import ACCEPTED
from leadline.store import export, keys
from leadline.store.case import Case
from leadline.store.layout import outside

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
    type=click.Choice(going.STATES),
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
    if out.suffix != ".json":
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
    opened = Case.open(case)
    chosen = [state for state in going.STATES if not states or state in states]
    with export.writing(out) as file:
        made = going.write(opened, file, model, chosen)
        file.flush()
        digest = hashlib.sha256(Path(file.name).read_bytes()).hexdigest()
        opened.note("exported", what="handover", sha256=digest, rows=sum(made.states.values()), restricted=1)
    value = {
        "ok": True,
        "out": out,
        "records": dict(made.states),
        "categorised": made.categorised,
        "absent": made.absent,
        "restrictions": made.restrictions,
        "lists": made.lists,
        "sha256": digest,
    }
    lines = [f"{sum(made.states.values()):,} files: {out}"]
    lines += [f"  {n:,} {SAYS[state]}" for state, n in made.states.items()]
    lines.append(f"  {made.categorised:,} of them carry a category")
    lines += [f"{made.absent:,} more are named by records only: no file to view"] if made.absent else []
    for row in made.lists:
        lines.append(f"searched in {row['name']}; its licence: {row['licence'] or 'unknown'}")
    if made.restrictions:
        lines.append(f"restricted ({', '.join(made.restrictions)}): see what these allow before it leaves the house")
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
    opened = Case.open(case)
    signer = keys.load(key_file, password())
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
    if not folder.is_dir():
        raise UsageError("no folder lies here", where=str(folder), remedy="name a folder of lawful photographs")
    if out is not None and out.suffix != ".json":
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
    if out is not None:
        outside(out)
    with progress() as report:
        found = calibration.calibrate(calibration.files_below(folder), report)
    value = {"ok": True, **found.facts()}
    if out is not None:
        export.write(out, json.dumps(plain(value), indent=1).encode() + b"\n")
    answer(value, [*found.lines(), *([f"written to {out}"] if out else [])], as_json=as_json)
