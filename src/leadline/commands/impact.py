"""leadline impact: what falls, what survives and what changes when something is taken away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer, progress
from leadline.views import impact as view

Facts = Mapping[str, Any]
SHOWN = 20
"""Findings of one set that are printed; --json gives them all."""


@click.command()
@CASE
@click.argument("ref")
@click.option("--rests", "only_rests", is_flag=True, help="Only what rests on it, without running the steps again.")
@JSON
def impact(case: Path, ref: str, only_rests: bool, as_json: bool) -> None:
    """Name what falls without REF, what survives it, and what comes out otherwise.

    REF is exhibit:..., run:... (a reading), tag:...#entry:5, list:...#entry:5, tx:... (a merge), rule:..., price:... or
    decision:...: the steps are run again without it, in memory, and nothing of the case is changed. Of finding:...,
    ledger:... and a place in an exhibit only what rests on it is named, which is the most that can fall. With a
    folder's manifest fall the files taken in from that folder alone. A bare id, or a beginning of one, is a finding's.
    """
    with progress() as shown:
        value = view.impact(case, ref, shown, only_rests=only_rests)
    answer(value, _tried(value) if value["tried"] else _rests(value), as_json=as_json)


def _rests(value: Facts) -> list[str]:
    lines = [_first(value), "  " + value["note"], *_named(value["findings"])]
    lines += [f"  decision:{id_}" for id_ in value["decisions"]]
    return [*lines, *(f"  package {name}" for name in value["packages"])]


def _first(value: Facts) -> str:
    findings, decisions, packages = (len(value[name]) for name in ("findings", "decisions", "packages"))
    return f"on {value['ref']} rest {findings:,} findings, {decisions:,} decisions, {packages:,} packages"


def _tried(value: Facts) -> list[str]:
    lines = [_first(value), f"falls: {len(value['falls']):,} findings", *_named(value["falls"])]
    survives, changes = value["survives"], value["changes"]
    lines.append(f"survives on other support: {len(survives):,} findings")
    for one in survives[:SHOWN]:
        lines += [_told(one), *_support(one)]
    lines += _more(len(survives))
    lines.append(f"changes figure: {len({c['finding'] for c in changes}):,} findings")
    for change in changes[:SHOWN]:
        lines += [_told(change), *_figures(change)]
    lines += _more(len(changes))
    if value["appears"]:
        new = len(value["appears"])
        lines.append(f"new without it: {new:,} findings; they stand in the case once it is withdrawn")
    if value["to_frame"]:
        lines.append(f"not tried: {value['to_frame']:,} files would be framed anew, and may be found otherwise")
    lines += [f"  decision:{id_} {state['before']} -> {state['after']}" for id_, state in value["states"].items()]
    lines += [f"  table {name}: {n['gone']:,} rows go, {n['new']:,} come" for name, n in value["tables"].items()]
    return [*lines, *(f"  package {name} went out with it" for name in value["packages"])]


def _support(one: Facts) -> list[str]:
    """What a survivor lost, what carries it, and at which grade."""
    lines = [f"    lost {row['ref']} {row['locator']} ({row['role']})" for row in one["lost"][:3]]
    before, after = one["grade"]["before"], one["grade"]["after"]
    if before or after:
        lines.append(f"    grade {before or 'none'} -> {after or 'none'}")
    for row in one["support"][:3]:
        said = row.get("said")
        level = f", confidence {said['confidence'] or 'not stated'}" if said else ""
        lines.append(f"    stands on {row['ref']} {row['locator']}{level}".rstrip())
    return lines + ([f"    and on {len(one['support']) - 3:,} more"] if len(one["support"]) > 3 else [])


def _figures(change: Facts) -> list[str]:
    """The columns of a changed value, before and after."""
    before, after, table = change["before"], change["after"], change["table"]
    if len(before) != 1 or len(after) != 1:
        return [f"    {table}: {len(before)} rows -> {len(after)} rows"]
    old, new = before[0], after[0]
    return [f"    {table}.{name}: {_text(old[name])} -> {_text(new[name])}" for name in old if old[name] != new[name]]


def _named(findings: Sequence[Facts]) -> list[str]:
    return [*(_told(one) for one in findings[:SHOWN]), *_more(len(findings))]


def _told(claim: Facts) -> str:
    return "  " + " ".join([claim["finding"][:16], *(claim.get(n, "") for n in ("subject", "predicate", "object"))])


def _more(n: int) -> Sequence[str]:
    return [f"  and {n - SHOWN:,} more; --json names all"] if n > SHOWN else []


def _text(value: object) -> str:
    return "unknown" if value is None else str(value)
