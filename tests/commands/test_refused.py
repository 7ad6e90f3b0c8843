"""What the commands refuse: decisions that are none, files that would lie in a case, a case taken into itself."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.store.case import open_case
from leadline.store.layout import lies_in_a_case

CLAIM = {"subject": "account:site/1", "predicate": "received", "object": "outpoint:" + "a" * 64 + ":0"}

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def case(tmp_path: Path, run: Run) -> Path:
    """An empty case."""
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    return tmp_path / "case"


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({**CLAIM, "verdict": "maybe", "reason": "r"}),
        json.dumps({**CLAIM, "reason": "r"}),
        json.dumps({**CLAIM, "verdict": "accepted"}),
        json.dumps({**CLAIM, "verdict": "accepted", "reason": None}),
        json.dumps({**CLAIM, "verdict": "accepted", "reason": " "}),
        json.dumps({**CLAIM, "verdict": ["accepted"], "reason": "r"}),
        json.dumps({**CLAIM, "verdict": "accepted", "reason": "r", "value": {"a": 1}}),
        json.dumps({**CLAIM, "subject": "\ud800", "verdict": "accepted", "reason": "r"}),
        json.dumps({**CLAIM, "subject": 5, "verdict": "accepted", "reason": "r"}),
        "[1]",
        "null",
        "{",
        "[" * 100_000,
        '"' + "x" * 1_000_000,
    ],
)
def test_a_line_that_is_no_decision_is_named_and_nothing_is_decided(
    case: Path, run: Run, tmp_path: Path, line: str
) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text("\n" + line + "\n")
    code, value = run("case", "decide", case, "--from", file)
    assert (code, value["error"]["where"]) == (2, "d.jsonl line:2")
    assert run("case", "status", case)[1]["decisions"] == {}


def test_nothing_is_written_into_a_case_but_by_appending(case: Path, run: Run, tmp_path: Path) -> None:
    assert run("key", "new", tmp_path / "k")[0] == 0
    (tmp_path / "link").symlink_to(case)
    for inside in (case, case / "scratch", tmp_path / "link", tmp_path / "link" / "log"):
        assert lies_in_a_case(inside / "x")
        for arguments in (
            ("case", "export", case, "tally", "--out", inside / "x.csv"),
            ("case", "request", case, "--out", inside / "x.csv"),
            ("case", "log", case, "--checkpoint", inside / "x", "--key", tmp_path / "k"),
            ("key", "new", inside / "x"),
        ):
            code, value = run(*arguments)
            assert (code, value["error"]["kind"]) == (1, "CaseError"), arguments
    assert not lies_in_a_case(tmp_path / "x")
    assert run("verify", case)[0] == 0


def test_a_case_is_no_evidence(case: Path, run: Run, tmp_path: Path) -> None:
    for path in (case, tmp_path, case / "log" / "log.jsonl", case / ".."):
        code, value = run("intake", case, path)
        assert (code, value["error"]["kind"]) == (2, "UsageError")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m"])
def test_a_case_has_one_printable_name(run: Run, tmp_path: Path, name: str) -> None:
    assert run("case", "new", tmp_path / "odd", "--name", name)[0] == 2
    assert not (tmp_path / "odd").exists()


def test_what_is_neither_case_nor_package(run: Run, tmp_path: Path, case: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        assert run("verify", place)[1]["error"]["what"] == "neither a case nor a package lies here"
    assert run("impact", case, "decision:" + "0" * 64)[0] == 2


def test_a_formula_in_an_exported_table_is_text() -> None:
    from leadline.model.evidence import IDENTIFIER
    from leadline.model.tables import from_rows
    from leadline.store import export

    row = ("account:site/1", "handle", "=1+1", "=1+1", None, None, "none", None, b"\x00" * 32, "line:1")
    text = export.to_bytes(from_rows(IDENTIFIER, [row]), ".csv").decode()
    assert ",'=1+1," in text


@pytest.mark.parametrize(
    "words",
    [
        ("case", "new", "{case}/sub", "--name", "x"),
        ("case", "new", "{case}/packages/sub", "--name", "x"),
        ("ledger", "build", "{case}/ledger", "{case}/blocks", "--network", "regtest"),
        ("scenario", "build", "{case}/scenario"),
        ("demo", "--dir", "{case}/demo", "--size", "tiny"),
        ("calibrate", "{case}", "--out", "{case}/figures.json"),
    ],
)
def test_nothing_is_built_in_a_case(case: Path, run: Run, words: tuple[str, ...]) -> None:
    before = sorted(case.rglob("*"))
    code, said = run(*(word.format(case=case) for word in words))
    assert (code, said["error"]["what"]) == (1, "a case holds only what its log names")
    assert sorted(case.rglob("*")) == before
    assert run("verify", case)[0] == 0


def test_a_map_that_is_a_pipe_is_refused_and_never_waited_for(case: Path, run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    code, said = run("intake", case, tmp_path / "rows.csv", "--map", tmp_path / "pipe")
    assert (code, said["error"]["what"]) == (1, "no such map")


def test_a_folder_for_what_is_written_out_is_made(case: Path, run: Run, tmp_path: Path) -> None:
    assert run("case", "export", case, "payment", "--out", tmp_path / "new" / "folder" / "payments.csv")[0] == 0
    assert (tmp_path / "new" / "folder" / "payments.csv").is_file()


@pytest.mark.parametrize("name", ["--map=x", "-h", "--json", "--video=off", "-\x1b[2J"])
def test_a_file_named_like_an_option_is_not_one(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    folder = tmp_path / "seized"
    folder.mkdir()
    for file in ("a.html", name):
        (folder / file).write_text(f"<!DOCTYPE html><html><body>{len(file)}</body></html>")
    monkeypatch.chdir(folder)
    expanded = sorted(os.listdir())
    assert call(["intake", str(case), *expanded]) == 2
    said = capfd.readouterr()
    assert "./*" in said.out + said.err and "\x1b" not in said.out + said.err
    assert not open_case(case).runs()
    for safe in (["--", *expanded], [f"./{n}" for n in expanded]):
        assert call(["intake", str(case), *safe]) == 0
    read = {exhibit for run in open_case(case).runs() for exhibit in run.exhibits}
    assert read >= {hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in expanded}, "each was read as a file"


def test_an_option_is_an_option_where_no_file_has_its_name(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["case", "status", str(case), "--json"]) == 0
    (tmp_path / "--json").write_text("x")
    assert call(["case", "status", str(case), "--json"]) == 2
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["error"]
