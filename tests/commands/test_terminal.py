"""What reaches the terminal: nothing that steers it, one JSON object always, no words that may quote evidence."""

import json
import os
from types import SimpleNamespace

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline import cli
from leadline.commands import terminal
from leadline.commands.terminal import visible

SECRET = "Ana Pop, ana@example.org"


@given(st.text())
def test_nothing_printed_steers_a_terminal(text: str) -> None:
    shown = visible(text)
    assert all(c.isprintable() or c in "\u00a0\u202f\u3000\u200c\u200d\t" for c in shown)
    assert visible(shown) == shown


def test_names_of_any_script_stay_as_they_are() -> None:
    for name in ("Борис Élan", "می‌خواهم", "山田　太郎", "Zoë O’Neil"):
        assert visible(name) == name
    assert visible("\x1b[31mred\u202etxt\n\ufeff\x9b") == "\\x1b[31mred\\u202etxt\\n\\ufeff\\x9b"


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["case", "status"], ["case", "status", "a", "b"], ["demo", "--size", "x"]]
)
def test_wrong_usage_is_one_json_object_too(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.call([*arguments, "--json"]) == 2
    out, err = capfd.readouterr()
    assert json.loads(out)["error"]["kind"] == "UsageError"
    assert err.startswith("leadline: ")


def _failing(error: Exception) -> click.Command:
    @click.command("failing")
    @terminal.JSON
    def failing(as_json: bool) -> None:
        raise error

    return failing


@pytest.mark.parametrize("error", [ValueError(SECRET), KeyError(SECRET), RecursionError(SECRET), MemoryError(SECRET)])
def test_an_error_nobody_foresaw_never_shows_its_words(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli.cli.commands, "failing", _failing(error))
    assert cli.call(["failing", "--json"]) == 1
    out, err = capfd.readouterr()
    assert json.loads(out)["ok"] is False
    assert SECRET not in out + err
    assert "Traceback" not in err
    if not isinstance(error, MemoryError):
        monkeypatch.setenv(terminal.TRACEBACK, "1")
        with pytest.raises(type(error)):
            cli.call(["failing"])


def test_it_says_where_in_the_program(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    @click.command("failing")
    def failing() -> None:
        terminal.answer({"x": 1}, [None], as_json=False)  # type: ignore[list-item]

    monkeypatch.setitem(cli.cli.commands, "failing", failing)
    assert cli.call(["failing"]) == 1
    err = capfd.readouterr().err
    assert "leadline: an error in Leadline itself (TypeError)" in err
    assert "where: commands/terminal.py:" in err


def test_lines_are_broken_between_words_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "  damaged: " + "word " * 30 + "a" * 90
    monkeypatch.setenv("COLUMNS", "80")
    assert terminal.fitted(line) == [line]
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    parts = terminal.fitted(line)
    assert " ".join(p.strip() for p in parts) == line.strip()
    assert [len(p) > 80 for p in parts] == [False] * (len(parts) - 1) + [True], (
        "no word is cut, be it longer than a line"
    )
    assert all(p.startswith("    ") for p in parts[1:])


def test_the_width_is_the_terminal_s_when_the_output_goes_to_a_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    def size(stream: int) -> os.terminal_size:
        if stream == 1:
            raise OSError
        return os.terminal_size((77, 20))

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", size)
    assert terminal.width() == 77
