"""Same person: pairs of accounts and customers that share identifiers, with the facts against them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from leadline.model.predicates import SAME_PERSON
from leadline.model.words import DOCUMENT
from leadline.steps.link import moments, rules
from leadline.steps.link.returns import Returned
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs


@dataclass(frozen=True, slots=True)
class Pair:
    """One `same_person` finding: its two subjects, older first, the sum of the rules' weights, and what both state.

    `shared` are the (kind of identifier, exhibit, locator) of every row of either that states an identifier of both;
    `apart` are the rules against that rest on when both used it, with the rows of the nearest uses.
    """

    finding: bytes
    a: str
    b: str
    score_ppm: int
    shared: tuple[tuple[str, bytes, str], ...] = ()
    apart: tuple[moments.Apart, ...] = ()


_SHARED = f"""
WITH known AS (
    SELECT DISTINCT subject, kind, normal FROM identifier
    WHERE kind IN ({", ".join(f"'{kind}'" for kind in rules.SHARED)})
      AND (subject LIKE 'account:%' OR subject LIKE 'customer:%')
), few AS (
    SELECT kind, normal FROM known GROUP BY kind, normal HAVING count(*) BETWEEN 2 AND {rules.COMMON}
), place AS (
    SELECT i.subject, i.kind, i.normal, i.exhibit, i.locator FROM identifier i JOIN few USING (kind, normal)
)
SELECT DISTINCT a.subject AS a, b.subject AS b, a.kind, a.exhibit AS exhibit_a, a.locator AS locator_a,
       b.exhibit AS exhibit_b, b.locator AS locator_b
FROM place a JOIN place b ON a.kind = b.kind AND a.normal = b.normal AND a.subject < b.subject
ORDER BY ALL
"""

_NAMED = """
SELECT DISTINCT a.customer AS a, b.customer AS b, a.exhibit AS exhibit_a, a.locator AS locator_a,
       b.exhibit AS exhibit_b, b.locator AS locator_b
FROM customer a JOIN identifier m ON m.subject = a.customer AND m.kind = 'name'
JOIN customer b ON b.born = a.born AND a.customer < b.customer
JOIN identifier n ON n.subject = b.customer AND n.kind = 'name' AND n.normal = m.normal
ORDER BY ALL
"""


_DOCUMENTS = f"""
SELECT subject, exhibit, locator, normal FROM identifier
WHERE kind = '{DOCUMENT}' AND normal IS NOT NULL AND subject IN (
    SELECT subject FROM identifier WHERE kind = '{DOCUMENT}' GROUP BY subject HAVING count(DISTINCT normal) = 1)
ORDER BY ALL
"""


def _facts(inputs: Inputs) -> dict[str, dict[str, tuple[str, bytes, str]]]:
    """Subject -> fact -> (value, exhibit, locator), for the facts that can speak against a pair."""
    facts: dict[str, dict[str, tuple[str, bytes, str]]] = defaultdict(dict)
    text = """
        SELECT customer AS subject, 'born' AS fact, born AS value, exhibit, locator FROM customer WHERE born IS NOT NULL
        UNION ALL
        SELECT customer, 'country', country, exhibit, locator FROM customer WHERE country IS NOT NULL
        UNION ALL
        SELECT subject, 'pgp', normal, exhibit, locator FROM identifier JOIN involved USING (subject)
        WHERE kind = 'pgp' AND subject IN (
            SELECT subject FROM identifier WHERE kind = 'pgp' GROUP BY subject HAVING count(DISTINCT normal) = 1)
        ORDER BY ALL
    """
    involved = inputs.sql(f"SELECT DISTINCT a AS subject FROM ({_SHARED}) UNION SELECT DISTINCT b FROM ({_SHARED})")
    for row in inputs.sql(text, involved=involved).to_pylist():
        facts[row["subject"]].setdefault(row["fact"], (row["value"], row["exhibit"], row["locator"]))
    for row in inputs.sql(_DOCUMENTS).to_pylist():
        facts[row["subject"]].setdefault("document", (row["normal"], row["exhibit"], row["locator"]))
    return facts


DIFFERS = (
    ("born", rules.BIRTH_DIFFERS),
    ("country", rules.COUNTRY_DIFFERS),
    (DOCUMENT, rules.DOCUMENT_DIFFERS),
    ("pgp", rules.KEY_DIFFERS),
)
"""Facts of two subjects that can differ, and the rule that then speaks against one person."""


def pairs(
    inputs: Inputs, claims: Claims, spoken: dict[tuple[bytes, str], tuple[bytes, Rule]], returned: Iterable[Returned]
) -> list[Pair]:
    """Every pair with a rule for it, the older subject first, with the rules against it summed in.

    Customers whose withdrawals paid one account are a pair too, however little that says: whether they are one person
    is for a decision about the two themselves, never for what follows from the account.
    """
    shared = inputs.sql(_SHARED).to_pylist()
    named: list[dict[str, Any]] = [{**row, "kind": "name_and_birth"} for row in inputs.sql(_NAMED).to_pylist()]
    age = ages(inputs)
    places: dict[tuple[str, str], list[tuple[Rule, bytes, str]]] = defaultdict(list)
    same: dict[tuple[str, str], set[tuple[str, bytes, str]]] = defaultdict(set)
    for row in (*shared, *named):
        pair = _older_first(age, row["a"], row["b"])
        rule = rules.NAME_AND_BIRTH if row["kind"] == "name_and_birth" else rules.SHARED[row["kind"]]
        for end in ("a", "b"):
            where = (row[f"exhibit_{end}"], row[f"locator_{end}"])
            places[pair].append((rule, *where))
            if row["kind"] in rules.SHARED:
                same[pair].add((row["kind"], *where))
    paid = _paid_together(returned, age)
    facts = _facts(inputs)
    uses = moments.used(inputs)
    result = []
    for a, b in sorted({*places, *paid}):
        found = places[a, b]
        id_ = claims.add(a, SAME_PERSON, b)
        together = uses.get((min(a, b), max(a, b)), [])
        ordered = together if a < b else [use.turned() for use in together]
        spoke = {rule.name: moments.said(rule, ordered) for rule, _, _ in found}
        apart = moments.against(a, b, ordered, age)
        for rule, both in apart:
            spoke[rule.name] = rule
            found += [(rule, *place) for place in both]
        for other in sorted(paid.get((a, b), ())):
            spoke[rules.SAME_ACCOUNT.name] = rules.SAME_ACCOUNT
            claims.rest(id_, "finding", f"finding:{other.hex()}")
        for fact, rule in DIFFERS:
            mine, theirs = facts[a].get(fact), facts[b].get(fact)
            if mine and theirs and mine[0] != theirs[0]:
                spoke[rule.name] = rule
                found += [(rule, *mine[1:]), (rule, *theirs[1:])]
        for rule, exhibit, locator in found:
            claims.rest(id_, "exhibit", f"exhibit:{exhibit.hex()}", locator, rule.role)
        for rule in spoke.values():
            spoken[id_, rule.name] = (id_, rule)
        score = sum(rule.weight_ppm for rule in spoke.values())
        result.append(Pair(id_, a, b, score, tuple(sorted(same.get((a, b), ()))), tuple(apart)))
    return result


def _older_first(age: dict[str, str], a: str, b: str) -> tuple[str, str]:
    first, second = sorted((a, b), key=lambda subject: (age.get(subject, LAST), subject))
    return first, second


def _paid_together(returned: Iterable[Returned], age: dict[str, str]) -> dict[tuple[str, str], set[bytes]]:
    """Pair of customers, older first, whose withdrawals paid one account -> the customer_of_record findings of both.

    Accounts that more than COMMON customers paid pair nobody: they are a shop's or a broker's.
    """
    of: dict[str, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for r in returned:
        of[r.account][r.customer].add(r.finding)
    found: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for customers in of.values():
        if len(customers) <= rules.COMMON:
            for a, b in combinations(sorted(customers), 2):
                found[_older_first(age, a, b)] |= customers[a] | customers[b]
    return found


LAST = "~"
"""Sorts after every ISO time: a subject without a time is younger than any with one."""


def ages(inputs: Inputs) -> dict[str, str]:
    """Subject -> its earliest stated time, for accounts and customers that state one: the evidence order."""
    text = """
        SELECT subject, strftime(min(utc_low) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S') AS first FROM (
            SELECT account AS subject, utc_low FROM account UNION ALL SELECT customer, utc_low FROM customer
        ) WHERE utc_low IS NOT NULL AND subject IN (
            SELECT account FROM payment
            UNION SELECT subject FROM identifier WHERE subject LIKE 'customer:%'
            UNION SELECT subject FROM identifier WHERE (kind, normal) IN (
                SELECT (kind, normal) FROM identifier GROUP BY kind, normal HAVING count(DISTINCT subject) > 1)
        ) GROUP BY subject ORDER BY subject
    """
    found = inputs.sql(text)
    return dict(zip(found.column("subject").to_pylist(), found.column("first").to_pylist(), strict=True))
