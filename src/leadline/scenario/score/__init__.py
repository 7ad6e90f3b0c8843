"""The scorecard: what the case found beside what really happened, step by step.

These figures are self-consistency with a generator of our own, never outside truth and never part of a case report.
Shares are rounded to six decimals; a measure of nothing has the value None.
"""

from leadline.scenario.score.card import scorecard, write_scorecard
from leadline.scenario.score.lines import row

__all__ = ["row", "scorecard", "write_scorecard"]
