"""Link: who the services name for the coins, which records suggest one person, and where that person's case belongs.

Three things are decided apart, each against its own alternatives: who paid (`payer_candidate`), who uses an account
(`user_candidate`) and which records are one person's (`same_person`). Who paid makes nobody one person with an account.
"""

from collections.abc import Mapping

import pyarrow as pa

from leadline.model import findings
from leadline.model.predicates import SAME_PERSON, USER_CANDIDATE
from leadline.model.tables import from_rows
from leadline.steps.link import candidates, persons, returns, same
from leadline.steps.link.rules import Rule
from leadline.steps.step import Claims, Inputs, StepSpec

__all__ = ["SPEC"]


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
    links = [(id_, rule.name, rule.role, rule.weight_ppm, rule.says) for id_, rule in spoken.values()]
    return {
        **claims.tables(),
        "link": from_rows(findings.LINK, links),
        **grouped,
    }


SPEC = StepSpec(
    name="link",
    method="identifiers-and-returns",
    version=2,
    says="Joins returns to released coins, records to persons, persons to jurisdictions.",
    reads=("account", "identifier", "event", "customer", "payment", "release"),
    pins=(),
    decides_on=(SAME_PERSON, USER_CANDIDATE),
    settings=(),
    writes=(
        findings.FINDING,
        findings.BASIS,
        findings.LINK,
        findings.MEMBERSHIP,
        findings.CONFLICT,
        findings.JURISDICTION,
    ),
    place="leadline.steps.link:run",
)
