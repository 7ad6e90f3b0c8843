"""The order of steps: each reads only what stands before it, in words that the model and the settings know."""

import pytest

from leadline.errors import UsageError
from leadline.flow.order import LAST, STEPS, before, step, until
from leadline.model import evidence
from leadline.model.catalog import TABLES
from leadline.model.findings import DECISION
from leadline.model.predicates import PREDICATES
from leadline.model.settings import PINS, SETTINGS
from leadline.steps import rank
from leadline.steps.step import StepSpec

NAMES = ["trace", "match", "link", "rank", "restitute"]


@pytest.mark.parametrize("place", range(len(STEPS)), ids=NAMES)
def test_a_step_reads_only_what_intake_and_the_steps_before_it_wrote(place: int) -> None:
    spec = STEPS[place]
    assert [s.name for s in STEPS] == NAMES
    written = {table.name for s in STEPS[:place] for table in s.writes}
    assert set(spec.reads) <= {table.name for table in evidence.INTAKE_TABLES} | written
    assert before(spec) == ("intake", *NAMES[:place])


@pytest.mark.parametrize("spec", STEPS, ids=NAMES)
def test_what_a_step_names_is_known(spec: StepSpec) -> None:
    assert {table.name for table in spec.writes} <= set(TABLES) - {DECISION.name}
    assert set(spec.pins) <= set(PINS)
    assert set(spec.settings) <= {setting.stored for setting in SETTINGS.values()}
    assert set(spec.decides_on) <= set(PREDICATES)
    assert all(PREDICATES[name].step in NAMES[: NAMES.index(spec.name) + 1] for name in spec.decides_on)


def test_rank_hears_every_decision_that_can_hold_a_category() -> None:
    """An examiner's category lifts a person whichever finding about the file it was decided on."""
    assert set(rank.SPEC.decides_on) == {name for name, p in PREDICATES.items() if p.value == "category"}


def test_a_run_stops_where_it_is_asked_to() -> None:
    assert [s.name for s in until(LAST)] == NAMES[:4] and [s.name for s in until("trace")] == NAMES[:1]
    assert all(step(name).name == name for name in NAMES)
    with pytest.raises(UsageError):
        until("refer")
