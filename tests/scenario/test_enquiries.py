"""Enquiries: answers agree with the truth or are unknown, and some people were never asked about."""

from leadline.scenario.enquiries import draw_enquiries
from leadline.scenario.people import People, draw_plan
from leadline.scenario.plan import SIZES, Options, Plan


def test_answers_are_true_or_unknown(drawn: tuple[Plan, People]) -> None:
    people = {row["person"]: row for row in drawn[1].persons.to_pylist()}
    rows = draw_enquiries(*drawn).to_pylist()
    for row in rows:
        assert row["answer"] in ("unknown", "yes" if people[row["person"]][row["question"]] else "no")
    assert {row["answer"] for row in rows} == {"yes", "no", "unknown"}


def test_some_people_are_never_asked_about() -> None:
    plan, people = draw_plan(Options(SIZES["small"], 2))
    asked = set(draw_enquiries(plan, people)["person"].to_pylist())
    returned = {row["person"] for row in people.records.to_pylist() if row["kind"] != "bystander"}
    assert asked < returned
