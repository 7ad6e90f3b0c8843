"""A case appends, never overwrites; decisions go stale with their basis; withdrawals take effect at once."""

import hashlib
import os
from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import CaseError, EvidenceError, IntegrityError, SpaceError, UsageError
from leadline.store import append, decisions, durable, keys, settings
from leadline.store.case import Case
from leadline.store.settings import changed
from leadline.store.verify import verify


def _state(case: Case) -> str:
    return case.decisions()[-1][1]


def test_an_exhibit_comes_in_once_and_read_only(small: Case, tmp_path: Path) -> None:
    source = tmp_path / "again.txt"
    source.write_text("account 1\n")
    before = len(small.log.entries)
    digest = small.add_exhibit(source)
    assert len(small.log.entries) == before
    path = small.exhibit_path(digest)
    assert path.read_text() == "account 1\n"
    assert path.stat().st_mode & 0o777 == 0o444
    assert path.relative_to(small.root).parts[:2] == ("exhibits", digest[:2])


def test_a_case_is_made_only_where_nothing_is(small: Case) -> None:
    with pytest.raises(CaseError, match="a case lies there already"):
        Case.create(small.root, "again")
    with pytest.raises(CaseError, match="not empty"):
        Case.create(small.root.parent, "again")
    with pytest.raises(CaseError, match="no case lies here"):
        Case.open(small.root / "nowhere")


def test_opened_again_it_holds_the_same(small: Case) -> None:
    again = Case.open(small.root)
    for table in ("account", "finding", "basis"):
        assert again.current(table).equals(small.current(table))
    assert [run.id for run in again.runs()] == [run.id for run in small.runs()]


def test_the_last_run_of_a_step_is_current_and_intake_runs_stand_side_by_side(small: Case, hand: ModuleType) -> None:
    exhibit = next(iter(small.runs()[0].exhibits))
    hand.append_findings(small, exhibit, version=2)
    small.append_run("intake", "intake", 1, {"map": "n"}, {"exhibit": "0" * 64}, {}, {})
    assert [(run.step, run.version) for run in small.current_runs(("trace",))] == [("trace", 2)]
    assert len(small.current_runs(("intake",))) == 2
    hand.append_findings(small, exhibit, version=1)
    assert [run.version for run in small.current_runs(("trace",))] == [1]
    assert len(small.runs()) == 4


def test_the_same_inputs_must_give_the_same_tables(small: Case) -> None:
    with pytest.raises(IntegrityError, match="other tables"):
        small.append_run("trace", "hand", 1, {}, dict(small.current_runs(("trace",))[0].inputs), {}, {})


def test_a_changed_table_is_not_read(small: Case) -> None:
    run = small.current_runs(("trace",))[0]
    path = small.root / "runs" / run.id / "finding.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(IntegrityError, match="not what the log says"):
        Case.open(small.root).current("finding")


def test_a_decision_is_in_force_until_its_basis_changes(small: Case, hand: ModuleType) -> None:
    small.decide([{**hand.ABOVE, "verdict": "accepted", "reason": "seen"}])
    assert _state(small) == "in_force"
    assert small.current("decision").num_rows == 1
    exhibit = next(iter(small.runs()[0].exhibits))
    hand.append_findings(small, exhibit, version=2)
    assert _state(small) == "in_force"
    hand.append_findings(small, exhibit, version=3, extra=(("exhibit", f"exhibit:{exhibit}", "line:2", "for"),))
    assert _state(small) == "stale"
    assert small.current("decision").num_rows == 0
    small.decide([{**hand.ABOVE, "verdict": "rejected", "reason": "looked again"}])
    assert [state for _, state in small.decisions()] == ["superseded", "in_force"]


@pytest.mark.parametrize("what", ["tag", "merge", "exhibit"])
def test_a_withdrawal_below_makes_a_decision_stale(small: Case, hand: ModuleType, what: str) -> None:
    small.decide([{**hand.ABOVE, "verdict": "accepted", "reason": "seen"}])
    exhibit = next(iter(small.runs()[0].exhibits))
    ref = {"tag": hand.TAG + "#entry:5", "merge": hand.MERGE, "exhibit": f"exhibit:{exhibit}"}[what]
    small.change(changed(small.settings, settings.change(f"withdraw+={ref}")), "doubt", {})
    assert _state(small) == "stale"
    assert (small.current("account").num_rows == 0) == (what == "exhibit")
    small.change(changed(small.settings, settings.change(f"withdraw-={ref}")), "settled", {})
    assert _state(small) == "in_force"


def test_another_entry_of_the_tag_pack_changes_nothing(small: Case, hand: ModuleType) -> None:
    small.decide([{**hand.ABOVE, "verdict": "accepted", "reason": "seen"}])
    small.change(changed(small.settings, settings.change(f"withdraw+={hand.TAG}#entry:6")), "doubt", {})
    assert _state(small) == "in_force"


def test_a_decision_can_be_withdrawn(small: Case, hand: ModuleType) -> None:
    made = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])[0]
    small.change(changed(small.settings, settings.change(f"withdraw+=decision:{made.id}")), "mistake", {})
    assert _state(small) == "withdrawn"


def test_only_current_findings_are_decided_and_only_with_a_reason(small: Case, hand: ModuleType) -> None:
    wrong = {"subject": "account:site/2", "predicate": "received", "object": hand.OUTPOINT}
    for claim in (
        {**wrong, "verdict": "accepted", "reason": "r"},
        {**hand.CLAIM, "verdict": "accepted", "reason": " "},
    ):
        with pytest.raises(UsageError):
            small.decide([claim])
    with pytest.raises(UsageError, match="verdict"):
        small.decide([{**hand.CLAIM, "verdict": "perhaps", "reason": "r"}])
    assert small.decisions() == []


def test_a_scripted_decision_made_again_word_for_word_counts_again(small: Case, hand: ModuleType) -> None:
    exhibit = next(iter(small.runs()[0].exhibits))
    claims = [{**hand.CLAIM, "verdict": "accepted", "reason": "r"}]
    small.decide(claims, scripted=True)
    hand.append_findings(small, exhibit, version=2, extra=(("exhibit", f"exhibit:{exhibit}", "line:2", "for"),))
    small.decide(claims, scripted=True)
    hand.append_findings(small, exhibit, version=1)
    assert [state for _, state in small.decisions()] == ["superseded", "stale"]
    small.decide(claims, scripted=True)
    assert sorted(state for _, state in Case.open(small.root).decisions()) == ["in_force", "superseded"]
    assert verify(small.root).ok


def test_many_decisions_are_one_entry(small: Case, hand: ModuleType) -> None:
    before = len(small.log.entries)
    claims = [{**claim, "verdict": "accepted", "reason": "r"} for claim in (hand.CLAIM, hand.ABOVE)]
    small.decide(claims, scripted=True)
    assert len(small.log.entries) == before + 1
    assert len(small.log.entries[-1].files) == 2
    assert all(d.scripted for d, _ in small.decisions())


def test_very_many_decisions_are_one_file_of_which_each_is_a_line(
    small: Case, hand: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MANY", 2)
    key = keys.new(tmp_path / "key", "x.example/y")
    claims = [{**claim, "verdict": "accepted", "reason": "r"} for claim in (hand.CLAIM, hand.ABOVE)]
    made = small.decide(claims, signed=(key, "both"))
    (name,) = small.log.entries[-1].files
    lines = (small.root / name).read_bytes().splitlines(keepends=True)
    assert [hashlib.sha256(line).hexdigest() for line in lines] == sorted(d.id for d in made)
    opened = Case.open(small.root)
    assert {d.id for d, state in opened.decisions() if state == "in_force"} == {d.id for d in made}
    assert verify(small.root).ok
    opened.decide(claims[:1], at=made[0].decided_at)
    assert opened.log.entries[-1].files == {} and opened.all_decisions()[-1].id == made[0].id
    opened.change(changed(opened.settings, settings.change(f"withdraw+=decision:{made[1].id}")), "mistake", {})
    states = {d.id: state for d, state in Case.open(small.root).decisions()}
    assert states == {made[0].id: "in_force", made[1].id: "withdrawn"}
    (small.root / name).chmod(0o644)
    (small.root / name).write_bytes(b"".join(reversed(lines)))
    problems = verify(small.root).problems
    assert any(p.startswith(f"{name}: ") for p in problems) and len(problems) == 2
    with pytest.raises(IntegrityError, match="not what the log says"):
        Case.open(small.root).decisions()


def test_a_hand_edit_is_detected_and_can_be_put_back(small: Case) -> None:
    text = small.layout.toml.read_text().replace('"USD"', '"EUR"')
    small.layout.toml.chmod(0o644)
    small.layout.toml.write_text(text)
    with pytest.raises(IntegrityError, match="by hand") as error:
        Case.open(small.root)
    assert "case set" in error.value.remedy
    opened = Case.open(small.root, discard_edit=True)
    opened.change(opened.settings, "put back", {})
    assert Case.open(small.root).settings.currency == "USD"
    assert verify(small.root).ok


def test_a_package_goes_out_once(small: Case, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "x.csv").write_text("a\n")
    there = small.add_package("us-1", folder, {"jurisdiction": "us"})
    assert (there / "data" / "x.csv").read_text() == "a\n"
    assert small.log.entries[-1].act == "exported"
    folder.mkdir()
    with pytest.raises(CaseError, match="already"):
        small.add_package("us-1", folder, {})
    assert verify(small.root).ok


def test_two_writers_wait_for_each_other(small: Case) -> None:
    with (
        append.writing(small.layout, small.log),
        pytest.raises(CaseError, match="another Leadline process"),
        durable.locked(small.layout.lock, seconds=0.05),
    ):
        pass


def test_what_cannot_be_read_is_one_error_and_leaves_no_trace(small: Case, tmp_path: Path) -> None:
    before = len(small.log.entries)
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(EvidenceError):
            small.add_exhibit(path)
    assert len(small.log.entries) == before
    assert verify(small.root).ok


def test_space_is_asked_for_first(small: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "more.txt"
    source.write_text("more")
    real = durable.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(durable.shutil, "disk_usage", lambda _: real._replace(free=1000))
    with pytest.raises(SpaceError, match="free"):
        small.add_exhibit(source)


@pytest.mark.parametrize("at", ["write", "fsync", "rename", "append"])
def test_a_full_disk_at_any_moment_leaves_the_case_whole(
    small: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    source = tmp_path / "more.txt"
    source.write_text("more")
    before = len(small.log.entries)

    def full(what: str) -> None:
        if what == at:
            monkeypatch.setattr(durable, "point", lambda _: None)
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr(durable, "point", full)
    with pytest.raises(SpaceError, match="disk is full"):
        small.add_exhibit(source)
    monkeypatch.undo()
    assert verify(small.root).ok
    assert len(Case.open(small.root).log.entries) == before
    small.add_exhibit(source)
    assert verify(small.root).ok
