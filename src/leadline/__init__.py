"""Leadline: from seized market records to identified people, referrals and restitution.

What it gives is loaded when it is first asked for, so that the command line answers at once.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.engines.ledger import open_ledger
    from leadline.errors import LeadlineError
    from leadline.views.reading import Reading
    from leadline.views.reading import open_reading as open

__all__ = ["LeadlineError", "Reading", "open", "open_ledger"]

_PLACES = {
    "LeadlineError": "errors:LeadlineError",
    "Reading": "views.reading:Reading",
    "open": "views.reading:open_reading",
    "open_ledger": "engines.ledger:open_ledger",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    return getattr(importlib.import_module(f"leadline.{module}"), attribute)
