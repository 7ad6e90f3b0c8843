"""One side plays the steps over evidence that lies there, and says what it found: python found.py FOLDER SIZE.

Printed: one JSON object of `findings` (subject, predicate, object, in order) and `scores`. It runs under either commit
and imports only what both have.
"""

import importlib
import inspect
import json
import sys
from pathlib import Path

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
table = case.current("finding")
findings = sorted(zip(*(table.column(name).to_pylist() for name in ("subject", "predicate", "object")), strict=True))
scores = score.scorecard(folder, case.current)
print(json.dumps({"findings": findings, "scores": scores}, default=str))
