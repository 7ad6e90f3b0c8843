"""Nothing in scratch is believed, and nothing that was copied there outlives the process that needed it by much."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leadline.errors import CaseError
from leadline.store import append, scratch
from leadline.store.case import Case
from leadline.store.layout import Layout
from leadline.store.log import Log
from leadline.store.verify import verify

COPYING = """
import sys, time
from pathlib import Path
from leadline.store import scratch
from leadline.store.layout import Layout
folder = scratch.work(Layout(Path(sys.argv[1])))
(folder / "copy.db").write_text("a working copy")
print(folder, flush=True)
time.sleep(600)
"""


def _copying(root: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", COPYING, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_working_copy_is_left_alone_while_its_process_lives_and_gone_after_a_kill(small: Case) -> None:
    process, folder = _copying(small.root)
    try:
        Case.open(small.root)
        assert (folder / "copy.db").exists()
        assert folder.stat().st_mode & 0o777 == 0o700
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    assert folder.exists()
    Case.open(small.root)
    assert not folder.exists()


def test_what_else_lies_in_scratch_is_cleared_at_the_next_start(small: Case) -> None:
    (small.layout.scratch / "sqlite-abc").mkdir()
    (small.layout.scratch / "sqlite-abc" / "copy.db").write_text("x")
    (small.layout.scratch / "notes").write_text("x")
    (small.layout.scratch / "away").symlink_to(small.root / "exhibits")
    Case.open(small.root)
    assert {path.name for path in small.layout.scratch.iterdir()} <= scratch.OWN
    assert any((small.root / "exhibits").iterdir())


def test_a_working_folder_goes_with_its_process(small: Case) -> None:
    code = COPYING.replace("time.sleep(600)", "")
    done = subprocess.run([sys.executable, "-c", code, str(small.root)], capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize("name", ["", "lock", "stage", "aside", "media", "intent.json"])
def test_a_link_where_the_case_writes_is_refused(small: Case, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    place = small.layout.scratch / name if name else small.layout.scratch
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    place.symlink_to(elsewhere)
    with pytest.raises(CaseError, match="link"):
        small.note("viewed", what="x")
    assert (elsewhere / "precious").exists()
    if not name:
        assert verify(small.root).problems == ("scratch: neither a file nor a folder",)


def test_only_its_owner_may_enter_a_new_case(small: Case) -> None:
    assert small.root.stat().st_mode & 0o777 == 0o700
    assert not any("chmod 700" in note for note in verify(small.root).notes)
    small.root.chmod(0o755)
    report = verify(small.root)
    assert report.ok
    assert any("chmod 700" in note for note in report.notes)


@pytest.fixture
def read_only(small: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The small case as on a medium that cannot be written: whatever would write to it fails."""
    inside = str(small.root)
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not (str(path).startswith(inside) and mode & os.W_OK) and real(path, mode)
    )

    def refused(what: str) -> None:
        if what != "append":
            raise OSError(30, os.strerror(30))

    monkeypatch.setattr(append.durable, "point", refused)
    return Case.open(small.root)


def test_a_look_at_a_case_that_cannot_be_written_is_logged_beside_it(read_only: Case, monkeypatch) -> None:
    before = {path: path.stat().st_mtime_ns for path in read_only.root.rglob("*")}
    monkeypatch.setattr(append.durable, "point", lambda _: None)
    read_only.recover()
    read_only.note("viewed", what="explain")
    assert len(read_only.findings("received")) == 1
    assert {path: path.stat().st_mtime_ns for path in read_only.root.rglob("*")} == before
    beside = Log(read_only.root.with_name("case.looks.jsonl"))
    assert [entry.act for entry in beside.entries] == ["beside", "viewed", "queried"]
    assert beside.entries[0].note["case"] == read_only.log.origin
    assert beside.entries[1].note == {
        "what": "explain",
        "entries": len(read_only.log.entries),
        "root": read_only.log.root.hex(),
    }
    assert beside.path.stat().st_mode & 0o077 == 0


def test_where_nothing_beside_it_can_be_written_either_the_user_s_own_folder_holds_it(
    read_only: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(append.durable, "point", lambda _: None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    read_only.note("viewed", what="x")
    (found,) = (tmp_path / "state" / "leadline").glob("*.looks.jsonl")
    assert [entry.act for entry in Log(found).entries] == ["beside", "viewed"]
    assert scratch.work(read_only.layout).is_relative_to(Path(scratch.tempfile.gettempdir()))


def test_a_setting_refuses_looks_that_the_case_s_own_log_does_not_hold(
    small: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.store.settings import change, changed

    small.change(changed(small.settings, change("read_only_looks=refused")), "r", {})
    monkeypatch.setattr(scratch, "writable", lambda _: False)
    with pytest.raises(CaseError, match="settings refuse"):
        Case.open(small.root).note("viewed", what="x")
    assert not small.root.with_name("case.looks.jsonl").exists()


def test_a_log_beside_a_case_is_no_case(tmp_path: Path, small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "writable", lambda _: False)
    small.note("viewed", what="x")
    root = tmp_path / "false"
    (root / "log").mkdir(parents=True)
    Layout(root).log.write_bytes(small.root.with_name("case.looks.jsonl").read_bytes())
    with pytest.raises(CaseError):
        Case.open(root)
