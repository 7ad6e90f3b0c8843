"""The same case again from its exhibits, pins and decisions, in a folder of its own, and what came out otherwise."""

import tempfile
from dataclasses import replace
from pathlib import Path

from leadline.flow import order
from leadline.flow.inputs import digests
from leadline.flow.intake import again
from leadline.flow.run import settle
from leadline.flow.staleness import current_run
from leadline.model.catalog import TABLES
from leadline.model.progress import Progress, silent
from leadline.model.tables import digest
from leadline.steps.step import StepSpec
from leadline.store import checked
from leadline.store.case import Case
from leadline.store.environment import environment
from leadline.store.layout import run_name
from leadline.store.runs import INTAKE, Run, read_table
from leadline.store.scratch import work
from leadline.store.verify import Report


def rebuild(root: Path, report: Report, progress: Progress = silent) -> Report:
    """`report` on the case at `root`, refused when the steps, run again elsewhere, give other tables."""
    old = Case.open(root)
    with tempfile.TemporaryDirectory(dir=work(old.layout), prefix="rebuild-") as folder:
        new = Case.create(Path(folder) / "case", old.settings.name)
        pins = tuple(replace(p, path=str(p.at(old.root))) for p in old.settings.pins)
        new.take_over(replace(old.settings, pins=pins))
        again(old, new, progress)
        new.adopt(old.all_decisions())
        wanted = {run.step for run in old.current_runs()}
        for spec in order.STEPS:
            if spec.name in wanted:
                settle(new, spec, progress)
        found = [stored(old, new, run) for run in old.current_runs()]
        problems = [problem for _, problems in found for problem in problems]
        problems += differences([run for run, _ in found], new.current_runs())
    problems += [
        f"{name}: what it reads has changed since it was run; leadline {name} CASE, then verify again"
        for name in sorted(wanted & {spec.name for spec in order.STEPS if behind(old, spec)})
        if any(problem.startswith(f"{name}: ") for problem in problems)
    ]
    here = environment()["digest"]
    elsewhere = sorted({run.step for run in old.current_runs() if run.environment.get("digest") != here})
    if not problems:
        note = "every step, run again from the exhibits, gave the same tables"
        if elsewhere:
            note += f", also where the environment differs ({', '.join(elsewhere)})"
        return replace(report, notes=(*report.notes, note))
    return Report("other_environment" if elsewhere else "rebuilt_differs", tuple(problems), report.notes)


def behind(case: Case, spec: StepSpec) -> bool:
    """Whether the current run of a step rests on other inputs than the case holds now."""
    run = current_run(case, spec)
    return run is not None and run.inputs != digests(case, spec)


def stored(old: Case, new: Case, run: Run) -> tuple[Run, list[str]]:
    """(a run of `old` with the digests of the tables as they lie in the case, where run.json says otherwise).

    What run.json says of a table is no more than a claim. A file that has the bytes of the rebuilt one is equal to it;
    of any other the canonical digest is computed from its rows.
    """
    tables: dict[str, tuple[str, int]] = {}
    for name in run.tables:
        file = run_name(run.id, f"{name}.parquet")
        if checked.sha256(checked.path(old.layout, old.log.files, file)) == new.log.files.get(file):
            tables[name] = new.run(run.id).tables[name]
        else:
            table = read_table(old.layout, old.log.files, run.id, name)
            tables[name] = digest(TABLES[name], table).hex(), table.num_rows
    wrong = [
        f"{run.step}: table {name} is not the one its run.json names"
        for name in tables
        if tables[name] != run.tables[name]
    ]
    return replace(run, tables=tables), wrong


def differences(old: list[Run], new: list[Run]) -> list[str]:
    """Tables whose digests differ between two cases' current runs, step by step; of intake, the sets of digests."""
    problems = []
    for step in sorted({run.step for run in (*old, *new)}):
        before, after = (tables(runs, step) for runs in (old, new))
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                problems.append(f"{step}: table {name} came out otherwise")
    return problems


def tables(runs: list[Run], step: str) -> dict[str, list[str]]:
    """The digests of a step's tables over these runs, by table, sorted; empty tables of intake are left out."""
    found: dict[str, list[str]] = {}
    for run in runs:
        if run.step == step:
            for name, (digest, rows) in run.tables.items():
                if rows or step != INTAKE:
                    found.setdefault(name, []).append(digest)
    return {name: sorted(digests) for name, digests in found.items()}
