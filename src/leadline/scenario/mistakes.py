"""What goes wrong in a training case where people answer: returns that are false, late or mistaken, and the reviewer.

Without them every release would be confirmed and every decision right by construction, and no figure of such a case
would say anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa

from leadline.scenario.plan import RETURNING
from leadline.scenario.random_streams import at_least_one, stream

KINDS = {
    "false": "the return names another customer of the service for the withdrawal",
    "mistaken": "the return states another transaction: two digits of its id changed places",
    "late": "the return leaves the withdrawal out; it comes when the case is closed",
    "denied": "the service answers that it made no such withdrawal",
}
"""What can be wrong with a return's row about a withdrawal that paid: the closed list."""
WRONG_PPM = 10_000
"""Withdrawals that paid, of each kind of mistake: one in a hundred, and one at least; no claim about any service."""
SLIPS_PPM = 20_000
"""Decisions of each verdict about payers that the reviewer gets wrong: one in fifty, and one at least."""

MISTAKE = pa.schema(
    [
        ("kind", pa.string()),  # of KINDS, or slip: a decision of the reviewer
        ("service", pa.string()),
        ("customer", pa.string()),  # who withdrew; of a slip, whom it is about
        ("instead", pa.string()),  # whom the return names in place of him, "" elsewhere
        ("txid", pa.string()),
        ("vout", pa.int32()),
        ("account", pa.int32()),  # of a slip; -1 elsewhere
    ]
)
"""One row a mistake."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong row of a return: its kind, the service, who withdrew, and whom the return names in place of him."""

    kind: str
    service: str
    customer: str
    instead: str = ""


Mistakes = Mapping[tuple[str, int], Mistake]
"""(txid, vout) of a withdrawal -> what the return gets wrong about it."""


def draw(seed: int, payments: pa.Table, withdrawals: pa.Table) -> Mistakes:
    """The mistakes of all returns, among the withdrawals whose coins paid; tables as ChainTruth has them."""
    paid = {(r["release_txid"], r["release_vout"]) for r in payments.to_pylist() if r["stop"] is None}
    rows = {(r["txid"], r["vout"]): r for r in withdrawals.to_pylist() if r["customer"] and r["service"] in RETURNING}
    keys = sorted(key for key in rows if key in paid)
    rng = stream(seed, "mistakes of returns")
    each = min(at_least_one(len(keys), WRONG_PPM), len(keys) // len(KINDS))
    chosen = [keys[i] for i in rng.permutation(len(keys))[: each * len(KINDS)].tolist()]
    found: dict[tuple[str, int], Mistake] = {}
    for place, key in enumerate(chosen):
        kind = tuple(KINDS)[place % len(KINDS)]
        service, customer = rows[key]["service"], rows[key]["customer"]
        others = sorted({rows[k]["customer"] for k in keys if rows[k]["service"] == service} - {customer})
        if kind == "false" and others:
            found[key] = Mistake(kind, service, customer, others[int(rng.integers(0, len(others)))])
        elif kind != "false":
            found[key] = Mistake(kind, service, customer)
    return found


def swapped(txid: str) -> str:
    """`txid` with its first two unlike neighbouring digits in each other's place."""
    place = next(i for i in range(len(txid) - 1) if txid[i] != txid[i + 1])
    return txid[:place] + txid[place + 1] + txid[place] + txid[place + 2 :]


Item = TypeVar("Item")


def slips(seed: int, verdict: str, decided: Sequence[Item]) -> list[Item]:
    """The decisions of a verdict, of those in order, that the reviewer gets wrong."""
    rng = stream(seed, f"slips of the reviewer/{verdict}")
    few = rng.permutation(len(decided))[: at_least_one(len(decided), SLIPS_PPM)]
    return [decided[i] for i in sorted(few.tolist())]
