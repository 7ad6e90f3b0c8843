"""Processor seconds and peak memory of a whole process, its children included."""

import json
import os
import resource
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Spent:
    """Processor seconds, user and system, and the largest process's memory in bytes."""

    cpu: float
    peak: int


def run(
    command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None, codes: Collection[int] = (0,)
) -> Spent:
    """What one run of a command took, its children included.

    Raises:
        CalledProcessError: it ended with a code that is none of `codes`; its output is printed unless that is 0.
    """
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        done = subprocess.run(
            [str(c) for c in command], cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, check=False
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            os.write(2, done.stdout[-2000:] + done.stderr[-2000:])
        os.write(write, f"{done.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss * 1024}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        code, cpu, peak = answer.read().split()
    os.waitpid(pid, 0)
    if int(code) not in codes:
        raise subprocess.CalledProcessError(int(code), [str(c) for c in command])
    return Spent(float(cpu), int(peak))


def race(one: Sequence[str | Path], other: Sequence[str | Path], cwd: Path, times: int) -> tuple[Spent, Spent]:
    """The least each of two commands took, run in turn so often, after one run of each that is not counted."""
    run(one, cwd)
    run(other, cwd)
    first, second = [], []
    for _ in range(times):
        first.append(run(one, cwd))
        second.append(run(other, cwd))
    return _least(first), _least(second)


def _least(runs: Sequence[Spent]) -> Spent:
    return Spent(min(r.cpu for r in runs), min(r.peak for r in runs))


def row(what: str, value: float | None, unit: str, against: str, ratio: float | None, floor: float) -> dict[str, Any]:
    """One row of a table; `ratio` is better when higher."""
    return {
        "what": what,
        "value": None if value is None else round(value, 4),
        "unit": unit,
        "against": against,
        "ratio": None if ratio is None else round(ratio, 3),
        "floor": floor,
    }


def written(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Prints the rows and writes them as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(rows), indent=1) + "\n")
    for one in rows:
        value = "-" if one["value"] is None else f"{one['value']:,}"
        ratio = "-" if one["ratio"] is None else one["ratio"]
        print(f"{one['what']:14} {value:>12} {one['unit']:24} ratio {ratio} (floor {one['floor']}) "
              f"against {one['against']}")  # fmt: skip
