"""Leadline: from seized market records to identified people, referrals and restitution.

What it gives is loaded when it is first asked for, so that the command line answers at once.
"""

from leadline.lazily import face

TYPE_CHECKING = False
"""As typing's, for type checkers; typing itself takes longer to load than everything else here."""
if TYPE_CHECKING:
    from leadline.engines.ledger import open_ledger
    from leadline.errors import LeadlineError
    from leadline.views.face import Reading
    from leadline.views.face import open_reading as open

__all__ = ["LeadlineError", "Reading", "open", "open_ledger"]

__getattr__ = face(
    __name__,
    {
        "LeadlineError": "errors:LeadlineError",
        "Reading": "views.face:Reading",
        "open": "views.face:open_reading",
        "open_ledger": "engines.ledger:open_ledger",
    },
)
