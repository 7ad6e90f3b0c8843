"""Wallets: who owns outputs, which habits his software has, and the coins he can spend."""

from dataclasses import dataclass

from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.locks import Branch, Keyring, Opening
from leadline.scenario.chain.signing import Spent

DUST = 1_000
"""Satoshi below which a wallet leaves its change to the fee."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one kind of wallet software does."""

    form: str  # how it locks the addresses it gives out
    change_form: str
    change_place: str  # first, last or random
    reuse: float  # share of payments received on an address it gave out before
    rounds: float  # share of payments of a round amount
    rate: int  # satoshi a virtual byte
    version: int
    locked: bool  # whether it writes the height as lock time


HABITS = (
    Habit("p2pkh", "p2pkh", "random", 0.10, 0.5, 12, 1, locked=False),
    Habit("p2pkh", "p2pkh", "last", 0.45, 0.8, 20, 1, locked=False),
    Habit("p2pkh", "p2pkh", "first", 0.05, 0.3, 8, 2, locked=True),
    Habit("p2sh_p2wpkh", "p2sh_p2wpkh", "random", 0.05, 0.4, 6, 2, locked=True),
    Habit("p2sh_p2wpkh", "p2wpkh", "last", 0.05, 0.4, 5, 2, locked=True),
    Habit("p2wpkh", "p2wpkh", "random", 0.03, 0.3, 4, 2, locked=True),
    Habit("p2wpkh", "p2wpkh", "last", 0.03, 0.5, 7, 2, locked=False),
    Habit("p2sh_multisig", "p2sh_multisig", "last", 0.10, 0.3, 15, 1, locked=False),
    Habit("p2tr", "p2tr", "random", 0.02, 0.3, 3, 2, locked=True),
    Habit("p2wsh", "p2wsh", "random", 0.05, 0.3, 6, 2, locked=False),
    Habit("p2pk", "p2pkh", "last", 0.50, 0.6, 10, 1, locked=False),
    Habit("p2pk_long", "p2pk_long", "last", 0.50, 0.6, 10, 1, locked=False),
    Habit("multisig", "p2pkh", "last", 0.20, 0.6, 10, 1, locked=False),
)
"""Kinds of wallets; the first nine can be paid to an address, p2pk and bare multisig have none."""
WEIGHTS = (22, 10, 10, 12, 6, 14, 6, 4, 4, 2, 1, 1, 2)
"""How common each is among private people, in relative terms."""


@dataclass(frozen=True, slots=True)
class Lock:
    """An output script a wallet can open; `customer` is set where it is a customer's deposit address at a service."""

    opening: Opening
    wallet: "Wallet"
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Coin:
    """An unspent output of a wallet."""

    spent: Spent
    lock: Lock
    height: int

    @property
    def value(self) -> int:
        """Satoshi."""
        return self.spent.value


class Wallet:
    """One owner's wallet: its habit, the addresses it gave out last, its coins in order of arrival."""

    __slots__ = ("_count", "_last", "_ring", "coins", "habit", "name", "owner")

    def __init__(self, ring: Keyring | Branch, owner: str, name: str, habit: Habit) -> None:
        self.owner = owner
        self.name = name
        self.habit = habit
        self.coins: list[Coin] = []
        self._ring = ring
        self._count = 0
        self._last: Lock | None = None

    @property
    def total(self) -> int:
        """Satoshi it can spend."""
        return sum(c.value for c in self.coins)

    def lock(self, form: str = "", customer: str | None = None) -> Lock:
        """A new address (or other lock) of the wallet's own form, or of `form`."""
        label = f"{self.owner}\x1f{self.name}\x1f{self._count}"
        self._count += 1
        return Lock(self._ring.opening(form or self.habit.form, label), self, customer)

    def receive(self, dice: Dice) -> Lock:
        """The address it gives to somebody who wants to pay: new, or by habit the last one again."""
        if self._last is None or not dice.chance(self.habit.reuse):
            self._last = self.lock()
        return self._last

    def take(self, least: int, dice: Dice) -> list[Coin]:
        """Coins worth at least `least`, taken out of the wallet; empty, with nothing taken, when it has not as much."""
        taken: list[Coin] = []
        held, sum_ = self.coins, 0
        while held and sum_ < least:
            coin = held.pop(dice.below(len(held)) if len(held) > 1 else 0)
            taken.append(coin)
            sum_ += coin.value
        if sum_ < least:
            held.extend(taken)
            return []
        return taken

    def oldest(self, least: int, most: int) -> list[Coin]:
        """The oldest coins worth at least `least`, at most `most` of them, taken out; empty when they do not reach."""
        sum_ = 0
        for n, coin in enumerate(self.coins[:most], start=1):
            sum_ += coin.value
            if sum_ >= least:
                taken, self.coins = self.coins[:n], self.coins[n:]
                return taken
        return []
