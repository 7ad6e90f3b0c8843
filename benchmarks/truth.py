"""What truth costs: steps and packages beside an older commit, and the hashing of a rebuild: `make bench-truth`.

Both sides take the small training case that the older commit built (seed 1) from intake to refer and restitute, each in
the environment of its own lock. What the older one does not have is not asked of either.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sides.clock import row, written
from sides.environments import OLD, ROOT, Side, sides

OUT = ROOT / "build" / "bench" / "truth.json"
PLAY = Path(__file__).with_name("sides") / "play.py"
STEPS = ("intake", "trace", "match", "link", "rank", "restitute")
TIMES = 2
SIZE = "small"
AGAIN = 40
"""How often each table is hashed in one go, so that starting sha256sum is no part of its time."""


def main() -> int:
    """Measures every row."""
    old, new = sides()
    evidence = built(old)
    runs: dict[str, list[dict[str, float]]] = {"old": [], "new": []}
    for _ in range(TIMES + 1):
        for side in (old, new):
            runs[side.name].append(played(side, evidence))
    least = {n: {k: min(r[k] for r in rs[1:]) for k in rs[0]} for n, rs in runs.items()}
    steps = {n: sum(one[s] for s in STEPS) for n, one in least.items()}
    refer = {n: one["refer"] / max(one["packages"], 1) for n, one in least.items()}
    against = f"commit {OLD}, evidence built by it ({SIZE}, seed 1), least of {TIMES}"
    rows = [
        row("same_speed", steps["new"], "CPU s", f"{against}: {steps['old']:.2f} s", steps["old"] / steps["new"], 0.9),
        row("packages", refer["new"], "CPU s a package", f"{against}: {refer['old']:.3f} s, "
            f"{least['old']['packages']:.0f} packages beside {least['new']['packages']:.0f}",
            refer["old"] / refer["new"], 1.0),
        rebuild(new),
    ]  # fmt: skip
    written(OUT, rows)
    print("by step, old and new:", {s: (round(least["old"][s], 2), round(least["new"][s], 2)) for s in STEPS})
    return 0


def built(old: Side) -> Path:
    """The training case's evidence as the old side builds it, once."""
    folder = ROOT / "build" / "sides" / f"evidence-{SIZE}"
    if not folder.exists():
        aside = folder.with_suffix(".new")
        shutil.rmtree(aside, ignore_errors=True)
        main = "import sys; from leadline.cli import main; main()"
        build = ["scenario", "build", aside, "--size", SIZE, "--seed", "1"]
        subprocess.run([old.python, "-c", main, *build], check=True)
        aside.rename(folder)
    return folder


def played(side: Side, evidence: Path) -> dict[str, float]:
    """Processor seconds a stage of one side over a fresh copy of the evidence."""
    folder = ROOT / "build" / "sides" / f"play-{side.name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(evidence, folder, copy_function=os.link)
    done = subprocess.run([side.python, PLAY, folder, SIZE], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-3000:])
        raise SystemExit(f"the {side.name} side failed")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def rebuild(new: Side) -> dict[str, object]:
    """Bytes of tables a second that a rebuild hashes, to sha256sum on the same files, both on files read before."""
    case = ROOT / "build" / "sides" / "play-new" / "case"
    files = sorted((case / "runs").rglob("*.parquet")) * AGAIN
    size = sum(f.stat().st_size for f in files)
    script = (
        "import sys, time; from pathlib import Path; from leadline.store import checked\n"
        "files = [Path(p) for p in sys.stdin.read().split()]\n"
        "best = 9e9\n"
        "for _ in range(5):\n"
        "    began = time.perf_counter()\n"
        "    for f in files: checked.hashed_now(f)\n"
        "    best = min(best, time.perf_counter() - began)\n"
        "print(best)"
    )
    names = "\n".join(map(str, files))
    done = subprocess.run([new.python, "-c", script], input=names, capture_output=True, text=True, check=True)
    ours = float(done.stdout)
    peer = 9e9
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(["sha256sum", *map(str, files)], capture_output=True, check=True)
        peer = min(peer, time.perf_counter() - began)
    against = (
        f"sha256sum, {len(files) // AGAIN} files {AGAIN} times, {size / 1e6:.0f} MB: {size / peer / 1e6:,.0f} MB/s"
    )
    return row("rebuild", size / ours / 1e6, "MB/s", against, peer / ours, 0.7)


if __name__ == "__main__":
    sys.exit(main())
