"""What the report prints of a claim: its reasons, what people decided of it, and claims beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.report.written import SHORT, brief, moment, shown, weight
from leadline.model.predicates import PAYER_CANDIDATE, USER_CANDIDATE
from leadline.model.referral import ONLY_PAID
from leadline.model.words import AGAINST, NONE, UNDECIDED

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
        "reasons": row["reasons"].replace("_", " ") if row["reasons"] not in (NONE, "withheld") else "",
        "restrictions": row["restrictions"],
        "decisions": [decision(d) for d in in_order(decisions)],
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


def in_order(decisions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Decisions on one finding as they were made: the last is the one that stands, if any does."""
    return sorted(decisions, key=lambda d: d["number"])


def claim(
    finding: Mapping[str, Any],
    reasons: Iterable[Mapping[str, Any]],
    decisions: Iterable[Mapping[str, Any]],
    rests_on: Iterable[str],
) -> dict[str, Any]:
    """One finding that ties a person, with the rules that spoke, those against it first, and its decisions.

    `rests_on` are the predicates of the findings, or kinds of whatever else, that its basis names for it.
    """
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
            for r in sorted(reasons, key=lambda r: (r["role"] != AGAINST, r["rule"]))
        ],
        "decisions": [decision(r) for r in in_order(decisions)],
        "only_paid": ONLY_PAID if finding["predicate"] == USER_CANDIDATE and set(rests_on) == {PAYER_CANDIDATE} else "",
    }  # fmt: skip
