"""The command line: exit codes, one JSON object, errors in three lines, and a case that stays valid."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.commands import terminal
from leadline.commands.lazy import Entry, Table
from leadline.commands.names import CASE, CLI, KEY, LEDGER, LISTS, SCENARIO
from leadline.commands.status import exhibit_line
from leadline.errors import CaseError

LOG = '198.18.4.5 - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid=18\n'
FIRST = re.compile(r"\w*s\b|The\b|An?\b|Wh\w+\b|How\b|Every\b")
"""How a sentence begins that does not say what to do."""
MAIN = "import sys; from leadline.cli import main; main()"
NOBODY = 65534
"""The user id that owns nothing (Linux and macOS)."""

DROPPED = f"""
import os, sys
from leadline.cli import call
warm, source, case, evidence = sys.argv[1:]
call(["intake", warm, source])  # everything that is imported late is imported now, while the files can still be read
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
sys.exit(call(["intake", case, evidence]))
"""

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: (exit code, JSON object or text, stderr)."""

    def execute(*arguments: object) -> tuple[int, Any, str]:
        capfd.readouterr()
        code = call([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return code, json.loads(out) if "--json" in arguments else out, err

    return execute


@pytest.fixture
def case(tmp_path: Path, run: Run) -> Path:
    """A case with one web log."""
    (tmp_path / "access.log").write_text(LOG)
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    assert run("intake", tmp_path / "case", tmp_path / "access.log")[0] == 0
    return tmp_path / "case"


def test_every_command_is_listed_documented_and_takes_json() -> None:
    for path, command in CLI.leaves():
        assert command.help, path
        assert any("--json" in p.opts for p in command.params), path


def test_a_case_from_evidence_to_checkpoint(case: Path, tmp_path: Path, run: Run) -> None:
    code, value, _ = run("case", "status", case, "--json")
    assert (code, value["exhibits"], value["ok"]) == (0, 1, True)
    assert "case" in run("case", "status", case)[1]
    assert run("key", "new", tmp_path / "k", "--json")[1]["encrypted"] is False
    assert run("case", "log", case, "--checkpoint", tmp_path / "cp", "--key", tmp_path / "k")[0] == 0
    signed = ("--checkpoint", tmp_path / "cp", "--signer", tmp_path / "k.pub", "--json")
    assert run("verify", case, *signed)[1]["verdict"] == "equal_to_checkpoint"
    exhibit = next(p.parent.name + p.name for p in (case / "exhibits").rglob("*") if p.is_file())
    code, value, _ = run("show", case, exhibit, "line:1", "--json")
    assert "198.18.4.5" in value["shown"]
    assert run("case", "find", case, "--identifier", "198.18.4.5", "--json")[1]["found"][0]["locator"] == "line:1"
    assert run("impact", case, f"exhibit:{exhibit}", "--json")[1]["findings"] == []
    assert run("verify", case, *signed)[1]["verdict"] == "extends_checkpoint"
    acts = [row["act"] for row in run("case", "log", case, "--json")[1]["log"]]
    assert acts[-4:] == ["viewed", "queried", "queried", "viewed"]
    assert "198.18.4.5" not in (case / "log" / "log.jsonl").read_text()


def test_an_export_leaves_restricted_columns_out(case: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "identifier.csv"
    assert run("case", "export", case, "identifier", "--out", out)[0] == 0
    assert "198.18.4.5" not in out.read_text()
    assert run("case", "export", case, "identifier", "--out", out, "--restricted", "--json")[1]["rows"] == 1
    assert "198.18.4.5" in out.read_text()
    assert run("case", "export", case, "event", "--out", tmp_path / "e.parquet")[0] == 0
    assert run("case", "export", case, "event", "--out", tmp_path / "e.txt")[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("case", "status"),
        ("case", "set", "CASE", "currency=usd", "--reason", "r"),
        ("case", "set", "CASE", "currency=EUR"),
        ("case", "set", "CASE", "--reason", "r"),
        ("case", "set", "CASE", "pin.list+=/nowhere", "--reason", "r"),
        ("explain", "CASE", "zz"),
        ("impact", "CASE", "account:site/1"),
        ("intake", "CASE"),
        ("intake", "CASE", "/nowhere"),
        ("case", "decide", "CASE"),
        ("case", "log", "CASE", "--checkpoint", "x"),
        ("verify", "CASE", "--checkpoint", "/nowhere"),
    ],
)
def test_wrong_usage_is_exit_2(case: Path, run: Run, arguments: tuple[str, ...]) -> None:
    code, _, err = run(*(case if a == "CASE" else a for a in arguments))
    assert code == 2
    assert err
    assert "Traceback" not in err


def test_a_failure_is_exit_1_with_what_where_and_remedy(case: Path, run: Run, tmp_path: Path) -> None:
    code, value, err = run("case", "status", tmp_path / "nowhere", "--json")
    assert (code, value["ok"], value["error"]["kind"]) == (1, False, "CaseError")
    assert err.startswith("leadline: no case lies here\nwhere: ")
    assert "remedy: leadline case new" in err
    toml = case / "case.toml"
    toml.chmod(0o644)
    toml.write_text(toml.read_text() + "# mine\n")
    code, _, err = run("case", "status", case)
    assert code == 1
    assert "by hand" in err
    assert run("verify", case, "--json")[:2] == (
        1, {"ok": False, "name": "", "verdict": "changed", "notes": [],
            "problems": ["case.toml: its bytes are not those the log names"]},
    )  # fmt: skip
    assert run("case", "set", case, "--discard-edit", "--reason", "not ours")[0] == 0
    assert run("verify", case)[0] == 0


def test_decisions_from_a_file(case: Path, run: Run, tmp_path: Path) -> None:
    lines = tmp_path / "d.jsonl"
    claim = {"subject": "account:site/1", "predicate": "received", "object": "outpoint:" + "a" * 64 + ":0"}
    lines.write_text(json.dumps({**claim, "verdict": "accepted", "reason": "r"}) + "\n\n")
    assert run("case", "decide", case, "--from", lines, "--json")[1] == {"ok": True, "decisions": [], "left_out": 1}
    lines.write_text("{}\n")
    code, _, err = run("case", "decide", case, "--from", lines)
    assert (code, "d.jsonl line:1" in err) == (2, True)


def test_a_closed_pipe_is_no_failure(case: Path) -> None:
    command = f"{sys.executable} -c '{MAIN}' case log {case} | head -n 0"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_limit_on_file_size_is_one_error_and_the_case_stays_valid(case: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "large.log").write_text(LOG * 1000)
    command = [sys.executable, "-c", MAIN, "intake", str(case), str(tmp_path / "large.log"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=_limited)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["kind"] == "SpaceError"
    assert "Traceback" not in done.stderr
    assert run("verify", case)[0] == 0
    assert run("intake", case, tmp_path / "large.log")[0] == 0
    assert run("verify", case)[0] == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become someone else; the project's test machine is root")
@pytest.mark.parametrize("what", ["case", "evidence", "folder"])
def test_an_unprivileged_user_gets_one_error(case: Path, run: Run, what: str, tmp_path: Path) -> None:
    place = Path("/var/tmp") / f"leadline-test-{os.getpid()}-{what}"  # nobody can reach it
    place.mkdir(mode=0o755)
    try:
        shutil.copytree(case, place / "case")
        (place / "box").mkdir()
        (place / "box" / "access.log").write_text(LOG.replace("/f/3", "/f/4"))
        if what != "case":
            for path in [place / "case", *(place / "case").rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        (place / "box" / "access.log").chmod(0o600 if what == "evidence" else 0o644)
        (place / "box").chmod(0o700 if what == "folder" else 0o755)
        warm, cold = (
            (str(place / "warm"), str(tmp_path / "access.log")),
            (str(place / "case"), str(place / "box" / "access.log")),
        )
        run("case", "new", warm[0], "--name", "warm")
        command = [sys.executable, "-c", DROPPED, *warm, *cold]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        assert done.stderr.count("leadline: ") == 1, done.stderr
        assert run("verify", place / "case")[0] == 0
    finally:
        shutil.rmtree(place)


def test_progress_without_a_terminal_is_lines_and_never_on_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    with terminal.progress() as report:
        report("hashing", 0, 10)
        report("hashing", 5, 10)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "hashing 0/10\n")


def test_an_error_says_what_where_and_remedy(capfd: pytest.CaptureFixture[str]) -> None:
    terminal.fail(CaseError("w", where="x", remedy="r"), as_json=False)
    assert capfd.readouterr().err == "leadline: w\nwhere: x\nremedy: r\n"


def test_the_status_lists_exhibits_and_settings_and_an_exhibit_is_found_by_its_beginning(case: Path, run: Run) -> None:
    code, value, _ = run("case", "status", case, "--json")
    (held,) = value["held"]
    assert (held["media_type"], held["records"], held["rejects"]) == ("text/x-access-log", 2, 0) or held["records"] == 2
    assert value["settings"]["hop_limit"] == "4"
    assert f"exhibit:{held['exhibit'][:16]}" in run("case", "status", case)[1]
    assert "198.18.4.5" in run("show", case, held["exhibit"][:8], "line:1")[1]
    assert run("show", case, "abcdef", "line:1")[0] == 2
    assert run("show", case, "../../etc", "line:1")[0] == 2
    assert code == 0


def test_where_a_case_has_a_roll_each_command_needs_a_signature(
    case: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("case", "status", case, "--json")[1]["authenticated"] is False
    assert "operator not authenticated" in run("case", "log", case)[1]
    for name in ("ana", "bo"):
        assert run("key", "new", tmp_path / name)[0] == 0
    ana, bo = ("--operator", tmp_path / "ana"), ("--operator", tmp_path / "bo")
    add = ("case", "operator", "add", case)
    assert run(*add, "ana", "--key", tmp_path / "ana.pub", "--role", "officer")[0] == 0
    code, said, _ = run(*add, "bo", "--key", tmp_path / "bo.pub", "--role", "reader", "--json")
    assert (code, said["error"]["kind"]) == (1, "CaseError")
    assert run(*add, "bo", "--key", tmp_path / "bo.pub", "--role", "reader", *ana)[0] == 0
    assert run("case", "find", case)[0] == 1
    assert run("case", "find", case, *bo)[0] == 0
    assert run("case", "set", case, "scope=x", "--reason", "r", *bo)[0] == 1
    monkeypatch.setenv("LEADLINE_OPERATOR", str(tmp_path / "ana"))
    assert run("case", "set", case, "scope=x", "--reason", "r")[0] == 0
    last, look = run("case", "log", case, "--json")[1]["log"][-2:]
    assert (look["by"], look["signed"], look["act"]) == ("ana", True, "viewed")
    assert (last["by"], last["signed"], last["act"]) == ("ana", True, "set")
    monkeypatch.delenv("LEADLINE_OPERATOR")
    assert run("case", "find", case)[0] == 1
    rows = run("case", "operator", "list", case, "--json")[1]["operators"]
    assert [(row["operator"], row["role"]) for row in rows] == [("ana", "officer"), ("bo", "reader")]
    assert run("case", "operator", "remove", case, "bo", "--reason", "moved", *ana)[0] == 0
    assert run("case", "find", case, *bo)[0] == 1


def test_what_to_ask_services_is_written_and_logged(case: Path, run: Run, tmp_path: Path) -> None:
    code, value, _ = run("case", "request", case, "--out", tmp_path / "r.csv", "--json")
    assert (code, value["rows"]) == (0, 0)
    assert (tmp_path / "r.csv").read_text().startswith("service,release_outpoint,")
    assert run("case", "log", case, "--json")[1]["log"][-2]["note"]["what"] == "requests"
    assert run("case", "request", case, "--out", tmp_path / "r.txt")[0] == 2


def test_the_table_of_names_says_what_each_command_says_of_itself() -> None:
    for words, command in CLI.leaves():
        entry = dict(CLI.entries())[words]
        assert entry.says == command.get_short_help_str(1_000), words
        assert entry.name == command.name, words


@pytest.mark.parametrize("group", [CLI, CASE, LEDGER, LISTS, KEY, SCENARIO])
def test_help_gives_each_whole_first_sentence_under_its_heading(group: Table, run: Run) -> None:
    code, text, _ = run(*group.path.split(), "--help")
    listed = " ".join(text.split())
    assert code == 0
    for heading, rows in group.sections.items():
        assert f" {heading}: " in listed
        for row in rows:
            says = row.says if isinstance(row, Entry) else row.help or ""
            assert f" {row.name} {says} " in f"{listed} "


def test_help_loads_no_command_and_no_library_of_the_steps() -> None:
    heavy = ("numba", "pyarrow", "duckdb", "numpy", "leadline.steps", "leadline.flow", "leadline.commands.case")
    script = (
        f"import sys; from leadline.cli import call; call(['--help']); sys.exit(any(m in sys.modules for m in {heavy}))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc: Linux")
def test_numpy_has_no_thread_of_its_own_in_a_command() -> None:
    script = f"import atexit, os; atexit.register(lambda: (__import__('numpy'), print(len(os.listdir(TASKS))))); {MAIN}"
    command = [sys.executable, "-c", f"TASKS = '/proc/self/task'; {script}", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    assert done.stdout.split()[-1] == "1"


def test_a_command_ends_without_a_word_of_the_libraries_it_used() -> None:
    script = f"import duckdb; open_ = duckdb.connect(); kinds = duckdb.sqltypes.BIGINT, open_.sql('select 1'); {MAIN}"
    done = subprocess.run([sys.executable, "-c", script, "--version"], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_slip_in_a_name_is_answered_with_what_was_meant(run: Run) -> None:
    assert "Did you mean trace" in run("trance", "x")[2]
    assert "case status" in run("status", "x")[2]


def test_a_slip_in_the_name_of_a_command_of_a_group_is_answered_with_its_whole_spelling(run: Run) -> None:
    assert run("stauts", "x")[2].rstrip().endswith("Did you mean case status?")
    assert run("fnd", "x")[2].rstrip().endswith("Did you mean case find or ledger find?")
    assert run("ledger", "fnd", "x")[2].rstrip().endswith("Did you mean find?")
    assert "Did you mean" not in run("wholly-else", "x")[2]


def test_names_are_one_word_and_sentences_say_what_to_do() -> None:
    """A sentence begins with a verb as one commands it: none of these ends in s, and no article or question does it."""
    entries = dict(CLI.entries())
    assert [words for words, entry in entries.items() if " " in entry.name or entry.name != words.split()[-1]] == []
    assert [words for words, entry in entries.items() if FIRST.match(entry.says)] == []


def test_a_real_bash_completes_groups_commands_and_options(tmp_path: Path) -> None:
    """The printed lines, sourced by bash, and its function called as bash calls it."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on this machine; any Linux with bash runs it")
    program = tmp_path / "leadline"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{MAIN}" "$@"\n')
    program.chmod(0o755)
    script = """
        source <(leadline completion bash)
        f=$(complete -p leadline | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $f "$1"; echo "${COMPREPLY[@]}"; }
        try leadline led; try leadline case stat; try leadline explain --js
    """
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([bash, "-c", script], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["ledger", "status", "--json"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_names(shell: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "_LEADLINE_COMPLETE" in run("completion", shell)[1]
    word = "st" if shell == "fish" else "2"
    asked = {"COMP_WORDS": "leadline case st", "COMP_CWORD": word, "_LEADLINE_COMPLETE": f"{shell}_complete"}
    done = subprocess.run(
        [sys.executable, "-c", MAIN], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert "status" in done.stdout


def test_the_status_of_a_case_whose_pinned_files_are_elsewhere_says_all_but_what_is_stale(
    case: Path, tmp_path: Path, run: Run
) -> None:
    hashes = tmp_path / "list.csv"
    hashes.write_text("sha256,category\n" + "ab" * 32 + ",1\n")
    assert run("case", "set", case, f"pin.list+={hashes}", "--reason", "r")[0] == 0
    assert run("match", case)[0] == 0
    hashes.unlink()
    code, value, _ = run("case", "status", case, "--json")
    assert (code, value["exhibits"], value["stale"]) == (0, 1, None)
    assert value["stale_unknown"].startswith("the pinned list list.csv is not there")
    code, text, _ = run("case", "status", case)
    assert code == 0
    assert "stale: not known; the pinned list list.csv is not there" in text
    assert "remedy: put it back" in text


def test_one_of_a_thing_is_written_in_the_singular() -> None:
    row = {"exhibit": "ab" * 32, "media_type": "text/csv", "size": 9, "restrictions": "", "records": 1, "rejects": 1}
    assert exhibit_line(row).endswith("9 bytes, 1 record, 1 reject")
    assert exhibit_line({**row, "records": 1_200, "rejects": 2}).endswith("9 bytes, 1,200 records, 2 rejects")


def test_a_folder_of_tag_packs_is_pinned_pack_by_pack_and_the_rest_is_named(
    case: Path, tmp_path: Path, run: Run
) -> None:
    folder = tmp_path / "packs"
    (folder / "more").mkdir(parents=True)
    (folder / ".git").mkdir()
    for place in ("a.yaml", "more/b.yaml", ".git/c.yaml"):
        (folder / place).write_text(f"title: {place}\ncreator: c\ntags: []\n")
    (folder / "README.md").write_text("about\n")
    code, value, _ = run("case", "set", case, f"pin.tag+={folder}", "--reason", "r", "--json")
    assert code == 0
    assert len(value["passed_over"]) == 1 and "README.md" in value["passed_over"][0]
    _, status, _ = run("case", "status", case, "--json")
    assert sorted(p["name"] for p in status["pins"] if p["kind"] == "tag") == ["a.yaml", "b.yaml"]
    (tmp_path / "none").mkdir()
    assert run("case", "set", case, f"pin.tag+={tmp_path / 'none'}", "--reason", "r")[0] == 2
