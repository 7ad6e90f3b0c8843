"""The changes that `tools/mutants.py` makes: one comparison, operator, constant or returned value of a module each.

Docstrings, messages, f-strings, imports and kernels are left alone. What a change is known by holds no line number but
the text around it, so that a draw, a verdict and a judgement outlive an edit elsewhere.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"

SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
    ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
}  # fmt: skip
RETURNS = {"bool": "not ({})", "int": "({}) + 1", "str": "''", "bytes": "b''"}
"""What a function returns instead, by the type it states; anything else becomes None."""
UNTOUCHED = ("says", "method", "version", "where", "remedy", "help", "strict")
"""Keyword arguments that hold messages, the number of a method, which a person raises by hand, or zip's own check."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its module below src/leadline, line, kind, the text there and what stands there instead.

    `around` is the line in which it begins, `nth` counts equal changes of equal lines from 0.
    """

    module: str
    line: int
    kind: str
    around: str
    before: str
    after: str
    nth: int
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What a draw, a verdict and the list of equivalents know it by, whatever its line."""
        return self.module, self.around, " ".join(self.before.split()), " ".join(self.after.split()), self.nth

    @property
    def says(self) -> str:
        """Its place and change in one line."""
        _, _, before, after, _ = self.key
        return f"{self.module}:{self.line}  {before}  ->  {after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of one module."""
    data = path.read_bytes()
    lines = data.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    name = path.relative_to(SRC / "leadline").as_posix()
    seen: Counter[tuple[str, str, str]] = Counter()
    for node, kind, new in _changes(ast.parse(data), ""):
        start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        around, before = lines[node.lineno - 1].decode().strip(), data[start:end].decode()
        nth = seen[around, before, new]
        seen[around, before, new] += 1
        yield Mutant(name, node.lineno, kind, around, before, new, nth, start, end)


def _changes(node: ast.AST, returns: str) -> Iterator[tuple[Any, str, str]]:
    """(node, kind, text instead) of every change inside `node`; `returns` is the type the function around states."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom) or _is_message(node):
        return
    if isinstance(node, ast.FunctionDef):
        returns = ast.unparse(node.returns) if node.returns else ""
    elif isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            for swap in SWAPS.get(type(op), ()):
                ops = [*node.ops[:at], swap(), *node.ops[at + 1 :]]
                yield node, "comparison", f"({ast.unparse(ast.Compare(node.left, ops, node.comparators))})"
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        for swap in SWAPS.get(type(node.op), ()):
            made = ast.parse(ast.unparse(node)).body[0]
            made = made.value if isinstance(made, ast.Expr) else made
            made.op = swap()  # type: ignore[attr-defined]
            text = ast.unparse(made)
            yield node, "operator", text if isinstance(node, ast.AugAssign) else f"({text})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node, "operator", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Return) and node.value and not (_none(node.value) and returns not in RETURNS):
        new = RETURNS.get(returns, "None").format(ast.unparse(node.value))
        if ast.dump(ast.parse(new, mode="eval").body) != ast.dump(node.value):
            yield node, "return", f"return {new}"
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield node, "constant", str(not node.value)
        elif isinstance(node.value, int | float):
            yield node, "constant", str(node.value + 1)
        elif isinstance(node.value, str) and re.fullmatch(r"[a-z_]{2,}", node.value):
            yield node, "constant", repr(node.value + "_")
    for name, below in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in below if isinstance(below, list) else [below]:
            if isinstance(child, ast.AST):
                yield from _changes(child, returns)


def _is_message(node: ast.AST) -> bool:
    """Whether a node is text for people, the list of a module's names, or a step's report of how far it is."""
    if isinstance(node, ast.keyword):
        return node.arg in UNTOUCHED
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called.endswith(("progress", "Error"))


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def drawn(prefixes: tuple[str, ...], count: int, seed: int) -> list[Mutant]:
    """`count` mutants, as many of each kind as there are; which ones depends on the seed and each one's own text."""
    kinds: dict[str, list[tuple[bytes, Mutant]]] = {}
    for path in sorted((SRC / "leadline").rglob("*.py")):
        name = path.relative_to(SRC / "leadline").as_posix()
        if name.startswith(prefixes) and "kernels" not in name and "njit" not in path.read_text():
            for mutant in mutants(path):
                chance = sha256(repr((seed, *mutant.key)).encode()).digest()
                kinds.setdefault(mutant.kind, []).append((chance, mutant))
    orders = [[mutant for _, mutant in sorted(kinds[kind], key=lambda each: each[0])] for kind in sorted(kinds)]
    return [row for place in range(count) for row in (k[place] for k in orders if place < len(k))][:count]
