"""Changes one place of the code at a time and looks whether a test notices: python tools/mutants.py [--count 200]

A mutant is the code with one comparison, constant, operator or returned value changed, in a module that carries
decisions (`tools/mutations.py`). The tests of the module itself run first, then those of its room and of acceptance; a
mutant that none of them notices survives. What a person judged to change nothing that a user could see stands in
tools/mutants_equivalent.tsv with the reason. Generated documents do not count as tests.

Each job works in a copy of src made of links, so the tree itself is never touched. build/mutants.json keeps what was
seen after every mutant, and a later call runs only what that does not answer: a module that changed, a mutant whose
noticing test changed, and of one that survived the test files that are new or changed. Remove it to see all anew.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from mutations import ROOT, SRC, Mutant, drawn

SEEN = ROOT / "build" / "mutants.json"
TREES = ROOT / "build" / "mutants"
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.tsv")
TIME, NO_START = "the tests do not end", "the tests cannot start"
"""What notices a mutant beside a test: a hang, and a conftest that cannot be loaded."""
LIMIT = 90
"""Processor seconds for one test with what it sets up; a mutant that makes one need more is noticed, for it hangs."""
BUDGET = 100
"""Processor seconds for all tests of a mutant; one that no test noticed by then counts as survived."""

MODULES = (
    *(f"steps/{step}" for step in ("link", "rank", "refer", "trace", "match", "restitute", "intake")),
    *(f"kinds/{room}" for room in ("mapping", "vics", "codecs", "jurisdictions", "readers")),
    *("store", "flow", "model"),
)
"""The folders whose modules carry decisions."""
WIDER = {
    "steps/rank": ("tests/steps/refer",),
    "steps/restitute": ("tests/steps/trace",),
    "steps/link": ("tests/steps/test_link.py", "tests/steps/refer", "tests/flow"),
    "steps": (),
    "kinds/jurisdictions": ("tests/steps/refer",),
    "kinds/mapping": ("tests/steps/intake", "tests/steps/test_link.py"),
    "kinds/vics": ("tests/kinds/sources", "tests/acceptance/test_handover.py"),
    "kinds": ("tests/kinds/readers", "tests/kinds/sources", "tests/steps/intake"),
    "store": ("tests/flow",),
    "flow": ("tests/store", "tests/acceptance"),
    "model/findings/tracing": ("tests/steps/trace",),
    "model/findings/matching": ("tests/steps/match",),
    "model/findings": ("tests/steps/test_link.py", "tests/steps/test_rank.py", "tests/steps/trace"),
    "model/evidence": ("tests/steps/intake", "tests/store"),
    "model/referral": ("tests/steps/refer",),
    "model": ("tests/store", "tests/steps/trace", "tests/steps/match"),
}
"""Beside the folder that mirrors a module's own: what runs when its own tests see nothing, by the longest prefix."""


@cache
def test_files() -> dict[Path, str]:
    """{path of a test file below the root: its text}."""
    found = (p.relative_to(ROOT) for p in sorted((ROOT / "tests").rglob("test_*.py")))
    return {p: (ROOT / p).read_text() for p in found if "docs" not in p.parts}


@cache
def tests_of(module: str) -> tuple[list[str], list[str]]:
    """(a module's own tests, wider ones): those at its place or that import it, or else its room; then WIDER's.

    Those that kill processes, which takes long, come last.
    """
    files = test_files()
    name = Path(module.removesuffix(".py").removesuffix("/__init__").removesuffix("/run"))
    mirrored = {Path("tests", p.parent, f"test_{p.name}.py") for p in (name, name / name.name, name.parent)}
    room = Path("tests", name).parts[:2]

    def naming(place: Path) -> list[Path]:
        parent, last = ".".join(("leadline", *place.parent.parts)), place.name
        named = re.compile(rf"\b{re.escape(parent)}\.{last} import|\b{re.escape(parent)} import .*\b{last}\b")
        return [p for p, text in files.items() if p in mirrored or named.search(text)]

    importing = naming(name)
    near = [p for p in importing if p.parts[:2] == room]
    near = near or [p for p in importing if "acceptance" not in p.parts]
    own = near or [p for p in naming(name.parent) if p.parts[:2] == room]
    prefix = max((p for p in WIDER if module.startswith(p)), key=len)
    folders = {str(Path("tests", name.parent)), str(Path("tests", name)), *WIDER[prefix]}
    wider = [*(p for p in files if {str(p.parent), str(p)} & folders), *importing]
    own.sort(key=lambda p: (p not in mirrored, "killed" in files[p]))
    wider = sorted(dict.fromkeys(wider), key=lambda p: "killed" in files[p])
    return [str(p) for p in own], [str(p) for p in wider if p not in own]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a mutant: the test that noticed it or nothing, and what that rests on.

    `code` is the digest of its module, `files` gives {test file: digest} of those that passed, or that noticed it.
    """

    by: str
    code: str
    files: Mapping[str, str] = field(default_factory=dict)

    def holds(self) -> bool:
        """Whether it was noticed, by a file that is still the same."""
        return bool(self.by) and all(_digest(ROOT / name) == known for name, known in self.files.items())


@cache
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


class Watch:
    """A pytest plugin that keeps the first test that failed and the files whose tests all passed."""

    def __init__(self, budget: float) -> None:
        self.first = ""
        self.passed: list[str] = []
        self._end = _spent() + budget
        self._file = ""
        self._session: Any = None

    def pytest_sessionstart(self, session: Any) -> None:
        """Tests begin."""
        self._session = session

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins: the signal ends the process when its processor time is over."""
        file = nodeid.partition("::")[0]
        if file != self._file:
            self.passed += [self._file] if self._file else []
            self._file = file
            if _spent() > self._end:
                self._session.shouldstop, self._file = "out of time", ""
        signal.setitimer(signal.ITIMER_PROF, LIMIT)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test that failed, in any of its phases."""
        if report.failed:
            self.first = self.first or report.nodeid

    pytest_collectreport = pytest_runtest_logreport

    def pytest_sessionfinish(self) -> None:
        """The last file is through."""
        self.passed += [self._file] if self._file and not self.first else []


def _spent() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _watched(tree: Path, tests: list[str], budget: float, without: list[str]) -> dict[str, Any]:
    """The first test that fails and the files that passed, in a process whose imports take the code in `tree`."""
    os.setsid()
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
        os.dup2(null.fileno(), 2)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    watch = Watch(budget)
    quiet = ["-x", "-q", "-p", "no:cacheprovider", f"--basetemp={tree.parent / 'tmp'}"]
    apart = [f"--deselect={name}" for name in without]
    status = importlib.import_module("pytest").main([*quiet, *apart, *tests], [watch])
    failed = watch.first or ("" if status in (0, 2, 5) else NO_START)
    return {"failed": failed, "passed": watch.passed, "took": _spent()}


def run(tree: Path, tests: list[str], budget: float = BUDGET, without: list[str] | None = None) -> dict[str, Any]:
    """{failed: the first of `tests` that fails on the code in `tree` or nothing, passed: files, took: seconds}.

    `without` are single tests that are not run.
    """
    if not tests:
        return {"failed": "", "passed": [], "took": 0}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(_watched(tree, tests, budget, without or [])).encode())
        finally:  # never back into the parent's code
            os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader) as said:
        text = said.read()
    return json.loads(text) if text and not os.WIFSIGNALED(status) else {"failed": TIME, "passed": [], "took": LIMIT}


SOUND: dict[str, bool] = {}
"""Whether a test that failed passes on the code as it is; filled as tests fail."""


def judge(mutant: Mutant, own: bool, kept: Seen | None) -> tuple[Mutant, Seen]:
    """What is seen of a mutant. A test that fails without it too is left out and named."""
    tree = TREES / str(os.getpid()) / "src"
    if not tree.exists():
        shutil.copytree(SRC, tree, copy_function=os.link)
    target, source = tree / "leadline" / mutant.module, SRC / "leadline" / mutant.module
    data = source.read_bytes()
    passed = dict(kept.files) if kept and not kept.by and kept.code == _digest(source) else {}
    waiting = [[t for t in tests if passed.get(t) != _digest(ROOT / t)] for tests in tests_of(mutant.module)]
    left = float(BUDGET)
    del waiting[1 if own else 2 :]
    while waiting:
        tests = [t for t in waiting[0] if SOUND.get(t, True)]
        unsound = [t for t, sound in SOUND.items() if not sound]
        target.unlink()
        target.write_bytes(data[: mutant.start] + mutant.after.encode() + data[mutant.end :])
        for stale in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            stale.unlink()
        said = run(tree, tests, left, unsound)
        target.unlink()
        os.link(source, target)
        failed, left = said["failed"], left - said["took"]
        if failed and failed not in SOUND:
            again = tests[:1] if failed == NO_START else [failed]
            SOUND[failed] = failed == TIME or not run(tree, again)["failed"]
        if failed and SOUND[failed]:
            file = failed.partition("::")[0]
            files = {file: _digest(ROOT / file)} if file.startswith("tests/") else {}
            return mutant, Seen(failed, _digest(source), files)
        if failed:
            if failed in unsound:  # it runs all the same
                SOUND[failed.partition("::")[0]] = False
            print(f"left out, it fails without a change: {failed}", file=sys.stderr, flush=True)
        else:
            passed |= {name: _digest(ROOT / name) for name in said["passed"]}
            waiting.pop(0)
    return mutant, Seen("", _digest(source), passed)


def equivalents() -> dict[tuple[str, ...], str]:
    """(module, line around, before, after) of every mutant judged to change nothing, with the reason."""
    rows = (line.split("\t") for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#"))
    return {(module, around, before, after): why for module, around, before, after, why in rows}


def kept() -> dict[tuple[Any, ...], Seen]:
    """{key of a mutant: what an earlier call saw of it}."""
    rows = json.loads(SEEN.read_text()) if SEEN.exists() else []
    return {tuple(row["key"]): Seen(row["by"], row["code"], row["files"]) for row in rows}


def keep(known: Mapping[tuple[Any, ...], Seen]) -> None:
    """Writes what is known of mutants, whole or not at all."""
    SEEN.parent.mkdir(exist_ok=True)
    made = SEEN.with_suffix(".new")
    made.write_text(json.dumps([{"key": key, **asdict(seen)} for key, seen in known.items()], indent=0) + "\n")
    made.replace(SEEN)


def main() -> None:
    """Draws, runs and reports."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("prefix", nargs="*", default=MODULES, help="modules below src/leadline, by the start of a path")
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--own", action="store_true", help="run no wider tests")
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--json", action="store_true", help="print the report as JSON; how far it is goes to stderr")
    given = asked.parse_args()
    os.chdir(ROOT)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    queue = drawn(tuple(given.prefix), given.count, given.seed)
    known, same = kept(), equivalents()
    waiting = [m for m in queue if m.key[:4] not in same]
    waiting = [m for m in waiting if not _answered(m, known.get(m.key), given.own)]
    waiting.sort(key=lambda m: sum(map(len, tests_of(m.module))))
    if waiting:
        _look(waiting, known, own=given.own, jobs=given.jobs)
    rows = []
    for mutant in queue:
        by = same.get(mutant.key[:4]) or known[mutant.key].by
        verdict = "equivalent" if mutant.key[:4] in same else "noticed" if by else "survived"
        rows.append(
            {**{k: v for k, v in asdict(mutant).items() if k not in ("start", "end")}, "verdict": verdict, "by": by}
        )
    count = Counter(row["verdict"] for row in rows)
    if given.json:
        print(json.dumps({"seed": given.seed, "drawn": len(rows), **count, "mutants": rows}, indent=1))
        return
    of = count["noticed"] + count["survived"]
    print(
        f"seed {given.seed}, {len(rows)} mutants: {count['noticed']} of {of} noticed, {count['equivalent']} equivalent"
    )
    for mutant, row in sorted(zip(queue, rows, strict=True), key=lambda pair: (pair[0].module, pair[0].line)):
        if row["verdict"] == "survived":
            print(f"survived  {mutant.says}")


def _answered(mutant: Mutant, seen: Seen | None, own: bool) -> bool:
    """Whether what was seen of a mutant still holds and covers every test that is asked for."""
    if seen is None or seen.code != _digest(SRC / "leadline" / mutant.module):
        return False
    tests = [name for names in tests_of(mutant.module)[: 1 if own else 2] for name in names]
    return seen.holds() or (not seen.by and all(seen.files.get(t) == _digest(ROOT / t) for t in tests))


def _look(waiting: list[Mutant], known: dict[tuple[Any, ...], Seen], *, own: bool, jobs: int) -> None:
    """Runs the tests on these mutants, adds what was seen to `known`, keeps it after each and says how far it is."""
    for library in ("pytest", "pyarrow.compute", "pyarrow.parquet", "duckdb", "numpy", "numba"):
        importlib.import_module(library)
    shutil.rmtree(TREES, ignore_errors=True)
    begun = time.monotonic()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        asked = [pool.submit(judge, mutant, own, known.get(mutant.key)) for mutant in waiting]
        for n, done in enumerate(as_completed(asked), start=1):
            mutant, seen = done.result()
            known[mutant.key] = seen
            keep(known)
            left = (time.monotonic() - begun) / n * (len(waiting) - n) / 60
            says = f"noticed {mutant.says}  {seen.by}" if seen.by else f"survived {mutant.says}"
            print(f"{n} of {len(waiting)}, {left:.0f} min left: {says}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
