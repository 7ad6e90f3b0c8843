"""Leadline: from seized market records to identified people, referrals and restitution.

What it gives is loaded when it is first asked for, so that the command line answers at once.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.engines.ledger import open_ledger
    from leadline.errors import LeadlineError
    from leadline.flow.withdrawal import withdrawal as without
    from leadline.store.case import Case
    from leadline.store.case import open_case as open
    from leadline.store.explain import explain

__all__ = ["Case", "LeadlineError", "explain", "open", "open_ledger", "without"]

_PLACES = {
    "Case": "store.case:Case",
    "LeadlineError": "errors:LeadlineError",
    "explain": "store.explain:explain",
    "open": "store.case:open_case",
    "open_ledger": "engines.ledger:open_ledger",
    "without": "flow.withdrawal:withdrawal",
}


def __getattr__(name: str) -> Any:
    """The public name, imported now (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    return getattr(importlib.import_module(f"leadline.{module}"), attribute)
