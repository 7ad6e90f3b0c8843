"""The tables of evidence: exhibits, occurrences, and the typed records intake reads out of them.

Every record row is a *statement*: the exhibit and locator say where it stands. Two exhibits may state the same entity
(a live database and its backup); `first_statements` gives each entity once, in evidence order.
"""

from leadline.model.evidence.exhibits import (
    EXHIBIT,
    EXHIBIT_DIGEST,
    NEVER_CLEARED,
    OCCURRENCE,
    REJECT,
    RESTRICTIONS,
    TALLY,
)
from leadline.model.evidence.media import CROP, MEDIA, MEDIA_FACT, SIGNATURE
from leadline.model.evidence.records import ACCOUNT, ADDRESS, CIRCUMSTANCE, CUSTOMER, EVENT, IDENTIFIER, OFFER, WALLET
from leadline.model.evidence.statements import ENTITY, INTAKE_TABLES, RECORDS, first_statements

__all__ = [
    "ACCOUNT",
    "ADDRESS",
    "CIRCUMSTANCE",
    "CROP",
    "CUSTOMER",
    "ENTITY",
    "EVENT",
    "EXHIBIT",
    "EXHIBIT_DIGEST",
    "IDENTIFIER",
    "INTAKE_TABLES",
    "MEDIA",
    "MEDIA_FACT",
    "NEVER_CLEARED",
    "OCCURRENCE",
    "OFFER",
    "RECORDS",
    "REJECT",
    "RESTRICTIONS",
    "SIGNATURE",
    "TALLY",
    "WALLET",
    "first_statements",
]
