"""What `impact` says falls, survives and changes is what a withdrawal then does, for refs drawn at random."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from click.testing import CliRunner

from leadline.cli import cli
from leadline.errors import StaleError, UsageError
from leadline.flow import staleness as flow_staleness
from leadline.flow.order import STEPS, step
from leadline.flow.run import run_step, settle
from leadline.flow.withdrawal import can_be_tried, withdrawal
from leadline.model.catalog import TABLES
from leadline.store.case import Case, open_case
from leadline.store.preview import Preview
from leadline.store.settings import change, changed

KINDS = ("exhibit", "tag", "entry of a tag", "entry of a list", "price", "merge", "rule", "decision")


def refs_of(case: Case, kind: str) -> list[str]:
    """Every ref of a kind that a finding of the case rests on, or a decision by a person."""
    if kind == "decision":
        return [f"decision:{d.id}" for d, state in case.decisions() if state == "in_force"]
    if kind == "rule":
        return sorted({r["locator"].rpartition(">")[2] for r in rows(case, "basis") if r["kind"] == "merge"})
    basis = case.current("basis")
    part = kind.startswith("entry of a ")
    cited = basis.filter(pc.equal(basis["kind"], kind.removeprefix("entry of a "))).to_pylist()
    return sorted({f"{r['ref']}#{r['locator']}" if part else r["ref"] for r in cited if r["locator"] or not part})


def rows(case: Case, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = case.current(table).to_pylist()
    return found


def counted(case: Case, table: str) -> Counter[tuple[Any, ...]]:
    """The rows of a table without restricted columns, as often as they stand there."""
    names = [c.name for c in TABLES[table].columns if not c.restricted]
    return Counter(tuple(row[n] for n in names) for row in rows(case, table))


def without(case: Case, ref: str) -> Case:
    """The case with `ref` really withdrawn and every step run again."""
    wanted = {run.step for run in case.current_runs()}
    case.change(changed(case.settings, change(f"withdraw+={ref}")), "test", {})
    for spec in STEPS:
        if spec.name in wanted:
            settle(case, spec)
    return open_case(case.root)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawal_does_what_was_said(
    copied: Callable[[], Path], kind: str, record_property: Callable[..., None]
) -> None:
    root = copied() / "case"
    before = open_case(root)
    seed = random.SystemRandom().randrange(1 << 32)
    ref = random.Random(seed).choice(refs_of(before, kind))
    record_property("ref", ref)
    log = len(before.log.entries)
    said = withdrawal(before, ref)
    before.log.refresh()
    assert len(before.log.entries) == log, "a trial writes nothing"
    tables = {name: counted(before, name) for name in TABLES if name not in ("finding", "basis", "decision")}
    claims = {r["id"] for r in rows(before, "finding")}
    basis, states = before.basis(), {d.id: s for d, s in before.decisions()}

    after = without(open_case(root), ref)

    now = {r["id"] for r in rows(after, "finding")}
    assert set(said.falls) == claims - now, ref
    assert set(said.appears) == now - claims, ref
    rested = {id_ for id_, _ in said.rests.findings}
    assert {s.finding for s in said.survives} == rested & now, ref
    grades: dict[bytes, set[str]] = {}
    for r in rows(after, "release"):
        grades.setdefault(r["finding"], set()).add(r["grade"])
    for one in said.survives:
        has = after.basis().rows(one.finding)
        assert sorted(one.support) == sorted(row for row in has if row[3] == "for"), ref
        assert set(one.lost) == set(basis.rows(one.finding)) - set(has), ref
        assert one.grade[1] == ",".join(sorted(grades.get(one.finding, ()))), ref
    differ = {}
    for name, old in tables.items():
        new = counted(after, name)
        if old != new:
            differ[name] = ((old - new).total(), (new - old).total())
            if TABLES[name].key[0] == "finding":
                other = {row[0] for row in ((old - new) + (new - old))} & claims & now
                assert {c.finding for c in said.changes if c.table == name} == other, ref
    assert said.tables == differ, ref
    assert said.decisions == {d.id: (states[d.id], s) for d, s in after.decisions() if s != states[d.id]}, ref
    framed = {r["media"] for r in rows(after, "crop")}
    run_step(after, step("match"))
    assert len({r["media"] for r in rows(after, "crop")} - framed) == said.to_frame, ref


def test_what_is_no_withdrawal_is_not_tried(played: Path) -> None:
    case = open_case(played / "case")
    finding = f"finding:{rows(case, 'finding')[0]['id'].hex()}"
    exhibit = refs_of(case, "exhibit")[0]
    assert not any(can_be_tried(ref) for ref in (finding, f"{exhibit}#line:1", "ledger:regtest"))
    with pytest.raises(UsageError):
        withdrawal(case, finding)
    said = CliRunner().invoke(cli, ["impact", str(case.root), finding])
    assert said.exit_code == 0
    assert "not tried" in said.output
    assert CliRunner().invoke(cli, ["impact", str(case.root), finding.removeprefix("finding:")]).output == said.output
    assert CliRunner().invoke(cli, ["impact", str(case.root), "no such thing"]).exit_code != 0


def test_a_stale_case_is_not_tried(copied: Callable[[], Path]) -> None:
    case = open_case(copied() / "case")
    case.change(changed(case.settings, change("hop_limit=1")), "test", {})
    with pytest.raises(StaleError):
        withdrawal(case, refs_of(case, "exhibit")[0])


def test_a_preview_writes_nothing(played: Path) -> None:
    case = open_case(played / "case")
    after = Preview(case, case.settings)
    for wrong in (lambda: after.note("viewed"), lambda: after.adopt(()), lambda: after.change(case.settings, "r", {})):
        with pytest.raises(UsageError):
            wrong()
    assert [r.id for r in after.current_runs()] == [r.id for r in case.current_runs()]
    assert flow_staleness.stale_steps(after) == flow_staleness.stale_steps(case) == []
