"""Returns: the customer a service names for the output that released the coins, and what that makes of an account."""

from collections import defaultdict
from dataclasses import dataclass

from leadline.steps.link import rules
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs

Spoken = dict[tuple[bytes, str], tuple[bytes, Rule]]
"""The rules that spoke, by (finding, rule name)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One customer of record: who, for which payment of which account, over how many private hops."""

    finding: bytes
    customer: str
    account: str
    payment: str
    received: bytes
    hops: int


_WITHDRAWALS = """
SELECT e.subject AS customer, r.payment, r.finding AS released, r.release_outpoint, r.hops,
       p.account, p.finding AS received, e.exhibit, e.locator,
       coalesce(e.address = r.address, false) AS by_address
FROM release r
JOIN event e ON e.kind = 'withdrawal' AND e.object = 'tx:' || split_part(r.release_outpoint, ':', 2)
JOIN payment p ON p.outpoint = r.payment
WHERE 'service:' || split_part(split_part(e.subject, ':', 2), '/', 1) = r.service
  AND e.subject LIKE 'customer:%'
  AND (e.address = r.address OR (e.address IS NULL AND e.amount_sat = r.value_sat))
QUALIFY rank() OVER (
    PARTITION BY r.release_outpoint
    ORDER BY (e.address = r.address AND e.amount_sat = r.value_sat) IS NOT TRUE
) = 1
ORDER BY ALL
"""
"""One batch may pay one address twice: where a returned row agrees in address and amount, others of its output go."""


def customers_of_record(inputs: Inputs, claims: Claims, spoken: Spoken) -> list[Returned]:
    """A `customer_of_record` finding for every withdrawal of a return that is the release of a payment's coins."""
    found: dict[tuple[str, str, str], Returned] = {}
    by_output: dict[str, set[str]] = defaultdict(set)
    rests: dict[str, list[bytes]] = defaultdict(list)
    for row in inputs.sql(_WITHDRAWALS).to_pylist():
        id_ = claims.add(row["customer"], "customer_of_record", row["payment"])
        claims.rest(id_, "finding", f"finding:{row['released'].hex()}")
        claims.rest(id_, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
        rule = rules.RETURNED_BY_ADDRESS if row["by_address"] else rules.RETURNED_BY_AMOUNT
        spoken[id_, rule.name] = (id_, rule)
        key = (row["customer"], row["account"], row["payment"])
        hops = min(row["hops"], found[key].hops) if key in found else row["hops"]
        found[key] = Returned(id_, row["customer"], row["account"], row["payment"], row["received"], hops)
        by_output[row["release_outpoint"]].add(row["customer"])
        rests[row["release_outpoint"]].append(id_)
    for output, customers in by_output.items():
        if len(customers) > 1:
            for id_ in rests[output]:
                spoken[id_, rules.TWO_RETURNED.name] = (id_, rules.TWO_RETURNED)
    return list(found.values())


def payer_candidates(
    inputs: Inputs, claims: Claims, spoken: Spoken, returned: list[Returned]
) -> list[tuple[bytes, str, str, int]]:
    """(finding, account, customer, score ppm) of every `payer_candidate`, each with its standing alternatives.

    A candidate rests on the payments received, on the customers of record, and on what speaks against it.
    """
    pairs: dict[tuple[str, str], list[Returned]] = defaultdict(list)
    accounts_of: dict[str, set[str]] = defaultdict(set)
    payers_of: dict[str, set[str]] = defaultdict(set)
    for r in returned:
        pairs[r.account, r.customer].append(r)
        accounts_of[r.customer].add(r.account)
        payers_of[r.account].add(r.customer)
    holders = _holders(inputs)
    households = _households(inputs)
    changed = _changed(inputs)
    shared = _shared(inputs)
    result = []
    for (account, customer), found in sorted(pairs.items()):
        id_ = claims.add(account, "payer_candidate", customer)
        spoke: list[Rule] = [rules.WITHDREW_TO_ACCOUNT]
        for r in found:
            claims.rest(id_, "finding", f"finding:{r.received.hex()}")
            claims.rest(id_, "finding", f"finding:{r.finding.hex()}")
        if len({r.payment for r in found}) > 1:
            spoke.append(rules.MORE_THAN_ONCE)
        if all(r.hops for r in found):
            spoke.append(rules.PRIVATE_HOPS)
        if len(accounts_of[customer]) >= rules.MANY_ACCOUNTS:
            spoke.append(rules.SELLER)
            _against(claims, id_, [r.finding for r in returned if r.customer == customer and r.account != account])
        if len(payers_of[account]) > 1:
            spoke.append(rules.ACCOUNT_PAID_BY_OTHERS)
            _against(claims, id_, [r.finding for r in returned if r.account == account and r.customer != customer])
        for rule, places in (
            (rules.BROKER, holders.get(customer)),
            (rules.HOUSEHOLD, households.get(customer)),
            (rules.ACCOUNT_CHANGED, changed.get(account)),
            (rules.ACCOUNT_SHARES, shared.get((account, customer))),
        ):
            for exhibit, locator in places or ():
                claims.rest(id_, "exhibit", f"exhibit:{exhibit.hex()}", locator, rule.role)
            if places:
                spoke.append(rule)
        for rule in spoke:
            spoken[id_, rule.name] = (id_, rule)
        result.append((id_, account, customer, sum(rule.weight_ppm for rule in spoke)))
    return result


def _against(claims: Claims, finding: bytes, others: list[bytes]) -> None:
    """`finding` has `others` against it."""
    for other in others:
        claims.rest(finding, "finding", f"finding:{other.hex()}", role="against")


Places = dict[str, list[tuple[bytes, str]]]


def _places(inputs: Inputs, text: str) -> Places:
    """Subject -> (exhibit, locator) of the rows of one SQL text."""
    found: Places = defaultdict(list)
    for row in inputs.sql(text).to_pylist():
        found[row["subject"]].append((row["exhibit"], row["locator"]))
    return found


def _holders(inputs: Inputs) -> Places:
    """Customers the service itself calls a company or broker."""
    return _places(
        inputs,
        "SELECT customer AS subject, exhibit, locator FROM customer WHERE holder IN ('company', 'broker') ORDER BY ALL",
    )


def _households(inputs: Inputs) -> Places:
    """Customers who share telephone, postal or client address with another customer of another name or birth date."""
    return _places(
        inputs,
        f"""
        WITH shared AS (
            SELECT kind, normal FROM identifier
            WHERE kind IN ('phone', 'postal', 'ip') AND subject LIKE 'customer:%'
            GROUP BY kind, normal HAVING count(DISTINCT subject) BETWEEN 2 AND {rules.COMMON}
        ), people AS (
            SELECT customer, max(coalesce(name, '') || '|' || coalesce(born, '')) AS who FROM customer GROUP BY customer
        )
        SELECT DISTINCT i.subject, j.exhibit, j.locator
        FROM identifier i JOIN shared USING (kind, normal)
        JOIN identifier j ON j.kind = i.kind AND j.normal = i.normal AND j.subject <> i.subject
        JOIN people a ON a.customer = i.subject JOIN people b ON b.customer = j.subject
        WHERE a.who <> b.who
        ORDER BY ALL
        """,
    )


def _changed(inputs: Inputs) -> Places:
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


def _shared(inputs: Inputs) -> dict[tuple[str, str], list[tuple[bytes, str]]]:
    """(account, customer) -> places of an identifier that both state and few others do."""
    found: dict[tuple[str, str], list[tuple[bytes, str]]] = defaultdict(list)
    text = f"""
        WITH few AS (
            SELECT kind, normal FROM identifier WHERE kind NOT IN ('handle', 'name', 'server_ip', 'password')
            GROUP BY kind, normal HAVING count(DISTINCT subject) BETWEEN 2 AND {rules.COMMON}
        )
        SELECT DISTINCT a.subject AS account, c.subject AS customer, c.exhibit, c.locator
        FROM identifier a JOIN few USING (kind, normal)
        JOIN identifier c ON c.kind = a.kind AND c.normal = a.normal
        WHERE a.subject LIKE 'account:%' AND c.subject LIKE 'customer:%'
        ORDER BY ALL
    """
    for row in inputs.sql(text).to_pylist():
        found[row["account"], row["customer"]].append((row["exhibit"], row["locator"]))
    return found
