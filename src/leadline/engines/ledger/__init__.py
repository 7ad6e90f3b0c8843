"""Block files to columns, spends, clusters and walks."""

from leadline.engines.ledger.build import build
from leadline.engines.ledger.ledger import Ledger, open_ledger
from leadline.engines.ledger.summary import Info

__all__ = ["Info", "Ledger", "build", "open_ledger"]
