"""What the report prints of a claim: its reasons, what people decided of it, and claims beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.report.written import SHORT, brief, moment, shown, weight
from leadline.model.words import UNDECIDED

STANDING = {
    "in_force": "",
    "stale": "stale: what it rested on has changed since, and it is not applied",
    "superseded": "superseded by a newer decision",
}
"""What is printed beside a decision that does not hold."""


def verdict(row: Mapping[str, Any] | None) -> str:
    """What was decided of a claim beside this package, in words."""
    if row is None or row["verdict"] == UNDECIDED:
        return "not decided"
    return f"{row['verdict']}, stale: the basis has changed since" if row["standing"] == "stale" else row["verdict"]


def beside(row: Mapping[str, Any], decisions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One claim beside what the package takes, with its verdict and every decision made about it."""
    return {
        "finding": row["finding"].hex()[:SHORT],
        "predicate": row["predicate"].replace("_", " "),
        "subject": row["subject"],
        "object": brief(row["object"]),
        "verdict": verdict(row),
        "basis_for": row["basis_for"],
        "basis_against": row["basis_against"],
        "restrictions": row["restrictions"],
        "decisions": [decision(d) for d in decisions],
    }


def decision(row: Mapping[str, Any]) -> dict[str, Any]:
    """One decision: what, by whom, when and why, and whether it still holds."""
    return {
        "verdict": row["verdict"],
        "standing": STANDING[row["standing"]],
        "by": shown(_author(row)),
        "at": moment(row["decided_at"]),
        "reason": shown(row["reason"]),
        "scripted": row["scripted"],
        "id": row["id"].hex()[:SHORT],
    }


def _author(decision: Mapping[str, Any]) -> str:
    """Who decided, and on whose behalf where they say so."""
    other = decision["on_behalf_of"]
    return f"{decision['decided_by']}, on behalf of {other}" if other else str(decision["decided_by"])


def claim(
    finding: Mapping[str, Any], reasons: Iterable[Mapping[str, Any]], decisions: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """One finding that ties a person, with the rules that spoke, those against it first, and its decisions."""
    return {
        "finding": finding["finding"].hex()[:SHORT],
        "subject": finding["subject"],
        "predicate": finding["predicate"].replace("_", " "),
        "object": finding["object"],
        "says": finding["says"],
        "not_said": finding["not_said"],
        "reasons": [
            {"rule": r["rule"].replace("_", " "), "role": r["role"], "says": r["says"],
             "weight": weight(r["weight_ppm"])}
            for r in sorted(reasons, key=lambda r: (r["role"] != "against", r["rule"]))
        ],
        "decisions": [decision(r) for r in decisions],
    }  # fmt: skip
