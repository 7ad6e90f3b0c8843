"""Evidence in, steps over it, nothing done twice; killed anywhere it carries on; rebuilt elsewhere it is the same."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.errors import EvidenceError, IntegrityError, MappingError, StaleError, UsageError
from leadline.flow import order, pinning, pins
from leadline.flow import run as flow_run
from leadline.flow import staleness as flow_staleness
from leadline.flow.inputs import FlowInputs
from leadline.flow.intake import intake
from leadline.flow.rebuild import differences, rebuild
from leadline.model import findings
from leadline.model.progress import silent
from leadline.model.tables import TableSpec, from_rows
from leadline.steps.step import Inputs, StepSpec
from leadline.store.case import Case
from leadline.store.settings import change, changed
from leadline.store.verify import verify


def _spec(
    name: str, reads: tuple[str, ...], writes: TableSpec, run: Callable[[Inputs], Mapping[str, pa.Table]]
) -> StepSpec:
    return StepSpec(name, "trivial", 1, "A trivial step.", reads, (), (), (), (writes,), f"{__name__}:{run.__name__}")


def _countries(inputs: Inputs) -> Mapping[str, pa.Table]:
    found = inputs.entities("customer").column("country").unique().to_pylist()
    people = [(f"person:customer:northgate/{c}", f"customer:northgate/{c}") for c in found]
    rows = [(person, member, 0, person, None, "key", None, None) for person, member in people]
    return {"membership": from_rows(findings.MEMBERSHIP, rows)}


def _sides(inputs: Inputs) -> Mapping[str, pa.Table]:
    n = inputs.table("membership").num_rows
    return {"balance": from_rows(findings.BALANCE, [("held", n, 0, None, None, 0, "")])}


FIRST = _spec("link", ("customer",), findings.MEMBERSHIP, _countries)
SECOND = _spec("rank", ("membership",), findings.BALANCE, _sides)
STEPS = (FIRST, SECOND)
"""Two trivial steps, the second reading what the first wrote."""


@pytest.fixture
def case(tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case over the two kinds of evidence; the flow has two trivial steps."""
    monkeypatch.setattr(order, "STEPS", STEPS)
    made = Case.create(tmp_path / "case", "trivial")
    intake(made, [evidence])
    return made


def _digests(case: Case) -> dict[str, dict[str, str]]:
    return {run.id: {name: d for name, (d, _) in run.tables.items()} for run in case.current_runs()}


def test_evidence_comes_in_with_its_facts(case: Case) -> None:
    rows = case.current("exhibit").to_pylist()
    assert {(row["authority"], row["restrictions"]) for row in rows} == {("warrant 1", ""), ("unknown", "mlat_use")}
    assert {row["media_type"] for row in rows} == {"text/x-access-log", "text/csv"} or len(rows) == 2
    assert case.current("occurrence").column("name").to_pylist() != []
    assert case.current("customer").num_rows == 2
    assert case.current("event").num_rows == 39


def test_what_is_there_is_not_taken_in_again(case: Case, evidence: Path) -> None:
    before = len(case.log.entries)
    taken = intake(case, [evidence])
    assert [item.new for item in taken] == [False, False]
    assert len(case.log.entries) == before


def test_the_same_content_under_another_name_adds_an_occurrence_only(case: Case, evidence: Path) -> None:
    before = case.current("event")
    (evidence / "copy.log").write_bytes((evidence / "access.log").read_bytes())
    intake(case, [evidence / "copy.log"], "weblog")
    assert sorted(case.current("occurrence").column("name").to_pylist()) == ["access.log", "copy.log", "customers.csv"]
    assert case.current("event").equals(before)


def test_fresh_steps_are_skipped_and_an_early_cut_off_spares_the_rest(case: Case, evidence: Path) -> None:
    assert [o.state for o in flow_run.run(case)] == ["ran", "ran"]
    assert [o.state for o in flow_run.run(case)] == ["fresh", "fresh"]
    (evidence / "more.csv").write_text(
        "reference,name,date_of_birth,country,email,phone,account_type,opened_utc\n"
        "NG-3,Cy Roe,1982-01-01,SE,c@example.org,+999125,individual,2015-01-03T00:00:00Z\n"
    )
    intake(case, [evidence / "more.csv"], "northgate")
    assert flow_staleness.stale_steps(case) == ["link"]
    assert [o.state for o in flow_run.run(case)] == ["ran", "fresh"]
    assert flow_staleness.stale_steps(case) == []


def test_a_step_waits_for_those_it_reads_from(case: Case) -> None:
    with pytest.raises(StaleError, match="link"):
        flow_run.run_step(case, SECOND)


def test_a_run_records_what_it_ran_on_outside_its_id(case: Case) -> None:
    run = flow_run.run(case)[0].run
    assert {"python", "platform", "packages", "digest", "seconds", "peak_mb"} <= run.environment.keys()
    assert run.inputs["table:customer"] in {r.tables["customer"][0] for r in case.runs() if "customer" in r.tables}


def test_a_step_gets_only_what_it_declares(case: Case) -> None:
    inputs = FlowInputs(case, FIRST, silent)
    with pytest.raises(UsageError, match="does not declare table"):
        inputs.table("address")
    with pytest.raises(UsageError, match="does not declare pins"):
        inputs.pins("list")
    assert inputs.entities("customer").num_rows == 2
    assert inputs.decisions().num_rows == 0
    assert inputs.settings == {}
    assert inputs.withdrawn == frozenset()
    assert inputs.sql("SELECT count(*) AS n FROM customer").to_pylist() == [{"n": 2}]


def test_a_withdrawn_exhibit_is_gone_and_its_steps_are_stale(case: Case) -> None:
    flow_run.run(case)
    exhibit = next(r.inputs["exhibit"] for r in case.runs() if r.tables.get("customer", ("", 0))[1])
    case.change(changed(case.settings, change(f"withdraw+=exhibit:{exhibit}")), "returned in error", {})
    assert case.current("customer").num_rows == 0
    assert flow_staleness.stale_steps(case) == ["link"]
    flow_run.run(case)
    assert rebuild(case.root, verify(case.root)).ok


def test_rebuilt_elsewhere_the_tables_are_the_same(case: Case) -> None:
    flow_run.run(case)
    report = rebuild(case.root, verify(case.root))
    assert (report.verdict, report.ok) == ("self_consistent_only", True)
    assert "gave the same tables" in report.notes[-1]


def test_rebuilding_says_which_step_must_first_be_run_again(case: Case) -> None:
    flow_run.run(case)
    exhibit = next(r.inputs["exhibit"] for r in case.runs() if r.tables.get("customer", ("", 0))[1])
    case.change(changed(case.settings, change(f"withdraw+=exhibit:{exhibit}")), "returned in error", {})
    flow_run.run_step(case, FIRST)
    report = rebuild(case.root, verify(case.root))
    assert report.problems == (
        "rank: table balance came out otherwise",
        "rank: what it reads has changed since it was run; leadline rank CASE, then verify again",
    )


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_forged_run_is_found_by_rebuilding(case: Case, elsewhere: bool) -> None:
    flow_run.run(case)
    run = case.current_runs(("link",))[0]
    forged = {"membership": case.current("membership").slice(1)}
    environment = {"digest": "0" * 64} if elsewhere else run.environment
    case.append_run("link", run.method, run.version, {"x": 1}, run.inputs, forged, environment)
    assert verify(case.root).ok
    report = rebuild(case.root, verify(case.root))
    assert (report.verdict, report.ok) == ("other_environment" if elsewhere else "rebuilt_differs", False)
    assert "link: table membership came out otherwise" in report.problems


def test_differences_names_steps_and_tables(case: Case) -> None:
    runs = case.current_runs()
    assert differences(runs, runs) == []
    assert differences(runs, []) != []
    changed_run = replace(runs[0], tables={**runs[0].tables, "tally": ("0" * 64, 1)})
    assert differences(runs, [changed_run, *runs[1:]]) == ["intake: table tally came out otherwise"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02 nothing known"])
def test_bad_evidence_is_one_error_and_nothing_is_copied(case: Case, tmp_path: Path, data: bytes) -> None:
    before = len(case.log.entries)
    (tmp_path / "secret-name.bin").write_bytes(data)
    with pytest.raises((EvidenceError, MappingError)) as error:
        intake(case, [tmp_path / "secret-name.bin"])
    assert "secret-name" not in str(error.value)
    assert len(case.log.entries) == before
    assert verify(case.root).ok


def test_a_map_in_a_file_is_kept_with_the_case(case: Case, evidence: Path) -> None:
    shipped = resources.files("leadline").joinpath("maps", "weblog.toml").read_text()
    mine = evidence / "mine.toml"
    mine.write_text(shipped.replace('name = "weblog"', 'name = "mine"'))
    (evidence / "other.log").write_text(
        '198.18.9.9 - - [07/Nov/2016:10:00:01 +0200] "GET / HTTP/1.1" 200 1 "-" "U" uid=9\n'
    )
    intake(case, [evidence / "other.log"], str(mine))
    mine.unlink()
    assert rebuild(case.root, verify(case.root)).ok


def test_a_pin_that_changed_is_refused_when_used(case: Case, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("# currency: USD\ndate,close\n2016-11-07,703.13\n")
    pin = pinning.pin(case, "price", prices, "r")
    assert (pin.path, pin.params) == ("../prices.csv", {"format": pin.params["format"]})
    assert pins.pinned(case, "price")[0].path == prices
    prices.write_text("# currency: USD\ndate,close\n2016-11-07,803.13\n")
    with pytest.raises(IntegrityError, match="not what was pinned"):
        pins.pinned(case, "price")
    for kind, path in (("prices", prices), ("list", tmp_path / "absent")):
        with pytest.raises(UsageError):
            pinning.pin(case, kind, path, "r")


@pytest.mark.slow
def test_killed_at_every_fifth_moment_it_carries_on(tmp_path: Path) -> None:
    first = random.SystemRandom().randint(1, 5)
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), str(tmp_path), str(first), "5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    whole, *others = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(others) >= whole["moments"] // 5 > 15
    for other in others:
        assert (other["verdict"], other["tables"]) == ("self_consistent_only", whole["tables"]), other["kill"]


@pytest.mark.slow
def test_killed_at_twenty_random_moments_it_carries_on(tmp_path: Path, evidence: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from leadline.flow import order, run as flow_run;"
        "from leadline.flow.intake import intake;"
        "from leadline.steps import link, rank; from leadline.store.case import Case;"
        "order.STEPS = (link.SPEC, rank.SPEC);"
        "sys.stdout.write('ready\\n'); sys.stdout.flush();"
        "root = Path(sys.argv[1]); case = Case.open(root) if root.exists() else Case.create(root, 'trivial');"
        "intake(case, [Path(sys.argv[2])]); flow_run.run(case)"
    )

    def start(root: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, str(root), str(evidence)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        return process

    whole = start(tmp_path / "whole")
    began = time.monotonic()
    assert whole.wait() == 0
    took = time.monotonic() - began
    seed = random.SystemRandom().randrange(2**31)
    draw = random.Random(seed)
    root = tmp_path / "killed"
    for _ in range(20):
        process = start(root)
        time.sleep(draw.random() * took)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert start(root).wait() == 0
    assert _digests(Case.open(root)) == _digests(Case.open(tmp_path / "whole")), seed
    assert verify(root).ok


def test_a_folder_read_more_closely_takes_the_place_of_the_first_look(tmp_path: Path) -> None:
    made = Case.create(tmp_path / "case", "trivial")
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "a.txt").write_text("no video")
    first = intake(made, [folder], video="keyframes")[0].run
    second = intake(made, [folder])[0].run
    records = [run.id for run in made.current_runs(("intake",)) if run.method == "intake"]
    assert records == [second.id] != [first.id]
    assert second.params["video"] == "dense" and second.environment["decoders"]["pillow"]


def test_run_skips_what_has_no_pin_and_goes_on(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    chained = replace(FIRST, name="trace", pins=("ledger",), needs=("ledger",), writes=(findings.PAYMENT,))
    monkeypatch.setattr(order, "STEPS", (chained, replace(SECOND, reads=("payment", "membership"))))
    skipped, ran = flow_run.run(case, "rank")
    assert (skipped.state, skipped.run, ran.state) == ("skipped", None, "ran")
    assert "pin.ledger=PATH" in skipped.says[0]
    assert [o.state for o in flow_run.run(case, "rank")] == ["skipped", "fresh"]
