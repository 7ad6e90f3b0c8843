"""Errors that tell apart what looks alike: nothing found and nothing looked for, a private key and a public one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, error)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out).get("error")

    return execute


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    assert run("key", "new", tmp_path / "k", "--name", "k")[0] == 0
    return tmp_path / "case"


def test_what_no_step_has_looked_for_is_not_called_not_found(run: Run, case: Path) -> None:
    code, error = run("case", "find", case, "--predicate", "released")
    assert (code, error["what"]) == (1, "trace, which finds what is released, has not run")
    assert run("case", "find", case)[0] == 0


def test_an_account_without_payments_says_why(run: Run, case: Path) -> None:
    code, error = run("case", "exposure", case, "account:site/1")
    assert (code, error["what"]) == (2, "trace has not run, so no payment is known")


def test_a_private_key_is_told_from_a_public_one_and_a_key_that_is_not_there_can_be_made(
    run: Run, case: Path, tmp_path: Path
) -> None:
    code, error = run("verify", case, "--signer", tmp_path / "k")
    assert code != 0
    assert "private key" in error["what"] and error["remedy"] == f"pass {tmp_path / 'k.pub'}"
    code, error = run("refer", case, "--key", tmp_path / "none")
    assert code != 0
    assert error["remedy"] == f"leadline key new {tmp_path / 'none'}"
