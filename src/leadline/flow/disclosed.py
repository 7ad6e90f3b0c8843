"""What a page for the other side says of the case around a claim: where it was computed, and the fixed limits."""

from importlib import metadata

from leadline.steps.trace import SPEC, disclosure
from leadline.store.case import Case


def about(case: Case) -> list[str]:
    """Where findings were computed: case, program, the runs after intake, and the pins that trace reads."""
    lines = [f"case {case.settings.name}, authority {case.settings.authority or 'not stated'}"]
    for run in case.current_runs():
        if run.step != "intake":
            version = metadata.version("leadline")
            lines.append(f"run {run.id}: {run.method} version {run.version}, by leadline {version}")
    for pin in case.settings.pins:
        if pin.kind in SPEC.pins:
            facts = ", ".join(f"{name} {value}" for name, value in sorted(pin.params.items()) if name != "format")
            lines.append(f"{pin.kind} {pin.name}{f' ({facts})' if facts else ''}, digest {pin.digest}")
    return lines


def limits(case: Case) -> tuple[str, ...]:
    """The limits of trace, those that the case sets first."""
    return disclosure.limits(case.settings.hop_limit, case.settings.gap_limit, case.settings.taint)
