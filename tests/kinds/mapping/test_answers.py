"""Questions that a map leaves open: refused until each has an answer that is one of its choices."""

from typing import Any

import pytest

from leadline.errors import MappingError
from leadline.kinds.mapping.answers import answered
from leadline.kinds.mapping.grammar import parse

MAP = """
name = "m"
says = "s"
reader = "table"

[answer.site]
question = "Which?"
value = "{site}"

[answer.kind]
question = "What was done?"
choices = ["login", "neither"]
value = "{kind}"

[[part]]
[[part.record]]
table = "account"
account = "account:<site>/{{id}}"
role = {{ column = "r", values = {{ "<site>" = "operator" }}, default = "user" }}

[[part.record]]
table = "event"
when = {{ answer = "kind", is = ["login"] }}
event = "event:<site>/<kind>/{{id}}"
subject = "account:<site>/{{id}}"
kind = "<kind>"
"""


def test_an_answer_stands_where_its_name_does_in_texts_and_keys() -> None:
    data = answered({"a": ["<x>", {"<x>": "b <x> <y>"}], "n": 3, "answer": {"x": {"question": "Which?", "value": "1"}}})
    assert data == {"a": ["1", {"1": "b 1 <y>"}], "n": 3}


@pytest.mark.parametrize(("kind", "records"), [("login", 2), ("neither", 1)])
def test_a_record_is_made_for_its_answers_only(kind: str, records: int) -> None:
    (part,) = parse(MAP.format(site="forum", kind=kind)).parts
    assert len(part.records) == records


def test_every_open_question_is_named() -> None:
    with pytest.raises(MappingError, match=r"(?s)2 question.*site: Which\?.*kind: What was done\?"):
        parse(MAP.format(site="?", kind="?"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"answer": 1}, "answer is no table"),
        ({"answer": {"x": 1}}, "answer x is no table"),
        ({"answer": {"x": {"value": "1"}}}, "'question' is missing"),
        ({"answer": {"x": {"question": "?"}}}, "'value' is missing"),
        ({"answer": {"x": {"question": "?", "value": "1", "choices": ["2"]}}}, "'1' is none of its choices"),
        ({"answer": {"x": {"question": "?", "value": "1", "other": 1}}}, "unknown key 'other'"),
        ({"part": [{"record": [{"when": 1}]}]}, "when is no table"),
        ({"part": [{"record": [{"when": {"answer": "y", "is": ["1"]}}]}]}, "no question is called 'y'"),
    ],
)
def test_what_is_no_question_or_answer_is_refused(data: dict[str, Any], says: str) -> None:
    with pytest.raises(MappingError, match=says):
        answered(data)
