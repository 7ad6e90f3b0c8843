"""How a buyer's coin is mixed: in which kind of CoinJoin, what it must hold for that, and whose coins join it."""

from collections.abc import Callable
from functools import partial

from leadline.kinds.bitcoin.networks import COIN
from leadline.scenario.chain.coinjoin import POOLS, PREMIX_FEE_SAT, WASABI_FEE_SAT, WASABI_SAT, Mixing
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.private_wallets import Parties
from leadline.scenario.chain.wallets import Coin

Mix = Callable[[Coin], Coin | None]
"""From the coin that goes in to the one that comes out; None where too few people join."""


class Rounds:
    """CoinJoins of which one coin is a buyer's."""

    def __init__(self, chain: Chain, mixing: Mixing, parties: Parties) -> None:
        self._chain = chain
        self._mixing = mixing
        self._parties = parties

    def choose(self, number: int, spend: int) -> tuple[int, Mix]:
        """(satoshi that a coin must hold, how it is mixed) for `spend` to come out; purchases take turns by number."""
        kind = number % 3
        pool = next((amount for amount in POOLS if amount >= spend), 0)
        if kind == 0 and spend <= WASABI_SAT:
            need = WASABI_SAT + WASABI_FEE_SAT + 60_000 + self._chain.dice.below(COIN // 50)
            mix = self._by_wasabi
        elif kind == 1 and pool:
            need = pool + pool // 20 + PREMIX_FEE_SAT + 60_000 + self._chain.dice.below(pool)
            mix = partial(self._by_whirlpool, pool)
        else:
            amount = spend * 105 // 100
            need = amount + amount // 50 + 200_000
            mix = partial(self._by_joinmarket, amount)
        return need, mix

    def _by_wasabi(self, coin: Coin) -> Coin | None:
        others = self._parties.makers(
            self._chain.dice.between(7, 15), WASABI_SAT + WASABI_FEE_SAT + 20_000, "p2wpkh", coin.lock.wallet.owner
        )
        return self._mixing.wasabi([[coin], *others])

    def _by_joinmarket(self, amount: int, coin: Coin) -> Coin | None:
        least = amount + amount // 50 + 10_000
        others = self._parties.makers(self._chain.dice.between(2, 5), least, without=coin.lock.wallet.owner)
        return self._mixing.joinmarket([coin], others, amount)

    def _by_whirlpool(self, amount: int, coin: Coin) -> Coin | None:
        mine = self._mixing.tx0([coin], amount, 1)[0]
        self._mixing.withdraw(mine)
        mixed = self._mixing.whirlpool(amount, mine)
        if mixed is None:
            for coins in self._parties.makers(8, amount + amount // 20 + 60_000, without=coin.lock.wallet.owner):
                if not self._mixing.tx0(coins, amount, 1):
                    self._parties.give_back([coins])
            mixed = self._mixing.whirlpool(amount, mine)
        return mixed
