"""Link: who the services name for the coins, which records suggest one person, and where that person's case belongs.

Three things are decided apart, each against its own alternatives: who paid (`payer_candidate`), who uses an account
(`user_candidate`) and which records are one person's (`same_person`). Who paid makes nobody one person with an account.
"""

from leadline.model import findings
from leadline.model.predicates import SAME_PERSON, USER_CANDIDATE
from leadline.steps.step import StepSpec

__all__ = ["SPEC"]


SPEC = StepSpec(
    name="link",
    method="identifiers-and-returns",
    version=7,
    says="Join returns to released coins, records to persons, persons to jurisdictions.",
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
        findings.LEAK,
    ),
    place="leadline.steps.link.run:run",
)
