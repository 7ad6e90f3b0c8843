"""Every public function that raises an error of Leadline's own names it in its docstring, or a base of it.

Commands are left out: nobody calls them from code, their docstrings are the help, and errors are their exit codes.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline import errors

SRC = Path(__file__).resolve().parents[1] / "src" / "leadline"
TREE = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind)}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def bases(name: str) -> set[str]:
    """The error's own name and those of the errors it is a kind of."""
    return {kind.__name__ for kind in TREE[name].__mro__ if issubclass(kind, errors.LeadlineError)}


def public(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """(name, function) of a module's public functions and of the public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, Function) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def command(function: Function) -> bool:
    """Whether it is a command of the terminal."""
    return any("click.command" in ast.unparse(decorator) for decorator in function.decorator_list)


def raised(function: Function) -> set[str]:
    """The names of Leadline's errors that the function's own body raises; what functions within it do counts too."""
    calls = (node.exc for node in ast.walk(function) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name) and call.func.id in TREE}


def unnamed(tree: ast.Module) -> list[str]:
    """One line for each error that a public function raises and its docstring does not name."""
    return [
        f"{name} raises {error}"
        for name, function in public(tree)
        if not command(function)
        for error in sorted(raised(function))
        if not any(base in (ast.get_docstring(function) or "") for base in bases(error))
    ]


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda p: p.relative_to(SRC).as_posix())
def test_public_functions_name_what_they_raise(path: Path) -> None:
    assert unnamed(ast.parse(path.read_text())) == []


def test_an_unnamed_error_is_found() -> None:
    body = '"""One. {}"""\n    raise StaleError("x")\n'
    assert unnamed(ast.parse("def f():\n    " + body.format(""))) == ["f raises StaleError"]
    assert unnamed(ast.parse("def f():\n    " + body.format("CaseError when stale."))) == []
    assert unnamed(ast.parse("def _f():\n    " + body.format(""))) == []
    assert unnamed(ast.parse("class A:\n  def f(self):\n    " + body.format(""))) == ["A.f raises StaleError"]
