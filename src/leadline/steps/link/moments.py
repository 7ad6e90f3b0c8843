"""When two subjects used what they share: an address or a device names one person at a time, and then another."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leadline.model.words import DEVICE, IP
from leadline.steps.link import rules
from leadline.steps.link.rules import Rule
from leadline.steps.step import Inputs

KINDS = (IP, DEVICE)
"""Identifiers that are used at a moment; what is stated once, such as an e-mail address, has no moments to compare."""
DAY = 86_400
Place = tuple[bytes, str]
"""(exhibit, locator) of a row."""
Apart = tuple[Rule, tuple[Place, Place]]
"""A rule against one person, and the rows of both that it stands on."""


@dataclass(frozen=True, slots=True)
class Used:
    """One shared value as both used it: first and last day a side, None where no row of that side states when.

    `gap` are the whole days between the nearest two uses, by the bounds of both times that are nearest; `places` are
    the two rows of the nearest uses, or of the first ones where a side states no time.
    """

    kind: str
    a: tuple[datetime, datetime] | None
    b: tuple[datetime, datetime] | None
    gap: int | None
    places: tuple[Place, Place]

    def turned(self) -> "Used":
        """The same with the sides exchanged."""
        return replace(self, a=self.b, b=self.a, places=(self.places[1], self.places[0]))


_USED = f"""
WITH use AS (
    SELECT subject, kind, normal, utc_low, utc_high, exhibit, locator FROM identifier
    WHERE kind IN ('{IP}', '{DEVICE}') AND normal IS NOT NULL
      AND (subject LIKE 'account:%' OR subject LIKE 'customer:%')
), few AS (
    SELECT kind, normal FROM (SELECT DISTINCT subject, kind, normal FROM use)
    GROUP BY kind, normal HAVING count(*) BETWEEN 2 AND {rules.COMMON}
), own AS (SELECT * FROM use JOIN few USING (kind, normal)),
near AS (
    SELECT a.subject AS a, b.subject AS b, kind, normal, a.exhibit AS exhibit_a, a.locator AS locator_a,
           b.exhibit AS exhibit_b, b.locator AS locator_b,
           CASE WHEN a.utc_low IS NOT NULL AND b.utc_low IS NOT NULL  -- greatest passes over what is null
           THEN greatest(0, epoch(b.utc_low) - epoch(a.utc_high), epoch(a.utc_low) - epoch(b.utc_high)) END AS seconds
    FROM own a JOIN own b USING (kind, normal) WHERE a.subject < b.subject
    QUALIFY row_number() OVER (
        PARTITION BY a.subject, b.subject, kind, normal
        ORDER BY seconds NULLS LAST, exhibit_a, locator_a, exhibit_b, locator_b) = 1
), span AS (
    SELECT subject, kind, normal, min(utc_low) AS first, max(utc_high) AS last FROM own GROUP BY ALL
)
SELECT near.*, x.first AS first_a, x.last AS last_a, y.first AS first_b, y.last AS last_b FROM near
JOIN span x ON x.subject = near.a AND x.kind = near.kind AND x.normal = near.normal
JOIN span y ON y.subject = near.b AND y.kind = near.kind AND y.normal = near.normal
ORDER BY near.a, near.b, near.kind, seconds NULLS LAST, near.normal
"""


def used(inputs: Inputs) -> dict[tuple[str, str], list[Used]]:
    """Pair of subjects, sorted, -> every shared value of KINDS with when both used it, the nearest uses first."""
    found: dict[tuple[str, str], list[Used]] = defaultdict(list)
    for row in inputs.sql(_USED).to_pylist():
        found[row["a"], row["b"]].append(
            Used(
                row["kind"],
                _span(row, "a"),
                _span(row, "b"),
                None if row["seconds"] is None else int(row["seconds"]) // DAY,
                ((row["exhibit_a"], row["locator_a"]), (row["exhibit_b"], row["locator_b"])),
            )
        )
    return dict(found)


def _span(row: Mapping[str, Any], side: str) -> tuple[datetime, datetime] | None:
    first, last = row[f"first_{side}"], row[f"last_{side}"]
    return None if first is None or last is None else (first, last)


def said(rule: Rule, uses: list[Used]) -> Rule:
    """The rule that an address or a device is shared, saying when each side used the one used nearest in time."""
    kind = rule.name.removeprefix("same_")
    own = next((use for use in uses if use.kind == kind), None)
    if own is None:
        return rule
    return replace(rule, says=f"{rule.says[:-1]}: {_when(own)}.")


def _when(use: Used) -> str:
    if use.gap is None:
        return "when, at least one of them does not say"
    near = "on the same day" if not use.gap else f"nearest {use.gap} {'day' if use.gap == 1 else 'days'} apart"
    return f"{near} (the first {_days(use.a)}; the second {_days(use.b)})"


def _days(span: tuple[datetime, datetime] | None) -> str:
    if span is None:
        return "unknown"
    first, last = (moment.date().isoformat() for moment in span)
    return first if first == last else f"{first} to {last}"


def against(a: str, b: str, uses: list[Used], born: Mapping[str, str]) -> list[Apart]:
    """Rules against one person from when the two used what they share, each with the rows it stands on.

    `born` gives the first moment that is stated for a subject. Only the value used nearest in time is looked at: where
    it speaks for nobody the others do even less.
    """
    dated = [use for use in uses if use.gap is not None]
    if not dated:
        return []
    nearest = min(dated, key=lambda use: use.gap or 0)
    found = []
    if nearest.gap and nearest.gap > rules.FRESH_DAYS:
        found.append((rules.days_apart(nearest.kind, nearest.gap), nearest.places))
    for subject, other in ((a, nearest.b), (b, nearest.a)):
        started = born.get(subject)
        if subject.startswith("account:") and started and other and other[1].isoformat()[:19] < started:
            found.append((rules.BEFORE_ACCOUNT, nearest.places))
    return found
