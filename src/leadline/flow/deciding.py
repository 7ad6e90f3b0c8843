"""What people decide about findings: one of them, or every line of a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.errors import UsageError
from leadline.model.words import VERDICTS
from leadline.store.case import Case
from leadline.store.decisions import Decision
from leadline.store.lookup import find_claim, find_id

MUST = ("subject", "predicate", "object", "verdict", "reason")
"""What a line of a decision file must give; ``value`` may be left out."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions made, and how many lines were about findings that do not exist."""

    made: tuple[Decision, ...]
    left_out: int = 0


def decide_one(case: Case, finding: str, said: Mapping[str, Any], on_behalf_of: str, *, scripted: bool) -> Decided:
    """The decision about one finding, named by its id or a beginning; `said` has verdict, reason and value.

    Raises:
        UsageError: no current finding has this id, or there is no verdict.
    """
    if not said.get("verdict"):
        raise UsageError("a decision needs a verdict", remedy="--verdict " + "|".join(VERDICTS))
    claim = dict(zip(MUST[:3], find_claim(case, find_id(case, finding)), strict=True))
    return Decided(tuple(case.decide([{**claim, **said}], on_behalf_of=on_behalf_of, scripted=scripted)))


def decide_file(case: Case, file: Path, on_behalf_of: str, *, scripted: bool) -> Decided:
    """The decisions that a file of JSON lines asks for; lines about findings that do not exist are left out.

    Raises:
        UsageError: a line is no decision; nothing is decided then.
    """
    claims = read_claims(file)
    made = case.decide(case.existing(claims), on_behalf_of=on_behalf_of, scripted=scripted)
    return Decided(tuple(made), len(claims) - len(made))


def read_claims(path: Path) -> list[dict[str, Any]]:
    """The decisions a JSON-lines file asks for; UsageError names the line that is none, or that lacks something."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "the file of decisions cannot be read", where=str(path), remedy="a text file, one JSON object a line"
        ) from error
    claims = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path.name} line:{number}"
        try:
            claim = json.loads(line)
        except (ValueError, RecursionError):
            raise UsageError("not a JSON object", where=where, remedy="see leadline case decide --help") from None
        claims.append(_claim(claim, where))
    return claims


def _claim(claim: object, where: str) -> dict[str, Any]:
    """The decision a line asks for; UsageError says which of its parts is missing or no text."""
    if not isinstance(claim, dict):
        raise UsageError("not a JSON object", where=where, remedy="see leadline case decide --help")
    texts = {name: claim.get(name) for name in MUST}
    value = claim.get("value")
    for name, text in {**texts, **({} if value is None else {"value": value})}.items():
        if not isinstance(text, str) or not text.strip() or (not text.isascii() and _lone(text)):
            raise UsageError(
                f"{name!r} is missing, empty or no text", where=where, remedy="one text each: " + ", ".join(MUST)
            )
    if texts["verdict"] not in VERDICTS:
        raise UsageError("an unknown verdict", where=where, remedy="one of: " + ", ".join(VERDICTS))
    return {**texts, "value": value}


def _lone(text: str) -> bool:
    """Whether a text holds half of a surrogate pair, which no file can hold."""
    return any(0xD800 <= ord(c) <= 0xDFFF for c in text)
