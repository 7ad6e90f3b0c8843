"""A case on a medium that is read-only: every look works and leaves nothing, and work on it says at once why not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leadline.cli import call

LINE = '198.18.4.5 - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid=18\n'
MOUNTED = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
exec "$0" -c "$2"
"""
CALLS = "import sys, json\nfrom leadline.cli import call\nfor line in sys.stdin: print('code', call(json.loads(line)))"


def test_looks_work_and_work_is_refused_at_once(tmp_path: Path) -> None:
    medium, state = tmp_path / "medium", tmp_path / "state"
    for folder in (medium, state, tmp_path / "tmp"):
        folder.mkdir()
    (tmp_path / "access.log").write_text(LINE)
    case = str(medium / "case")
    assert call(["case", "new", case, "--name", "x"]) == 0
    assert call(["intake", case, str(tmp_path / "access.log")]) == 0
    exhibit = next((medium / "case" / "exhibits").glob("*/*"))
    looks = [
        ["case", "status", case], ["case", "find", case], ["case", "log", case], ["case", "changes", case],
        ["case", "validation", case], ["show", case, exhibit.parent.name + exhibit.name, "line:1"], ["verify", case],
        ["impact", case, f"exhibit:{exhibit.parent.name}{exhibit.name}", "--rests"],
        ["case", "export", case, "event", "--out", str(tmp_path / "event.csv")],
    ]  # fmt: skip
    work = [
        ["intake", case, str(tmp_path / "access.log")], ["match", case],
        ["case", "set", case, "currency=EUR", "--reason", "r"],
    ]  # fmt: skip
    elsewhere = [["key", "new", str(medium / "key"), "--name", "x"], ["case", "new", str(medium / "b"), "--name", "x"]]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", MOUNTED, sys.executable, str(medium), CALLS],
        input="\n".join(json.dumps(c) for c in looks + work + elsewhere),
        env={**os.environ, "XDG_STATE_HOME": str(state), "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 77 or done.stderr.startswith("unshare"):
        pytest.skip("this machine lets nobody mount; CI's Linux does")
    codes = [line for line in done.stdout.splitlines() if line.startswith("code ")]
    assert codes == ["code 0"] * len(looks) + ["code 1"] * (len(work) + len(elsewhere)), done.stderr
    assert done.stderr.count("the case cannot be written: a read-only medium") == len(work)
    assert done.stderr.count("this place cannot be written: its medium is read-only") == len(elsewhere)
    (log,) = (state / "leadline").glob("*.looks.jsonl")
    assert len(log.read_text().splitlines()) > len(looks) - 2
    assert [p for p in (tmp_path / "tmp").rglob("*") if p.is_file()] == []
