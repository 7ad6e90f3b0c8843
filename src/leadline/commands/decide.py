"""leadline case decide: what a person decides about a finding."""

import json
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer, counted
from leadline.errors import UsageError
from leadline.model.words import VERDICTS
from leadline.store.case import Case
from leadline.store.lookup import find_claim, find_id

MUST = ("subject", "predicate", "object", "verdict", "reason")
"""What a line of a decision file must give; ``value`` may be left out."""


@click.command()
@CASE
@click.argument("finding", required=False, default="")
@click.option("--verdict", type=click.Choice(VERDICTS), help="What you decide.")
@click.option("--reason", default="", help="Why, in your words.")
@click.option("--value", default=None, help="An examiner's category, or FROM/UNTIL of a user, payer or same person.")
@click.option("--on-behalf-of", default="", help="For whom; you, who decide, are named beside.")
@click.option("--from", "file", type=click.Path(path_type=Path), help="Many decisions: JSON lines.")
@click.option("--scripted", is_flag=True, help="Mark them as the training case's scripted reviewer's.")
@JSON
def decide(
    case: Path,
    finding: str,
    verdict: str | None,
    reason: str,
    value: str | None,
    on_behalf_of: str,
    file: Path | None,
    scripted: bool,
    as_json: bool,
) -> None:
    """Decide FINDING (its id, or a beginning of it), or every line of a file.

    A line of the file is {"subject", "predicate", "object", "verdict", "reason", "value"}; lines about findings that
    do not exist are left out and counted.
    """
    opened = Case.open(case)
    if bool(finding) == bool(file):
        raise UsageError("name either one finding or a file", remedy="leadline case decide CASE FINDING --verdict ...")
    if file is not None:
        claims = read_claims(file)
        made = opened.decide(opened.existing(claims), on_behalf_of=on_behalf_of, scripted=scripted)
        left = len(claims) - len(made)
    else:
        if verdict is None:
            raise UsageError("a decision needs a verdict", remedy="--verdict " + "|".join(VERDICTS))
        subject, predicate, object_ = find_claim(opened, find_id(opened, finding))
        claim: dict[str, Any] = {"subject": subject, "predicate": predicate, "object": object_}
        claim |= {"verdict": verdict, "reason": reason, "value": value}
        made, left = opened.decide([claim], on_behalf_of=on_behalf_of, scripted=scripted), 0
    lines = [f"{counted(len(made), 'decision')} made" + (f", {left} about findings that do not exist" if left else "")]
    answer({"ok": True, "decisions": [d.id for d in made], "left_out": left}, lines, as_json=as_json)


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
