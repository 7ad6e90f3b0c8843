"""The tests whose names stand in both commits, timed on both sides; files that moved are paired by a list kept here."""

import random
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sides.clock import row, run
from sides.environments import OLD, ROOT, Side

MOVED = dict(line.split() for line in Path(__file__).with_name("moved_tests.txt").read_text().splitlines())
"""Path of a test's file under tests/ then -> now, where it moved."""
SAMPLE, SEED = 12, 1
"""Files of tests that a sample takes, drawn by this seed from all that hold a test of both commits."""
SOME_FAILED = 1
"""The exit code of pytest where tests ran and some failed: on a busy machine a limit of time does. It is told."""
ONLY = Path(__file__).with_name("only.py")


def tests(old: Side, *, sample: bool) -> dict[str, Any]:
    """CPU seconds of the tests in both commits, one run a side under its own development lock, two workers.

    Of all of them, or of a `sample` of files that is always the same.
    """
    suites = {"old": _suite(old), "new": (ROOT, Path(sys.executable))}
    names = {n: _names(root, python) for n, (root, python) in suites.items()}
    now = {_now(name): name for name in names["old"]}
    both = sorted(set(now) & names["new"])
    drawn = f", in {SAMPLE} files drawn by seed {SEED}" if sample else ""
    both = _drawn(both) if sample else both
    chosen = {"old": [now[name] for name in both], "new": both}
    spent, failed = {}, {}
    for n, (root, python) in suites.items():
        listed = ROOT / "build" / "sides" / f"tests-{n}.txt"
        listed.write_text("\n".join(chosen[n]))
        env = {"PYTHONPATH": str(ONLY.parent), "LEADLINE_ONLY": str(listed), "LEADLINE_DATA": _data()}
        report = listed.with_suffix(".xml")
        command = [python, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "only", f"--junitxml={report}"]
        files = sorted({_file(name) for name in chosen[n]})  # not the whole tree: each process would collect all of it
        spent[n] = run([*command, *files], root, env, codes=(0, SOME_FAILED)).cpu
        failed[n] = len(ElementTree.parse(report).findall(".//failure"))
    against = f"commit {OLD}: {spent['old']:.0f} s, {len(both):,} tests whose names stand in both{drawn}, "
    against += f"of which {failed['old']} failed there and {failed['new']} here"
    return row("tests", spent["new"], "CPU s", against, spent["old"] / spent["new"], 1.5)


def _drawn(names: Collection[str]) -> list[str]:
    """The names that stand in SAMPLE of their files."""
    files = random.Random(SEED).sample(sorted({_file(name) for name in names}), SAMPLE)
    return [name for name in names if _file(name) in files]


def _file(name: str) -> str:
    return name.partition("::")[0]


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
