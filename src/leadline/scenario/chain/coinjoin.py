"""Common transactions of several owners: three kinds of CoinJoin by their public shapes, and PayJoin (BIP78).

JoinMarket-like: one taker, a few makers, equal outputs of the amount the taker chose, change for nearly all.
Wasabi-like: many p2wpkh inputs, outputs of 0.1 bitcoin, change, a coordinator's fee. Whirlpool-like: five inputs, five
outputs of a pool's amount, fed by a Tx0 that splits a coin into premix outputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadline.kinds.bitcoin.networks import COIN
from leadline.kinds.bitcoin.tx import id_text
from leadline.scenario.chain.growth import Chain, output_bytes, size_of
from leadline.scenario.chain.wallets import DUST, HABITS, Coin, Lock, Wallet

WASABI_SAT = COIN // 10
"""Wasabi 1's base denomination, about 0.1 bitcoin."""
WASABI_FEE_SAT = 30_000
"""The coordinator's fee a participant, 0.3 per cent of the denomination."""
POOLS = (COIN // 1000, COIN // 100, COIN // 20, COIN // 2)
"""Whirlpool's pools: 0.001, 0.01, 0.05 and 0.5 bitcoin."""
PREMIX_FEE_SAT = 2_000
"""What a premix output holds above the pool's amount, for the mix's fee."""
SIDES = 5
"""Inputs and outputs of a Whirlpool mix."""
_PLAIN = HABITS[6]
"""Wallets that mix write plain p2wpkh transactions."""


@dataclass(slots=True)
class Pool:
    """Coins of one Whirlpool pool that wait for a mix."""

    premix: list[Coin] = field(default_factory=list)
    mixed: list[Coin] = field(default_factory=list)


class Mixing:
    """The CoinJoins of a chain and the pools behind them."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._anyone = Wallet(chain.ring, "coinjoin", "writer", _PLAIN)
        self._wasabi = Wallet(chain.ring, "coordinator", "wasabi", HABITS[5])
        self._whirlpool = Wallet(chain.ring, "coordinator", "whirlpool", HABITS[5])
        self._pools = {amount: Pool() for amount in POOLS}

    def joinmarket(self, taker: Sequence[Coin], makers: Sequence[Sequence[Coin]], amount: int) -> Coin | None:
        """The taker's equal output of a mix of `amount`; None, with nothing spent, when somebody has too little."""
        dice = self._chain.dice
        forms = [c.spent.opening.form for coins in (taker, *makers) for c in coins]
        fee = 8 * size_of(forms, 2 * (1 + len(makers)) * output_bytes("p2wsh"))
        income = max(2_000, amount // 2_000)
        outputs: list[tuple[Lock | bytes, int]] = []
        mine = _owner(taker).lock()
        for n, coins in enumerate((taker, *makers)):
            left = sum(c.value for c in coins) - amount + (income if n else -fee - income * len(makers))
            if left < 0:
                return None
            outputs.append((mine if n == 0 else _owner(coins).lock(), amount))
            if left >= DUST:
                outputs.append((_owner(coins).lock(), left))
        inputs = [c for coins in (taker, *makers) for c in coins]
        dice.shuffle(inputs)
        dice.shuffle(outputs)
        return self._mix("joinmarket", inputs, outputs, mine)

    def wasabi(self, parties: Sequence[Sequence[Coin]]) -> Coin | None:
        """The first party's 0.1 bitcoin output of one round; None, with nothing spent, when a party has too little."""
        inputs = [c for coins in parties for c in coins]
        scripts = (2 * len(parties) + 1) * output_bytes("p2wpkh")
        share = 5 * size_of([c.spent.opening.form for c in inputs], scripts) // len(parties) + 1
        outputs: list[tuple[Lock | bytes, int]] = []
        changes: list[tuple[Lock | bytes, int]] = []
        first: Lock | None = None
        for coins in parties:
            left = sum(c.value for c in coins) - WASABI_SAT - WASABI_FEE_SAT - share
            if left < 0:
                return None
            lock = _owner(coins).lock("p2wpkh")
            first = first or lock
            outputs.append((lock, WASABI_SAT))
            if left >= DUST:
                changes.append((_owner(coins).lock("p2wpkh"), left))
        if first is None:
            return None
        self._chain.dice.shuffle(inputs)
        self._chain.dice.shuffle(outputs)
        fee: tuple[Lock | bytes, int] = (self._wasabi.lock(), WASABI_FEE_SAT * len(parties))
        return self._mix("wasabi", inputs, [*outputs, *changes, fee], first)

    def tx0(self, coins: Sequence[Coin], amount: int, count: int) -> list[Coin]:
        """Premix coins of pool `amount`, at most `count`, split off the owner's coins; empty when they do not reach.

        They wait in the pool unless the caller takes them out.
        """
        owner = _owner(coins)
        total = sum(c.value for c in coins)
        fee = 6 * size_of([c.spent.opening.form for c in coins], (count + 3) * output_bytes("p2wpkh") + 40)
        charge = amount // 20
        count = min(count, (total - fee - charge) // (amount + PREMIX_FEE_SAT))
        if count < 1:
            return []
        premix = Wallet(self._chain.ring, owner.owner, f"{owner.name}/premix{self._chain.made}", _PLAIN)
        outputs: list[tuple[Lock | bytes, int]] = [(b"\x6a\x10" + coins[0].spent.txid[:16], 0)]
        outputs += [(self._whirlpool.lock(), charge)]
        outputs += [(premix.lock(), amount + PREMIX_FEE_SAT) for _ in range(count)]
        left = total - fee - charge - count * (amount + PREMIX_FEE_SAT)
        if left >= DUST:
            outputs.append((owner.lock("p2wpkh"), left))
        self._chain.send(coins, outputs, self._anyone)
        self._pools[amount].premix += premix.coins
        return list(premix.coins)

    def whirlpool(self, amount: int, with_: Coin | None = None) -> Coin | None:
        """One mix in pool `amount`, with `with_` among the inputs, and that party's output.

        None, with nothing spent, when fewer than five owners wait. Without `with_`, the output is the first party's.
        """
        pool = self._pools[amount]
        chosen: list[Coin] = [with_] if with_ else []
        owners = {c.lock.wallet.owner for c in chosen}
        fresh = 2 if len(pool.mixed) >= SIDES - 2 else SIDES
        for waiting, most in ((pool.premix, fresh), (pool.mixed, SIDES), (pool.premix, SIDES)):
            for coin in waiting:
                if len(chosen) < most and coin.lock.wallet.owner not in owners:
                    chosen.append(coin)
                    owners.add(coin.lock.wallet.owner)
        if len(chosen) < SIDES or all(c.value == amount for c in chosen):
            return None
        pool.premix = [c for c in pool.premix if c not in chosen]
        pool.mixed = [c for c in pool.mixed if c not in chosen]
        for coin in chosen:
            if coin in coin.lock.wallet.coins:
                coin.lock.wallet.coins.remove(coin)
        locks = [c.lock.wallet.lock("p2wpkh") for c in chosen]
        outputs: list[tuple[Lock | bytes, int]] = [(lock, amount) for lock in locks]
        self._chain.dice.shuffle(outputs)
        self._chain.dice.shuffle(chosen)
        mine = self._mix("whirlpool", chosen, outputs, locks[0])
        for lock in locks[1:] if with_ else locks:
            pool.mixed.append(lock.wallet.coins[-1])
        return mine

    def withdraw(self, coin: Coin) -> None:
        """Take a coin out of the pools: its owner spends it elsewhere."""
        for pool in self._pools.values():
            pool.premix = [c for c in pool.premix if c is not coin]
            pool.mixed = [c for c in pool.mixed if c is not coin]

    def payjoin(self, payer: Sequence[Coin], payee: Coin, value: int) -> bool:
        """A PayJoin: the payee adds a coin of his own and is paid the sum; False when the payer has too little."""
        sender, receiver = _owner(payer), payee.lock.wallet
        fee = sender.habit.rate * size_of([c.spent.opening.form for c in (*payer, payee)], 90)
        left = sum(c.value for c in payer) - value - fee
        if left < DUST:
            return False
        outputs: list[tuple[Lock | bytes, int]] = [(receiver.lock(), value + payee.value), (sender.lock(), left)]
        inputs = [*payer, payee]
        self._chain.dice.shuffle(outputs)
        self._chain.dice.shuffle(inputs)
        txid = self._chain.send(inputs, outputs, sender)
        self._chain.book.mixes.append({"txid": id_text(txid), "kind": "payjoin"})
        return True

    def _mix(self, kind: str, inputs: Sequence[Coin], outputs: Sequence[tuple[Lock | bytes, int]], mine: Lock) -> Coin:
        txid = self._chain.send(inputs, outputs, self._anyone)
        self._chain.book.mixes.append({"txid": id_text(txid), "kind": kind})
        return mine.wallet.coins[-1] if mine.wallet.coins[-1].lock is mine else _held(mine)


def _held(lock: Lock) -> Coin:
    """The newest coin under a lock."""
    return next(c for c in reversed(lock.wallet.coins) if c.lock is lock)


def _owner(coins: Sequence[Coin]) -> Wallet:
    return coins[0].lock.wallet
