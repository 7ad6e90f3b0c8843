"""Questions that a map leaves open: each has a name, and the map is read when an analyst has answered all of them.

An answer stands wherever its name does between angle brackets, ``zone = "<zone>"``; a record with ``when`` is made for
some answers only.
"""

import re
from collections.abc import Mapping
from typing import Any

from leadline.errors import MappingError
from leadline.kinds.mapping.values import only, tables, text_of, words

OPEN = "?"
"""The value of a question that nobody has answered."""
_TOKEN = re.compile(r"<([a-z0-9_]{1,80})>")
_MOST = 20
"""Open questions that an error names."""


def answered(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every answer in its place, without its questions and the records made for other answers.

    Raises:
        MappingError: a question is open or answered with what is none of its choices; all of them are named.
    """
    given = data.get("answer", {})
    if not isinstance(given, dict):
        raise MappingError("answer is no table", remedy="write [answer.NAME] and below it question and value")
    answers = {name: _answer(str(name), entry) for name, entry in given.items()}
    if still := [f"  {name}: {entry['question']}" for name, entry in given.items() if answers[name] == OPEN]:
        more = [f"  and {len(still) - _MOST} more"] if len(still) > _MOST else []
        raise MappingError(
            "\n".join([f"the map leaves {len(still)} question(s) open:", *still[:_MOST], *more]),
            remedy="write the answer in place of the ? of each [answer.NAME]",
        )
    kept = {key: value for key, value in data.items() if key != "answer"}
    if isinstance(kept.get("part"), list):
        kept["part"] = [_made(part, answers) for part in kept["part"]]
    return {key: _replaced(value, answers) for key, value in kept.items()}


def _answer(name: str, entry: object) -> str:
    if not isinstance(entry, dict):
        raise MappingError(f"answer {name} is no table", remedy="write [answer.NAME] and below it question and value")
    only(entry, {"question", "choices", "because", "value"}, f"answer {name}")
    text_of(entry, "question")
    value, choices = text_of(entry, "value"), words(entry, "choices", f"answer {name}")
    if choices and value not in (OPEN, *choices):
        raise MappingError(f"answer {name}: {value!r} is none of its choices", remedy="one of: " + ", ".join(choices))
    return value


def _made(part: object, answers: Mapping[str, str]) -> object:
    """A part without the records that are made for other answers."""
    if not isinstance(part, dict) or "record" not in part:
        return part
    records = tables(part, "record", f"part {part.get('match', '*')}")
    return part | {"record": [_bare(record) for record in records if _wanted(record, answers)]}


def _wanted(record: Mapping[str, Any], answers: Mapping[str, str]) -> bool:
    if "when" not in record:
        return True
    when = record["when"]
    if not isinstance(when, dict):
        raise MappingError("when is no table", remedy='write when = { answer = "NAME", is = ["yes"] }')
    only(when, {"answer", "is"}, "when")
    name = text_of(when, "answer")
    if name not in answers:
        raise MappingError(f"when: no question is called {name!r}")
    return answers[name] in words(when, "is", "when")


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "when"}


def _replaced(value: Any, answers: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: answers.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [_replaced(each, answers) for each in value]
    if isinstance(value, dict):
        return {_replaced(key, answers): _replaced(each, answers) for key, each in value.items()}
    return value
