"""One step run by name, with what its user should read before and after its own lines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from leadline.flow.order import step
from leadline.flow.queue import queue
from leadline.flow.run import Outcome, run_step
from leadline.model.progress import Progress, silent
from leadline.steps import match, trace
from leadline.steps.trace import summary
from leadline.store.case import Case


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of a step; `facts` sum up what it found, `first` and `last` are lines around its own."""

    outcome: Outcome
    facts: Mapping[str, Any]
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


def stepped(case: Case, name: str, progress: Progress = silent) -> Stepped:
    """Runs a step unless it is fresh: of trace what it reached comes first, of match the review queue last.

    Raises:
        UsageError: there is no such step.
        StaleError: a step it reads from is stale.
    """
    outcome = run_step(case, step(name), progress)
    if name == trace.SPEC.name:
        found = summary.reached({table: case.current(table) for table in summary.READS})
        facts = {"reached": {**asdict(found), "share_ppm": found.share_ppm}}
        return Stepped(outcome, facts, first=tuple(summary.lines(found)))
    if name == match.SPEC.name:
        review = queue(case)
        return Stepped(outcome, {"review": review.facts}, last=review.says)
    return Stepped(outcome, {})
