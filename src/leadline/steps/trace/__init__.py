"""Trace: from the addresses in the records to the services that released the coins, and to those that took them.

Nothing is traced past a service: after a deposit the coins are no longer the payer's. What was `released` says nothing
about who asked for it.
"""

from leadline.model import findings
from leadline.steps.step import StepSpec

__all__ = ["SPEC"]

SPEC = StepSpec(
    name="trace",
    method="walks",
    version=16,
    says="Follow every payment back to the service that released the coins, and the market's coins forward.",
    reads=("address", "wallet", "event", "offer"),
    pins=("ledger", "tag", "price"),
    decides_on=(),
    settings=("hop_limit", "gap_limit", "taint", "valuation_date", "currency"),
    writes=(
        findings.FINDING,
        findings.BASIS,
        findings.DERIVATION,
        findings.BRANCH,
        findings.PAYMENT,
        findings.RELEASE,
        findings.HOP,
        findings.STOP,
        findings.CASHOUT,
        findings.ATTRIBUTION,
        findings.TAG_CONFLICT,
        findings.TAG_FAULT,
        findings.GAP,
        findings.PEEL,
        findings.MIXLINK,
        findings.PATTERN,
        findings.PRICED,
        findings.TAINT,
        findings.EXPOSURE,
        findings.ACCOUNT_EXPOSURE,
        findings.COVERAGE,
        findings.VALUATION,
    ),
    place="leadline.steps.trace.run:run",
    needs=("ledger",),
)
