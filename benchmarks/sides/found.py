"""One side plays the steps over evidence that lies there, and says what it found: python found.py FOLDER SIZE.

Printed: one JSON object of `findings` (by id: subject, predicate, object), `basis` and `rules` (by id of the finding:
rows of its basis; rules that speak, with role and weight) and `scores`. It runs under either commit and imports only
what both have.
"""

import importlib
import inspect
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from leadline.engines.ledger import build as build_ledger
from leadline.flow.intake import intake
from leadline.flow.refer import refer
from leadline.scenario import rehearse, score
from leadline.scenario.plan import NETWORK, SIZES

order, running = (importlib.import_module(f"leadline.flow.{name}") for name in ("order", "run"))
folder = Path(sys.argv[1])
silent = inspect.signature(refer).parameters["progress"].default
build_ledger(folder / "ledger", sorted((folder / "chain").glob("blk*.dat")), NETWORK, silent)
case = rehearse._case(folder, SIZES[sys.argv[2]].countries)
intake(case, [folder / "evidence"], "", silent)
for _ in range(rehearse.ROUNDS):
    for spec in order.STEPS:
        running.run_step(case, spec, silent)
    if not rehearse.decide(case, folder / "reviewer" / "decisions.jsonl"):
        break


def rows(table: str, *names: str) -> list[tuple[Any, ...]]:
    """Rows of a current table, digests in hex."""
    found = case.current(table)
    columns = (found.column(name).to_pylist() for name in names)
    return [tuple(v.hex() if isinstance(v, bytes) else v for v in row) for row in zip(*columns, strict=True)]


basis: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
for finding, *row in rows("basis", "finding", "role", "kind", "ref", "locator"):
    basis[finding].append(tuple(row))
rules: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
for finding, *row in rows("link", "finding", "role", "rule", "weight_ppm"):
    rules[finding].append(tuple(row))
found = {finding: row for finding, *row in rows("finding", "id", "subject", "predicate", "object")}
scores = score.scorecard(folder, case.current)
print(json.dumps({"findings": found, "basis": basis, "rules": rules, "scores": scores}, default=str))
