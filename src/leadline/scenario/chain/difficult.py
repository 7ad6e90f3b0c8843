"""Difficult cases on the chain: keys imported into a service, two services with one custodian, dust to the market.

They break what tracing presupposes: that who spends together is one owner, that who pays the market bought something.
Their chance is a stream of its own, so that a impact them is the same bytes as before they were known.
"""

from collections.abc import Mapping

from leadline.kinds.bitcoin.tx import id_text
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.growth import Chain, Paid
from leadline.scenario.chain.services import Service
from leadline.scenario.chain.wallets import Coin
from leadline.scenario.plan import SERVICES, Shares

EXCHANGES = tuple(name for name, kind in SERVICES.items() if kind == "exchange")
CUSTODY = ("harbour", "kestrel")
"""The services, one tagged and one not, whose keys one custodian keeps."""
CASES = ("shared_custody", "dust_attack", "imported_keys")
"""The shares of plan.Shares that are these cases."""
LATER = 50
"""Most blocks after a payment until dust reaches its address."""


class Difficult:
    """Whether a difficult case happens, and what then does."""

    def __init__(self, chain: Chain, services: Mapping[str, Service], shares: Shares, seed: int) -> None:
        self._chain = chain
        self._services = services
        self._shares = {name: getattr(shares, name) / 1_000_000 for name in CASES}
        self._dice = Dice(seed, "difficult")
        self._happened: set[str] = set()

    def happens(self, case: str) -> bool:
        """Whether `case` happens at this occasion: at the first one when its share is not zero, then by chance."""
        share = self._shares[case]
        if share and (case not in self._happened or self._dice.chance(share)):
            self._happened.add(case)
            return True
        return False

    def later(self) -> int:
        """A height after this one at which dust is sent."""
        return self._chain.height + self._dice.between(1, LATER)

    def import_key(self, coin: Coin, service: str = "") -> None:
        """An exchange (`service`, or any) is handed the key of `coin`, which is out of its wallet, as a deposit."""
        self._services[service or self._dice.pick(EXCHANGES)].keep(coin)

    def note_dust(self, account: int, paid: Paid, value: int) -> None:
        """Write down a payment to the market that is no purchase."""
        chain = self._chain
        chain.book.payments.append(
            {
                "purchase": -1, "account": account, "txid": id_text(paid.txid), "vout": paid.vouts[0],
                "value_sat": value, "height": chain.height, "time": chain.time, "service": None,
                "release_txid": None, "release_vout": None, "hops": 0, "stop": "merged_history", "route": "dust",
            }
        )  # fmt: skip

    def sweep(self, service: Service) -> bool:
        """Whether `service` swept together with the other service whose keys its custodian keeps."""
        if service.name != CUSTODY[0]:
            return False
        other = self._services[CUSTODY[1]]
        if not (service.holds_deposits() and other.holds_deposits() and self.happens("shared_custody")):
            return False
        if not service.sweep_with(other):
            self._happened.discard("shared_custody")  # too little waits: the next sweep is asked again
            return False
        return True
