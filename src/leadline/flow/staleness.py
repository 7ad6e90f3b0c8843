"""Which steps would read something else now than their current run did."""

from leadline.flow.inputs import digests
from leadline.flow.order import LAST, until
from leadline.steps.step import StepSpec
from leadline.store.case import Case
from leadline.store.runs import Run, run_id


def current_run(case: Case, spec: StepSpec) -> Run | None:
    """The current run of a step, if it has one."""
    found = case.current_runs((spec.name,))
    return found[0] if found else None


def stale(case: Case, spec: StepSpec) -> bool:
    """Whether the step has no run, or would read something else now."""
    run = current_run(case, spec)
    return run is None or run.id != run_id(spec.name, spec.method, spec.version, {}, digests(case, spec))


def stale_steps(case: Case, last: str = LAST) -> list[str]:
    """The steps up to `last` that are stale, in order."""
    return [spec.name for spec in until(last) if stale(case, spec)]
