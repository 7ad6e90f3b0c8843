"""The floors hold, and one planted violation a rule fails the run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLANTED = {
    "errors import nothing": ("errors.py", "from leadline import model"),
    "model under kinds": ("model/refs.py", "from leadline.kinds import chain"),
    "kinds under engines": ("kinds/bitcoin/networks.py", "from leadline.engines.sql import duck"),
    "engines under store": ("engines/sql/duck.py", "from leadline.store import layout"),
    "store under steps": ("store/layout.py", "from leadline.steps import step"),
    "steps under flow": ("steps/rank/__init__.py", "from leadline import flow"),
    "flow under scenario": ("flow/order.py", "from leadline.scenario import plan"),
    "flow under views": ("flow/order.py", "from leadline.views import reading"),
    "views and scenario apart": ("views/find.py", "from leadline.scenario import plan"),
    "views under commands": ("views/find.py", "from leadline.commands import key"),
    "scenario under commands": ("scenario/plan.py", "from leadline.commands import key"),
    "commands under cli": ("commands/key.py", "from leadline import cli"),
    "steps never import each other": ("steps/rank/__init__.py", "from leadline.steps.link import rules"),
    "engines never import each other": ("engines/hamming/search.py", "from leadline.engines.sql import duck"),
    "blocks under the ledger": ("engines/ledger/blocks/undo.py", "from leadline.engines.ledger import view"),
    "every room of the ledger has its place": ("engines/ledger/stray.py", ""),
    "commands never import a store": ("commands/key.py", "from leadline.store import keys"),
    "commands never import a step": ("commands/verify.py", "from leadline.steps.refer import verify_package"),
    "commands never import an engine": ("cli.py", "from leadline.engines.sql import duck"),
    "bitcoin under codecs": ("kinds/bitcoin/networks.py", "from leadline.kinds.codecs import cells"),
    "codecs under mapping": ("kinds/codecs/cells.py", "from leadline.kinds.mapping import finders"),
    "vics under sources": ("kinds/vics/reading.py", "from leadline.kinds.sources import prices"),
    "every room of kinds has its place": ("kinds/stray.py", ""),
    "plural folders never import each other": ("kinds/readers/table.py", "from leadline.kinds.writers import bag"),
}


def floors(source: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the package in `source`, with the project's own contracts."""
    shutil.copyfile(ROOT / "pyproject.toml", source.parent / "pyproject.toml")
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache", "--config", source.parent / "pyproject.toml"],
        cwd=source.parent,
        env={"PYTHONPATH": str(source), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the package that a test may spoil."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    return tmp_path / "src"


def test_the_floors_hold(source: Path) -> None:
    done = floors(source)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_fails(rule: str, source: Path) -> None:
    name, line = PLANTED[rule]
    path = source / "leadline" / name
    assert path.exists() == bool(line), "a rule is broken in a module that is there, a new module is empty"
    held = path.read_text() if path.exists() else ""
    path.write_text(held + f"\n{line}  # noqa\n")
    done = floors(source)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
