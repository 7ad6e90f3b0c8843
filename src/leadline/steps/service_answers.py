"""What services answered: which released outputs a legal return states, and which a person entered as denied."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.words import CONFIRMED, NOT_ASKED, UNANSWERED, WITHDRAWAL

STATES = {
    "confirmed": "a return of the service states this output as a withdrawal of one of its customers",
    "denied": "a person rejected the release: how a service's *no such withdrawal* is entered",
    "unanswered": "the service made a return that does not state this output",
    "not_asked": "the service made no return",
}
"""What can become of a release: the closed list."""

Withdrawals = Mapping[tuple[str, str], Sequence[dict[str, Any]]]
"""Withdrawals that returns state, by (service ref, transaction ref)."""


def withdrawals(events: pa.Table, transactions: Sequence[str] | None = None) -> Withdrawals:
    """Withdrawals that returns in the event table state, by service and transaction; of these transactions, if given.

    `transactions` are refs. A withdrawal without one stands under an empty ref.
    """
    told = events.filter(pc.equal(events.column("kind"), WITHDRAWAL))
    told = told.filter(pc.starts_with(told.column("subject"), "customer:"))
    if transactions is not None:
        told = told.filter(pc.is_in(told.column("object"), pa.array(transactions, pa.string())))
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in told.select(["subject", "object", "address", "amount_sat", "exhibit", "locator"]).to_pylist():
        service = row["subject"].removeprefix("customer:").partition("/")[0]
        found[f"service:{service}", row["object"] or ""].append(row)
    return found


def states(withdrawal: Mapping[str, Any], release: Mapping[str, Any]) -> bool:
    """Whether a withdrawal a return states is this release's output: by its address, or by amount when it has none."""
    if withdrawal["address"] is not None:
        return bool(withdrawal["address"] == release["address"])
    return withdrawal["amount_sat"] is not None and bool(withdrawal["amount_sat"] == release["value_sat"])


def stated(told: Withdrawals, release: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The withdrawals that are this release's output."""
    return [row for row in told.get((release["service"], transaction(release)), ()) if states(row, release)]


def named(told: Withdrawals, release: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same; where one agrees in address and amount, those alone, for one batch may pay an address twice."""
    rows = stated(told, release)
    exact = (release["address"], release["value_sat"])
    return [row for row in rows if (row["address"], row["amount_sat"]) == exact] or rows


def transaction(release: Mapping[str, Any]) -> str:
    """The ref of the transaction that made a release's output."""
    return "tx:" + str(release["release_outpoint"]).split(":")[1]


def answer(told: Withdrawals, asked: frozenset[str], denied: frozenset[bytes], release: Mapping[str, Any]) -> str:
    """The word of STATES for one row of release; `asked` are the services of `told`, `denied` findings rejected."""
    if release["finding"] in denied:
        return "denied"
    if stated(told, release):
        return CONFIRMED
    return UNANSWERED if release["service"] in asked else NOT_ASKED
