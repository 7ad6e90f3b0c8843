"""The market's operator: collects what his accounts' addresses received, cashes out at services, keeps a rest."""

from collections.abc import Mapping

from leadline.kinds.bitcoin.tx import id_text
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.locks import Branch
from leadline.scenario.chain.services import Service
from leadline.scenario.chain.wallets import HABITS, Habit, Wallet

OPERATOR, MAIN = "operator", "main"
_HABIT = Habit("p2pkh", "p2pkh", "last", 0.0, 0.5, 15, 1, locked=False)
CASHED_AT = ("northgate", "kestrel", "harbour", "kestrel", "lantern")
"""Services he reaches, in turn: tagged ones and others."""
_MOST = 40
"""Addresses he collects from in one transaction."""
_LEAST_SAT = 50_000
"""He sends nothing smaller to a service."""


def branch(seed: int) -> Branch:
    """The keys of his wallet; the extended public key of it stands in the market's settings."""
    return Branch(seed, OPERATOR)


class Operator:
    """The operator's wallet and his customer accounts at services."""

    def __init__(self, chain: Chain, services: Mapping[str, Service]) -> None:
        self._chain = chain
        self._services = services
        self.wallet = Wallet(branch(chain.ring.seed), OPERATOR, MAIN, _HABIT)
        self._step = Wallet(chain.ring, OPERATOR, "step", HABITS[0])
        self._turn = 0

    def sweep(self, accounts: list[Wallet]) -> None:
        """Collect from up to 40 accounts that hold coins, into one output."""
        full = [w for w in accounts if w.coins]
        coins = [c for w in full[:_MOST] for c in w.coins]
        total, fee = sum(c.value for c in coins), _HABIT.rate * (60 + 149 * len(coins))
        if total > 3 * fee:
            for wallet in full[:_MOST]:
                wallet.coins.clear()
            self._chain.send(coins, [(self.wallet.lock(), total - fee)], self.wallet)

    def cash_out(self) -> None:
        """Pay a part to a service's deposit address, one time in three over an address of his own."""
        dice = self._chain.dice
        name = CASHED_AT[self._turn % len(CASHED_AT)]
        value = self.wallet.total * dice.between(20, 60) // 100
        if value < _LEAST_SAT:
            return
        self._turn += 1
        target = self._services[name].deposit_lock("", OPERATOR)
        payer = self.wallet
        if dice.chance(0.34):
            if self._chain.pay(self.wallet, [(self._step.lock(), value)]) is None:
                return
            payer, value = self._step, value - 12 * 500
        before = self._chain.pay(payer, [(target, value)])
        if before is not None:
            self._note(name, before.txid, before.vouts[0], value)

    def _note(self, name: str, txid: bytes, vout: int, value: int) -> None:
        self._chain.book.cashouts.append(
            {
                "txid": id_text(txid),
                "vout": vout,
                "service": name,
                "value_sat": value,
                "height": self._chain.height,
                "time": self._chain.time,
            }
        )
