"""leadline intake, each step, and run."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from leadline.commands.key import CHECKPOINT, SIGNERS, checkpoint_text, password
from leadline.commands.terminal import CASE, JSON, answer, counted, progress
from leadline.flow.custody import custody
from leadline.flow.intake import intake as take_in
from leadline.flow.order import LAST, STEPS
from leadline.flow.queue import queue
from leadline.flow.refer import refer as build_packages
from leadline.flow.refer import standing
from leadline.flow.run import Outcome, run_step
from leadline.flow.run import run as run_all
from leadline.steps import match as matching
from leadline.steps import rank as ranking
from leadline.steps import trace as tracing
from leadline.steps.intake import VIDEO, not_listed
from leadline.steps.trace import summary
from leadline.store import keys
from leadline.store.case import Case
from leadline.store.layout import package_name
from leadline.views import matched, ranked, tallies


def described(outcomes: list[Outcome]) -> tuple[dict[str, Any], list[str]]:
    """(one JSON object, lines) for what became of some steps."""
    rows = []
    for o in outcomes:
        row: dict[str, Any] = {"step": o.step, "state": o.state, "run": o.run.id if o.run else None, "says": o.says}
        if o.run:
            row["tables"] = {name: {"rows": n, "digest": d} for name, (d, n) in o.run.tables.items()}
            row |= {name: o.run.environment.get(name) for name in ("seconds", "peak_mb")}
        rows.append(row)
    lines = [line for o in outcomes for line in (_counted(o), *(f"  {text}" for text in o.says))]
    return {"ok": True, "steps": rows}, lines


def _package(row: Mapping[str, Any]) -> list[str]:
    """A package made, and those it supersedes."""
    first = f"package {row['name']}: {counted(row['persons'], 'person')}, {counted(row['payments'], 'payment')}"
    return [first, *(f"  supersedes {name}" for name in row["supersedes"])]


def _counted(o: Outcome) -> str:
    """One line: the step, its run and the rows of its tables."""
    if o.run is None:
        return f"{o.step}: {o.state}"
    counts = (f"{n:,} {name}" for name, (_, n) in o.run.tables.items() if n and name != "basis")
    return f"{o.step}: {o.state} {o.run.id}, {', '.join(counts) or 'nothing found'}"


def _step_command(name: str, says: str) -> click.Command:
    @click.command(name, help=says, short_help=says)
    @CASE
    @JSON
    def command(case: Path, as_json: bool) -> None:
        opened = Case.open(case)
        with progress() as report:
            outcome = run_step(opened, next(s for s in STEPS if s.name == name), report)
        value, lines = described([outcome])
        if name == tracing.SPEC.name:
            found = summary.reached({table: opened.current(table) for table in summary.READS})
            value["reached"], lines = {**asdict(found), "share_ppm": found.share_ppm}, summary.lines(found) + lines
        if name == matching.SPEC.name:
            review, found_files = queue(opened), matched.matched(opened)
            value |= {"review": review.facts, "files": found_files}
            lines += [*review.says, *matched.lines(found_files)]
        if name == ranking.SPEC.name:
            value["ranked"] = ranked.ranked(opened)
            lines += ranked.lines(value["ranked"])
        answer(value, lines, as_json=as_json)

    return command


trace, match, link, rank, restitute = (_step_command(spec.name, spec.says) for spec in STEPS)


@click.command("refer")
@CASE
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="The key that signs.")
@click.option("--hold-back", is_flag=True, help="Leave out persons whose records may not travel, and name them.")
@CHECKPOINT
@SIGNERS
@JSON
def refer(
    case: Path, key_file: Path, hold_back: bool, note: Path | None, signers: tuple[Path, ...], as_json: bool
) -> None:
    """Write one signed package a jurisdiction, of the persons that were decided.

    Each package says what vouched for the case: the checkpoint named here, or nobody, so that it was self-consistent
    only. A case that is not what its checkpoint says is not referred.
    """
    opened = Case.open(case)
    signer = keys.load(key_file, password())
    vouched = custody(opened, checkpoint_text(note), [keys.public(path) for path in signers])
    with progress() as report:
        made = build_packages(
            opened, signer, report, restricted="hold_back" if hold_back else "refuse", vouched=vouched
        )
    rows = [
        {
            "name": p.name,
            "jurisdiction": p.jurisdiction,
            "persons": p.persons,
            "payments": p.payments,
            "value_sat": p.value_sat,
            "path": opened.layout.absolute(package_name(p.name)),
            "supersedes": standing(opened)[p.jurisdiction][:-1],
        }
        for p in made.made
    ]
    held = [{"person": h.person, "jurisdiction": h.jurisdiction, "reason": h.reason} for h in made.held]
    lines = [
        *(line for r in rows for line in _package(r)),
        *(f"package {name} went out already, and stands" for name in made.there),
        *(f"held back {h['person']} ({h['jurisdiction']}): {h['reason']}" for h in held),
    ]
    value = {"ok": True, "packages": rows, "there": made.there, "held": held}
    answer(value, lines or ["nobody is referred: no person was decided"], as_json=as_json)


@click.command()
@CASE
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option("--map", "map_", default="", help="The map that reads them: a file, or the name of one that ships.")
@click.option(
    "--video",
    type=click.Choice(VIDEO),
    default=VIDEO[0],
    show_default=True,
    help="Of videos, hash ten frames a second, keyframes only (a tenth of the cost), or nothing.",
)
@JSON
def intake(case: Path, paths: tuple[Path, ...], map_: str, video: str, as_json: bool) -> None:
    """Take in files and folders; a folder with an evidence.toml is what that lists.

    Before a * write --, or write ./*: a seized file may be named like an option.
    """
    opened = Case.open(case)
    with progress() as report:
        taken = take_in(opened, paths, map_, report, video)
    rows, lines = [], []
    for item in taken:
        counts = {name: n for name, (_, n) in item.run.tables.items() if n}
        tally = tallies.tallied(opened, item.run)
        facts = {"exhibit": item.exhibit, "run": item.run.id, "new": item.new, "rows": counts}
        rows.append({**facts, "tally": asdict(tally)})
        state = "" if item.new else "(there already) "
        records = ", ".join(f"{n:,} {name}" for name, n in counts.items() if name not in tallies.COUNTED)
        lines.append(f"exhibit:{item.exhibit} {state}{records or 'no record'}")
        lines += [f"  {line}" for line in tallies.lines(tally)]
    unlisted = [n for path in paths if (n := not_listed(path))]
    if unlisted:
        lines.append(f"{counted(sum(unlisted), 'file')} beside an evidence.toml that does not list them: not taken in")
    answer({"ok": True, "exhibits": rows, "not_listed": sum(unlisted)}, lines, as_json=as_json)


@click.command()
@CASE
@click.option(
    "--until",
    "last",
    type=click.Choice([s.name for s in STEPS]),
    default=LAST,
    show_default=True,
    help="The last step to run.",
)
@JSON
def run(case: Path, last: str, as_json: bool) -> None:
    """Run every step that is not fresh; stops before anyone is referred."""
    opened = Case.open(case)
    with progress() as report:
        outcomes = run_all(opened, last, report)
    value, lines = described(outcomes)
    answer(value, lines, as_json=as_json)
