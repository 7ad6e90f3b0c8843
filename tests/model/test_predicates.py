"""Predicates are named by the constants of model.predicates, never spelled out where a step or a writer uses them."""

import ast
from pathlib import Path

import leadline
from leadline.model import predicates
from leadline.model.predicates import PREDICATES

ROOT = Path(leadline.__file__).parent


def spelled(text: str) -> list[int]:
    """Lines on which a claim is made, or a predicate compared, by a word instead of a constant."""
    found = []
    for node in ast.walk(ast.parse(text)):
        words: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
            words = node.args
        elif isinstance(node, ast.Compare) and "predicate" in ast.unparse(node.left):
            words = node.comparators
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3:
            words = node.elts[1:2]
        found += [w.lineno for w in words if isinstance(w, ast.Constant) and w.value in PREDICATES]
    return found


def test_every_predicate_has_its_constant() -> None:
    assert all(getattr(predicates, name.upper()) == name for name in PREDICATES)


def test_steps_make_claims_by_constants() -> None:
    assert spelled('claims.add(a, "released", b)') == [1] and spelled('row["predicate"] == "released"') == [1]
    at = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ("steps", "kinds/writers", "flow")
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in spelled(path.read_text(encoding="utf-8"))
    ]
    assert at == []
