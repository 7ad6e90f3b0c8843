"""What a decision rests on changes: the decision is stale, shown, and refer refuses, until a person renews it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

from leadline.errors import StaleError
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.flow.refer import refer
from leadline.model.progress import silent
from leadline.store import keys
from leadline.store.case import Case, open_case
from leadline.store.impact import resting
from leadline.store.settings import change, changed
from leadline.views.exposure import exposure_of


def withdraw(case: Case, ref: str) -> None:
    """Withdraws `ref`, as ``leadline case set`` does, and runs what is stale."""
    case.change(changed(case.settings, change(f"withdraw+={ref}")), "test", {"set": ref})
    flow_run.run(case)


def states(case: Case) -> dict[str, int]:
    """How many decisions stand in each state."""
    found: dict[str, int] = {}
    for _, state in case.decisions():
        found[state] = found.get(state, 0) + 1
    return found


def refuses(case: Case, folder: Path) -> None:
    with pytest.raises(StaleError) as raised:
        refer(case, keys.load(folder / "training.key"))
    assert "finding:" in raised.value.where


def test_new_evidence_against_a_decided_candidate(copied: Callable[[], Path], tmp_path: Path) -> None:
    folder = copied()
    case = open_case(folder / "case")
    before = [d.predicate for d, state in case.decisions() if state == "stale"]
    assert set(before) <= {"located_in"}  # of those who are one person with another by now
    customer = next(
        d.object
        for d, state in case.decisions()
        if d.predicate == "payer_candidate" and d.verdict == "accepted" and d.object.startswith("customer:northgate/")
    )
    another = tmp_path / "northgate_customers.csv"
    header = (folder / "evidence/returns/northgate_customers.csv").read_text("utf-8-sig").splitlines()[0]
    fields = dict.fromkeys(header.split(","), "")
    fields |= {"reference": customer.rpartition("/")[2], "account_type": "broker", "opened_utc": "2015-01-01T00:00:00Z"}
    another.write_text(header + "\n" + ",".join(fields.values()) + "\n")
    intake(case, [another], "northgate")
    flow_run.run(case)
    assert states(case)["stale"] > len(before)
    refuses(case, folder)


@pytest.mark.parametrize("kind", ["tag", "merge", "rule"])
def test_a_withdrawn_tag_merge_or_rule(copied: Callable[[], Path], kind: str) -> None:
    folder = copied()
    case = open_case(folder / "case")
    accepted = {d.finding for d, s in case.decisions() if d.predicate == "released" and d.verdict == "accepted"}
    basis = case.current("basis")
    of = "merge" if kind == "rule" else kind
    rows = [r for r in basis.filter(pc.equal(basis["kind"], of)).to_pylist() if r["finding"] in accepted]
    if not rows:
        pytest.fail(f"no decided release rests on a {kind}: the test means nothing")
    row = rows[0]
    gone = {"merge": row["ref"], "rule": "rule:multi_input"}.get(kind, f"{row['ref']}#{row['locator']}")
    assert row["finding"] in {id_ for id_, _ in resting(case, gone).findings}
    withdraw(case, gone)
    after = {d.finding: s for d, s in case.decisions()}
    assert after[row["finding"]] == "stale"
    refuses(case, folder)


def test_a_withdrawn_list_entry(copied: Callable[[], Path]) -> None:
    folder = copied()
    case = open_case(folder / "case")
    decided = {d.finding for d, _ in case.decisions() if d.predicate == "known_as" and d.verdict == "accepted"}
    basis = case.current("basis")
    row = next(r for r in basis.filter(pc.equal(basis["kind"], "list")).to_pylist() if r["finding"] in decided)
    withdraw(case, f"{row['ref']}#{row['locator']}")
    assert {d.finding: s for d, s in case.decisions()}[row["finding"]] == "stale"


def test_without_names_what_falls_with_an_exhibit(played: Path) -> None:
    case = open_case(played / "case")
    basis = case.current("basis")
    exhibit = basis.filter(pc.equal(basis["kind"], "exhibit"))["ref"][0].as_py()
    from click.testing import CliRunner

    from leadline.cli import cli

    result = CliRunner().invoke(cli, ["impact", str(case.root), exhibit, "--json"])
    assert result.exit_code == 0
    assert '"findings"' in result.output


def test_an_account_s_exposure_is_there_without_the_pinned_ledger_and_says_so(copied: Callable[[], Path]) -> None:
    folder = copied()
    account = open_case(folder / "case").current("payment").column("account")[0].as_py()
    whole = exposure_of(folder / "case", account, silent)
    (folder / "ledger").rename(folder / "elsewhere")
    without = exposure_of(folder / "case", account, silent)
    assert not whole.tags_unknown and "not there" in without.tags_unknown
    assert [replace(p, tags=()) for p in whole.parts] == list(without.parts)
