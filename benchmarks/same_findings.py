"""Whether the redesign changed what is found: an older commit and this one over the same evidence, seed by seed.

    python benchmarks/same_findings.py [--sizes tiny small] [--seeds 1 2 3 4 5]

The older commit builds the training case; both play every step and the scripted reviewer over it. Printed, and kept in
build/bench/same_findings.json:

    same, gone, more     findings of both, and by predicate those of one side alone
    basis, basis_rows    by predicate findings of both that rest on something else; by predicate, role and kind the rows
                         of basis that one side alone has of them
    rules                by predicate and rule: findings of both in which the rule speaks otherwise, with the weights
    scores, other_scores scores of both, and those whose value, truth or number counted is not the same

Exit 1 when a finding of the older commit is gone, or the value of a score of both is not the same.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
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
    return int(any(row["gone"] or row["other_values"] for row in rows))


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
    """What both have and what one alone has: findings, and of those of both their basis, rules and weights; scores."""
    before, after = old["findings"], new["findings"]
    both = before.keys() & after.keys()
    predicate = {id_: row[1] for id_, row in (before | after).items()}
    basis = [{id_: {tuple(row) for row in side["basis"].get(id_, ())} for id_ in both} for side in (old, new)]
    rules = [{id_: {tuple(row) for row in side["rules"].get(id_, ())} for id_ in both} for side in (old, new)]
    scores = [{(s["step"], s["measure"]): s for s in side["scores"]} for side in (old, new)]
    shared = sorted(scores[0].keys() & scores[1].keys())
    return {
        "same": len(both),
        "gone": Counter(predicate[id_] for id_ in before.keys() - both),
        "more": Counter(predicate[id_] for id_ in after.keys() - both),
        "basis": Counter(predicate[id_] for id_ in both if basis[0][id_] != basis[1][id_]),
        "basis_rows": Counter(
            f"{predicate[id_]}, {role} {kind}: {word}"
            for id_ in both
            for word, one, other in (("gone", 0, 1), ("more", 1, 0))
            for role, kind, *_ in basis[one][id_] - basis[other][id_]
        ),
        "rules": Counter(
            f"{predicate[id_]}, {role} {rule}: {was} to {now}"
            for id_ in both
            for role, rule, was, now in _spoken(rules[0][id_], rules[1][id_])
        ),
        "scores": len(shared),
        "other_values": [f"{step}: {measure}" for step, measure in shared if _differ(scores, (step, measure), "value")],
        "other_scores": [
            f"{step}: {measure}, {what} {scores[0][step, measure].get(what)} to {scores[1][step, measure].get(what)}"
            for step, measure in shared
            for what in ("value", "truth", "n")
            if _differ(scores, (step, measure), what)
        ],
        "scores_gone": [f"{step}: {measure}" for step, measure in sorted(scores[0].keys() - scores[1].keys())],
    }


def _spoken(before: set[tuple[Any, ...]], after: set[tuple[Any, ...]]) -> Iterator[tuple[str, str, object, object]]:
    """(role, rule, weight before, weight after) of every rule that speaks otherwise; None where it is silent."""
    was, now = ({(role, rule): weight for role, rule, weight in side} for side in (before, after))
    for role, rule in sorted(was.keys() | now.keys()):
        if was.get((role, rule)) != now.get((role, rule)):
            yield role, rule, was.get((role, rule)), now.get((role, rule))


def _differ(scores: list[dict[tuple[str, str], dict[str, Any]]], key: tuple[str, str], what: str) -> bool:
    return bool(scores[0][key].get(what) != scores[1][key].get(what))


if __name__ == "__main__":
    sys.exit(main())
