"""docs/architecture.md names only what is there, and the drawing is what the imports draw."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "leadline"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
NAMED = sorted(set(re.findall(r"`([a-z_0-9/]+\.py)(?::([A-Za-z_.]+))?`", PAGE)) - {("tools/house.py", "")})


def defined(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """What stands in a module or class by name: functions, classes with their own bodies, assigned names."""
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node.body
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        found.update((t.id, []) for t in targets if isinstance(t, ast.Name))
    return found


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part or "-")
def test_every_place_it_names_is_there(path: str, name: str) -> None:
    body = ast.parse((SRC / path).read_text("utf-8")).body
    for part in name.split(".") if name else []:
        names = defined(body)
        assert part in names, f"{path} has no {name}"
        body = names[part]


def test_it_names_enough_to_be_a_walk() -> None:
    assert len([name for _, name in NAMED if name]) >= 40


def test_the_drawing_is_what_the_imports_draw() -> None:
    spec = importlib.util.spec_from_file_location("house", ROOT / "tools" / "house.py")
    assert spec and spec.loader
    house = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(house)
    assert house.OUT.read_text("utf-8") == house.draw(), "run: python tools/house.py"
    at = {name: number for number, floor in enumerate(house.floors()) for name in floor}
    drawn = {(a, b) for a, b in house.imports() if a in at and b in at}
    assert all(at[a] <= at[b] for a, b in drawn)
    assert {("steps", "engines"), ("views", "store"), ("kinds", "model")} <= drawn


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
