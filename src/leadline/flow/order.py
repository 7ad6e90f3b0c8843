"""The steps in the order in which they run."""

from leadline.errors import UsageError
from leadline.steps import link, match, rank, restitute, trace
from leadline.steps.step import StepSpec
from leadline.store.runs import INTAKE

STEPS: tuple[StepSpec, ...] = (trace.SPEC, match.SPEC, link.SPEC, rank.SPEC, restitute.SPEC)
"""Every step that appends a run; each reads only what intake and the steps before it wrote."""
LAST = "rank"
"""Where `run` stops: nobody is referred unless a person decided it."""


def step(name: str) -> StepSpec:
    """The step of this name; UsageError when there is none."""
    for spec in STEPS:
        if spec.name == name:
            return spec
    raise UsageError(f"no step {name!r}", remedy="one of: " + ", ".join(s.name for s in STEPS))


def before(spec: StepSpec) -> tuple[str, ...]:
    """The names of the steps a step may read from: intake and those that stand before it."""
    names = [s.name for s in STEPS]
    return (INTAKE, *(names[: names.index(spec.name)] if spec.name in names else names))


def until(last: str) -> tuple[StepSpec, ...]:
    """The steps up to and with `last`."""
    names = [s.name for s in STEPS]
    return STEPS[: names.index(step(last).name) + 1]
