"""What match says of files: those near a known one are marked as such, and a list that cannot be read stays named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.views.matched import KNOWN, NEVER, SIMILAR, lines

Row = dict[str, Any]


def row(media: str, *, near: bool = False) -> Row:
    return {
        "media": media, "path": None, "near_known": near, "distance": 3, "category": None, "entry": "entry 1 of x",
    }  # fmt: skip


def test_never_seen_files_near_a_known_one_are_counted_and_marked() -> None:
    found = {KNOWN: [row("k")], SIMILAR: [], NEVER: [row("a", near=True), row("b"), row("a", near=True)]}
    assert lines(found) == [
        "known: 1 file", "  k  same digest, no category, entry 1 of x", "similar: 0 files",
        "never seen: 2 files, 1 of them near copies of known files",
        "  a  near copy of a known file", "  b", "  a  near copy of a known file",
    ]  # fmt: skip


def test_nothing_is_said_of_near_copies_where_there_are_none() -> None:
    assert lines({KNOWN: [], SIMILAR: [], NEVER: [row("b")]})[-2:] == ["never seen: 1 file", "  b"]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


def test_a_list_of_a_folder_that_no_format_reads_is_named_and_stays_named(
    run: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    case, lists = tmp_path / "case", tmp_path / "lists"
    lists.mkdir()
    (lists / "good.csv").write_text(f"sha256,category\n{'ab' * 32},1\n")
    (lists / "notes.csv").write_text("who;what\nx;y\n")
    assert run("case", "new", case, "--name", "x")[0] == 0
    code, said = run("case", "set", case, f"pin.list+={lists}", "--reason", "r")
    assert (code, said["ok"], len(said["passed_over"])) == (1, False, 1)
    assert "notes.csv" in said["passed_over"][0]
    assert run("case", "status", case)[1]["unread_pins"] == {"list": 1}
    (lists / "notes.csv").unlink()
    code, _ = run("case", "set", case, f"pin.list+={lists}", "--reason", "r")
    assert code == 0
    assert run("case", "status", case)[1]["unread_pins"] == {}
