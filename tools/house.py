"""Draws docs/house.svg: the floors as the contract names them, their rooms, and which floor imports which.

    python tools/house.py

Nothing in it is drawn by hand: floors come from the contract in pyproject.toml, rooms and sentences from the folders,
arrows from the imports. A test fails when the drawing and the code differ.
"""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "leadline"
OUT = ROOT / "docs" / "house.svg"
WIDTH, LEFT, ROOM, LINE, GAP = 860, 20, 24, 20, 14
"""Pixels: of a floor's band, of the margin, of a room's height, of a line of text, between bands."""
LETTER = 7.3
"""Pixels a letter of a room's name takes, at most."""
ARC = 17
"""Pixels between the arcs of floors that lie further and further apart."""


def floors() -> list[tuple[str, ...]]:
    """The floors from the roof down, each with the folders or modules that share it, of those that are there."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c.get("containers") == ["leadline"])
    named = [tuple(part.strip(" ()") for part in layer.split("|")) for layer in layers]
    return [there for floor in named if (there := tuple(name for name in floor if _path(name).exists()))]


def _path(name: str) -> Path:
    return SRC / name if (SRC / name).is_dir() else SRC / f"{name}.py"


def says(name: str) -> str:
    """The first sentence of a floor's own module."""
    path = _path(name)
    text = ast.get_docstring(ast.parse((path / "__init__.py" if path.is_dir() else path).read_text("utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


def rooms(name: str) -> list[str]:
    """The folders of a floor that hold modules, each with a slash."""
    return sorted(f"{p.parent.name}/" for p in _path(name).glob("*/__init__.py"))


def imports() -> set[tuple[str, str]]:
    """(floor, another that one of its modules imports), over every module of the package."""
    found = set()
    for path in SRC.rglob("*.py"):
        own = path.relative_to(SRC).with_suffix("").parts[0]
        found |= {(own, other) for other in _imported(ast.parse(path.read_text("utf-8"))) if other != own}
    return {(a, b) for a, b in found if _path(b).exists() and a != "__init__"}


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "leadline":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("leadline."):
            yield str(node.module).split(".")[1]


def _band(floor: Sequence[str], top: int) -> tuple[list[str], int]:
    """(lines of SVG, height) of one floor."""
    lines, y = [], top + LINE
    for name in floor:
        lines.append(f'<text x="{LEFT + 12}" y="{y}" class="floor">{name}</text>')
        lines.append(f'<text x="{LEFT + 120}" y="{y}" class="says">{escape(says(name))}</text>')
        x = LEFT + 120
        shown = rooms(name)
        for room in shown:
            wide = round(len(room) * LETTER) + 16
            if x + wide > LEFT + WIDTH - 12:
                x, y = LEFT + 120, y + ROOM + 6
            lines.append(f'<rect x="{x}" y="{y + 8}" width="{wide}" height="{ROOM}" rx="4" class="room"/>')
            lines.append(f'<text x="{x + 8}" y="{y + 24}" class="name">{room}</text>')
            x += wide + 6
        y += LINE + (ROOM + 6 if shown else 0)
    height = y - top - LINE // 2 + 4
    return [f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{height}" rx="6" class="band"/>', *lines], height


def draw() -> str:
    """The drawing as SVG."""
    order = floors()
    at = {name: number for number, floor in enumerate(order) for name in floor}
    lines, middles, top = [], [], LEFT
    for floor in order:
        band, height = _band(floor, top)
        lines += band
        middles.append(top + height // 2)
        top += height + GAP
    right = LEFT + WIDTH
    for a, b in sorted({(at[a], at[b]) for a, b in imports() if a in at and b in at and at[a] != at[b]}):
        reach, shift = right + 14 + ARC * (b - a), 3 * (b - a) - 14
        lines.append(
            f'<path d="M{right} {middles[a] + 5} C{reach} {middles[a] + 5} {reach} {middles[b] + shift} '
            f'{right + 3} {middles[b] + shift}" class="arrow"/>'
        )
    wide = right + 20 + ARC * len(order)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {top + 6}" width="{wide}" height="{top + 6}">'
    style = (
        "<style>text{font-family:sans-serif;fill:#1b2733}.floor{font-size:14px;font-weight:bold}.says{font-size:12px}"
        ".name{font-size:12px}.band{fill:#f3f6f9;stroke:#b8c4d0}.room{fill:#fff;stroke:#8fa3b5}"
        ".arrow{fill:none;stroke:#54708c;stroke-opacity:.55;marker-end:url(#head)}</style>"
        '<defs><marker id="head" markerWidth="6" markerHeight="6" refX="5" refY="3" orient="auto">'
        '<path d="M0 0L6 3L0 6z" fill="#54708c"/></marker></defs>'
    )
    title = "<title>The floors of Leadline: each imports only from those below it</title>"
    back = f'<rect width="{wide}" height="{top + 6}" fill="#fff"/>'
    return "\n".join([head, title, style, back, *lines, "</svg>", ""])


if __name__ == "__main__":
    OUT.write_text(draw(), encoding="utf-8")
