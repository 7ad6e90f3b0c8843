"""Run as a script: kills a writer at every one of its moments, lets another carry on, and prints what came out.

    python killed.py FOLDER FIRST STEP     one JSON object a kill, for kills FIRST, FIRST+STEP, ...

The parent only forks; every case is written by a child of its own.
"""

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from leadline.store import decisions, durable, settings
from leadline.store.case import Case
from leadline.store.settings import changed
from leadline.store.verify import verify

decisions.MANY = 2
"""Two decisions made at once are one file here, one alone another."""
spec = importlib.util.spec_from_file_location("hand", Path(__file__).with_name("conftest.py"))
assert spec is not None
assert spec.loader is not None
hand = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hand)


def work(root: Path) -> Case:
    """The whole small case, from nothing or from wherever a killed writer left it."""
    source = root.parent / "evidence.txt"
    source.write_text("account 1\n")
    case = Case.open(root) if root.exists() else Case.create(root, "small")
    exhibit = case.add_exhibit(source)
    if not any(run.step == "intake" for run in case.runs()):
        hand.append_records(case, exhibit)
    if not any(run.step == "trace" for run in case.runs()):
        hand.append_findings(case, exhibit)
    if not case.decisions():
        claims = [{**claim, "verdict": "accepted", "reason": "r"} for claim in (hand.CLAIM, hand.ABOVE)]
        case.decide(claims, scripted=True, at="2020-01-01T00:00:00.000000Z")
    if len(case.decisions()) < 3:
        claim = {**hand.CLAIM, "verdict": "unsure", "reason": "looked again"}
        case.decide([claim], scripted=True, at="2020-01-02T00:00:00.000000Z")
    if case.settings.currency != "EUR":
        case.change(changed(case.settings, settings.change("currency=EUR")), "r", {})
    if not any(name.startswith("packages/") for name in case.log.files):
        folder = root.parent / f"package-{os.getpid()}"
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "x.csv").write_text("a\n")
        case.add_package("us-1", folder, {})
    case.note("viewed", what="x")
    return case


def outcome(root: Path) -> dict[str, object]:
    """What a finished case holds: its verdict and the digests of its current tables, decisions and settings."""
    case = Case.open(root)
    report = verify(root)
    tables = {run.id: {name: digest for name, (digest, _) in run.tables.items()} for run in case.current_runs()}
    return {
        "verdict": report.verdict,
        "problems": list(report.problems),
        "tables": tables,
        "decisions": [(d.id, state) for d, state in case.decisions()],
        "currency": case.settings.currency,
        "recovered": sum(entry.act == "recovered" for entry in case.log.entries),
    }


def forked(kill_at: int, root: Path, task: Callable[[Path], object] = work) -> tuple[bool, int]:
    """(whether the writer was killed, how many moments it saw); the work is done in a child."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        seen = 0

        def point(_: str) -> None:
            nonlocal seen
            seen += 1
            if seen == kill_at:
                os.write(write, str(seen).encode())
                os._exit(9)

        durable.point = point
        task(root)
        os.write(write, str(seen).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    seen = int(os.read(read, 20) or b"0")
    os.close(read)
    os.close(write)
    if os.waitstatus_to_exitcode(status) not in (0, 9):
        raise SystemExit(f"a writer failed at moment {kill_at}")
    return os.waitstatus_to_exitcode(status) == 9, seen


def told(root: Path) -> dict[str, object]:
    """`outcome`, computed in a child so that the parent never starts a thread."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.write(write, json.dumps(outcome(root)).encode())
        os._exit(0)
    os.close(write)
    data = b""
    while block := os.read(read, 65536):
        data += block
    os.close(read)
    os.waitpid(child, 0)
    return dict(json.loads(data))


def main(task: Callable[[Path], object] = work) -> None:
    """Every kill in turn."""
    folder, first, step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pa.set_cpu_count(1)
    if importlib.util.find_spec("pandas"):  # pyarrow would import it in every child, which costs a second each
        importlib.import_module("pandas")
    whole = folder / "whole"
    whole.mkdir()
    _, moments = forked(0, whole / "case", task)
    sys.stdout.write(json.dumps({"kill": 0, "moments": moments, **told(whole / "case")}) + "\n")
    for kill in range(first, moments + 1, step):
        place = folder / str(kill)
        place.mkdir()
        killed, _ = forked(kill, place / "case", task)
        again, _ = forked(0, place / "case", task)
        if not killed or again:
            raise SystemExit(f"kill {kill} did not happen as planned")
        sys.stdout.write(json.dumps({"kill": kill, **told(place / "case")}) + "\n")


if __name__ == "__main__":
    main()
