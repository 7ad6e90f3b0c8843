"""Services: deposit addresses and their sweeps, hot wallets, withdrawals paid one by one or in batches."""

from dataclasses import dataclass

from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import COIN
from leadline.kinds.bitcoin.tx import id_text
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.wallets import DUST, Coin, Habit, Lock, Wallet

SWEEP_INPUTS = 60
"""Most deposits one sweep collects."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one service runs its wallets."""

    habit: Habit  # of its hot wallet
    deposit_form: str
    pool: int  # hot addresses used in turn at one time; 0: a new one every time
    batch: int  # most withdrawals in one transaction
    joined: bool  # whether a hot coin takes part in every sweep
    once: bool  # whether every deposit gets an address of its own
    float_btc: int  # what its hot wallet starts with
    least: int = 1  # fewest deposits it collects together


def _habit(form: str, place: str, rate: int) -> Habit:
    return Habit(form, form, place, 0.0, 0.0, rate, 1, locked=False)


MANNERS = {
    "northgate": Manner(_habit("p2pkh", "last", 25), "p2pkh", 3, 40, joined=True, once=False, float_btc=900),
    "harbour": Manner(
        _habit("p2sh_p2wpkh", "random", 18), "p2sh_p2wpkh", 8, 25, joined=False, once=False, float_btc=700
    ),
    "kestrel": Manner(
        _habit("p2sh_multisig", "last", 30), "p2sh_multisig", 4, 1, joined=True, once=False, float_btc=700
    ),
    "lantern": Manner(_habit("p2pkh", "first", 15), "p2pkh", 0, 6, joined=False, once=False, float_btc=500),
    "millrace": Manner(_habit("p2wpkh", "random", 8), "p2wpkh", 0, 12, joined=False, once=True, float_btc=150),
    "juniper": Manner(_habit("p2pkh", "last", 10), "p2pkh", 2, 1, joined=True, once=False, float_btc=250),
    "tamarack": Manner(_habit("p2pkh", "random", 12), "p2pkh", 0, 2, joined=False, once=True, float_btc=300, least=8),
}
"""The services of scenario.plan.SERVICES."""
GENERATIONS = 3
"""How often a service with a pool of hot addresses moves to new ones within the case."""


@dataclass(slots=True)
class Slip:
    """A withdrawal asked for, and where it was paid."""

    customer: str
    lock: Lock
    value: int
    txid: bytes = b""
    vout: int = -1


class Service:
    """One service: hot wallet, deposit addresses, withdrawals waiting."""

    def __init__(self, chain: Chain, name: str) -> None:
        self.name = name
        self.manner = MANNERS[name]
        self._chain = chain
        habit = self.manner.habit
        self.hot = Wallet(chain.ring, name, "hot", habit)
        self._deposits = Wallet(chain.ring, name, "deposit", _habit(self.manner.deposit_form, "last", habit.rate))
        self.pools = [[self.hot.lock() for _ in range(self.manner.pool)] for _ in range(GENERATIONS)]
        self.used: dict[bytes, Lock] = {}
        self.generation = 0
        self._customers: dict[str, Lock] = {}
        self._queue: list[Slip] = []

    def hot_lock(self) -> Lock:
        """The hot address that receives next."""
        pool = self.pools[self.generation]
        lock = self._chain.dice.pick(pool) if pool else self.hot.lock()
        self.used.setdefault(lock.opening.script, lock)
        return lock

    def deposit_lock(self, customer: str, who: str = "") -> Lock:
        """The deposit address of a customer (`who` tells customers without a record apart)."""
        if self.manner.once:
            return self._deposits.lock(customer=customer)
        lock = self._customers.get(customer + who)
        if lock is None:
            lock = self._customers[customer + who] = self._deposits.lock(customer=customer)
        return lock

    def ask(self, customer: str, lock: Lock, value: int) -> Slip:
        """Put a withdrawal of `value` to `lock` into the queue."""
        slip = Slip(customer, lock, value)
        self._queue.append(slip)
        return slip

    def waiting(self) -> int:
        """Withdrawals in the queue."""
        return len(self._queue)

    def flush(self) -> None:
        """Pay every withdrawal in the queue."""
        step = self.manner.batch
        for start in range(0, len(self._queue), step):
            self._pay(self._queue[start : start + step])
        self._queue = []

    def _pay(self, slips: list[Slip]) -> None:
        chain = self._chain
        outputs = [(s.lock, s.value) for s in slips]
        coins = self._fund(sum(s.value for s in slips), len(slips))
        paid = chain.pay(self.hot, outputs, coins=coins, change=self.hot_lock())
        if paid is None:
            raise ChainError("a service of the training chain has run out of coins", where=f"block:{chain.height}")
        for slip, vout in zip(slips, paid.vouts, strict=True):
            slip.txid, slip.vout = paid.txid, vout
            chain.book.withdrawals.append(
                {
                    "customer": slip.customer,
                    "service": self.name,
                    "txid": id_text(paid.txid),
                    "vout": vout,
                    "script": slip.lock.opening.script,
                    "value_sat": slip.value,
                    "time": chain.time,
                }
            )

    def _fund(self, value: int, outputs: int) -> list[Coin]:
        """Hot coins for withdrawals worth `value`; miners lend when the hot wallet is short."""
        for _ in range(40):
            fees = self.manner.habit.rate * (300 * 80 + 80 * outputs)
            coins = self.hot.oldest(value + fees, 80)
            if coins:
                return coins
            lent = self._chain.reserve.total // 4
            if lent < COIN // 100:
                break
            self._chain.pay(self._chain.reserve, [(self.hot_lock(), lent)])
            self.hot.coins.sort(key=lambda c: -c.value)
        return []

    def sweep(self, least: int) -> None:
        """Collect deposits into the hot wallet, when there are at least `least`."""
        while len(self._deposits.coins) >= max(1, least):
            coins, self._deposits.coins = self._deposits.coins[:SWEEP_INPUTS], self._deposits.coins[SWEEP_INPUTS:]
            if self.manner.joined and len(self.hot.coins) > 2:
                coins.insert(0, self.hot.coins.pop(0))
            self._gather(coins)

    def keep(self, coin: Coin) -> None:
        """Take over a coin whose key a customer handed in; it is swept as a deposit."""
        self._deposits.coins.append(Coin(coin.spent, Lock(coin.lock.opening, self._deposits), coin.height))

    def holds_deposits(self) -> bool:
        """Whether any deposit waits to be collected."""
        return bool(self._deposits.coins)

    def sweep_with(self, other: "Service") -> bool:
        """Collect deposits and a hot coin of both in one transaction, each into its own hot wallet.

        False, with nothing spent, when either has too little.
        """
        outputs: list[tuple[Lock | bytes, int]] = []
        taken: list[Coin] = []
        for service in (self, other):
            coins = [*service._deposits.coins[: SWEEP_INPUTS // 2], *service.hot.coins[:1]]
            value = sum(c.value for c in coins) - self.manner.habit.rate * (60 + 299 * len(coins))
            if value < DUST:
                return False
            outputs.append((service.hot_lock(), value))
            taken += coins
        for service in (self, other):
            service._deposits.coins = service._deposits.coins[SWEEP_INPUTS // 2 :]
            service.hot.coins = service.hot.coins[1:]
        self._chain.send(taken, outputs, self.hot)
        return True

    def consolidate(self) -> None:
        """Spend the oldest hot coins together into one."""
        if len(self.hot.coins) > 3:
            coins, self.hot.coins = self.hot.coins[:SWEEP_INPUTS], self.hot.coins[SWEEP_INPUTS:]
            self._gather(coins)

    def migrate(self, generation: int) -> None:
        """Move to the next generation of hot addresses: every address in use is spent together with the others once.

        Each gets a small coin first, so that common spending shows them as one wallet whatever they held.
        """
        if not self.manner.pool:
            return
        total = self.hot.total
        share = min(COIN // 10, total // (4 * len(self.used) + 4))
        coins = self.hot.oldest(share * (len(self.used) + 2), len(self.hot.coins))
        if coins and share > 100_000:
            outputs = [(lock, share) for lock in self.used.values()]
            paid = self._chain.pay(self.hot, outputs, coins=coins, change=self.hot_lock())
            made = len(outputs) + (paid is not None and paid.change >= 0)
            self.hot.coins, fresh = self.hot.coins[:-made], self.hot.coins[-made:]
            self.generation = generation
            self._gather(fresh)

    def _gather(self, coins: list[Coin]) -> None:
        """Spend `coins` into one hot output, or keep them when they are not worth the fee."""
        rate = self.manner.habit.rate
        total, fee = sum(c.value for c in coins), rate * (60 + 299 * len(coins))
        if total > 4 * fee:
            self._chain.send(coins, [(self.hot_lock(), total - fee)], self.hot)
        else:
            self.hot.coins.extend(coins)
