"""Changes one place of the code at a time and looks whether a test notices: python tools/mutants.py [--count 200]

A mutant is the code with one comparison, constant, operator or returned value changed, in a module that carries
decisions; docstrings, messages and kernels are left alone. The tests of the module itself run first, then those of its
room and of acceptance; a mutant that none of them notices survives. What a person judged to change nothing that a user
could see stands in tools/mutants_equivalent.tsv with the reason. Generated documents do not count as tests.

Each job works in a copy of src made of links, so the tree itself is never touched. The draw depends on the seed and the
code alone, each kind of change as often as the others; build/mutants.json is written after every mutant.
"""

import argparse
import ast
import importlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
OUT = ROOT / "build" / "mutants.json"
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.tsv")
OWN = "--own"
TIME, NO_START = "the tests do not end", "the tests cannot start"
"""What notices a mutant beside a test: a hang, and a conftest that cannot be loaded."""
LIMIT = 90
"""Processor seconds for one test with what it sets up; a mutant that makes one need more is noticed, for it hangs."""

MODULES = (
    *(f"steps/{step}" for step in ("link", "rank", "refer", "trace", "match", "restitute", "intake")),
    *(f"kinds/{room}" for room in ("mapping", "vics", "codecs", "jurisdictions", "readers")),
    *("store", "flow", "model"),
)
"""The folders whose modules carry decisions."""
WIDER = {
    "steps/rank": ("tests/steps/refer",),
    "steps/restitute": ("tests/steps/trace",),
    "steps/link": ("tests/steps/refer", "tests/flow"),
    "steps": (),
    "kinds/jurisdictions": ("tests/steps/refer",),
    "kinds/mapping": ("tests/steps/intake", "tests/steps/test_link.py"),
    "kinds/vics": ("tests/kinds/sources", "tests/acceptance/test_handover.py"),
    "kinds": ("tests/kinds/readers", "tests/kinds/sources", "tests/steps/intake"),
    "store": ("tests/flow",),
    "flow": ("tests/store", "tests/acceptance"),
    "model": ("tests/store", "tests/steps/trace", "tests/steps/match"),
}
"""Beside the folder that mirrors a module's own: what runs when its own tests see nothing, by the longest prefix."""
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
    """One change: its module below src/leadline, line, kind, the text there and what stands there instead."""

    module: str
    line: int
    kind: str
    before: str
    after: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list of equivalents knows it by, whatever its line."""
        return self.module, " ".join(self.before.split()), " ".join(self.after.split())

    @property
    def says(self) -> str:
        """Its place and change in one line."""
        return "{0}:{3}  {1}  ->  {2}".format(*self.key, self.line)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of one module."""
    data = path.read_bytes()
    lines = [0]
    for line in data.split(b"\n"):
        lines.append(lines[-1] + len(line) + 1)
    for node, kind, new in _changes(ast.parse(data), ""):
        start, end = lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset
        name = path.relative_to(SRC / "leadline").as_posix()
        yield Mutant(name, node.lineno, kind, data[start:end].decode(), new, start, end)


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
    """`count` mutants, as many of each kind as there are, in an order that the seed fixes."""
    chance = random.Random(seed)
    kinds: dict[str, list[Mutant]] = {}
    for path in sorted((SRC / "leadline").rglob("*.py")):
        name = path.relative_to(SRC / "leadline").as_posix()
        if name.startswith(prefixes) and "kernels" not in name and "njit" not in path.read_text():
            for mutant in mutants(path):
                kinds.setdefault(mutant.kind, []).append(mutant)
    for found in kinds.values():
        chance.shuffle(found)
    rows = [row for place in range(count) for row in (k[place] for k in kinds.values() if place < len(k))]
    return rows[:count]


def tests_of(module: str) -> tuple[list[str], list[str]]:
    """(a module's own tests, wider ones): those at its place or that import it, or else its room; then WIDER's."""
    files = [p.relative_to(ROOT) for p in sorted((ROOT / "tests").rglob("test_*.py")) if "docs" not in p.parts]
    name = Path(module.removesuffix(".py").removesuffix("/__init__").removesuffix("/run"))
    mirrored = {Path("tests", p.parent, f"test_{p.name}.py") for p in (name, name / name.name, name.parent)}
    room = Path("tests", name).parts[:2]

    def naming(place: Path) -> list[Path]:
        parent, last = ".".join(("leadline", *place.parent.parts)), place.name
        named = re.compile(rf"\b{re.escape(parent)}\.{last} import|\b{re.escape(parent)} import .*\b{last}\b")
        return [p for p in files if p in mirrored or named.search((ROOT / p).read_text())]

    importing = naming(name)
    near = [p for p in importing if p.parts[:2] == room]
    near = near or [p for p in importing if "acceptance" not in p.parts]
    own = near or [p for p in naming(name.parent) if p.parts[:2] == room]
    prefix = max((p for p in WIDER if module.startswith(p)), key=len)
    folders = {str(Path("tests", name.parent)), str(Path("tests", name)), *WIDER[prefix]}
    wider = [*(p for p in files if {str(p.parent), str(p)} & folders), *importing]
    own.sort(key=lambda p: p not in mirrored)
    return [str(p) for p in own], [str(p) for p in dict.fromkeys(wider) if p not in own]


class Seen:
    """A pytest plugin that keeps the first test that failed."""

    first = ""

    def pytest_runtest_logstart(self) -> None:
        """A test begins: the signal ends the process when its processor time is over."""
        signal.setitimer(signal.ITIMER_PROF, LIMIT)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test that failed, in any of its phases."""
        if report.failed:
            self.first = self.first or report.nodeid

    pytest_collectreport = pytest_runtest_logreport


def _first_failure(tree: Path, tests: list[str]) -> str:
    """The first test that fails, in a process of its own whose imports take the code in `tree`."""
    os.setsid()
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
        os.dup2(null.fileno(), 2)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    seen = Seen()
    quiet = ["-x", "-q", "-p", "no:cacheprovider", f"--basetemp={tree.parent / 'tmp'}"]
    status = importlib.import_module("pytest").main([*quiet, *tests], [seen])
    return seen.first or ("" if status in (0, 5) else NO_START)


def run(tree: Path, tests: list[str]) -> str:
    """The first of `tests` that fails on the code in `tree`, or nothing; TIME when they do not end."""
    if not tests:
        return ""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, _first_failure(tree, tests).encode())
        finally:  # never back into the parent's code
            os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        os.close(reader)
        return TIME
    with os.fdopen(reader) as said:
        return said.read()


SOUND: dict[str, bool] = {}
"""Whether a test that failed passes on the code as it is; filled as tests fail."""


def judge(mutant: Mutant) -> tuple[Mutant, str]:
    """A mutant and the test that notices it, or nothing. A test that fails without it too is left out and named."""
    tree = ROOT / "build" / "mutants" / str(os.getpid()) / "src"
    if not tree.exists():
        shutil.copytree(SRC, tree, copy_function=os.link)
    target, source = tree / "leadline" / mutant.module, SRC / "leadline" / mutant.module
    data = source.read_bytes()
    waiting = list(tests_of(mutant.module))[: 1 if OWN in sys.argv else 2]
    while waiting:
        tests = [t for t in waiting[0] if SOUND.get(t, True)]
        target.unlink()
        target.write_bytes(data[: mutant.start] + mutant.after.encode() + data[mutant.end :])
        for stale in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            stale.unlink()
        failed = run(tree, tests)
        target.unlink()
        os.link(source, target)
        if failed and failed not in SOUND:
            again = tests[:1] if failed == NO_START else [failed]
            SOUND[failed] = failed == TIME or not run(tree, again)
        if failed and SOUND[failed]:
            return mutant, failed
        if failed:
            SOUND[failed.partition("::")[0]] = False
            print(f"left out, it fails without a change: {failed}", flush=True)
        else:
            waiting.pop(0)
    return mutant, ""


def equivalents() -> dict[tuple[str, str, str], str]:
    """(module, before, after) of every mutant that a person judged to change nothing, with the reason."""
    rows = (line.split("\t") for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#"))
    return {(module, before, after): why for module, before, after, why in rows}


def main() -> None:
    """Draws, runs and reports."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("prefix", nargs="*", default=MODULES, help="modules below src/leadline, by the start of a path")
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument(OWN, action="store_true", help="run no wider tests")
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    os.chdir(ROOT)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for library in ("pytest", "pyarrow.compute", "pyarrow.parquet", "duckdb", "numpy", "numba"):
        importlib.import_module(library)
    known = equivalents()
    results: list[dict[str, Any]] = []
    queue = drawn(tuple(given.prefix), given.count, given.seed)
    trees = ROOT / "build" / "mutants"
    shutil.rmtree(trees, ignore_errors=True)
    with ProcessPoolExecutor(given.jobs, multiprocessing.get_context("fork")) as pool:
        waiting = [pool.submit(judge, mutant) for mutant in queue if mutant.key not in known]
        for done in as_completed(waiting):
            mutant, noticed = done.result()
            results.append(asdict(mutant) | {"verdict": "noticed" if noticed else "survived", "by": noticed})
            print(f"{len(results):4} {results[-1]['verdict']} {mutant.says}  {noticed}", flush=True)
            OUT.write_text(json.dumps({"seed": given.seed, "mutants": results}, indent=1) + "\n")
    for mutant in queue:
        if mutant.key in known:
            results.append(asdict(mutant) | {"verdict": "equivalent", "by": known[mutant.key]})
    OUT.write_text(json.dumps({"seed": given.seed, "mutants": results}, indent=1) + "\n")
    count = Counter(r["verdict"] for r in results)
    asked_of = count["noticed"] + count["survived"]
    print(f"{len(results)} mutants: {count['noticed']} of {asked_of} noticed, {count['equivalent']} judged equivalent")
    for r in sorted((r for r in results if r["verdict"] == "survived"), key=lambda r: (r["module"], r["line"])):
        print(f"survived  {r['module']}:{r['line']}  {r['before']}  ->  {r['after']}")


if __name__ == "__main__":
    main()
