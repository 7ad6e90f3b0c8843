"""The jurisdictions with a sheet of their own, one file each; any other country gets the general sheet."""

from leadline.kinds.jurisdiction import Jurisdiction
from leadline.kinds.jurisdictions.eu import EU
from leadline.kinds.jurisdictions.general import GENERAL
from leadline.kinds.jurisdictions.us import US

JURISDICTIONS: tuple[Jurisdiction, ...] = (
    US,
    EU,
)
"""The list; a new jurisdiction is one file and one line here."""


def sheet(code: str) -> Jurisdiction:
    """The sheet for a jurisdiction code: its own, or the general one."""
    return next((j for j in JURISDICTIONS if code in j.codes), GENERAL)
