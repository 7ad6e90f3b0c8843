"""Link's tables: who is named for the coins, the persons and where they belong, and signs of the service's machine."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.steps.link import candidates, leaks, persons, returns, same
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of link: findings with basis, the rules that spoke, persons with members, jurisdictions."""
    claims = Claims("link")
    spoken: dict[tuple[bytes, str], tuple[bytes, Rule]] = {}
    inputs.progress("returns", 0, 3)
    returned = returns.customers_of_record(inputs, claims, spoken)
    inputs.progress("same person", 1, 3)
    pairs = same.pairs(inputs, claims, spoken, returned)
    users = candidates.candidates(inputs, claims, spoken, returned, pairs)
    inputs.progress("persons", 2, 3)
    grouped = persons.group(inputs, claims, pairs, users, returned)
    inputs.progress("persons", 3, 3)
    leaked = leaks.leaks(inputs, claims)
    links = [(id_, rule.name, rule.role, rule.weight_ppm, rule.says) for id_, rule in spoken.values()]
    return {
        **claims.tables(),
        "link": from_rows(findings.LINK, links),
        "leak": leaked,
        **grouped,
    }
