"""Persons: hypotheses grouped from findings, keyed by their oldest member, and the jurisdictions their records name."""

from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa

from leadline.kinds.jurisdiction import UNKNOWN, code
from leadline.model.tables import REF
from leadline.steps.link import rules
from leadline.steps.link.returns import Returned
from leadline.steps.link.same import LAST, Pair, ages
from leadline.steps.step import Claims, Inputs

STATED = "A service's customer record names this country."
NOT_STATED = "No record of a member names a country."

Edge = tuple[bytes, str, str, str]
"""(finding, subject, object, state): state is decided or suggested."""


class Groups:
    """Union-find over refs that refuses to join two subjects a person has kept apart."""

    def __init__(self, apart: Iterable[tuple[str, str]]) -> None:
        self._of: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for a, b in apart:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def add(self, subject: str) -> None:
        """`subject` alone, unless it is in a group."""
        self._of.setdefault(subject, {subject})

    def join(self, a: str, b: str) -> bool:
        """True when `a` and `b` stand in one group afterwards; False when a decision keeps members of theirs apart."""
        self.add(a)
        self.add(b)
        left, right = self._of[a], self._of[b]
        if left is right:
            return True
        if any(self._apart[member] & right for member in left if member in self._apart):
            return False
        if len(left) < len(right):
            left, right = right, left
        left |= right
        for member in right:
            self._of[member] = left
        return True

    def groups(self) -> list[list[str]]:
        """Every group once, members sorted, groups in order of their first member."""
        seen = {id(group): sorted(group) for group in self._of.values()}
        return sorted(seen.values())


def edges(
    inputs: Inputs, pairs: list[Pair], candidates: list[tuple[bytes, str, str, int]]
) -> tuple[list[Edge], list[tuple[str, str]]]:
    """The findings that group two subjects, decided ones first, and the pairs a person has kept apart.

    A `payer_candidate` groups only when a person accepted it; a `same_person` groups from `rules.GROUP_PPM` on unless
    rejected, and below only when accepted.
    """
    table = inputs.decisions()
    verdicts = dict(zip(table.column("finding").to_pylist(), table.column("verdict").to_pylist(), strict=True))
    found: list[tuple[int, int, Edge]] = []
    apart = []
    for p in pairs:
        verdict = verdicts.get(p.finding)
        if verdict == "rejected":
            apart.append((p.a, p.b))
        elif verdict == "accepted":
            found.append((0, -p.score_ppm, (p.finding, p.a, p.b, "decided")))
        elif p.score_ppm >= rules.GROUP_PPM and verdict is None:
            found.append((1, -p.score_ppm, (p.finding, p.a, p.b, "suggested")))
    for finding, account, customer, score in candidates:
        if verdicts.get(finding) == "accepted":
            found.append((0, -score, (finding, account, customer, "decided")))
        elif verdicts.get(finding) == "rejected":
            apart.append((account, customer))
    return [edge for _, _, edge in sorted(found)], apart


def group(
    inputs: Inputs,
    claims: Claims,
    pairs: list[Pair],
    candidates: list[tuple[bytes, str, str, int]],
    returned: list[Returned],
) -> tuple[list[tuple[str, str, bytes | None, str]], list[tuple[bytes, str, str, str]]]:
    """(membership rows, located rows): persons with a paid account or a customer of record, and where."""
    joined, apart = edges(inputs, pairs, candidates)
    groups = Groups(apart)
    relevant = set(inputs.table("payment").column("account").to_pylist()) | {r.customer for r in returned}
    for subject in sorted(relevant):
        groups.add(subject)
    used: dict[str, tuple[bytes, str]] = {}
    for finding, a, b, state in joined:
        if groups.join(a, b):
            for subject in (a, b):
                used.setdefault(subject, (finding, state))
    age = ages(inputs)
    places = _places(inputs, relevant | used.keys())
    members: list[tuple[str, str, bytes | None, str]] = []
    located: list[tuple[bytes, str, str, str]] = []
    for found in groups.groups():
        if not relevant.intersection(found):
            continue
        key = min(found, key=lambda subject: (age.get(subject, LAST), subject))
        person = f"person:{key}"
        for member in found:
            joining = used.get(member)
            state = "key" if member == key or joining is None else joining[1]
            members.append((person, member, joining and joining[0], state))
        located += _located(claims, person, found, places, sorted({used[m][0] for m in found if m in used}))
    return members, located


def _places(inputs: Inputs, wanted: set[str]) -> dict[str, list[tuple[str | None, bytes, str]]]:
    """Subject -> (country, exhibit, locator) of its account or customer statements."""
    text = """
        SELECT subject, country, exhibit, locator FROM (
            SELECT account AS subject, NULL AS country, exhibit, locator FROM account
            UNION ALL SELECT customer, country, exhibit, locator FROM customer
        ) WHERE subject IN (SELECT subject FROM wanted) ORDER BY ALL
    """
    table = pa.table({"subject": pa.array(sorted(wanted), REF)})
    found: dict[str, list[tuple[str | None, bytes, str]]] = defaultdict(list)
    for row in inputs.sql(text, wanted=table).to_pylist():
        found[row["subject"]].append((row["country"], row["exhibit"], row["locator"]))
    return found


def _located(
    claims: Claims,
    person: str,
    members: list[str],
    places: dict[str, list[tuple[str | None, bytes, str]]],
    joined: list[bytes],
) -> list[tuple[bytes, str, str, str]]:
    """One `located_in` a country a member's record names, the others against it; *unknown* when none is named."""
    stated = [(code(country), exhibit, locator) for m in members for country, exhibit, locator in places[m]]
    countries = sorted({c for c, _, _ in stated if c != UNKNOWN}) or [UNKNOWN]
    rows = []
    for country in countries:
        id_ = claims.add(person, "located_in", f"jurisdiction:{country}")
        for other, exhibit, locator in stated:
            if other in (country, UNKNOWN) and (other == country or country == UNKNOWN):
                claims.rest(id_, "exhibit", f"exhibit:{exhibit.hex()}", locator)
            elif other != UNKNOWN:
                claims.rest(id_, "exhibit", f"exhibit:{exhibit.hex()}", locator, "against")
        for finding in joined:
            claims.rest(id_, "finding", f"finding:{finding.hex()}")
        rows.append((id_, person, f"jurisdiction:{country}", NOT_STATED if country == UNKNOWN else STATED))
    return rows
