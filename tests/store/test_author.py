"""The author of a decision is whoever its log entry is by: nothing typed and no environment makes anyone another."""

import hashlib
import os
import pwd
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import IntegrityError
from leadline.store import append, decisions
from leadline.store.case import Case
from leadline.store.decisions import SCRIPTED_BY, Decision
from leadline.store.layout import decision_name
from leadline.store.verify import verify

ME = pwd.getpwuid(os.getuid()).pw_name


def test_no_environment_makes_anyone_another() -> None:
    claimed = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"), "somebody")
    code = "from leadline.store.append import operator; print(operator())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **claimed}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ME


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append.os, "getuid", lambda: 4_000_000)
    assert append.operator() == "uid-4000000"


def test_on_behalf_of_stands_beside_who_decides(small: Case, hand: ModuleType) -> None:
    (made,) = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}], on_behalf_of="examiner 12")
    assert (made.decided_by, made.on_behalf_of) == (ME, "examiner 12")
    row = Case.open(small.root).current("decision").to_pylist()[0]
    assert (row["decided_by"], row["on_behalf_of"]) == (ME, "examiner 12")
    small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen again"}])
    assert Case.open(small.root).current("decision")["on_behalf_of"].to_pylist() == [None]


def test_a_script_is_nobody(small: Case, hand: ModuleType) -> None:
    (made,) = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "r"}], scripted=True)
    assert made.decided_by == SCRIPTED_BY
    assert small.log.entries[-1].by == ME


FORGED = {
    "another author": {"decided_by": "somebody"},
    "a script that is somebody": {"scripted": True},
    "nobody who is no script": {"decided_by": SCRIPTED_BY},
    "long before it was logged": {"decided_at": "2001-01-01T00:00:00.000000Z"},
    "after it was logged": {"decided_at": "2999-01-01T00:00:00.000000Z"},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_decision_that_is_not_its_entry_s_is_not_read(small: Case, hand: ModuleType, how: str) -> None:
    now = append.stamp(append.now())
    facts = {"decided_by": ME, "decided_at": now, "scripted": False, **FORGED[how]}
    digest = small.basis().digest(hand.FINDING).hex()
    forged = Decision(
        *hand.CLAIM.values(), "accepted", None, "seen", digest,
        str(facts["decided_by"]), "", str(facts["decided_at"]), bool(facts["scripted"]),
    )  # fmt: skip
    with append.writing(small.layout, small.log) as writer:
        name = decision_name(forged.id)
        decisions_file = writer.path(name)
        append.durable.write(decisions_file, forged.data())
        writer.commit("decide", {}, (name,))
    with pytest.raises(IntegrityError, match="not by whom"):
        Case.open(small.root).decisions()
    report = verify(small.root)
    assert report.verdict == "changed"
    assert any("not by whom" in problem for problem in report.problems)


@pytest.mark.parametrize(("scripted", "note"), [(True, {}), (False, {"scripted": True}), (True, {"scripted": 1})])
def test_a_script_s_decision_and_its_entry_say_the_same(
    small: Case, hand: ModuleType, scripted: bool, note: dict[str, object]
) -> None:
    by, at = (SCRIPTED_BY, decisions.SCRIPTED_AT) if scripted else (ME, append.stamp(append.now()))
    digest = small.basis().digest(hand.FINDING).hex()
    forged = Decision(*hand.CLAIM.values(), "accepted", None, "seen", digest, by, "", at, scripted)
    with append.writing(small.layout, small.log) as writer:
        name = decision_name(forged.id)
        append.durable.write(writer.path(name), forged.data())
        writer.commit("decide", note, (name,))
    with pytest.raises(IntegrityError, match="not by whom"):
        Case.open(small.root).decisions()
    assert verify(small.root).verdict == "changed"


@pytest.mark.parametrize("scripted", [False, True])
def test_nobody_else_makes_an_older_decision_again(
    small: Case, hand: ModuleType, monkeypatch: pytest.MonkeyPatch, scripted: bool
) -> None:
    (first,) = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}], scripted=scripted)
    small.decide([{**hand.CLAIM, "verdict": "rejected", "reason": "seen better"}])
    assert verify(small.root).ok
    monkeypatch.setattr(append, "operator", lambda: "mallory")
    with append.writing(small.layout, small.log) as writer:
        writer.note("decide", {"again": [decision_name(first.id)]}, {})
    with pytest.raises(IntegrityError, match="not by whom"):
        Case.open(small.root).decisions()
    report = verify(small.root)
    assert report.verdict == "changed" and "not by whom" in report.problems[0]


def test_a_decision_s_file_holds_nothing_else(small: Case, hand: ModuleType) -> None:
    (made,) = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    data = made.data().replace(b'{"basis', b'{ "basis')
    with pytest.raises(IntegrityError, match="not a decision"):
        decisions.from_json(data, f"decisions/{hashlib.sha256(data).hexdigest()}.json")


def test_decisions_are_taken_over_only_by_a_case_made_to_rebuild(small: Case, hand: ModuleType, tmp_path: Path) -> None:
    made = small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    with pytest.raises(IntegrityError, match="made to rebuild"):
        small.adopt(made)
    assert verify(small.root).ok
    other = Case.create(tmp_path / "other", "other")
    other.change(small.settings, "rebuild", {})
    with pytest.raises(IntegrityError, match="made to rebuild"):
        other.adopt(made)
