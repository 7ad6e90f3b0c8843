"""leadline intake, each step, and run."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from leadline.commands import proposals
from leadline.commands.key import CHECKPOINT, SIGNERS, checkpoint_text, password
from leadline.commands.terminal import CASE, JSON, answer, counted, progress
from leadline.flow import casework, signing
from leadline.flow.intake import VIDEO, not_listed, take_in
from leadline.flow.order import LAST, STEPS
from leadline.flow.referral import referral
from leadline.flow.run import Outcome
from leadline.flow.run import run as run_all
from leadline.flow.stepped import stepped
from leadline.views import matched, ranked, tallies

SHOWN = 20
"""Files of folders without a map that are named one by one; --json names all."""


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
        opened = casework.opened(case)
        with progress() as report:
            done = stepped(opened, name, report)
        value, lines = described([done.outcome])
        value, lines = {**value, **done.facts}, [*done.first, *lines, *done.last]
        if name == "match":
            value["files"] = matched.matched(opened)
            lines += matched.lines(value["files"])
        if name == "rank":
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
    signer = signing.signer(key_file, password())
    with progress() as report:
        value = referral(
            casework.opened(case),
            signer,
            report,
            restricted="hold_back" if hold_back else "refuse",
            checkpoint=checkpoint_text(note),
            signers=signers,
        )
    lines = [
        *(line for row in value["packages"] for line in _package(row)),
        *(f"package {name} went out already, and stands" for name in value["there"]),
        *(f"held back {h['person']} ({h['jurisdiction']}): {h['reason']}" for h in value["held"]),
    ]
    if value["packages"] and not value["valued"]:
        lines.append("values are unknown: no price series is pinned (leadline case set CASE pin.price=FILE)")
    answer(value, lines or ["nobody is referred: no person was decided"], as_json=as_json)


@click.command()
@CASE
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--map",
    "map_",
    default="",
    help="The map that reads them: a file, a folder of maps, or a shipped map's name.",
)
@click.option(
    "--video",
    type=click.Choice(VIDEO),
    default=VIDEO[0],
    show_default=True,
    help="Of videos, hash ten frames a second, keyframes only (a tenth of the cost), or nothing.",
)
@click.option(
    "--propose", "proposed", type=click.Path(path_type=Path), help="Write a map for one file here; take nothing in."
)
@click.option("--answers", type=click.Path(path_type=Path), help="With --propose: a TOML file of answers, NAME = TEXT.")
@click.option(
    "--preview", is_flag=True, help="Show the first records a map makes of one file, masked; take nothing in."
)
@JSON
def intake(
    case: Path,
    paths: tuple[Path, ...],
    map_: str,
    video: str,
    proposed: Path | None,
    answers: Path | None,
    preview: bool,
    as_json: bool,
) -> int:
    """Take in files and folders; a folder with an evidence.toml is what that lists.

    Of any other folder every file is listed and hashed, and what a reader and a map know is taken in as well.

    A file that cannot be read is named and the others are taken in (exit 1).

    Before a * write --, or write ./*: a seized file may be named like an option.
    """
    if proposed or preview:
        return proposals.shown(case, paths, proposed, answers, map_, as_json=as_json)
    opened = casework.opened(case)
    with progress() as report:
        done = take_in(opened, paths, map_, report, video)
    if len(done.refused) == 1 and not done.taken:
        raise done.refused[0].error
    rows, lines = [], []
    for item in done.taken:
        counts = {name: n for name, (_, n) in item.run.tables.items() if n}
        tally = tallies.tallied(opened, item.run)
        facts = {"exhibit": item.exhibit, "run": item.run.id, "new": item.new, "rows": counts}
        rows.append({**facts, "tally": asdict(tally), "replaces": item.replaces})
        state = "" if item.new else "(there already) "
        records = ", ".join(f"{n:,} {name}" for name, n in counts.items() if name not in tallies.COUNTED)
        lines.append(f"exhibit:{item.exhibit} {state}{records or 'no record'}")
        lines += [f"  in the place of the reading run:{item.replaces}"] if item.replaces else []
        lines += [f"  {line}" for line in tallies.lines(tally)]
    unlisted = [n for path in paths if (n := not_listed(path))]
    if unlisted:
        lines.append(f"{counted(sum(unlisted), 'file')} beside an evidence.toml that does not list them: not taken in")
    refused = [
        {"path": r.path, "place": r.place, "what": r.error.what, "where": r.error.where, "remedy": r.error.remedy}
        for r in done.refused
        if not r.unread
    ]
    unread = [{"path": r.path, "place": r.place, "what": r.error.what} for r in done.refused if r.unread]
    lines += [f"not read: {r['path']} ({r['place']}): {r['what']}" for r in unread[:SHOWN]]
    if unread[SHOWN:]:
        lines.append(f"not read: {len(unread) - SHOWN:,} more files for which no map is made; --json names all")
    for r in refused:
        lines += [f"not taken in: {r['path']} ({r['place']}): {r['what']}", f"  where: {r['where']}"]
        lines += [f"  remedy: {r['remedy']}"]
    value = {"ok": not refused, "exhibits": rows, "not_listed": sum(unlisted), "refused": refused, "unread": unread}
    answer(value, lines, as_json=as_json)
    return 1 if refused else 0


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
    opened = casework.opened(case)
    with progress() as report:
        outcomes = run_all(opened, last, report)
    value, lines = described(outcomes)
    answer(value, lines, as_json=as_json)
