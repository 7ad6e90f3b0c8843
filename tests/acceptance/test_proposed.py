"""The map proposed for the training case's live site yields what its shipped map yields, row for row."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.kinds.reader import Source
from leadline.model.progress import silent
from leadline.scenario.exhibits import ANSWERS
from leadline.steps.intake import load_map, read_exhibit
from leadline.store.case import open_case


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def site(played: Path, tmp_path: Path) -> Path:
    """The live site's database, with its write-ahead log beside it."""
    for path in (played / "evidence" / "site").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path / "market.db"


def proposed(run: Callable[..., tuple[int, Any]], site: Path, answers: dict[str, str]) -> tuple[int, Any, Path]:
    case, to, file = (site.with_name(name) for name in ("case", "map.toml", "answers.toml"))
    run("case", "new", case, "--name", "x")
    file.write_text("".join(f'{name} = "{text}"\n' for name, text in answers.items()))
    code, value = run("intake", case, site, "--propose", to, "--answers", file)
    return code, value, to


def test_the_same_tables_as_by_the_shipped_map(run: Callable[..., tuple[int, Any]], site: Path) -> None:
    code, value, to = proposed(run, site, ANSWERS)
    assert code == 0
    assert {q["name"] for q in value["questions"]} == set(ANSWERS)
    source = Source(bytes(32), site, (site.with_name("market.db-wal"),))
    ours, shipped = (read_exhibit(source, load_map(name), silent) for name in (str(to), "market_live"))
    assert ours.keys() == shipped.keys()
    for name, table in shipped.items():
        assert sorted(map(str, ours[name].to_pylist())) == sorted(map(str, table.to_pylist())), name
    assert sum(table.num_rows for table in shipped.values()) > 500


def test_what_stands_open_is_named_and_refused(run: Callable[..., tuple[int, Any]], site: Path) -> None:
    code, _, to = proposed(run, site, {"site": "site"})
    assert code == 0
    code, value = run("intake", site.with_name("case"), site, "--map", to)
    assert code == 1
    assert "leaves 3 question(s) open" in value["error"]["what"]
    assert all(name in value["error"]["what"] for name in set(ANSWERS) - {"site"})


def test_nothing_of_the_records_stands_in_map_answer_or_preview(
    run: Callable[..., tuple[int, Any]], site: Path
) -> None:
    _, value, to = proposed(run, site, ANSWERS)
    tables = read_exhibit(Source(bytes(32), site), load_map("market_live"), silent)
    secret = {row["value"] for row in tables["identifier"].to_pylist() if len(row["value"]) > 5}
    assert len(secret) > 50
    _, shown = run("intake", site.with_name("case"), site, "--map", to, "--preview")
    masked = [r["value"] for part in shown["parts"] for r in part["records"] if r["table"] == "identifier"]
    assert masked and not {*masked} & secret
    for text in (to.read_text(), json.dumps(value), json.dumps(shown)):
        assert not [each for each in secret if each in text]


def test_the_log_has_a_line_of_each_look_and_nothing_is_taken_in(
    run: Callable[..., tuple[int, Any]], site: Path
) -> None:
    _, _, to = proposed(run, site, ANSWERS)
    case = site.with_name("case")
    run("intake", case, site, "--map", to, "--preview")
    _, log = run("case", "log", case)
    assert [e["note"]["what"] for e in log["log"] if e["act"] == "viewed"] == ["a map proposed", "a map tried", "log"]
    assert not list((case / "exhibits").glob("*/*"))


def test_another_layout_is_refused_whole_and_the_difference_named(
    run: Callable[..., tuple[int, Any]], site: Path
) -> None:
    _, _, to = proposed(run, site, ANSWERS)
    to.write_text(to.read_text().replace('users = ["id", "handle",', 'users = ["id", "nick",'))
    code, value = run("intake", site.with_name("case"), site, "--map", to)
    assert code == 1
    assert "part users lacks nick and has besides handle" in value["error"]["what"]
    assert run("case", "status", site.with_name("case"))[1]["findings"] == {}
    assert not list((site.with_name("case") / "runs").glob("intake*/identifier.parquet"))


@pytest.mark.parametrize("text", ["site = 1", "site =", 'unasked = "x"'])
def test_answers_that_are_none_are_refused(run: Callable[..., tuple[int, Any]], site: Path, text: str) -> None:
    run("case", "new", site.with_name("case"), "--name", "x")
    file = site.with_name("answers.toml")
    file.write_text(text)
    code, value = run("intake", site.with_name("case"), site, "--propose", site.with_name("m.toml"), "--answers", file)
    assert (code, value["error"]["where"]) == (1, "--answers")
    assert not site.with_name("m.toml").exists()


def test_the_training_case_takes_its_site_with_no_map_named(played: Path) -> None:
    case = open_case(played / "case")
    site = hashlib.sha256((played / "evidence" / "site" / "market.db").read_bytes()).hexdigest()
    listed = tomllib.loads((played / "evidence" / "evidence.toml").read_text())["exhibit"]
    assert [entry["map"] for entry in listed if entry["path"] == "site/market.db"] == [""]
    (run,) = (r for r in case.current_runs(("intake",)) if r.inputs.get("exhibit") == site and "map" in r.params)
    assert run.params["map_digest"] == hashlib.sha256((played / "maps" / "site.toml").read_bytes()).hexdigest()
    (line,) = (e.note for e in case.log.entries if e.note.get("what") == "a map proposed")
    answers = hashlib.sha256((played / "reviewer" / "answers.toml").read_bytes()).hexdigest()
    assert line == {
        "what": "a map proposed", "exhibit_sha256": site, "answers_sha256": answers, "on_behalf_of": "scripted analyst",
    }  # fmt: skip


def test_a_proposal_is_the_same_bytes_whatever_order_sets_have(site: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "leadline", "case", "new", tmp_path / "c", "--name", "x"], check=True)
    made = set()
    for seed in ("1", "2", "3", "4"):
        to = tmp_path / "site.toml"
        command = [sys.executable, "-m", "leadline", "intake", tmp_path / "c", site, "--propose", to]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        made.add(to.read_bytes())
        to.unlink()
    assert len(made) == 1
