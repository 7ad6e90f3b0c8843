"""A decision that nothing would read is refused, and so is a value that says nothing where it stands."""

import pytest

from leadline.errors import UsageError
from leadline.flow.order import STEPS
from leadline.model.predicates import PREDICATES, VALUES
from leadline.steps import refer
from leadline.store.decisions import decidable

READ = frozenset(refer.DECIDES_ON).union(*(step.decides_on for step in STEPS))


@pytest.mark.parametrize("name", PREDICATES)
def test_a_predicate_is_read_by_a_step_or_says_what_to_decide_about(name):
    assert (name in READ) != bool(PREDICATES[name].instead)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_decision_without_effect_is_refused_with_a_remedy(name):
    claim = {"predicate": name, "verdict": "rejected", "reason": "r"}
    if name in READ:
        decidable(claim, b"", current=True)
        return
    with pytest.raises(UsageError) as refused:
        decidable(claim, b"", current=True)
    assert "changes nothing" in refused.value.what and refused.value.remedy


@pytest.mark.parametrize("name", sorted(READ))
@pytest.mark.parametrize(
    ("value", "words"),
    [("category 1", {"category"}), ("2016-01-01/..", {"category", "span", "tenure"}), ("2016/2017", {"category"}),
     (None, {"", "category", "span"})],
)  # fmt: skip
def test_a_value_stands_only_where_something_reads_it(name, value, words):
    claim = {"predicate": name, "verdict": "accepted", "reason": "r", "value": value}
    assert PREDICATES[name].value in VALUES
    if PREDICATES[name].value in words:
        decidable(claim, b"", current=True)
    else:
        with pytest.raises(UsageError):
            decidable(claim, b"", current=True)


def test_nobody_is_accepted_as_user_without_a_span_but_may_be_rejected():
    for verdict in ("rejected", "unsure"):
        decidable({"predicate": "user_candidate", "verdict": verdict, "reason": "r"}, b"", current=True)
