"""Returns: the customer a service names for the output that released the coins."""

from collections import defaultdict
from dataclasses import dataclass

from leadline.model.predicates import CUSTOMER_OF_RECORD
from leadline.model.words import RECORDED, WITHDRAWAL
from leadline.steps.link import rules
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs

Spoken = dict[tuple[bytes, str], tuple[bytes, Rule]]
"""The rules that spoke, by (finding, rule name)."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One customer of record: who, for which payment of which account, by which releases.

    `ways` has a pair a release: whether it rests on recorded spends and tags alone, on no cluster or behaviour, and
    over how many private hops it came.
    """

    finding: bytes
    customer: str
    account: str
    payment: str
    received: bytes
    ways: tuple[tuple[bool, int], ...]

    @property
    def recorded(self) -> bool:
        """Whether one release at least is recorded."""
        return any(recorded for recorded, _ in self.ways)


_WITHDRAWALS = f"""
SELECT e.subject AS customer, r.payment, r.finding AS released, r.release_outpoint, r.hops, r.grade,
       p.account, p.finding AS received, e.exhibit, e.locator,
       coalesce(e.address = r.address, false) AS by_address
FROM release r
JOIN event e ON e.kind = '{WITHDRAWAL}' AND e.object = 'tx:' || split_part(r.release_outpoint, ':', 2)
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
    by_output: dict[str, list[tuple[str, bytes, str, str]]] = defaultdict(list)
    for row in inputs.sql(_WITHDRAWALS).to_pylist():
        id_ = claims.add(row["customer"], CUSTOMER_OF_RECORD, row["payment"])
        claims.rest(id_, "finding", f"finding:{row['released'].hex()}")
        claims.rest(id_, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
        rule = rules.RETURNED_BY_ADDRESS if row["by_address"] else rules.RETURNED_BY_AMOUNT
        spoken[id_, rule.name] = (id_, rule)
        key = (row["customer"], row["account"], row["payment"])
        ways = (*(found[key].ways if key in found else ()), (row["grade"] == RECORDED, row["hops"]))
        found[key] = Returned(id_, row["customer"], row["account"], row["payment"], row["received"], ways)
        by_output[row["release_outpoint"]].append((row["customer"], id_, row["exhibit"].hex(), row["locator"]))
    for named in by_output.values():
        for customer, id_, _, _ in named:
            for other, _, exhibit, locator in named:
                if other != customer:
                    spoken[id_, rules.TWO_RETURNED.name] = (id_, rules.TWO_RETURNED)
                    claims.rest(id_, "exhibit", f"exhibit:{exhibit}", locator, "against")
    return list(found.values())
