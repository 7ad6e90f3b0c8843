"""No module grows past what a reader takes in at once, and trace carries one thing."""

import ast
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"
MOST = 300
"""Lines of a module; one that is longer answers two questions, and is split where they meet."""


def test_no_module_is_longer_than_a_reader_takes_in() -> None:
    lines = {
        str(path.relative_to(SRC)): len(path.read_text(encoding="utf-8").splitlines()) for path in SRC.rglob("*.py")
    }
    assert len(lines) > 500, "modules are looked at"
    assert {name: n for name, n in lines.items() if n > MOST} == {}


def test_no_function_takes_a_view_and_its_ledger() -> None:
    """A view holds its ledger: who is given both could be given two that do not belong together."""
    views, both = 0, []
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
                views += "view" in given
                both += [f"{path.name}:{node.name}"] if {"view", "ledger"} <= given else []
    assert views > 50, "functions that take a view are looked at"
    assert both == []
