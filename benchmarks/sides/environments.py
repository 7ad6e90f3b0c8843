"""Environments of the two sides, made under build/sides and kept: what each commit's own lock says it runs with."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLD = "0be0097"
"""The commit races are run against: the last one before evidence, packages and commands were rewritten."""


@dataclass(frozen=True)
class Side:
    """One side: its name, its source tree and the interpreter of its environment."""

    name: str
    source: Path
    python: Path


def sides() -> tuple[Side, Side]:
    """(old, new), installed where they are not yet; the new one is the working tree as it stands.

    Raises:
        CalledProcessError: git has no such commit here (a shallow clone), or a package cannot be had.
    """
    old = ROOT / "build" / "sides" / OLD
    if not (old / "pyproject.toml").exists():
        old.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(["git", "archive", OLD], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", old], input=archive.stdout, check=True)
    return _side("old", old), _side("new", ROOT)


def _side(name: str, source: Path) -> Side:
    """A side with what its lock names to run, and itself; installed again when the lock has changed."""
    place = ROOT / "build" / "sides" / f"{name}-env"
    python, stamp = place / "bin" / "python", place / "lock"
    lock = (source / "requirements" / "lock.txt").read_text()
    if not stamp.exists() or stamp.read_text() != lock:
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subset = [sys.executable, source / "tools" / "subset_lock.py", "runtime.in", "build.in"]
        wanted = place / "runtime.txt"
        wanted.write_bytes(subprocess.run(subset, capture_output=True, check=True).stdout)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", wanted], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", source], check=True)
        stamp.write_text(lock)
    return Side(name, source, python)
