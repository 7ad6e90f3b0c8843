"""One call a step: fresh ones are skipped, others run and append; killed at any moment, the next call carries on."""

import time
from dataclasses import dataclass, replace

from leadline.errors import StaleError
from leadline.flow.inputs import FlowInputs, digests
from leadline.flow.list_changes import news
from leadline.flow.order import LAST, before, step, until
from leadline.flow.reframing import frame
from leadline.flow.staleness import current_run, stale
from leadline.model.progress import Progress, silent
from leadline.steps import match
from leadline.steps.step import StepSpec
from leadline.store.case import Case
from leadline.store.environment import environment, peak_mb, reset_peak
from leadline.store.runs import INTAKE, Run

PASSES = 3
"""How often a step that reads decisions on its own findings is run: once to state them, once to apply what was decided,
and once more when that changed what a decision rested on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: `state` is fresh (nothing to do), ran, or skipped; `says` are lines for its user.

    `run` is the step's current run; None for a step that was skipped.
    """

    step: str
    state: str
    run: Run | None
    says: tuple[str, ...] = ()


def run_step(case: Case, spec: StepSpec, progress: Progress = silent) -> Outcome:
    """`settle`; after match also what that left unmatched framed anew, and match again when there was any."""
    outcome = settle(case, spec, progress)
    if spec.name != match.SPEC.name:
        return outcome
    says: tuple[str, ...] = ()
    if case.settings.crops == "on":
        framed = frame(case, progress)
        if framed.new:
            outcome = settle(case, spec, progress)
        says = (framed.says,) if framed.says else ()
    changed = news(case)
    return replace(outcome, says=(*says, *(changed.says if changed else ())))


def settle(case: Case, spec: StepSpec, progress: Progress = silent) -> Outcome:
    """Runs a step on what the case holds unless it is fresh; StaleError when a step it reads from is stale."""
    sources = [step(name) for name in before(spec) if name != INTAKE and _feeds(step(name), spec)]
    behind = [source.name for source in sources if not wanting(case, source) and stale(case, source)]
    if behind:
        raise StaleError(
            f"step {spec.name} reads what {', '.join(behind)} would now find otherwise",
            where=str(case.root),
            remedy=f"leadline {behind[0]} CASE, or leadline run CASE",
        )
    outcome = None
    for _ in range(PASSES):
        if not stale(case, spec):
            break
        outcome = _run(case, spec, progress)
    if outcome is not None:
        return outcome
    run = current_run(case, spec)
    if run is None:
        raise StaleError(f"step {spec.name} has no run", where=str(case.root), remedy=f"leadline {spec.name} CASE")
    return Outcome(spec.name, "fresh", run)


def run(case: Case, last: str = LAST, progress: Progress = silent) -> list[Outcome]:
    """Runs every stale step up to `last`, in order; one whose pins the case has none of is skipped, and says so."""
    outcomes = []
    for done, spec in enumerate(until(last)):
        progress(spec.name, done, 0)
        outcomes.append(_skipped(spec, wanting(case, spec)) or run_step(case, spec, progress))
    return outcomes


def wanting(case: Case, spec: StepSpec) -> tuple[str, ...]:
    """The kinds of pins that a step needs and the case has none of, as long as the step has never run.

    A step that ran on a pin which is gone now is not skipped: what it found would be read on, and rests on nothing.
    """
    if current_run(case, spec) is not None:
        return ()
    return tuple(kind for kind in spec.needs if not case.settings.pinned(kind))


def _skipped(spec: StepSpec, kinds: tuple[str, ...]) -> Outcome | None:
    if not kinds:
        return None
    remedy = " ".join(f"pin.{kind}=PATH" for kind in kinds)
    says = f"no {' and no '.join(kinds)} is pinned: leadline case set CASE {remedy} --reason TEXT"
    return Outcome(spec.name, "skipped", None, (says,))


def _feeds(source: StepSpec, spec: StepSpec) -> bool:
    return bool({table.name for table in source.writes} & set(spec.reads))


def _run(case: Case, spec: StepSpec, progress: Progress) -> Outcome:
    case.must_write()
    inputs = digests(case, spec)
    reset_peak()
    began = time.monotonic()
    tables = spec.run(FlowInputs(case, spec, progress))
    took = {"seconds": round(time.monotonic() - began, 3), "peak_mb": peak_mb()}
    appended = case.append_run(spec.name, spec.method, spec.version, {}, inputs, tables, {**environment(), **took})
    return Outcome(spec.name, "ran", appended)
