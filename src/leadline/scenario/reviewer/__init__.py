"""The scripted reviewer: what a careful person would decide on this training case, knowing what really happened.

One line a decision, for findings that may or may not be made; only those that exist are decided. He accepts what is
true and says why, rejects a payer where the customer of record is a seller, a broker or a lender, and leaves a
household open. Who paid, who uses an account and which records are one person's he decides apart. What stands against
a finding he reads when he decides it, and says why it did not move him (`reason`). He is fallible: he believes some
false answers, and slips now and then (scenario.mistakes).
"""

from leadline.scenario.reviewer.decisions import account_ref, customer_ref, write_decisions
from leadline.scenario.reviewer.media import on_media
from leadline.scenario.reviewer.payments import on_payments, slipped
from leadline.scenario.reviewer.persons import on_persons, on_users
from leadline.scenario.reviewer.reasons import DESPITE, reason

__all__ = [
    "DESPITE",
    "account_ref",
    "customer_ref",
    "on_media",
    "on_payments",
    "on_persons",
    "on_users",
    "reason",
    "slipped",
    "write_decisions",
]
