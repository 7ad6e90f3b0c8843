"""Restitute: the market's accounts as outputs, balanced to the satoshi without a balancing entry."""

from leadline.model import findings
from leadline.steps.step import StepSpec

__all__ = ["SPEC"]

SPEC = StepSpec(
    name="restitute",
    method="closed-set-accounts",
    version=4,
    says="Account for every satoshi the market received: cashed out, spent on fees, gone elsewhere, still held, or "
    "outside what the ledger tells.",
    reads=("payment", "cashout", "derivation"),
    pins=("ledger", "price"),
    decides_on=(),
    settings=("hop_limit", "valuation_date", "currency"),
    writes=(findings.FINDING, findings.BASIS, findings.ENTRY, findings.BALANCE),
    place="leadline.steps.restitute.run:run",
    needs=("ledger",),
)
