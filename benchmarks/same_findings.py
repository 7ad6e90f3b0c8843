"""Whether the redesign changed what is found: an older commit and this one over the same evidence, seed by seed.

    python benchmarks/same_findings.py [--sizes tiny small] [--seeds 1 2 3 4 5]

The older commit builds the training case; both play every step and the scripted reviewer over it. Printed, and kept in
build/bench/same_findings.json: findings that both have, by predicate those of one side alone, and scores that differ.
Exit 1 when a finding of the older commit is gone, or a score of both is not the same.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sides.environments import ROOT, Side, sides

OUT = ROOT / "build" / "bench" / "same_findings.json"
FOUND = Path(__file__).with_name("sides") / "found.py"
MAIN = "import sys; from leadline.cli import main; main()"


def main() -> int:
    """Compares each size and seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["tiny"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4, 5])
    asked = parser.parse_args()
    old, new = sides()
    rows = []
    for size in asked.sizes:
        for seed in asked.seeds:
            evidence = built(old, size, seed)
            rows.append({"size": size, "seed": seed, **compared(*(played(s, evidence, size) for s in (old, new)))})
            print(json.dumps(rows[-1]))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1) + "\n")
    return int(any(row["gone"] or row["other_scores"] for row in rows))


def built(old: Side, size: str, seed: int) -> Path:
    """The training case's evidence as the old side builds it, once."""
    folder = ROOT / "build" / "sides" / f"evidence-{size}-{seed}"
    if not folder.exists():
        aside = folder.with_suffix(".new")
        shutil.rmtree(aside, ignore_errors=True)
        build = ["scenario", "build", aside, "--size", size, "--seed", str(seed)]
        subprocess.run([old.python, "-c", MAIN, *build], check=True, stdout=subprocess.DEVNULL)
        aside.rename(folder)
    return folder


def played(side: Side, evidence: Path, size: str) -> dict[str, Any]:
    """What one side finds in a copy of the evidence, and its scores."""
    folder = evidence.with_name(f"found-{side.name}")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(evidence, folder, copy_function=os.link)
    done = subprocess.run([side.python, FOUND, folder, size], capture_output=True, text=True, check=True)
    shutil.rmtree(folder)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compared(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """How many findings both have; by predicate those of one side alone; scores of both that are not the same."""
    before, after = ({tuple(finding) for finding in side["findings"]} for side in (old, new))
    scores = [{(s["step"], s["measure"]): s for s in side["scores"]} for side in (old, new)]
    return {
        "same": len(before & after),
        "gone": Counter(predicate for _, predicate, _ in before - after),
        "more": Counter(predicate for _, predicate, _ in after - before),
        "scores": len(scores[0].keys() & scores[1].keys()),
        "other_scores": [
            f"{step}: {measure}"
            for step, measure in sorted(scores[0].keys() & scores[1].keys())
            if any(scores[0][step, measure].get(k) != scores[1][step, measure].get(k) for k in ("value", "truth"))
        ],
        "scores_gone": [f"{step}: {measure}" for step, measure in sorted(scores[0].keys() - scores[1].keys())],
    }


if __name__ == "__main__":
    sys.exit(main())
