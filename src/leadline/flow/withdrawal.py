"""What would be if something were taken away: the steps run again without it, in memory, and what came out otherwise.

A withdrawal is tried, not estimated: the same steps read the same evidence under the settings that ``case set
withdraw+=REF`` would give. Nothing is written. No medium is read either: what a real withdrawal would have framed anew,
because no list knows it any more, is left as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.sql.duck import query
from leadline.errors import StaleError
from leadline.flow.order import STEPS
from leadline.flow.reframing import unframed
from leadline.flow.run import settle
from leadline.flow.staleness import stale
from leadline.model import refs
from leadline.model.catalog import TABLES
from leadline.model.progress import Progress, silent
from leadline.model.settings import WITHDRAWABLE
from leadline.steps import match
from leadline.store.basis import Row
from leadline.store.case import Case
from leadline.store.impact import Resting, resting
from leadline.store.preview import Preview
from leadline.store.settings import change, changed

CORE = ("finding", "basis", "decision")
"""Tables that are compared as claims, support and states, not as figures."""
ONE_SIDE = "SELECT * FROM a EXCEPT ALL SELECT * FROM b"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A finding that rested on what was taken away and stands without it.

    `lost` are the basis rows that go, `support` those it rests on *for* afterwards, new ones first; `grade` is that of
    its release before and after, empty where its predicate has none.
    """

    finding: bytes
    lost: tuple[Row, ...]
    support: tuple[Row, ...]
    grade: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that stands before and after with other values: the rows of one table, restricted columns left out."""

    finding: bytes
    table: str
    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What taking `ref` away does: three sets of findings, those that are new, and what follows for the rest.

    `falls` and `appears` are ids; `decisions` gives {decision: (state before, state after)} where it changes; `tables`
    gives {table: (rows gone, rows new)} of every table that comes out otherwise. `to_frame` files would then be framed
    anew, because no list knows them any more; what that would find was not tried.
    """

    ref: str
    rests: Resting
    falls: tuple[bytes, ...]
    survives: tuple[Survivor, ...]
    changes: tuple[Change, ...]
    appears: tuple[bytes, ...]
    decisions: Mapping[str, tuple[str, str]]
    tables: Mapping[str, tuple[int, int]]
    to_frame: int


def can_be_tried(ref: str) -> bool:
    """Whether `ref` is of a kind, and whole or an entry of a pin, so that it can be withdrawn and the steps run."""
    whole, mark, _ = ref.partition("#")
    kind = refs.parse(whole)[0]
    return kind in WITHDRAWABLE and (not mark or kind in ("tag", "list", "price"))


def withdrawal(case: Case, ref: str, progress: Progress = silent) -> Withdrawal:
    """What withdrawing `ref` would change; StaleError when a step is behind, so that other changes would mingle.

    Raises UsageError for what cannot be withdrawn, such as a finding: people decide about findings.
    """
    rests = resting(case, ref)
    wanted = {run.step for run in case.current_runs()}
    specs = [spec for spec in STEPS if spec.name in wanted]
    behind = [spec.name for spec in specs if stale(case, spec)]
    if behind:
        raise StaleError(
            f"{', '.join(behind)} would now find otherwise", where=case.root.name, remedy="leadline run CASE"
        )
    after = Preview(case, changed(case.settings, change(f"withdraw+={ref}")))
    for spec in specs:
        settle(after, spec, progress)
    differences = _differences(case, after)
    ids = {name: one.current("finding").column("id") for name, one in (("before", case), ("after", after))}
    return Withdrawal(
        ref,
        rests,
        _missing(ids["before"], ids["after"]),
        _survivors(case, after, rests),
        tuple(_changes(ids["before"], ids["after"], differences)),
        _missing(ids["after"], ids["before"]),
        _states(case, after),
        {name: (gone.num_rows, new.num_rows) for name, (gone, new) in differences.items()},
        _to_frame(case, after),
    )


def _missing(these: pa.ChunkedArray, those: pa.ChunkedArray) -> tuple[bytes, ...]:
    """Ids of `these` that are not among `those`, sorted."""
    kept = these.filter(pc.invert(pc.is_in(these, value_set=those.combine_chunks())))
    return tuple(sorted(kept.to_pylist()))


def _survivors(case: Case, after: Preview, rests: Resting) -> tuple[Survivor, ...]:
    """Findings of `rests` that stand in `after`: those that lost a row of their own first, then by id."""
    asked = pa.array([id_ for id_, _ in rests.findings], pa.binary(32))
    ids = after.current("finding").column("id")
    standing = sorted(ids.filter(pc.is_in(ids, value_set=asked)).to_pylist())
    basis = after.basis()
    grades = [_grades(one.current("release"), standing) for one in (case, after)]
    found = []
    for id_ in standing:
        had, has = case.basis().rows(id_), basis.rows(id_)
        lost = tuple(row for row in had if row not in has)
        support = tuple(sorted((row for row in has if row[3] == "for"), key=lambda row: row in had))
        found.append(Survivor(id_, lost, support, (grades[0].get(id_, ""), grades[1].get(id_, ""))))
    return tuple(sorted(found, key=lambda one: not one.lost))


def _grades(release: pa.Table, ids: Iterable[bytes]) -> dict[bytes, str]:
    """{finding: the grades of its releases, joined by a comma}."""
    rows = release.filter(pc.is_in(release.column("finding"), value_set=pa.array(list(ids), pa.binary(32))))
    found: dict[bytes, set[str]] = defaultdict(set)
    for id_, grade in zip(rows.column("finding").to_pylist(), rows.column("grade").to_pylist(), strict=True):
        found[id_].add(grade)
    return {id_: ",".join(sorted(grades)) for id_, grades in found.items()}


def _changes(
    before: pa.ChunkedArray, after: pa.ChunkedArray, differences: Mapping[str, tuple[pa.Table, pa.Table]]
) -> Iterable[Change]:
    """Values of findings that stand on both sides and differ, by table, then finding."""
    both = before.filter(pc.is_in(before, value_set=after.combine_chunks())).combine_chunks()
    for name, sides in differences.items():
        if TABLES[name].key[0] != "finding":
            continue
        old, new = (_by_finding(rows.filter(pc.is_in(rows.column("finding"), value_set=both))) for rows in sides)
        for id_ in sorted(old.keys() | new.keys()):
            yield Change(id_, name, tuple(old.get(id_, ())), tuple(new.get(id_, ())))


def _by_finding(rows: pa.Table) -> dict[bytes, list[Mapping[str, Any]]]:
    found: dict[bytes, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows.to_pylist():
        found[row.pop("finding")].append(row)
    return found


def _differences(case: Case, after: Preview) -> dict[str, tuple[pa.Table, pa.Table]]:
    """{table: (rows gone, rows new)} without restricted columns, of every table that comes out otherwise."""
    found = {}
    for name, spec in TABLES.items():
        if name in CORE:
            continue
        open_ = [c.name for c in spec.columns if not c.restricted]
        old, new = (one.current(name) for one in (case, after))
        if old.equals(new):
            continue
        a, b = (side.select(open_) for side in (old, new))
        found[name] = (query(ONE_SIDE, {"a": a, "b": b}), query(ONE_SIDE, {"a": b, "b": a}))
    return found


def _to_frame(case: Case, after: Preview) -> int:
    if case.settings.crops != "on" or match.SPEC.name not in {run.step for run in case.current_runs()}:
        return 0
    here, then = ({(e, n) for (e, _), lines in unframed(one)[0].items() for n in lines} for one in (case, after))
    return len(then - here)


def _states(case: Case, after: Preview) -> dict[str, tuple[str, str]]:
    """{decision: (state before, state after)} of the decisions whose state changes."""
    pairs = zip(case.decisions(), after.decisions(), strict=True)
    return {d.id: (old, new) for (d, old), (_, new) in pairs if old != new}
