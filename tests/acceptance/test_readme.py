"""What the README shows a newcomer runs as it stands, on the played case."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from leadline.cli import cli

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_tour_runs(played: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", README.read_text(), re.S)
    assert code
    monkeypatch.chdir(played.parent)
    exec(code[1].replace("demo/case", f"{played.name}/case"), {})
    lines = capsys.readouterr().out.splitlines()
    assert int(lines[-1]) > 0
    assert len(code[1].splitlines()) <= 11


def test_every_command_it_names_exists() -> None:
    shown = re.findall(r"^    leadline ([a-z]+)(?: ([a-z]+))?", README.read_text(), re.M)
    assert shown
    for first, second in shown:
        command = cli.commands[first]
        if isinstance(command, click.Group):
            assert second in command.commands, (first, second)


def test_every_command_explains_itself() -> None:
    def walk(command: click.Command, path: list[str]) -> None:
        result = CliRunner().invoke(cli, [*path, "--help"])
        assert result.exit_code == 0
        assert command.help, path
        if isinstance(command, click.Group):
            for name, below in command.commands.items():
                walk(below, [*path, name])

    walk(cli, [])
