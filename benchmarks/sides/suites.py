"""The tests whose names stand in both commits, timed on both sides; files that moved are paired by a list kept here."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from sides.clock import row, run
from sides.environments import OLD, ROOT, Side

MOVED = dict(line.split() for line in Path(__file__).with_name("moved_tests.txt").read_text().splitlines())
"""Path of a test's file under tests/ then -> now, where it moved."""
ONLY = Path(__file__).with_name("only.py")


def tests(old: Side) -> dict[str, Any]:
    """CPU seconds of the tests in both commits, one run a side under its own development lock, two workers."""
    suites = {"old": _suite(old), "new": (ROOT, Path(sys.executable))}
    names = {n: _names(root, python) for n, (root, python) in suites.items()}
    now = {_now(name): name for name in names["old"]}
    both = sorted(set(now) & names["new"])
    chosen = {"old": [now[name] for name in both], "new": both}
    spent = {}
    for n, (root, python) in suites.items():
        listed = ROOT / "build" / "sides" / f"tests-{n}.txt"
        listed.write_text("\n".join(chosen[n]))
        env = {"PYTHONPATH": str(ONLY.parent), "LEADLINE_ONLY": str(listed), "LEADLINE_DATA": _data()}
        command = [python, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "only"]
        spent[n] = run(command, root, env).cpu
    against = f"commit {OLD}: {spent['old']:.0f} s, {len(both):,} tests whose names stand in both"
    return row("tests", spent["new"], "CPU s", against, spent["old"] / spent["new"], 1.5)


def _suite(old: Side) -> tuple[Path, Path]:
    """(tree, interpreter) of the older commit with its whole lock."""
    place = ROOT / "build" / "sides" / "old-dev"
    if not (place / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        pip = [place / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        lock = old.source / "requirements" / "lock.txt"
        subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", old.source], check=True)
        (place / "done").touch()
    return old.source, place / "bin" / "python"


def _names(root: Path, python: Path) -> set[str]:
    """The ids of every test of a tree."""
    command = [python, "-m", "pytest", "--collect-only", "-q"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return {line for line in done.stdout.splitlines() if "::" in line}


def _now(name: str) -> str:
    """The id a test of the older commit has now."""
    path, _, rest = name.partition("::")
    inside = path.removeprefix("tests/")
    return f"tests/{MOVED.get(inside, inside)}::{rest}"


def _data() -> str:
    return str(ROOT.parent / "shared" / "data")
