"""One more well-formed line never puts other bytes in the place of what a checkpoint covers, whatever its act."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import IntegrityError
from leadline.store import append, checkpoint, keys
from leadline.store.acts import ACTS, EARLIER
from leadline.store.case import Case
from leadline.store.entry import Entry
from leadline.store.keys import Key
from leadline.store.log import Log
from leadline.store.verify import verify

NEW = b"other bytes\n"
LATER = "2999-01-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Key]:
    """(a case with an exhibit, runs, a decision and a package beside its checkpoint, the key that signed that)."""
    import sys

    hand = sys.modules["tests.store.conftest"] if "tests.store.conftest" in sys.modules else sys.modules["conftest"]
    folder = tmp_path_factory.mktemp("whole")
    case = hand.fill(folder / "case")
    case.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    package = folder / "package"
    (package / "data").mkdir(parents=True)
    (package / "data" / "x.csv").write_text("a\n")
    case.add_package("us-1", package, {})
    signer = keys.new(folder / "signer", "examiner")
    (folder / "checkpoint").write_text(checkpoint.signed(case.log, signer))
    return folder, signer


def _append(root: Path, act: str, files: dict[str, str], note: dict[str, Any], at: str = LATER) -> None:
    """A line as somebody with a text editor would append it: well formed, after the root before it."""
    log = root / "log" / "log.jsonl"
    lines = log.read_bytes().splitlines()
    from leadline.store.log import root_of

    entry = Entry(len(lines), at, "mallory", act, files, note, root_of(lines).hex())
    log.write_bytes(b"".join(line + b"\n" for line in [*lines, entry.line()]))


def _put(root: Path, name: str, data: bytes) -> str:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _names(root: Path) -> list[str]:
    return sorted(Log(root / "log" / "log.jsonl").files)


FRESH = [
    "exhibits/ab/" + "c" * 62,
    "runs/trace-0123456789abcdef/run.json",
    "runs/trace-0123456789abcdef/finding.parquet",
    "decisions/" + "d" * 64 + ".json",
    "decisions/" + "d" * 64 + ".jsonl",
    "packages/eu-1/data/x.csv",
    "packages/us-1/data/y.csv",
    "notes.txt",
    "../outside",
    "log/log.jsonl",
    "runs/trace-0123456789abcdef/../../case.toml",
]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_forged_line_of_any_act_never_passes_a_checkpoint(
    whole: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, signer = whole
    root = tmp_path_factory.mktemp("forged") / "case"
    shutil.copytree(folder / "case", root)
    names = _names(root)
    act = data.draw(st.sampled_from([*ACTS, "unheard"]))
    chosen = data.draw(st.lists(st.sampled_from([*names, *FRESH]), min_size=1, max_size=3, unique=True))
    true_digest = data.draw(st.booleans())
    files = {n: _put(root, n, NEW) if ".." not in n and n != "log/log.jsonl" else "0" * 64 for n in chosen}
    if not true_digest:
        files = {n: hashlib.sha256(n.encode()).hexdigest() for n in files}
    note = data.draw(
        st.sampled_from(
            [
                {},
                {"run": "trace-0123456789abcdef"},
                {"run": next(n for n in names if n.endswith("/finding.parquet")).split("/")[1]},
                {"package": "us-1"},
                {"package": "eu-1"},
                {"text": NEW.decode()},
            ]
        )
    )
    _append(root, act, files, note)
    report = verify(root, (folder / "checkpoint").read_text(), [(signer.name, signer.public)])
    assert not report.ok, (act, chosen, note)
    if set(chosen) & {n for n in names if n != "case.toml"}:
        allowed = verify(root, (folder / "checkpoint").read_text(), [(signer.name, signer.public)], allow_appended=True)
        assert not allowed.ok, (act, chosen, note)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", ["exhibits/", "runs/", "decisions/", "packages/"])
def test_what_is_logged_cannot_be_named_again_by_any_act(
    whole: tuple[Path, Key], tmp_path: Path, act: str, kind: str
) -> None:
    folder, _ = whole
    root = tmp_path / "case"
    shutil.copytree(folder / "case", root)
    name = next(n for n in _names(root) if n.startswith(kind))
    part = name.split("/")[1]
    _append(root, act, {name: _put(root, name, NEW)}, {"run": part, "package": part})
    with pytest.raises(IntegrityError, match="log line"):
        Case.open(root)
    assert verify(root).verdict == "changed"


def test_case_toml_is_what_the_line_itself_says(whole: tuple[Path, Key], tmp_path: Path) -> None:
    root = tmp_path / "case"
    shutil.copytree(whole[0] / "case", root)
    _append(root, "set", {"case.toml": _put(root, "case.toml", NEW)}, {"text": "something else", "reason": "r"})
    assert verify(root).verdict == "changed"


@pytest.mark.parametrize("act", ["created", "rebuild", "adopt", "unheard", "viewed "])
def test_acts_that_cannot_come_now_or_are_none(whole: tuple[Path, Key], tmp_path: Path, act: str) -> None:
    root = tmp_path / "case"
    shutil.copytree(whole[0] / "case", root)
    text = (root / "case.toml").read_bytes()
    files = {} if act == "adopt" else {"case.toml": hashlib.sha256(text).hexdigest()}
    _append(root, act, files, {"text": text.decode()})
    assert verify(root).verdict == "changed"


def test_time_does_not_go_back_without_a_word(whole: tuple[Path, Key], tmp_path: Path) -> None:
    folder, signer = whole
    known = [(signer.name, signer.public)]
    early = "2001-01-01T00:00:00.000000Z"
    for note, ok in (({}, False), ({"clock": EARLIER}, True), ({"clock": "well"}, False)):
        root = tmp_path / str(len(list(tmp_path.iterdir()))) / "case"
        shutil.copytree(folder / "case", root)
        _append(root, "viewed", {}, note, early)
        report = verify(root, (folder / "checkpoint").read_text(), known)
        assert report.ok == ok, note
        assert any(EARLIER in line for line in report.notes) == ok
    root = tmp_path / "late" / "case"
    shutil.copytree(folder / "case", root)
    _append(root, "viewed", {}, {"clock": EARLIER})
    assert not verify(root).ok


def test_a_clock_that_was_set_back_is_said_by_the_entry(small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "now", lambda: append.datetime(2001, 1, 1, tzinfo=append.UTC))
    small.note("viewed", what="x")
    assert small.log.entries[-1].note["clock"] == EARLIER
    monkeypatch.undo()
    small.note("viewed", what="x")
    assert "clock" not in small.log.entries[-1].note
    assert any(EARLIER in line for line in verify(small.root).notes)


def _look(case: Case, _: ModuleType, __: Path) -> None:
    case.note("viewed", what="x")


def _export(case: Case, _: ModuleType, __: Path) -> None:
    case.note("exported", table="finding", sha256="0" * 64)


def _set(case: Case, _: ModuleType, __: Path) -> None:
    case.change(case.settings, "r", {})


def _exhibit(case: Case, _: ModuleType, folder: Path) -> None:
    (folder / "more").write_text("more")
    case.add_exhibit(folder / "more")


def _run(case: Case, hand: ModuleType, _: Path) -> None:
    hand.append_findings(case, next(iter(case.runs()[0].exhibits)), version=2)


def _current_again(case: Case, hand: ModuleType, _: Path) -> None:
    hand.append_findings(case, next(iter(case.runs()[0].exhibits)))


def _decide(case: Case, hand: ModuleType, _: Path) -> None:
    case.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])


@pytest.mark.parametrize(
    ("does", "look"),
    [(_look, 1), (_export, 1), (_set, 0), (_exhibit, 0), (_run, 0), (_current_again, 0), (_decide, 0)],
)
def test_appended_looks_pass_and_other_acts_are_listed_and_refuse(
    small: Case, hand: ModuleType, tmp_path: Path, does: Callable[[Case, ModuleType, Path], None], look: int
) -> None:
    signer = keys.new(tmp_path / "signer", "examiner")
    note, known = checkpoint.signed(small.log, signer), [(signer.name, signer.public)]
    does(small, hand, tmp_path)
    report = verify(small.root, note, known)
    assert (report.verdict, report.ok) == ("extends_checkpoint", bool(look))
    said = [line for line in (*report.problems, *report.notes) if line.startswith("appended since")]
    assert len(said) == 1
    if not look:
        entry = small.log.entries[-1]
        assert f"entry {entry.n}" in said[0]
        assert f": {entry.act}, {len(entry.files)} files" in said[0]
        allowed = verify(small.root, note, known, allow_appended=True)
        assert (allowed.verdict, allowed.ok) == ("extends_checkpoint", True)
        assert said[0] in allowed.notes


def test_every_act_says_what_it_is() -> None:
    assert all(act.says for act in ACTS.values())


def test_a_run_whose_tables_are_not_those_beside_it(small: Case) -> None:
    run = small.current_runs(("trace",))[0]
    path = small.root / "runs" / run.id / "run.json"
    data = path.read_bytes().replace(b'"basis"', b'"basic"')
    lines = small.layout.log.read_bytes().splitlines()
    entry = small.log.entries[-1]
    files = {**entry.files, f"runs/{run.id}/run.json": _put(small.root, f"runs/{run.id}/run.json", data)}
    forged = Entry(entry.n, entry.at, entry.by, entry.act, files, entry.note, entry.root)
    small.layout.log.write_bytes(b"".join(line + b"\n" for line in [*lines[:-1], forged.line()]))
    assert any("tables that lie beside it" in line for line in verify(small.root).problems)
