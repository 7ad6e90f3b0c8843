"""Under which terms a list may be used goes with it: from its file or its pin to status, packages' tables and VICS."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.kinds import source
from leadline.kinds.codecs.entries import LICENCE
from leadline.kinds.codecs.listrows import LONGEST_LICENCE

TERMS = 'For "police" use; return by 2027'
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*map(str, arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A list that states its licence."""
    path = tmp_path / "list.csv"
    path.write_text(f"# licence: {TERMS}\n# version: 7\nmd5\n{'ab' * 16}\n")
    return path


def test_a_list_states_its_licence_and_keeps_it_as_vics(run: Run, listed: Path, tmp_path: Path) -> None:
    assert run("hashlist", "info", listed)[1]["licence"] == TERMS
    assert run("hashlist", "convert", listed, "--out", tmp_path / "a.json")[1]["licence"] == TERMS
    again = run("hashlist", "info", tmp_path / "a.json")[1]
    assert (again["licence"], again["hashes"]) == (TERMS, {"md5": 1})
    other = "Other\nterms \x1b[2J" + "x" * 3000
    assert run("hashlist", "convert", listed, "--out", tmp_path / "b.json", "--licence", other)[0] == 0
    kept = source.read("list", tmp_path / "b.json").schema.metadata[LICENCE].decode()
    assert kept.startswith("Other terms [2Jx") and len(kept) == LONGEST_LICENCE
    plain = tmp_path / "plain.csv"
    plain.write_text(f"md5\n{'ab' * 16}\n")
    assert run("hashlist", "info", plain)[1]["licence"] is None


def test_the_terms_of_a_pin_stand_before_those_of_the_file(run: Run, listed: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    assert run("case", "new", case, "--name", "x")[0] == 0

    def licence_of(*more: str) -> tuple[Any, Any]:
        assert run("case", "set", case, f"pin.list+={listed}", "--reason", "r", *more)[0] == 0
        assert run("match", case)[0] == 0
        status = run("case", "status", case)[1]
        out = tmp_path / "searched.csv"
        out.unlink(missing_ok=True)
        assert run("case", "export", case, "searched", "--out", out)[0] == 0
        (row,) = status["review"]["lists"]
        assert row["licence"].replace('"', '""') in out.read_text()
        assert (
            run("case", "export-vics", case, "--out", tmp_path / "files.json")[1]["lists"][0]["licence"]
            == row["licence"]
        )
        written = json.loads((tmp_path / "files.json").read_text())
        assert written["value"][0]["@leadline.lists"][0]["licence"] == row["licence"]
        return row["licence"], status["pins"][0]["licence"]

    assert licence_of() == (TERMS, None)
    assert licence_of("--licence", "Agency agreement 12/2026") == ("Agency agreement 12/2026",) * 2
    assert run("hashlist", "info", tmp_path / "files.json")[1]["version"].startswith("Leadline")


def test_a_licence_of_nothing_is_refused(run: Run, listed: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    assert run("case", "new", case, "--name", "x")[0] == 0
    code, said = run("case", "set", case, "scope=y", "--reason", "r", "--licence", "terms")
    assert code == 2 and "pin.list+=PATH" in said["error"]["remedy"]
    (tmp_path / "tags.csv").write_text("address,label,source\n1BoatSLRHtKNngkdXEeobR76b53LETtpyT,x,y\n")
    code, said = run("case", "set", case, f"pin.tag+={tmp_path / 'tags.csv'}", "--reason", "r", "--licence", "terms")
    assert code == 2 and "no licence" in said["error"]["what"]
    assert not run("case", "status", case)[1]["pins"]
