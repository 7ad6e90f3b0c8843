"""What rests on a ref, and what falls, survives and comes out otherwise when it is taken away, as one object."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.flow.withdrawal import Survivor, Withdrawal, can_be_tried, withdrawal
from leadline.model.progress import Progress, silent
from leadline.model.words import AGAINST
from leadline.store.case import Case
from leadline.store.impact import Resting, resting
from leadline.store.lookup import whole_ref
from leadline.views import reading
from leadline.views.explain import tag_said

NOT_TRIED = "not tried: such a thing is not withdrawn, so what rests on it may also stand on other support"

Claims = Mapping[bytes, dict[str, str]]


def impact(path: Path, ref: str, progress: Progress = silent, *, only_rests: bool = False) -> dict[str, Any]:
    """What rests on a ref and, where it can be withdrawn, what its withdrawal would change; nothing is changed.

    `tried` says which; without a trial `note` says what that means. A ref without its kind is a finding's id, or a
    beginning of one; an exhibit's or a pin's may be given by a beginning too.

    Raises:
        UsageError: nothing rests on such a ref.
        StaleError: a step is behind, so that other changes would mingle.
    """
    if ":" not in ref:
        ref = f"finding:{reading.finding(path, ref)[1].hex()}"
    case = reading.at(path)
    ref = whole_ref(case, ref)
    case.note(reading.QUERIED, what="impact", ref=ref)
    if only_rests or not can_be_tried(ref):
        rests = resting(case, ref)
        claims = _claims(case, [id_ for id_, _ in rests.findings])
        return {"ok": True, "ref": ref, "tried": False, **_resting(rests, claims), "note": NOT_TRIED}
    found = withdrawal(case, ref, progress)
    ids = [id_ for id_, _ in found.rests.findings]
    return _tried(case, found, _claims(case, [*ids, *found.falls, *(c.finding for c in found.changes)]))


def _claims(case: Case, ids: Iterable[bytes]) -> Claims:
    """{id: finding, subject, predicate, object} of findings; of one that only a preview knows, its id alone."""
    wanted = sorted(set(ids))
    table = case.current("finding")
    rows = table.filter(pc.is_in(table.column("id"), value_set=pa.array(wanted, pa.binary(32)))).to_pylist()
    return {id_: {"finding": id_.hex()} for id_ in wanted} | {
        r["id"]: {"finding": r.pop("id").hex(), **r} for r in rows
    }


def _tried(case: Case, found: Withdrawal, claims: Claims) -> dict[str, Any]:
    return {
        "ok": True,
        "ref": found.ref,
        "tried": True,
        **_resting(found.rests, claims),
        "falls": [claims[id_] for id_ in found.falls],
        "survives": [_survivor(case, s, claims) for s in found.survives],
        "changes": [
            {**claims[c.finding], "table": c.table, "before": c.before, "after": c.after} for c in found.changes
        ],
        "appears": [id_.hex() for id_ in found.appears],
        "states": {id_: {"before": a, "after": b} for id_, (a, b) in sorted(found.decisions.items())},
        "to_frame": found.to_frame,
        "tables": {name: {"gone": a, "new": b} for name, (a, b) in found.tables.items()},
    }


def _resting(rests: Resting, claims: Claims) -> dict[str, Any]:
    """What rests on it: findings with their role, decisions, packages."""
    findings = [{**claims[id_], "role": "for" if whole else AGAINST} for id_, whole in rests.findings]
    return {"findings": findings, "decisions": rests.decisions, "packages": rests.packages}


def _survivor(case: Case, one: Survivor, claims: Claims) -> dict[str, Any]:
    names = ("kind", "ref", "locator", "role")
    support = []
    for row in one.support:
        said = tag_said(case, row[1], row[2]) if row[0] == "tag" else None
        support.append({**dict(zip(names, row, strict=True)), **({"said": said} if said else {})})
    return {
        **claims[one.finding],
        "grade": {"before": one.grade[0] or None, "after": one.grade[1] or None},
        "lost": [dict(zip(names, row, strict=True)) for row in one.lost],
        "support": support,
    }
