"""What the README shows a newcomer runs as it stands, on the played case."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.cli import cli
from leadline.commands.names import CLI

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
    known = {words for words, _ in CLI.entries()}
    for first, second in shown:
        words = [f"{first} {second}", first]
        assert any(word in known for word in words), (first, second)


def test_every_command_explains_itself() -> None:
    for words, command in CLI.leaves():
        result = CliRunner().invoke(cli, [*words.split(), "--help"])
        assert result.exit_code == 0
        assert command.help, words
