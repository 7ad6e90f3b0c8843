"""Leadline: from seized market records to identified people, referrals and restitution."""

from leadline.engines.ledger import open_ledger
from leadline.errors import LeadlineError
from leadline.store.case import Case
from leadline.store.case import open_case as open
from leadline.store.explain import explain
from leadline.store.impact import without

__all__ = ["Case", "LeadlineError", "explain", "open", "open_ledger", "without"]
