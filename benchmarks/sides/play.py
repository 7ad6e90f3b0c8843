"""One side plays the steps over evidence that lies there, in a process of its own: python play.py FOLDER.

FOLDER holds what `leadline demo` builds before a case is made. Printed: one JSON object of processor seconds a stage,
of this process and all below it. It runs under either commit and imports only what both have.
"""

import contextlib
import importlib
import inspect
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from leadline.engines.ledger import build as build_ledger
from leadline.flow.intake import intake
from leadline.flow.refer import refer
from leadline.scenario import rehearse
from leadline.scenario.plan import NETWORK, SIZES

order, running = (importlib.import_module(f"leadline.flow.{name}") for name in ("order", "run"))
spent: dict[str, float] = {}


def cpu() -> float:
    """Processor seconds of this process and all below it, children that still run (readers, workers) included."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both) + unended()


def unended() -> float:
    """Processor seconds of the processes below this one that have not ended, and of those that ended below them."""
    ticks, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended just now
            after_name = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(after_name[1])
            ticks[int(stat.parent.name)] = sum(map(int, after_name[11:15]))  # utime to cstime: proc_pid_stat(5)
    below: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in {os.getpid(), *below}} - below:
        below |= more
    return sum(ticks[pid] for pid in below) / os.sysconf("SC_CLK_TCK")


def timed(stage: str, work: Callable[[], object]) -> object:
    """What `work` returns, its processor seconds added to the stage."""
    began = cpu()
    made = work()
    spent[stage] = spent.get(stage, 0.0) + cpu() - began
    return made


folder = Path(sys.argv[1])
silent = inspect.signature(refer).parameters["progress"].default
ledger = folder / "ledger"
timed("ledger", lambda: build_ledger(ledger, sorted((folder / "chain").glob("blk*.dat")), NETWORK, silent))
case = rehearse._case(folder, SIZES[sys.argv[2]].countries)
timed("intake", lambda: intake(case, [folder / "evidence"], "", silent))
for _ in range(rehearse.ROUNDS):
    for spec in order.STEPS:
        timed(spec.name, lambda spec=spec: running.run_step(case, spec, silent))
    if not rehearse.decide(case, folder / "reviewer" / "decisions.jsonl"):
        break
packages = timed("refer", lambda: refer(case, rehearse._key(folder), silent, restricted="hold_back"))
spent["packages"] = len(packages.made)
print(json.dumps(spent))
