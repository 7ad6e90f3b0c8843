"""Candidates: who may be the payer of an account's payments, and who its user: two claims, and two decisions."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa

from leadline.model.predicates import PAYER_CANDIDATE, USER_CANDIDATE
from leadline.model.tables import REF
from leadline.model.words import AGAINST, BROKER, COMPANY
from leadline.steps.link import rules
from leadline.steps.link.returns import Returned, Spoken
from leadline.steps.link.rules import Rule
from leadline.steps.link.same import Pair
from leadline.steps.step import Claims, Inputs

Place = tuple[bytes, str]
"""(exhibit, locator) of a row."""


@dataclass(frozen=True, slots=True)
class User:
    """One `user_candidate` finding and the sum of the rules' weights."""

    finding: bytes
    account: str
    customer: str
    score_ppm: int


@dataclass(frozen=True, slots=True)
class _Alternatives:
    """What may stand against a customer or for an account, by subject."""

    brokers: dict[str, list[Place]]
    households: dict[str, tuple[int, list[Place]]]
    changed: dict[str, list[Place]]


def candidates(
    inputs: Inputs, claims: Claims, spoken: Spoken, returned: list[Returned], pairs: Iterable[Pair]
) -> list[User]:
    """A `payer_candidate` and a `user_candidate` for every account and customer whose coins paid it, with what stands
    against each.

    The payer rests on the payments and on the customers of record; the user on that payer, on what account and
    customer both state, and on what speaks of an account that changed hands.
    """
    of_pair: dict[tuple[str, str], list[Returned]] = defaultdict(list)
    for r in returned:
        of_pair[r.account, r.customer].append(r)
    by_account: dict[str, list[Returned]] = defaultdict(list)
    by_customer: dict[str, list[Returned]] = defaultdict(list)
    for r in returned:
        by_account[r.account].append(r)
        by_customer[r.customer].append(r)
    known = _Alternatives(_brokers(inputs), _households(inputs, by_customer), _changed(inputs))
    same = {ends: pair for pair in pairs for ends in ((pair.a, pair.b), (pair.b, pair.a)) if pair.shared}
    result = []
    for (account, customer), found in sorted(of_pair.items()):
        payer = claims.add(account, PAYER_CANDIDATE, customer)
        user = claims.add(account, USER_CANDIDATE, customer)
        _rests(claims, payer, found)
        claims.rest(user, "finding", f"finding:{payer.hex()}")
        both = [
            *_elsewhere(claims, (payer, user), [r for r in by_customer[customer] if r.account != account]),
            *_others(claims, (payer, user), [r for r in by_account[account] if r.customer != customer]),
            *_stated(claims, (payer, user), customer, known),
        ]
        for id_, own in ((payer, _paying(found)), (user, [rules.PAID_FOR])):
            for rule in (*own, *both):
                spoken[id_, rule.name] = (id_, rule)
        using = _using(claims, user, account, known, same.get((account, customer)))
        for rule in using:
            spoken[user, rule.name] = (user, rule)
        score = sum(rule.weight_ppm for rule in (rules.PAID_FOR, *both, *using))
        result.append(User(user, account, customer, score))
    return result


def _rests(claims: Claims, payer: bytes, found: list[Returned]) -> None:
    """The payer rests on each payment and on the customer of record for it."""
    for r in found:
        claims.rest(payer, "finding", f"finding:{r.received.hex()}")
        claims.rest(payer, "finding", f"finding:{r.finding.hex()}")


def _paying(found: list[Returned]) -> list[Rule]:
    """What the payments themselves say of who paid."""
    spoke = [rules.WITHDREW_TO_ACCOUNT]
    recorded = {r.payment for r in found if r.recorded}
    if len(recorded) > 1:
        spoke.append(rules.MORE_THAN_ONCE)
    if not recorded:
        spoke.append(rules.INFERRED_RELEASE)
    if over := _over_hops(found):
        spoke.append(rules.private_hops(*over))
    return spoke


def _over_hops(found: list[Returned]) -> tuple[int, int] | None:
    """(releases over private hops, releases): of the recorded ones, where there are any; None where none had hops."""
    ways = [way for r in found for way in r.ways]
    recorded = [hops for is_recorded, hops in ways if is_recorded]
    counted = recorded or [hops for _, hops in ways]
    over = sum(hops > 0 for hops in counted)
    return (over, len(counted)) if over else None


def _elsewhere(claims: Claims, ids: tuple[bytes, bytes], elsewhere: list[Returned]) -> list[Rule]:
    """What the customer's payments to other accounts say against both."""
    if len({r.account for r in elsewhere}) + 1 < rules.MANY_ACCOUNTS:
        return []
    _against(claims, ids, elsewhere)
    return [rules.SELLER]


def _others(claims: Claims, ids: tuple[bytes, bytes], others: list[Returned]) -> list[Rule]:
    """What other customers' payments to the account say against both."""
    _against(claims, ids, others)
    return [rules.ACCOUNT_PAID_BY_OTHERS] if others else []


def _against(claims: Claims, ids: tuple[bytes, bytes], others: list[Returned]) -> None:
    for id_ in ids:
        for r in others:
            claims.rest(id_, "finding", f"finding:{r.finding.hex()}", role="against")


def _stated(claims: Claims, ids: tuple[bytes, bytes], customer: str, known: _Alternatives) -> list[Rule]:
    """What the service, and other customers' records, say of the customer."""
    spoke = []
    places = known.brokers.get(customer, [])
    if places:
        spoke.append(rules.BROKER)
    if customer in known.households:
        others, shown = known.households[customer]
        places = places + shown
        spoke.append(rules.household(others))
    for id_ in ids:
        _cite(claims, id_, places, "against")
    return spoke


def _using(claims: Claims, user: bytes, account: str, known: _Alternatives, same: Pair | None) -> list[Rule]:
    """What account and customer both state, and whether the account changed hands."""
    spoke = []
    if same is not None:
        spoke.append(rules.shares({kind for kind, _, _ in same.shared}))
        _cite(claims, user, [(exhibit, locator) for _, exhibit, locator in same.shared], "for")
        claims.rest(user, "finding", f"finding:{same.finding.hex()}")
        for rule, places in same.apart:
            spoke.append(rule)
            _cite(claims, user, places, AGAINST)
    if account in known.changed:
        spoke.append(rules.ACCOUNT_CHANGED)
        _cite(claims, user, known.changed[account], "against")
    return spoke


def _cite(claims: Claims, finding: bytes, places: Iterable[Place], role: str) -> None:
    for exhibit, locator in places:
        claims.rest(finding, "exhibit", f"exhibit:{exhibit.hex()}", locator, role)


def _places(inputs: Inputs, text: str) -> dict[str, list[Place]]:
    """Subject -> (exhibit, locator) of the rows of one SQL text."""
    found: dict[str, list[Place]] = defaultdict(list)
    for row in inputs.sql(text).to_pylist():
        found[row["subject"]].append((row["exhibit"], row["locator"]))
    return found


def _brokers(inputs: Inputs) -> dict[str, list[Place]]:
    """Customers the service itself calls a company or broker."""
    return _places(
        inputs,
        "SELECT customer AS subject, exhibit, locator FROM customer "
        f"WHERE holder IN ('{COMPANY}', '{BROKER}') ORDER BY ALL",
    )


_HOUSEHOLDS = f"""
WITH people AS (
    SELECT customer, max(coalesce(name, '') || '|' || coalesce(born, '')) AS who FROM customer GROUP BY customer
), stated AS (
    SELECT DISTINCT i.subject, p.who, i.kind, i.normal, i.exhibit, i.locator
    FROM identifier i JOIN people p ON p.customer = i.subject WHERE i.kind IN ('phone', 'postal', 'ip')
), other AS (
    SELECT m.subject, o.subject AS other, o.kind, o.normal, o.exhibit, o.locator
    FROM stated m JOIN wanted USING (subject)
    JOIN stated o ON o.kind = m.kind AND o.normal = m.normal AND o.who <> m.who
), counted AS (
    SELECT subject, count(DISTINCT other) AS others FROM other GROUP BY subject
)
SELECT DISTINCT subject, others, exhibit, locator FROM other JOIN counted USING (subject)
QUALIFY row_number() OVER (PARTITION BY subject, kind, normal ORDER BY other, exhibit, locator) <= {rules.SHOWN}
ORDER BY ALL
"""


def _households(inputs: Inputs, customers: Collection[str]) -> dict[str, tuple[int, list[Place]]]:
    """Customer -> (how many others, rows of theirs) who state his telephone, postal or client address under another
    name or birth date; the more there are, the more speaks against him."""
    wanted = pa.table({"subject": pa.array(sorted(customers), REF)})
    found: dict[str, tuple[int, list[Place]]] = {}
    for row in inputs.sql(_HOUSEHOLDS, wanted=wanted).to_pylist():
        found.setdefault(row["subject"], (row["others"], []))[1].append((row["exhibit"], row["locator"]))
    return found


def _changed(inputs: Inputs) -> dict[str, list[Place]]:
    """Accounts for which two e-mail addresses or two keys are stated."""
    return _places(
        inputs,
        """
        WITH changed AS (
            SELECT subject, kind FROM identifier WHERE kind IN ('email', 'pgp') AND subject LIKE 'account:%'
            GROUP BY subject, kind HAVING count(DISTINCT normal) > 1
        )
        SELECT DISTINCT i.subject, i.exhibit, i.locator
        FROM identifier i JOIN changed USING (subject, kind) ORDER BY ALL
        """,
    )
