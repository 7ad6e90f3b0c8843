"""What a step finds otherwise than before: new, changed and withdrawn findings between two of its runs, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leadline.engines.sql.duck import query
from leadline.errors import UsageError
from leadline.model.catalog import TABLES
from leadline.store import checked, runs
from leadline.store.case import Case
from leadline.store.decisions import Decision
from leadline.store.layout import run_name
from leadline.store.runs import Run
from leadline.views import reading

NEW, CHANGED, WITHDRAWN = "new", "changed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Cause:
    """One difference between what two runs read: the input, what was done to it, and the refs it concerns, if any."""

    input: str
    says: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding that is new, changed or withdrawn: in which tables its rows differ, and which causes it rests on.

    `because` are the causes whose ref stands in what the finding rests on, before or after; all causes where none does
    and `traced` is false: one of them is the reason, and the basis alone does not say which.
    """

    state: str
    finding: bytes
    subject: str
    predicate: str
    object: str
    tables: tuple[str, ...]
    because: tuple[str, ...]
    traced: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Two runs of a step, the causes, the differences in order of state and id, decisions now stale because of them
    with the findings below that changed, and the tables whose columns are others now, so that no row was compared."""

    step: str
    before: str
    after: str
    causes: tuple[Cause, ...]
    differences: tuple[Difference, ...]
    stale: tuple[tuple[Decision, tuple[bytes, ...]], ...]
    apart: tuple[str, ...]


def earlier(case: Case, step: str) -> list[Run]:
    """The runs of a step in the order in which they last became current; the last is current."""
    return [run for run in case.runs() if run.step == step]


def changed(case: Case, step: str, since: str = "") -> Changed | None:
    """What the current run of `step` finds otherwise than the run `since`, or than the one before it; None without one.

    UsageError when `since` is no run of the step. Intake is no such step: each exhibit's run stands beside the others.
    """
    if step == runs.INTAKE:
        raise UsageError("runs of intake stand beside one another", remedy="leadline case status CASE lists exhibits")
    known = earlier(case, step)
    if not known:
        return None
    now = known[-1]
    named = [run for run in known[:-1] if not since or run.id == since]
    if since and not named:
        raise UsageError(
            "no earlier run of this step has this id", where=since,
            remedy="one of: " + (", ".join(r.id for r in known[:-1]) or "none, it ran once"),
        )  # fmt: skip
    if not named:
        return None
    before = named[-1]
    why = causes(before, now)
    apart = tuple(n for n in sorted({*before.tables, *now.tables}) if not _alike(case, n, before, now))
    differences = _differences(case, before, now, why, apart)
    touched = frozenset(d.finding for d in differences)
    return Changed(step, before.id, now.id, why, differences, _stale(case, touched), apart)


def causes(before: Run, after: Run) -> tuple[Cause, ...]:
    """The differences between what two runs read, in order of input."""
    found = []
    if before.version != after.version:
        found.append(Cause("method", f"{after.method} version {before.version} became {after.version}"))
    for name in sorted({*before.inputs, *after.inputs}):
        old, new = before.inputs.get(name), after.inputs.get(name)
        if old == new:
            continue
        if name.startswith("pin:"):
            found += _pins(name, old or [], new or [])
        elif name == "withdrawn":
            gone = sorted(set(new or []) - set(old or []))
            back = sorted(set(old or []) - set(new or []))
            found += [Cause(name, f"{ref} was withdrawn", (ref,)) for ref in gone]
            found += [Cause(name, f"{ref} is no longer withdrawn", (ref,)) for ref in back]
        elif name == "settings":
            for key in sorted({*(old or {}), *(new or {})}):
                one, two = (old or {}).get(key), (new or {}).get(key)
                if one != two:
                    found.append(Cause(name, f"setting {key} was {one!r} and is {two!r}"))
        elif name == "decisions":
            found.append(Cause(name, "decisions that the step reads were made, renewed, withdrawn or became stale"))
        else:
            found.append(Cause(name, f"{name.partition(':')[2]} rows that the step reads are others"))
    return tuple(found)


def _pins(name: str, old: Iterable[Any], new: Iterable[Any]) -> list[Cause]:
    """What happened to the pins of one kind; a pin is [name, digest, facts]."""
    kind = name.partition(":")[2]
    one = {pin[1]: pin for pin in old}
    two = {pin[1]: pin for pin in new}
    gone, come = [one[d] for d in one if d not in two], [two[d] for d in two if d not in one]
    if kind == "ledger" and len(gone) == len(come) == 1:
        was, is_ = gone[0][2].get("height"), come[0][2].get("height")
        return [Cause(name, f"the ledger {come[0][0]} stands at height {is_}, it stood at {was}", ("ledger:",))]
    return [
        *(Cause(name, f"{kind} {pin[0]} {pin[1][:16]} is no longer pinned", (f"{kind}:{pin[1]}",)) for pin in gone),
        *(Cause(name, f"{kind} {pin[0]} {pin[1][:16]} was pinned", (f"{kind}:{pin[1]}",)) for pin in come),
    ]


def _alike(case: Case, name: str, *both: Run) -> bool:
    """Whether this version knows a table and every run that wrote it has its columns; an older version may not."""
    if name not in TABLES:
        return False
    names = [run_name(r.id, f"{name}.parquet") for r in both if r.tables.get(name, ("", 0))[1]]
    paths = [checked.path(case.layout, case.log.files, name) for name in names]
    return all(pq.read_schema(path).equals(TABLES[name].schema) for path in paths)


def _differences(
    case: Case, before: Run, now: Run, why: tuple[Cause, ...], apart: tuple[str, ...]
) -> tuple[Difference, ...]:
    """Every finding whose rows differ in any table keyed by it."""
    claims_of = {run.id: _read(case, run, "finding") for run in (before, now)}
    ids = {run: set(table.column("id").to_pylist()) for run, table in claims_of.items()}
    differs: dict[bytes, set[str]] = {}
    for name in sorted({*before.tables, *now.tables}):
        if name in apart or TABLES[name].key[0] != "finding" or before.tables.get(name) == now.tables.get(name):
            continue
        rows = {"a": _read(case, before, name), "b": _read(case, now, name)}
        both = "SELECT finding FROM ((TABLE a EXCEPT TABLE b) UNION ALL (TABLE b EXCEPT TABLE a))"
        for id_ in query(f"SELECT DISTINCT finding FROM ({both})", rows).column("finding").to_pylist():
            differs.setdefault(bytes(id_), set()).add(name)
    states = dict.fromkeys(ids[now.id] - ids[before.id], NEW)
    states |= dict.fromkeys(ids[before.id] - ids[now.id], WITHDRAWN)
    states |= {id_: CHANGED for id_ in differs if id_ in ids[now.id] and id_ in ids[before.id]}
    claims = {row["id"]: row for table in claims_of.values() for row in _of(table, "id", states)}
    rests: dict[bytes, set[str]] = {}
    for run in (before, now):
        for row in _of(_read(case, run, "basis"), "finding", states):
            rests.setdefault(row["finding"], set()).update((row["ref"], f"{row['ref']}#{row['locator']}"))
    result = []
    for id_ in sorted(states, key=lambda i: ((NEW, CHANGED, WITHDRAWN).index(states[i]), i)):
        mine = [c for c in why if any(_cited(ref, rests.get(id_, set())) for ref in c.refs)]
        claim = claims[id_]
        tables = tuple(sorted(differs.get(id_, set())))
        said = tuple(c.says for c in mine or why)
        words = (claim["subject"], claim["predicate"], claim["object"])
        result.append(Difference(states[id_], id_, *words, tables, said, bool(mine)))
    return tuple(result)


def _cited(ref: str, rests: set[str]) -> bool:
    """Whether a finding's basis names `ref`; the ledger is named by its network and a merge by its transaction."""
    return any(r.startswith(ref) for r in rests) if ref.endswith(":") else ref in rests


def _read(case: Case, run: Run, name: str) -> pa.Table:
    """One table of one run, empty when the run did not write it."""
    if run.tables.get(name, ("", 0))[1]:
        return runs.read_table(case.layout, case.log.files, run.id, name)
    return TABLES[name].schema.empty_table()


def _of(table: pa.Table, column: str, ids: Iterable[bytes]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.filter(
        pc.is_in(table.column(column), value_set=pa.array(sorted(ids), pa.binary(32)))
    ).to_pylist()
    return rows


def _stale(case: Case, touched: frozenset[bytes]) -> tuple[tuple[Decision, tuple[bytes, ...]], ...]:
    """Stale decisions whose finding is one of `touched`, or rests on one however far below, with those."""
    basis = case.basis()
    found = []
    for decision, state in case.decisions():
        if state != "stale":
            continue
        seen, todo = set(), [decision.finding]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += [bytes.fromhex(ref[8:]) for kind, ref, _, _ in basis.rows(at) if kind == "finding"]
        if below := tuple(sorted(seen & touched)):
            found.append((decision, below))
    return tuple(found)


def changes(path: Path, steps: Iterable[str], since: str = "") -> list[tuple[Changed, list[str]]]:
    """What each of the steps finds otherwise than before, with the ids of its runs; steps that ran once are left out.

    Raises:
        UsageError: `since` is no earlier run of the step.
    """
    names = list(steps)
    case = reading.opened(path, reading.QUERIED, "changed", steps=names, since=since)
    found = [c for c in (changed(case, name, since) for name in names) if c is not None]
    return [(c, [run.id for run in earlier(case, c.step)]) for c in found]
