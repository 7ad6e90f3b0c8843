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


def makers(tree: ast.Module) -> dict[str, str]:
    """{function: the error it gives} of a module's functions that make an error for others to raise."""
    found = ((n.name, n.returns.id) for n in tree.body if isinstance(n, Function) and isinstance(n.returns, ast.Name))
    return {name: error for name, error in found if error in TREE}


def known(tree: ast.Module) -> dict[str, str]:
    """The makers that a module has or imports by name."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("leadline."):
            path = SRC.parent.joinpath(*str(node.module).split(".")).with_suffix(".py")
            there = makers(ast.parse(path.read_text())) if path.is_file() else {}
            found.update((name.name, there[name.name]) for name in node.names if name.name in there)
    return found | makers(tree)


def raised(function: Function, made: dict[str, str]) -> set[str]:
    """The names of Leadline's errors that the function's own body raises, by a maker too; functions within it count."""
    calls = (node.exc for node in ast.walk(function) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call))
    names = (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "") for call in calls)
    return {error for name in names if (error := made.get(name, name)) in TREE}


def named(error: str, text: str) -> bool:
    """Whether a docstring names the error or a base; any error of ours where which one it is shows only then."""
    return any(name in text for name in (TREE if error == "LeadlineError" else bases(error)))


def unnamed(tree: ast.Module) -> list[str]:
    """One line for each error that a public function raises and its docstring does not name."""
    made = known(tree)
    return [
        f"{name} raises {error}"
        for name, function in public(tree)
        if not command(function)
        for error in sorted(raised(function, made))
        if not named(error, ast.get_docstring(function) or "")
    ]


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda p: p.relative_to(SRC).as_posix())
def test_public_functions_name_what_they_raise(path: Path) -> None:
    assert unnamed(ast.parse(path.read_text())) == []


def test_an_unnamed_error_is_found() -> None:
    body = '"""One. {}"""\n    raise StaleError("x")\n'
    assert unnamed(ast.parse("def f():\n    " + body.format(""))) == ["f raises StaleError"]
    assert unnamed(ast.parse("def f():\n    " + body.format("CaseError when stale."))) == []
    assert unnamed(ast.parse("def _f():\n    " + body.format(""))) == []
    assert unnamed(ast.parse("def f():\n    " + body.format("").replace("StaleError", "errors.StaleError"))) != []
    imported = "from leadline.kinds.reader import no_room\n"
    assert unnamed(ast.parse(imported + "def f():\n    raise no_room(source)")) == ["f raises SpaceError"]
    assert unnamed(ast.parse("class A:\n  def f(self):\n    " + body.format(""))) == ["A.f raises StaleError"]
