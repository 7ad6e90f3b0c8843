"""Whether the runs of a case are what they say: their ids, the tables beside them, and what those tables hold."""

from collections import defaultdict

from leadline.errors import IntegrityError
from leadline.model.catalog import TABLES
from leadline.model.tables import digest
from leadline.store import checked, runs
from leadline.store.acts import unit
from leadline.store.layout import Layout
from leadline.store.log import Log


def problems(layout: Layout, log: Log) -> list[str]:
    """Runs whose run.json is none, whose id is not its digest, or that name other tables than lie there; by folder.

    A table is read and its canonical digest computed from its rows: whoever rewrites a table and the log, and not
    run.json, is seen without a checkpoint. A table that the log does not vouch for is left to the check of files.
    """
    found = []
    folders: dict[str, set[str]] = defaultdict(set)
    for name in log.files:
        if name.startswith("runs/"):
            folders[unit(name)].add(name.rpartition("/")[2])
    for folder, files in sorted(folders.items()):
        try:
            run = runs.read(layout, log.files, folder.removeprefix("runs/"))
        except IntegrityError as error:
            found.append(f"{folder}/run.json: {error.what}")
            continue
        if folder != f"runs/{run.id}" or files != {"run.json", *(f"{table}.parquet" for table in run.tables)}:
            found.append(f"{folder}/run.json: does not name the tables that lie beside it")
            continue
        found += [
            f"{folder}/{name}.parquet: {reason}" for name in run.tables if (reason := _wrong(layout, log, run, name))
        ]
    return found


def _wrong(layout: Layout, log: Log, run: runs.Run, name: str) -> str:
    """Why a run's table is not the one its run.json names, or ""."""
    if name not in TABLES:
        return "no table of a case"
    try:
        table = runs.read_table(layout, log.files, run.id, name)
    except IntegrityError as error:
        return "" if error.what == checked.NOT_AS_LOGGED else error.what
    return (
        ""
        if (digest(TABLES[name], table).hex(), table.num_rows) == run.tables[name]
        else "not the table run.json names"
    )
