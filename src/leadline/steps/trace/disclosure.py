"""What the page for the other side says of trace beside the claim: its fixed limits, and the path as text."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.engines.ledger.attribution import behaviour, service_signs
from leadline.engines.ledger.tracing import walks
from leadline.steps.trace.explain import lines as drawn
from leadline.steps.trace.picture import picture
from leadline.steps.trace.tags import CLUSTER_LEVEL, LEAST_LEVEL
from leadline.steps.trace.unresolved_walks import SLIVER_PPM

LIMITS = (
    f"Transactions with inputs from {walks.FUNDERS} or more unnamed senders end a walk; of the branches of one payment "
    f"and hop the {walks.BRANCHES} largest are followed.",
    f"Tags of level below {LEAST_LEVEL} of 100 name nobody; one of level {CLUSTER_LEVEL} or more may speak for a "
    "cluster, when no other tag speaks against it; equally sure tags that differ name nobody.",
    f"A cluster without a name behaves like a service from {behaviour.SCRIPTS} scripts, {behaviour.PAYEES} payees and "
    f"{behaviour.PAYERS} payers on; along scored change, from {service_signs.PAYEES} payees and a collection from "
    f"{service_signs.SENDERS} senders on.",
    f"A service that let go of less than {SLIVER_PPM} millionths of a payment is not named for it.",
    "Shares are split at every transaction among its inputs by value, in millionths that add up exactly; a satoshi or "
    "millionth left over goes to the largest remainder, the earlier input first.",
    "These numbers are choices of the makers of the program, the same in every case; no case may change them.",
)
"""The fixed thresholds of trace."""


def limits(hop_limit: int, gap_limit: int, taint: str) -> tuple[str, ...]:
    """LIMITS after those that a case sets itself."""
    own = f"hop_limit {hop_limit}, gap_limit {gap_limit}, taint {taint}"
    return (f"{own} (set in the case, with the reason in its log)", *LIMITS)


def path(finding: bytes, tables: Mapping[str, pa.Table]) -> list[str]:
    """The path of one finding as text, from picture.READS; none is drawn for most findings that have none."""
    shown = picture(finding, tables)
    return drawn(shown) if shown is not None else []
