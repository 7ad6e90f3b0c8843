"""How soon commands answer, and how long the tests take, beside an older commit: `make bench-cli`.

Each side looks at the small case it played itself (benchmarks/truth.py). LEADLINE_BENCH=full also times the tests whose
names stand in both commits, which takes as long as the older one's whole suite; LEADLINE_BENCH=sample times the tests
of some files.
"""

import os
import subprocess
import sys
from pathlib import Path

from sides.clock import race, row, written
from sides.environments import OLD, ROOT, Side, sides
from sides.suites import tests
from truth import SIZE, built, played

OUT = ROOT / "build" / "bench" / "cli.json"
TIMES = 5
MAIN = "import sys; from leadline.cli import main; main()"


def main() -> int:
    """Measures every row."""
    old, new = sides()
    evidence = built(old)
    cases = {side.name: _case(side, evidence) for side in (old, new)}
    against = f"commit {OLD}, each on its own {SIZE} case, least of {TIMES}"
    rows = []
    one, two = race(_call(old, "--help"), _call(new, "--help"), ROOT, TIMES)
    rows.append(row("help", two.cpu, "CPU s", f"{against}: {one.cpu:.2f} s", one.cpu / two.cpu, 6))
    rows.append(row("help_memory", two.peak / 1e6, "MB", f"{against}: {one.peak / 1e6:.0f} MB", one.peak / two.peak, 3))
    looks = {
        "status": {s: ("case", "status", str(cases[s])) for s in cases},
        "explain": {"old": ("explain", str(cases["old"]), _finding(old, cases["old"])),
                    "new": ("explain", str(cases["new"]), _finding(new, cases["new"]))},
    }  # fmt: skip
    for name, words in looks.items():
        one, two = race(_call(old, *words["old"]), _call(new, *words["new"]), ROOT, TIMES)
        rows.append(row(name, two.cpu, "CPU s", f"{against}: {one.cpu:.2f} s", one.cpu / two.cpu, 3))
    asked = os.environ.get("LEADLINE_BENCH")
    if asked in ("full", "sample"):
        rows.append(tests(old, sample=asked == "sample"))
    else:
        rows.append(row("tests", None, "CPU s", "measured with LEADLINE_BENCH=full, or sample", None, 1.5))
    written(OUT, rows)
    return 0


def _call(side: Side, *words: str) -> list[str | Path]:
    return [side.python, "-c", MAIN, *words]


def _case(side: Side, evidence: Path) -> Path:
    """The case a side played, now if it has not."""
    folder = ROOT / "build" / "sides" / f"play-{side.name}" / "case"
    if not folder.exists():
        played(side, evidence)
    return folder


def _finding(side: Side, case: Path) -> str:
    """The first released finding of a case."""
    done = subprocess.run(
        [*_call(side, "case", "find", str(case), "--predicate", "released", "--limit", "1")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()[0]


if __name__ == "__main__":
    sys.exit(main())
