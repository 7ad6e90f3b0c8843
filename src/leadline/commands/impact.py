"""leadline impact: what falls, what survives and what changes when something is taken away."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from leadline.commands.terminal import CASE, JSON, answer, progress
from leadline.flow.withdrawal import Change, Survivor, Withdrawal, can_be_tried, withdrawal
from leadline.store.case import Case
from leadline.store.impact import Resting, resting
from leadline.views.explain import tag_said

Claims = dict[bytes, dict[str, str]]
SHOWN = 20
"""Findings of one set that are printed; --json gives them all."""
NOT_TRIED = "not tried: such a thing is not withdrawn, so what rests on it may also stand on other support"


@click.command()
@CASE
@click.argument("ref")
@click.option("--rests", "only_rests", is_flag=True, help="Only what rests on it, without running the steps again.")
@JSON
def impact(case: Path, ref: str, only_rests: bool, as_json: bool) -> None:
    """Name what falls without REF, what survives it, and what comes out otherwise.

    REF is exhibit:..., tag:...#entry:5, list:...#entry:5, tx:... (a merge), rule:..., price:... or decision:...: the
    steps are run again without it, in memory, and nothing of the case is changed. Of finding:..., ledger:... and a
    place in an exhibit only what rests on it is named, which is the most that can fall.
    """
    opened = Case.open(case)
    opened.note("queried", what="impact", ref=ref)
    if only_rests or not can_be_tried(ref):
        rests = resting(opened, ref)
        ids = [id_ for id_, _ in rests.findings]
        claims = _claims(opened, ids)
        value = {"ok": True, "ref": ref, "tried": False, **_resting(rests, claims), "note": NOT_TRIED}
        lines = [_first(ref, rests), "  " + NOT_TRIED, *_named(ids, claims)]
        answer(value, [*lines, *_acts(rests)], as_json=as_json)
        return
    with progress() as shown:
        found = withdrawal(opened, ref, shown)
    ids = [id_ for id_, _ in found.rests.findings]
    claims = _claims(opened, [*ids, *found.falls, *(c.finding for c in found.changes)])
    answer(_value(opened, found, claims), _lines(opened, found, claims), as_json=as_json)


def _claims(case: Case, ids: Iterable[bytes]) -> Claims:
    """{id: finding, subject, predicate, object} of findings; of one that only a preview knows, its id alone."""
    wanted = sorted(set(ids))
    table = case.current("finding")
    rows = table.filter(pc.is_in(table.column("id"), value_set=pa.array(wanted, pa.binary(32)))).to_pylist()
    return {id_: {"finding": id_.hex()} for id_ in wanted} | {
        r["id"]: {"finding": r.pop("id").hex(), **r} for r in rows
    }


def _value(case: Case, found: Withdrawal, claims: Claims) -> dict[str, Any]:
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
    findings = [{**claims[id_], "role": "for" if whole else "against"} for id_, whole in rests.findings]
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


def _change(one: Change, claims: Claims) -> dict[str, Any]:
    return {**claims[one.finding], "table": one.table, "before": one.before, "after": one.after}


def _first(ref: str, rests: Resting) -> str:
    what = len(rests.findings), len(rests.decisions), len(rests.packages)
    return f"on {ref} rest {what[0]:,} findings, {what[1]:,} decisions, {what[2]:,} packages"


def _lines(case: Case, found: Withdrawal, claims: Claims) -> list[str]:
    lines = [_first(found.ref, found.rests), f"falls: {len(found.falls):,} findings"]
    lines += _named(found.falls, claims)
    lines.append(f"survives on other support: {len(found.survives):,} findings")
    for one in found.survives[:SHOWN]:
        lines += [_told(claims[one.finding]), *_support(case, one)]
    lines += _more(len(found.survives))
    lines.append(f"changes figure: {len({c.finding for c in found.changes}):,} findings")
    for change in found.changes[:SHOWN]:
        lines += [_told(claims[change.finding]), *_figures(change)]
    lines += _more(len(found.changes))
    if found.appears:
        lines.append(f"new without it: {len(found.appears):,} findings; they stand in the case once it is withdrawn")
    if found.to_frame:
        lines.append(f"not tried: {found.to_frame:,} files would be framed anew, and may be found otherwise")
    lines += [f"  decision:{id_} {a} -> {b}" for id_, (a, b) in sorted(found.decisions.items())]
    lines += [f"  table {name}: {gone:,} rows go, {new:,} come" for name, (gone, new) in found.tables.items()]
    return [*lines, *(f"  package {name} went out with it" for name in found.rests.packages)]


def _support(case: Case, one: Survivor) -> list[str]:
    """What a survivor lost, what carries it, and at which grade."""
    lines = [f"    lost {ref} {locator} ({role})" for _, ref, locator, role in one.lost[:3]]
    if any(one.grade):
        lines.append(f"    grade {one.grade[0] or 'none'} -> {one.grade[1] or 'none'}")
    for kind, ref, locator, _ in one.support[:3]:
        said = tag_said(case, ref, locator) if kind == "tag" else None
        level = f", confidence {said['confidence'] or 'not stated'}" if said else ""
        lines.append(f"    stands on {ref} {locator}{level}".rstrip())
    return lines + ([f"    and on {len(one.support) - 3:,} more"] if len(one.support) > 3 else [])


def _figures(change: Change) -> list[str]:
    """The columns of a changed value, before and after."""
    if len(change.before) != 1 or len(change.after) != 1:
        return [f"    {change.table}: {len(change.before)} rows -> {len(change.after)} rows"]
    old, new = change.before[0], change.after[0]
    return [
        f"    {change.table}.{name}: {_text(old[name])} -> {_text(new[name])}" for name in old if old[name] != new[name]
    ]


def _named(ids: Sequence[bytes], claims: Claims) -> list[str]:
    return [*(_told(claims[id_]) for id_ in ids[:SHOWN]), *_more(len(ids))]


def _told(claim: Mapping[str, str]) -> str:
    return "  " + " ".join([claim["finding"][:16], *(claim.get(n, "") for n in ("subject", "predicate", "object"))])


def _more(n: int) -> Sequence[str]:
    return [f"  and {n - SHOWN:,} more; --json names all"] if n > SHOWN else []


def _acts(rests: Resting) -> list[str]:
    return [*(f"  decision:{id_}" for id_ in rests.decisions), *(f"  package {name}" for name in rests.packages)]


def _text(value: Any) -> str:
    return "unknown" if value is None else str(value)
