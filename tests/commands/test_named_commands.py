"""Every command that the program names anywhere, in a remedy, a page or a report, is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from leadline.commands.names import CLI

SOURCE = Path(__file__).resolve().parents[2] / "src" / "leadline"
TITLES = ("leadline decisions\n", "leadline log entry\n", "leadline package", "leadline folder manifest")
"""What files begin with: names of formats, no commands."""
SHOWN = re.compile(r"\bleadline ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")


def _texts(tree: ast.Module) -> Iterator[str]:
    """Every text of a module but its own title; what an f-string puts in is nothing."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def _shown() -> list[tuple[str, str, str]]:
    """(module, first word, second word) of every command named in the source and its templates."""
    found = set()
    for path in sorted((*SOURCE.rglob("*.py"), *SOURCE.rglob("*.typ"))):
        text = path.read_text("utf-8")
        tree = ast.parse(text) if path.suffix == ".py" else None
        title = ast.get_docstring(tree, clean=False) if tree else None
        for said in _texts(tree) if tree else [text]:
            if said != title and not said.startswith(TITLES):
                found |= {(path.stem, *words) for words in SHOWN.findall(said)}
    return sorted(found)


def known(first: str, second: str) -> bool:
    """Whether there is such a command; the second word counts where the first names a group of commands."""
    command = CLI.get_command(click.Context(CLI), first)
    if isinstance(command, click.Group):
        return command.get_command(click.Context(command), second) is not None
    return command is not None


@pytest.mark.parametrize(("module", "first", "second"), _shown())
def test_a_command_that_is_named_is_there(module: str, first: str, second: str) -> None:
    assert known(first, second), f"leadline {first} {second}"


def test_the_check_itself_tells_them_apart() -> None:
    assert known("impact", "") and known("case", "find") and known("verify", "anything")
    assert not known("case", "without") and not known("without", "") and not known("case", "")
