"""A decision as one line of a file, and the refs of what it is about."""

import json
from collections.abc import Iterable
from pathlib import Path

from leadline.model.refs import ref
from leadline.scenario.plan import SITE

Decision = dict[str, str]
EXAMINED = 400
"""Payments, and files on a list, he looks at one by one; nobody decides thousands of them singly."""


def account_ref(account: int) -> str:
    """account:site/N."""
    return ref("account", f"{SITE}/{account}")


def customer_ref(customer: str) -> str:
    """customer:service/reference."""
    return ref("customer", customer)


def decision(subject: str, predicate: str, object_: str, verdict: str, reason: str, value: str = "") -> Decision:
    """One decision; `value` is an examiner's category, or the span for which it is made."""
    row = {"subject": subject, "predicate": predicate, "object": object_, "verdict": verdict, "reason": reason}
    return row | {"value": value} if value else row


def write_decisions(path: Path, decisions: Iterable[Decision]) -> int:
    """Writes one JSON object a line; gives how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    n = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in decisions:
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            n += 1
    return n
