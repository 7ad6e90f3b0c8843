"""Every command that looks at a case adds exactly one line to its log, by its operator; none is left unsorted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.commands.names import CLI
from leadline.store.log import Log

LOG = '198.18.4.5 - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid=18\n'
ACTS = {
    "case new", "case set", "case decide", "case operator add", "case operator remove", "case import-categories",
    "case stamp", "intake", "run", "trace", "match", "link", "rank", "refer", "restitute",
}  # fmt: skip
"""Commands that change a case; each act is logged by the store that makes it."""
UNLOGGED = {"case operator list", "verify"}
"""Commands that show nothing of the evidence: whoever cannot sign in, or holds a mere copy, needs them."""
LOOKS: dict[str, Callable[[str, Path], list[object]]] = {
    "case status": lambda _, out: [],
    "case log": lambda _, out: [],
    "case find": lambda _, out: ["--identifier", "198.18.4.5"],
    "case exposure": lambda _, out: ["account:site/53"],
    "case leaks": lambda _, out: [],
    "case stamps": lambda _, out: ["--authority", out / "none.pem"],
    "case changes": lambda _, out: [],
    "case validation": lambda _, out: [],
    "case export": lambda _, out: ["event", "--out", out / "event.csv"],
    "case request": lambda _, out: ["--out", out / "r.csv", "--inferred", out / "i.csv"],
    "case export-vics": lambda _, out: ["--out", out / "files.json"],
    "ledger missing-blocks": lambda _, out: [],
    "show": lambda exhibit, out: [exhibit, "line:1"],
    "explain": lambda _, out: ["0123456789"],
    "impact": lambda exhibit, out: [f"exhibit:{exhibit}", "--rests"],
}
"""What each look is asked here."""
NOTHING_THERE = {"explain", "case leaks", "case stamps", "case exposure", "ledger missing-blocks"}
"""Looks for which this small case has no answer: they end with an error."""


@pytest.fixture
def case(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    """A case with one web log and a roll of one officer, ana, who signs in by the environment."""
    (tmp_path / "access.log").write_text(LOG)
    root = tmp_path / "case"
    for line in (
        ["case", "new", root, "--name", "x"],
        ["intake", root, tmp_path / "access.log"],
        ["key", "new", tmp_path / "ana"],
        ["case", "operator", "add", root, "ana", "--key", tmp_path / "ana.pub", "--role", "officer"],
    ):
        assert call([str(word) for word in line]) == 0
    capfd.readouterr()
    return root


def entries(case: Path) -> list[Any]:
    return Log(case / "log" / "log.jsonl").entries


def test_every_command_on_a_case_is_an_act_or_a_look() -> None:
    on_cases = {path for path, command in CLI.leaves() if any(p.name == "case" for p in command.params)} | {"case new"}
    assert on_cases - {"verify"} == (ACTS | UNLOGGED | set(LOOKS)) - {"verify"}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_one_line_by_its_operator(
    name: str, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    exhibit = next(p.parent.name + p.name for p in (case / "exhibits").rglob("*") if p.is_file())
    line = [*name.split(), str(case), *map(str, LOOKS[name](exhibit, tmp_path)), "--json"]
    before = len(entries(case))
    assert call(line) == 1, "nobody has signed in"
    assert len(entries(case)) == before
    monkeypatch.setenv("LEADLINE_OPERATOR", str(tmp_path / "ana"))
    capfd.readouterr()
    code = call(line)
    said = json.loads(capfd.readouterr().out)
    assert code == 0 or (name in NOTHING_THERE and code in (1, 2)), said
    new = entries(case)[before:]
    assert [(e.by, bool(e.sig)) for e in new] == [("ana", True)], [e.act for e in new]
    assert new[0].act in ("viewed", "queried", "exported") and not new[0].files
