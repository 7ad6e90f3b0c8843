"""Private wallets: one a person, with a habit; and coins of several of them, as those lend who join a CoinJoin."""

from leadline.scenario.chain.difficult import EXCHANGES
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.wallets import HABITS, WEIGHTS, Coin, Wallet


class Person:
    """A private wallet, and the customer record its owner has at a service ("" for none returned)."""

    __slots__ = ("customer", "service", "wallet")

    def __init__(self, wallet: Wallet, customer: str, service: str) -> None:
        self.wallet = wallet
        self.customer = customer
        self.service = service


def people(chain: Chain, customers: list[tuple[str, str, str]], more: int) -> list[Person]:
    """One private wallet a customer (owner, customer ref, service), and `more` others, with habits by their weights."""
    ladder = [habit for habit, weight in zip(HABITS, WEIGHTS, strict=True) for _ in range(weight)]
    out = []
    for owner, customer, service in customers:
        out.append(Person(Wallet(chain.ring, owner, "daily", chain.dice.pick(ladder)), customer, service))
    for n in range(more):
        habit = HABITS[n] if n < len(HABITS) else chain.dice.pick(ladder)
        wallet = Wallet(chain.ring, f"private:{n}", "daily", habit)
        out.append(Person(wallet, "", EXCHANGES[2 + n % 2] if n % 4 else ""))
    return out


class Parties:
    """Coins of several owners, for transactions that they make together."""

    def __init__(self, chain: Chain, people_: list[Person]) -> None:
        self._chain = chain
        self._dice = chain.dice
        self._people = people_

    def anybody(self) -> Wallet:
        """The wallet of a person drawn at random."""
        return self._dice.pick(self._people).wallet

    def donors(self, n: int, least: int, form: str = "", without: str = "") -> list[list[Coin]]:
        """Coins of up to `n` different owners, worth at least `least` each, taken out of their wallets."""
        out: list[list[Coin]] = []
        met = {without}
        for _ in range(40 * n):
            if len(out) == n:
                break
            wallet = self.anybody()
            if wallet.owner in met or (form and wallet.habit.form != form):
                continue
            met.add(wallet.owner)
            coins = wallet.take(least, self._dice)
            if coins and form and any(c.spent.opening.form != form for c in coins):
                wallet.coins.extend(coins)
            elif coins:
                out.append(coins)
        return out

    def makers(self, n: int, least: int, form: str = "", without: str = "") -> list[list[Coin]]:
        """Coins of `n` different owners worth at least `least` each; who is missing is lent a coin by miners."""
        out = self.donors(n, least, form, without)
        while len(out) < n:
            wallet = Wallet(self._chain.ring, f"maker:{self._chain.made}", "daily", HABITS[6])
            if not self._chain.pay(self._chain.reserve, [(wallet.lock(), least * 6 // 5)]):
                break
            out.append(wallet.take(least, self._dice))
        return out

    def give_back(self, parties: list[list[Coin]]) -> None:
        """Put coins that were not used after all back into their wallets."""
        for coins in parties:
            coins[0].lock.wallet.coins.extend(coins)
