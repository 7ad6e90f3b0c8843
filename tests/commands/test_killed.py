"""Whole commands killed: the same command again gives the same tables, verify is clean, and nothing else is left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

KILLED = """
import os, signal, sys
from leadline.store import durable
seen, at = 0, int(sys.argv.pop(1))
def point(_):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
durable.point = point
from leadline.cli import main
main()
"""
"""A command that is killed before its change on disk number `at`; 0: not at all."""
LINE = '198.18.4.5 - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid=18\n'
COMMANDS = {
    "intake": (["intake", "case", "access.log"], (8, 21)),
    "match": (["match", "case"], (7,)),
    "set": (["case", "set", "case", "currency=EUR", "--reason", "r"], (4,)),
}
"""Commands, and the moments at which they are killed."""


def _run(folder: Path, words: list[str], at: int = 0) -> tuple[int, str]:
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(at), *words],
        cwd=folder, env={**os.environ, "TMPDIR": str(temporary)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def _verdict(folder: Path) -> str:
    return str(json.loads(_run(folder, ["verify", "case", "--json"])[1])["verdict"])


def _made(folder: Path) -> None:
    folder.mkdir()
    (folder / "access.log").write_text(LINE)
    assert _run(folder, ["case", "new", "case", "--name", "x"])[0] == 0


def _held(folder: Path) -> tuple[dict[str, object], list[str]]:
    """(tables of each run and the settings, what lies in scratch and where temporary files go) of the case."""
    runs = {p.parent.name: json.loads(p.read_text())["tables"] for p in (folder / "case" / "runs").glob("*/run.json")}
    scratch = [p.name for p in (folder / "case" / "scratch").rglob("*") if p.is_file() or p.name.startswith("work-")]
    return {**runs, "toml": (folder / "case" / "case.toml").read_text()}, scratch + os.listdir(folder / "tmp")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_command_again_gives_the_same(name: str, tmp_path: Path) -> None:
    words, moments = COMMANDS[name]
    whole = tmp_path / "whole"
    _made(whole)
    assert _run(whole, words)[0] == 0
    for at in moments:
        folder = tmp_path / str(at)
        _made(folder)
        assert _run(folder, words, at)[0] == -signal.SIGKILL
        assert _verdict(folder) in ("self_consistent_only", "interrupted")
        assert _run(folder, words)[0] == 0
        assert _held(folder) == (_held(whole)[0], ["lock"])
        assert _verdict(folder) == "self_consistent_only"
