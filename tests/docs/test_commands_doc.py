"""docs/commands.md is what the commands say; every option is explained; every example is a line the program takes."""

import importlib.util
import shlex
from pathlib import Path

import click
import pytest

from leadline.cli import cli
from leadline.commands.examples import EXAMPLES
from leadline.commands.names import CLI
from leadline.model.settings import documents

ROOT = Path(__file__).resolve().parents[2]
LEAVES = dict(CLI.leaves())


def test_the_document_is_the_commands_own() -> None:
    spec = importlib.util.spec_from_file_location("document", ROOT / "tools" / "document.py")
    assert spec and spec.loader
    document = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(document)
    assert document.COMMANDS.read_text() == document.commands_text(), "run: python tools/document.py"


def test_every_command_has_an_example_and_every_option_a_help() -> None:
    assert set(EXAMPLES) == set(LEAVES)
    silent = [
        (words, option.opts[-1])
        for words, command in LEAVES.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not words.startswith("ledger")
    ]
    assert silent == []


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_every_example_is_a_line_the_program_takes(line: str) -> None:
    first, *arguments = shlex.split(line)
    assert first == "leadline"
    command: click.Command = cli
    while isinstance(command, click.Group):
        _, command, arguments = command.resolve_command(click.Context(command), arguments)
    command.make_context(command.name, arguments)


def test_every_setting_is_explained() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for key, says in documents().items():
        assert f"| `{key}` | {says} |" in page


def test_the_readme_s_commands_are_lines_the_program_takes() -> None:
    lines = [line.strip().split("   ")[0] for line in (ROOT / "README.md").read_text().splitlines()]
    shown = [line for line in lines if line.startswith("leadline ") and "|" not in line and "..." not in line]
    assert len(shown) >= 8
    for line in shown:
        command: click.Command = cli
        arguments = shlex.split(line)[1:]
        while isinstance(command, click.Group):
            _, command, arguments = command.resolve_command(click.Context(command), arguments)
        command.make_context(command.name, arguments)
