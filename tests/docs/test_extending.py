"""docs/extending.md: each example is put into a copy of the program and used from its command line, end to end."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.docs.extended import PAGE, ROOT, blocks, changed, extend

LINES = (
    '{"id": "1", "who": "17", "at": 1478505600}\n'
    '{"id": "2", "who": "17", "at": 1478505660, "agent": null}\n'
    "\n"
    '{"id": "3", "who": "18", "at": 1478505720}\n'
    '{"id": "4", "who": "18", "who": "17", "at": 1478505780}\n'
    '{"id": "5", "who": ["17"], "at": 1478505840}\n'
)
"""Two events of one member, one of another, a name given twice, and a value that is no plain one."""


class Program:
    """A copy of the program with the examples in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def python(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """A run of Python that sees the copy, and not the program that is tested elsewhere."""
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(self.folder / "src"), str(ROOT)])}
        return subprocess.run(
            [sys.executable, *arguments], env=env, cwd=cwd or self.folder, capture_output=True, text=True, check=False
        )

    def call(self, *arguments: str) -> tuple[int, Any]:
        """(exit code, what --json prints) of one command."""
        done = self.python("-c", "from leadline.cli import main; main()", *arguments, "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("extended")
    extend(folder)
    return Program(folder)


@pytest.fixture(scope="module")
def case(program: Program) -> Path:
    """A case that holds the lines, read by the map of the page."""
    path = program.folder / "case"
    map_ = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert map_
    (program.folder / "visits.toml").write_text(map_[1])
    (program.folder / "visits.jsonl").write_text(LINES)
    assert program.call("case", "new", str(path), "--name", "Visits")[0] == 0
    code, taken = program.call("intake", str(path), "visits.jsonl", "--map", "visits.toml")
    assert (code, taken["exhibits"][0]["rows"]["event"]) == (0, 3)
    return path


def test_the_copy_is_what_runs(program: Program) -> None:
    done = program.python("-c", "import leadline; print(leadline.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(program.folder)


def test_a_reader_reads_rejects_and_resolves(program: Program, case: Path) -> None:
    code = (
        "import sys, leadline; c = leadline.open(sys.argv[1]); r = c.table('reject').to_pylist();"
        "t = c.table('tally').to_pylist(); print(sorted((x['locator'], x['reason']) for x in r));"
        "print([(x['rows_in'], x['mapped'], x['rejected'], x['unmapped_columns']) for x in t])"
    )
    rejects, tally = program.python("-c", code, str(case)).stdout.splitlines()
    assert rejects == "[('line:5', 'bad_row'), ('line:6', 'bad_row')]"
    assert tally == "[(5, 3, 2, 'agent')]"
    exhibit = hashlib.sha256(LINES.encode()).hexdigest()
    shown = json.dumps(program.call("show", str(case), exhibit, "line:2")[1])
    assert "at: 1478505660" in shown and "id: 2" in shown


def test_a_setting_is_checked_kept_and_makes_its_step_stale(program: Program, case: Path) -> None:
    code, refused = program.call("case", "set", str(case), "busy_from=0", "--reason", "test")
    assert code == 2 and "a whole number from 1 to 9999" in refused["error"]["remedy"]
    assert program.call("case", "set", str(case), "busy_from=3", "--reason", "three")[0] == 0
    assert "busy_from = 3" in (case / "case.toml").read_text()
    assert program.call("activity", str(case))[1]["steps"][0]["tables"]["busy"]["rows"] == 0
    assert program.call("activity", str(case))[1]["steps"][0]["state"] == "fresh"
    assert program.call("case", "set", str(case), "busy_from=2", "--reason", "two")[0] == 0
    again = program.call("activity", str(case))[1]["steps"][0]
    assert (again["state"], again["tables"]["busy"]["rows"]) == ("ran", 1)


def test_what_a_step_finds_is_explained_decided_and_rebuilt(program: Program, case: Path) -> None:
    program.call("case", "set", str(case), "busy_from=2", "--reason", "two, again")
    assert program.call("run", str(case), "--until", "activity")[0] == 0
    found = program.call("case", "find", str(case), "--predicate", "busy")[1]["found"]
    assert [row["subject"] for row in found] == ["account:forum/17"]
    told = program.call("explain", str(case), found[0]["id"])[1]
    assert [row["locator"] for row in told["for"]] == ["line:1", "line:2"]
    assert "records are deleted" in told["not_said"]
    decided = program.call(
        "case", "decide", str(case), found[0]["id"], "--verdict", "accepted", "--reason", "he wrote twice"
    )
    assert decided[0] == 0
    code, report = program.call("verify", str(case), "--rebuild")
    assert code == 0, report


def test_a_rule_speaks_of_a_payment_beside_the_others(program: Program) -> None:
    code = """
from tests.engines.ledger.change_outputs.test_rules import COIN, SECOND, says
from tests.engines.ledger.conftest import make_view
from leadline.engines.ledger.change_outputs.rules import RULES
found = says(make_view, [COIN, SECOND, ([(0, 0)], [("a2", 1_000_000), ("a3", 40_000_001)])], 2)
print(found["last_output"], found["power_of_ten_6"])
print(next(rule.says for rule in RULES if rule.name == "last_output"))
"""
    done = program.python("-c", code)
    named, said = done.stdout.splitlines() or pytest.fail(done.stderr)
    assert named == "1 1"
    assert said.startswith("Stands last of the payment's outputs")


def test_a_writer_adds_to_every_package(program: Program) -> None:
    code = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from tests.steps.refer.conftest import Key, World, person, searched, tagged
from leadline.steps.refer import build, verify_package
world = World()
searched(world), tagged(world)
ids = person(world, 0, payments=2)
for name in ("candidate", "user", "located"):
    world.decide(ids[name], value="../.." if name == "user" else None)
key = Key(7)
(made,) = build(world.source(), key, datetime(2026, 1, 2, tzinfo=UTC), Path(sys.argv[1])).packages
counts = json.loads((made.path / "data" / "counts.json").read_text())
verdict = verify_package(made.path, [(key.name, key.public)])
print(counts["payments"] == made.payments > 0, counts["persons"], verdict.ok, verdict.problems)
(made.path / "data" / "counts.json").write_text("{}")
print(verify_package(made.path, [(key.name, key.public)]).ok)
"""
    (program.folder / "out").mkdir()
    done = program.python("-c", code, str(program.folder / "out"))
    assert done.stdout.splitlines() == ["True 1 True ()", "False"], done.stderr


def test_the_examples_hold_the_floors_and_the_style(program: Program) -> None:
    tools = Path(sys.executable).parent
    env = {"PYTHONPATH": str(program.folder / "src"), "PATH": "/usr/bin:/bin"}
    new = [path for path, _ in blocks("File")]
    for command in (
        [str(tools / "lint-imports"), "--no-cache"],
        [str(tools / "ruff"), "check", "--no-cache", "src/leadline"],
        [str(tools / "ruff"), "format", "--no-cache", "--check", *new],
    ):
        done = subprocess.run(command, cwd=program.folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_change_is_put_where_it_says() -> None:
    assert changed("a\nb\nc\n", " a\n+x\n-c\n+d\n") == "a\nx\nb\nd\n"
    assert changed("a\nb\n", "+x\n b\n") == "a\nx\nb\n"
    with pytest.raises(ValueError, match="q"):
        changed("a\nb\n", " q\n+x\n")
