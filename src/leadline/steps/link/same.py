"""Same person: pairs of accounts and customers that share identifiers, with the facts against them."""

from collections import defaultdict
from dataclasses import dataclass

from leadline.steps.link import rules
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs


@dataclass(frozen=True, slots=True)
class Pair:
    """One `same_person` finding: its two subjects, older first, and the sum of the rules' weights."""

    finding: bytes
    a: str
    b: str
    score_ppm: int


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
    return facts


def pairs(inputs: Inputs, claims: Claims, spoken: dict[tuple[bytes, str], tuple[bytes, Rule]]) -> list[Pair]:
    """Every pair with a rule for it, the older subject first, with the rules against it summed in."""
    shared = inputs.sql(_SHARED).to_pylist()
    named = inputs.sql(_NAMED).to_pylist()
    for row in named:
        row["kind"] = "name_and_birth"
    age = ages(inputs)
    places: dict[tuple[str, str], list[tuple[Rule, bytes, str]]] = defaultdict(list)
    for row in (*shared, *named):
        first, second = sorted((row["a"], row["b"]), key=lambda subject: (age.get(subject, LAST), subject))
        rule = rules.NAME_AND_BIRTH if row["kind"] == "name_and_birth" else rules.SHARED[row["kind"]]
        places[first, second].append((rule, row["exhibit_a"], row["locator_a"]))
        places[first, second].append((rule, row["exhibit_b"], row["locator_b"]))
    facts = _facts(inputs)
    result = []
    for (a, b), found in sorted(places.items()):
        id_ = claims.add(a, "same_person", b)
        spoke = {rule.name: rule for rule, _, _ in found}
        for fact, rule in (
            ("born", rules.BIRTH_DIFFERS),
            ("country", rules.COUNTRY_DIFFERS),
            ("pgp", rules.KEY_DIFFERS),
        ):
            mine, theirs = facts[a].get(fact), facts[b].get(fact)
            if mine and theirs and mine[0] != theirs[0]:
                spoke[rule.name] = rule
                found += [(rule, *mine[1:]), (rule, *theirs[1:])]
        for rule, exhibit, locator in found:
            claims.rest(id_, "exhibit", f"exhibit:{exhibit.hex()}", locator, rule.role)
        for rule in spoke.values():
            spoken[id_, rule.name] = (id_, rule)
        result.append(Pair(id_, a, b, sum(rule.weight_ppm for rule in spoke.values())))
    return result


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
