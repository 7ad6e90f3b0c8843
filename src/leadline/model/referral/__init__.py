"""What a referral package says, as tables: one jurisdiction, its persons, and everything they rest on.

Writers turn these tables into files; a reader of any of them gets the same rows. In a package nothing is null where
the words differ: *none* is written for what does not exist, *unknown* for what nobody knows.
"""

from leadline.model.referral.court import COURT, FIGURES
from leadline.model.referral.dossier import PACKAGE_TABLES, CaseFace, Dossier
from leadline.model.referral.grounds import (
    ALTERNATIVES,
    CONFLICTS,
    EXHIBITS,
    FINDINGS,
    LEFT_OUT,
    LISTS,
    PACKAGE_BASIS,
    PACKAGE_DECISIONS,
    PACKAGE_HOPS,
    PACKAGE_TAGS,
    REASONS,
    WEIGHT,
)
from leadline.model.referral.persons import (
    ACCOUNT,
    ANSWERS,
    COPIES,
    IDENTIFIERS,
    MEDIA,
    MEMBERS,
    ONLY_PAID,
    PAYER,
    PAYER_STATES,
    PAYERS,
    PAYMENTS,
    PERSONS,
    REASON,
    file_of,
    once,
)
from leadline.model.referral.services import ENDS, INFERRED_REQUESTS, RELEASES, REQUESTS

__all__ = [
    "ACCOUNT",
    "ALTERNATIVES",
    "ANSWERS",
    "CONFLICTS",
    "COPIES",
    "COURT",
    "ENDS",
    "EXHIBITS",
    "FIGURES",
    "FINDINGS",
    "IDENTIFIERS",
    "INFERRED_REQUESTS",
    "LEFT_OUT",
    "LISTS",
    "MEDIA",
    "MEMBERS",
    "ONLY_PAID",
    "PACKAGE_BASIS",
    "PACKAGE_DECISIONS",
    "PACKAGE_HOPS",
    "PACKAGE_TABLES",
    "PACKAGE_TAGS",
    "PAYER",
    "PAYERS",
    "PAYER_STATES",
    "PAYMENTS",
    "PERSONS",
    "REASON",
    "REASONS",
    "RELEASES",
    "REQUESTS",
    "WEIGHT",
    "CaseFace",
    "Dossier",
    "file_of",
    "once",
]
