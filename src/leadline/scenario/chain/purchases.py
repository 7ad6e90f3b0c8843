"""A purchase, and the way its coins take: what is paid, over which wallets, and the truth about it."""

from dataclasses import dataclass, field

from leadline.scenario.chain.services import Slip
from leadline.scenario.chain.wallets import Lock, Wallet


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of plan.PURCHASE."""

    purchase: int
    account: int
    person: int
    customer: str
    service: str
    route: str
    hops: int
    when: int
    usd_cents: int
    tariff: int | None = None
    sat: int | None = None


@dataclass(slots=True)
class Way:
    """A purchase under way: what is paid, over which wallets, and the truth about it."""

    purchase: Purchase
    target: Lock
    value: int
    slip: Slip | None = None
    stop: str | None = None
    hops: int = 0
    steps: list["Step"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """One private transaction: who spends, and what goes elsewhere beside the way."""

    wallet: Wallet
    lock: Lock
    aside: int
    own: bool  # whether what goes aside returns to the spender
