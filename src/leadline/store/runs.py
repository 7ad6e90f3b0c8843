"""Runs: what one call of a step read and wrote, and the id that is the digest of what it read."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.errors import IntegrityError, UsageError
from leadline.model.catalog import TABLES
from leadline.model.tables import digest, in_key_order
from leadline.store import checked, durable, parquet
from leadline.store.entry import canonical
from leadline.store.layout import Layout, run_name

INTAKE = "intake"
"""The step whose runs stand side by side, one an exhibit; of every other step the last run is current."""
READING = "intake"
"""The method of intake's runs that read an exhibit's records: the newest reading of an exhibit takes the place of those
before it, be they by another map, with other files beside it, or less close."""
OCCURRENCES = "occurrence"
"""The method of intake's runs that say where an exhibit stood: `params["parent"]` is what it stood in, if anything."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `tables` gives each table's name, canonical digest (hex) and rows; `environment` is outside the id."""

    id: str
    step: str
    method: str
    version: int
    params: Mapping[str, Any]
    inputs: Mapping[str, Any]
    tables: Mapping[str, tuple[str, int]]
    environment: Mapping[str, Any]

    @property
    def exhibits(self) -> frozenset[str]:
        """Hex digests of the exhibits the run read."""
        return frozenset(v for k, v in self.inputs.items() if k.partition(":")[0] == "exhibit")

    @property
    def place(self) -> tuple[str, ...]:
        """Runs with the same place replace one another: the step, for intake the exhibit read, or all that was said."""
        if self.step != INTAKE:
            return (self.step,)
        if self.method == READING:
            return (self.step, self.method, str(self.inputs.get("exhibit")))
        return (self.step, self.method, canonical([self.params, self.inputs]).decode())


def run_id(step: str, method: str, version: int, params: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """``step-<16 hex>``: the digest of exactly these."""
    whole = hashlib.sha256(canonical([step, method, version, dict(params), dict(inputs)])).hexdigest()
    return f"{step}-{whole[:16]}"


def stage(folder: Path, run: Run, tables: Mapping[str, pa.Table]) -> Run:
    """`run` with its tables' digests, its files written into `folder`; UsageError for a table no case holds."""
    known: dict[str, tuple[str, int]] = {}
    for name in sorted(tables):
        table, known[name] = digested(name, tables[name])
        parquet.write(folder / f"{name}.parquet", table)
    whole = replace(run, tables=known)
    durable.write(folder / "run.json", to_json(whole))
    durable.sync_folder(folder)
    return whole


def digested(name: str, table: pa.Table) -> tuple[pa.Table, tuple[str, int]]:
    """(table in key order, (digest in hex, rows)) as a run keeps it; UsageError for a table no case holds."""
    if name not in TABLES:
        raise UsageError(f"a run cannot write table {name!r}")
    ordered = in_key_order(TABLES[name], table)
    return ordered, (digest(TABLES[name], ordered).hex(), ordered.num_rows)


def to_json(run: Run) -> bytes:
    """run.json's bytes."""
    data = {
        "id": run.id,
        "step": run.step,
        "method": run.method,
        "version": run.version,
        "params": dict(run.params),
        "inputs": dict(run.inputs),
        "tables": {name: {"digest": d, "rows": n} for name, (d, n) in run.tables.items()},
        "environment": dict(run.environment),
    }
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def from_json(data: bytes, where: str) -> Run:
    """The run of run.json's bytes; IntegrityError when they are not one or the id is not their digest."""
    try:
        raw = json.loads(data)
        tables = {name: (t["digest"], t["rows"]) for name, t in raw.pop("tables").items()}
        run = Run(**raw, tables=tables)
        whole = run_id(run.step, run.method, run.version, run.params, run.inputs)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise IntegrityError("not a run", where=where, remedy=checked.REMEDY) from None
    if whole != run.id:
        raise IntegrityError(
            "a run's id is not the digest of what it read",
            where=where,
            remedy=checked.REMEDY,
        )
    return run


def read(layout: Layout, files: Mapping[str, str], id_: str) -> Run:
    """The run of this id; IntegrityError unless its file is what the log says."""
    name = run_name(id_, "run.json")
    return from_json(checked.data(layout, files, name), name)


def read_table(layout: Layout, files: Mapping[str, str], id_: str, table: str) -> pa.Table:
    """One table of a run, in key order; IntegrityError unless its file is what the log says."""
    name = run_name(id_, f"{table}.parquet")
    return parquet.read(checked.path(layout, files, name), TABLES[table], name)


def current(runs: Iterable[Run], withdrawn: Collection[str] = ()) -> list[Run]:
    """Of runs in log order, the last of each place, in order of id, without those that read what has fallen.

    A reading that was itself withdrawn is as if it had never been: the one before it counts again.
    """
    known = list(runs)
    gone = fallen(known, withdrawn)
    last = {run.place: run for run in _counting(known, withdrawn)}
    return sorted((run for run in last.values() if not _falls(run, gone)), key=lambda run: run.id)


def fallen(runs: Iterable[Run], withdrawn: Collection[str]) -> frozenset[str]:
    """Digests in hex of the exhibits withdrawn, and of all that stood in them alone, however deep.

    A place falls with what it is in or beside; an exhibit with the last of its places, so that one also taken in by
    itself, or found in another container, stays. What has no place, such as a map, falls only when it is withdrawn.
    """
    gone = frozenset(ref.removeprefix("exhibit:") for ref in withdrawn if ref.startswith("exhibit:"))
    if not gone:
        return gone
    places = [run for run in _counting(runs, withdrawn) if run.step == INTAKE and run.method == OCCURRENCES]
    while True:
        standing = {digest for run in places if not _falls(run, gone) for digest in run.exhibits}
        more = gone | frozenset(digest for run in places for digest in run.exhibits if digest not in standing)
        if more == gone:
            return gone
        gone = more


def _counting(runs: Iterable[Run], withdrawn: Collection[str]) -> list[Run]:
    """The runs that were not themselves withdrawn."""
    return [run for run in runs if f"run:{run.id}" not in withdrawn]


def _falls(run: Run, gone: Collection[str]) -> bool:
    """Whether a run read one of these exhibits, or says where something stood in one."""
    parent = run.params.get("parent") if run.step == INTAKE and run.method == OCCURRENCES else None
    return parent in gone or not run.exhibits.isdisjoint(gone)


def inputs_digest(runs: Iterable[Run], table: str) -> str:
    """The digest of a table over current runs: of its parts' digests when it has several, without empty parts."""
    parts = sorted(run.tables[table][0] for run in runs if table in run.tables and run.tables[table][1])
    if len(parts) == 1:
        return parts[0]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else "empty"
