"""Where walks back from payments ended that found no recorded release: at a service by inference, or without one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.referral import ENDS
from leadline.model.refs import ref
from leadline.model.tables import from_rows
from leadline.model.words import INFERRED, NONE, STOPPED, UNDECIDED, VERDICTS
from leadline.steps.refer.refer_io import Source


def ends(source: Source, payments: pa.Table) -> pa.Table:
    """ENDS of these payments: every end of a walk back that is no recorded release, with what was decided of it."""
    verdicts = {id_: verdict for verdict in VERDICTS for id_ in source.ruled(verdict)}
    rules = {(r.finding, r.outpoint): r.rule for r in source.releases()}
    of: dict[str, list[str]] = defaultdict(list)
    for row in payments.select(["person", "outpoint"]).to_pylist():
        of[row["outpoint"]].append(row["person"])
    released = source.table("release")
    inferred = released.filter(pc.equal(released.column("grade"), INFERRED))
    rows: list[tuple[object, ...]] = []

    def add(row: Mapping[str, Any], at: str, what: str, grade: str, rule: str) -> None:
        verdict = verdicts.get(row["finding"], UNDECIDED)
        for person in of[row["payment"]]:
            rows.append(
                (person, row["payment"], at, what, grade, rule, row["hops"], row["share_ppm"], verdict, row["finding"])
            )

    for row in _of(inferred, of):
        at = row["release_outpoint"]
        add(row, at, row["service"], INFERRED, rules[row["finding"], at])
    for row in _of(source.table("stop"), of):
        add(row, row["at"], ref("stop", row["reason"]), STOPPED, NONE)
    return from_rows(ENDS, rows)


def _of(table: pa.Table, payments: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.filter(
        pc.is_in(table.column("payment"), pa.array(list(payments), pa.string()))
    ).to_pylist()
    return rows
