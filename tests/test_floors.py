"""The floors hold, and one planted violation a rule fails the run."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = "Floors: import only from below"
STEPS = "Steps never import each other"
ENGINES = "Engines never import each other"
LEDGER = "Rooms of the ledger: import only from below"
COMMANDS = "Commands reach the case only through views and flow"
KINDS = "Rooms of kinds: import only from below; plural folders never import each other"
"""The contracts of pyproject.toml by name."""
PLANTED = {
    "errors import nothing": (FLOORS, "errors.py", "from leadline import model"),
    "model under kinds": (FLOORS, "model/refs.py", "from leadline.kinds import chain"),
    "kinds under engines": (FLOORS, "kinds/writers/bag.py", "from leadline.engines import align"),
    "engines under store": (FLOORS, "engines/sql/duck.py", "from leadline.store import layout"),
    "store under steps": (FLOORS, "store/layout.py", "from leadline.steps import step"),
    "steps under flow": (FLOORS, "steps/rank/__init__.py", "from leadline import flow"),
    "flow under scenario": (FLOORS, "flow/order.py", "from leadline.scenario import plan"),
    "flow under views": (FLOORS, "flow/order.py", "from leadline.views import reading"),
    "views and scenario apart": (FLOORS, "views/find.py", "from leadline.scenario import plan"),
    "views under commands": (FLOORS, "views/find.py", "from leadline.commands import key"),
    "scenario under commands": (FLOORS, "scenario/plan.py", "from leadline.commands import key"),
    "commands under cli": (FLOORS, "commands/key.py", "from leadline import cli"),
    "steps never import each other": (STEPS, "steps/rank/__init__.py", "from leadline.steps.link import rules"),
    "engines never import each other": (ENGINES, "engines/hamming/search.py", "from leadline.engines.sql import duck"),
    "blocks under the ledger": (LEDGER, "engines/ledger/blocks/undo.py", "from leadline.engines.ledger import view"),
    "every room of the ledger has its place": (LEDGER, "engines/ledger/stray.py", ""),
    "commands never import a store": (COMMANDS, "commands/key.py", "from leadline.store import keys"),
    "commands never import a step": (COMMANDS, "commands/verify.py", "from leadline.steps.refer import verify_package"),
    "commands never import an engine": (COMMANDS, "cli.py", "from leadline.engines.sql import duck"),
    "bitcoin under codecs": (KINDS, "kinds/bitcoin/networks.py", "from leadline.kinds.codecs import cells"),
    "codecs under mapping": (KINDS, "kinds/codecs/cells.py", "from leadline.kinds.mapping import finders"),
    "vics under sources": (KINDS, "kinds/vics/reading.py", "from leadline.kinds.sources import prices"),
    "every room of kinds has its place": (KINDS, "kinds/stray.py", ""),
    "plural folders never import each other": (
        KINDS,
        "kinds/readers/table.py",
        "from leadline.kinds.writers import bag",
    ),
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


def broken(report: str) -> set[str]:
    """Names of the contracts that a report of import-linter calls broken."""
    return {line.removesuffix(" BROKEN") for line in report.splitlines() if line.endswith(" BROKEN")}


def test_every_contract_has_a_planted_violation() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {c["name"] for c in contracts} == {contract for contract, _, _ in PLANTED.values()}


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_breaks_the_contract_it_is_against_and_no_other(rule: str, source: Path) -> None:
    contract, name, line = PLANTED[rule]
    path = source / "leadline" / name
    assert path.exists() == bool(line), "a rule is broken in a module that is there, a new module is empty"
    held = path.read_text() if path.exists() else ""
    path.write_text(held + f"\n{line}  # noqa\n")
    done = floors(source)
    assert broken(done.stdout) == {contract}, done.stdout
    assert done.returncode != 0
    module = ".".join(("leadline", *Path(name).with_suffix("").parts)).removesuffix(".__init__")
    assert module in done.stdout, "the report names the module that breaks it"
