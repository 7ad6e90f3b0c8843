"""Where a case has a roll, nobody acts without signing in, and nobody acts under another's name or beyond a role."""

import base64
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import CaseError, IntegrityError, UsageError
from leadline.model import session
from leadline.store import append, keys, roll
from leadline.store.case import Case
from leadline.store.entry import Entry
from leadline.store.keys import Key
from leadline.store.log import root_of
from leadline.store.roll import ADD, REMOVE, ROLES, Operator
from leadline.store.verify import verify

ME = append.operator()


@pytest.fixture
def people(tmp_path: Path) -> dict[str, Key]:
    """A key for each role, and one of nobody on the roll."""
    return {name: keys.new(tmp_path / f"{name}.key", name) for name in (*ROLES, "stranger")}


@pytest.fixture
def rolled(small: Case, people: dict[str, Key]) -> Case:
    """The small case with one operator a role, opened by nobody."""
    for name in ROLES:
        case = Case.open(small.root, operator=people["officer"])
        case.change_roll(ADD, Operator(name, people[name].public, name), "r")
    return Case.open(small.root)


def test_a_case_without_a_roll_says_that_its_operator_is_not_authenticated(small: Case) -> None:
    assert small.operators == {}
    assert any("operator not authenticated" in line for line in verify(small.root).notes)


def test_from_the_roll_on_nobody_acts_without_signing_in(rolled: Case, people: dict[str, Key]) -> None:
    assert [entry.by for entry in rolled.log.entries[-4:]] == [ME, "officer", "officer", "officer"]
    with pytest.raises(CaseError, match="nobody has signed in") as error:
        rolled.note("viewed", what="x")
    assert "--operator" in error.value.remedy
    with pytest.raises(CaseError, match="no operator on this case's roll"):
        Case.open(rolled.root, operator=people["stranger"])
    report = verify(rolled.root)
    assert report.ok
    assert not any("authenticated" in line for line in report.notes)


def test_what_an_operator_decides_is_signed_by_him(rolled: Case, people: dict[str, Key], hand: ModuleType) -> None:
    case = Case.open(rolled.root, operator=people["examiner"])
    (made,) = case.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    entry = case.log.entries[-1]
    assert (made.decided_by, entry.by) == ("examiner", "examiner")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text = b"leadline log entry\n" + replace(entry, sig="").line()
    Ed25519PublicKey.from_public_bytes(people["examiner"].public).verify(base64.b64decode(entry.sig), text)
    assert Case.open(rolled.root).decisions()[0][0] == made
    assert verify(rolled.root).ok


def test_the_process_signs_in_by_the_file_of_a_key(rolled: Case, tmp_path: Path) -> None:
    token = session.KEY_FILE.set((tmp_path / "reader.key", ""))
    try:
        Case.open(rolled.root).note("viewed", what="x")
    finally:
        session.KEY_FILE.reset(token)
    assert Case.open(rolled.root).log.entries[-1].by == "reader"


def _change(case: Case) -> None:
    case.change(case.settings, "r", {})


def _exhibit(case: Case) -> None:
    path = case.root.parent / "more"
    path.write_text("more")
    case.add_exhibit(path)


def _package(case: Case) -> None:
    folder = case.root.parent / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "x.csv").write_text("a\n")
    case.add_package("us-1", folder, {})


def _enrol(case: Case) -> None:
    case.change_roll(ADD, Operator("other", b"\1" * 32, "reader"), "r")


DOES = {"set": _change, "exhibit": _exhibit, "exported": _package, "operator": _enrol}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", DOES)
def test_a_role_does_what_it_may_and_no_more(rolled: Case, people: dict[str, Key], role: str, act: str) -> None:
    case = Case.open(rolled.root, operator=people[role])
    before = len(case.log.entries)
    case.note("viewed", what="x")
    if act in ROLES[role].acts:
        DOES[act](case)
        assert case.log.entries[-1].act == act
    else:
        with pytest.raises(CaseError, match=f"a {role} may not"):
            DOES[act](case)
        assert len(Case.open(rolled.root).log.entries) == before + 1
    assert verify(rolled.root).ok


def _append(root: Path, entry: Entry) -> None:
    log = root / "log" / "log.jsonl"
    log.write_bytes(log.read_bytes() + entry.line() + b"\n")


@pytest.mark.parametrize("how", ["unsigned", "by nobody", "another's key", "signature of another line", "not base64"])
@pytest.mark.parametrize("act", ["viewed", "run"])
def test_an_entry_under_another_s_name_is_found(
    rolled: Case, people: dict[str, Key], tmp_path: Path, how: str, act: str
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(rolled.root, root)
    log = rolled.log
    note = {"run": rolled.runs()[0].id} if act == "run" else {"what": "x"}
    name = "mallory" if how == "by nobody" else "examiner"
    entry = Entry(len(log.entries), append.stamp(append.now()), name, act, {}, note, root_of(log.lines).hex())
    if how == "another's key":
        entry = roll.sign(entry, people["stranger"].sign)
    elif how == "signature of another line":
        entry = replace(entry, sig=log.entries[-1].sig)
    elif how == "not base64":
        entry = replace(entry, sig="no signature")
    elif how == "by nobody":
        entry = roll.sign(entry, people["stranger"].sign)
    _append(root, entry)
    assert verify(root).verdict == "changed"
    if act == "run":
        with pytest.raises(IntegrityError):
            Case.open(root)
    shutil.rmtree(root)
    shutil.copytree(rolled.root, root)
    true = roll.sign(replace(entry, by="examiner", sig=""), people["examiner"].sign)
    _append(root, true)
    assert verify(root).ok


def test_a_roll_begins_with_an_officer_and_one_is_always_left(small: Case, people: dict[str, Key]) -> None:
    with pytest.raises(CaseError, match="begins with an officer"):
        small.change_roll(ADD, Operator("bo", people["examiner"].public, "examiner"), "r")
    with pytest.raises(UsageError, match="no role"):
        small.change_roll(ADD, Operator("bo", people["examiner"].public, "king"), "r")
    ana = Operator("ana", people["officer"].public, "officer")
    small.change_roll(ADD, ana, "r")
    case = Case.open(small.root, operator=people["officer"])
    with pytest.raises(CaseError, match="last officer"):
        case.change_roll(REMOVE, ana, "r")
    for twice in (ana, Operator("ana", people["reader"].public, "reader"), replace(ana, name="eve")):
        with pytest.raises(CaseError, match="on the roll already"):
            case.change_roll(ADD, twice, "r")
    case.change_roll(ADD, Operator("bo", people["reader"].public, "reader"), "r")
    case.change_roll(REMOVE, case.operators["bo"], "moved")
    with pytest.raises(CaseError, match="no operator on this case's roll"):
        Case.open(small.root, operator=people["reader"])
    assert verify(small.root).ok
