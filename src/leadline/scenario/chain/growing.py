"""One training chain from its first block to its last: miners, services, private people, the market, in turn."""

from dataclasses import dataclass
from pathlib import Path

from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import COIN
from leadline.model.progress import Progress
from leadline.scenario.chain.background import Background
from leadline.scenario.chain.blocks import BlockFiles
from leadline.scenario.chain.bulk import Bulk
from leadline.scenario.chain.coinjoin import Mixing
from leadline.scenario.chain.columns import scripts_and_addresses
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.difficult import Difficult
from leadline.scenario.chain.growth import NOTHING, Chain
from leadline.scenario.chain.locks import Keyring
from leadline.scenario.chain.operator import Operator
from leadline.scenario.chain.private_wallets import Person, people
from leadline.scenario.chain.purchases import Purchase
from leadline.scenario.chain.routes import Market
from leadline.scenario.chain.services import GENERATIONS, MANNERS, Service
from leadline.scenario.chain.wallets import Habit, Lock, Wallet
from leadline.scenario.plan import END, SITE, START, Plan
from leadline.scenario.random_streams import Ints, stream

SETUP = 400
"""Blocks mined before the case begins: their coinbases make 12,450 bitcoin, of which 11,200 are old enough by then."""
FUNDED_FROM = 301
"""First height at which miners pay everybody his first coins."""
SPACING = 600
"""Seconds between the blocks of the setup."""
FEWEST_BLOCKS, MOST_BLOCKS = 500, 6_000
BLOCK_SHARE = 30
"""Background transactions a block at which more blocks are made, up to the most."""
ACTED = 60_000
"""Background transactions that people act out one by one; an unsigned case draws what goes beyond in bulk."""
PRIVATE_SAT = 3_500 * COIN
"""What private people start with, all together."""
RICH = 0.03
"""Share of people who start with twenty times as much."""
BULK_SAT = 3_000 * COIN
BULK_COINS = 60_000
"""What the bulk background starts from, and in how many coins."""
GRANTS = 600
"""Most outputs of a transaction that hands out first coins."""
SWAPPED = 0.01
"""Share of blocks whose time is later than the next one's, as happens on the real chain."""
COLLECTED = 9
"""Blocks between two rounds in which the operator collects."""
SWEPT = 45
"""Blocks after which a service collects even few deposits (a mixer never); it looks sooner whether many have come."""
TIDIED = 5
"""Blocks between two times when somebody puts his change together."""
CASHED = 29
"""Blocks between two cash-outs; there are none in the last tenth of the case."""
_ACCOUNT_FORMS = ("p2sh_p2wpkh", "p2wpkh", *("p2pkh",) * 8)


@dataclass(frozen=True, slots=True)
class Grown:
    """A finished chain and what the truth needs of it."""

    chain: Chain
    ring: Keyring
    bulk: Bulk | None


def account_wallet(ring: Keyring, account: int) -> Wallet:
    """The market's wallet for one account: one address, mostly p2pkh, which is its first lock."""
    form = _ACCOUNT_FORMS[account % len(_ACCOUNT_FORMS)]
    habit = Habit(form, form, "last", 1.0, 0.0, 10, 1, locked=False)
    return Wallet(ring, SITE, f"account/{account}", habit)


def block_times(plan: Plan) -> tuple[list[int], list[int]]:
    """Times of the heights from 1 on: in order, and as the blocks say, where a few neighbours are swapped."""
    rng = stream(plan.options.seed, "block times")
    blocks = min(MOST_BLOCKS, max(FEWEST_BLOCKS, plan.options.size.background // BLOCK_SHARE))
    step = (END - START) // blocks
    jitter: Ints = rng.integers(0, step, blocks)
    setup = [START - (SETUP - i) * SPACING for i in range(SETUP)]
    ordered = [*setup, *[START + i * step + int(jitter[i]) for i in range(blocks)]]
    said = list(ordered)
    for at in sorted(rng.choice(blocks - 1, size=int(blocks * SWAPPED), replace=False).tolist()):
        i = SETUP + at
        said[i], said[i + 1] = said[i + 1], said[i]
    return ordered, said


def grow(out: Path, plan: Plan, progress: Progress) -> Grown:
    """The chain of `plan`, written to `out`."""
    with BlockFiles(out) as files:
        play = _Play(plan, files)
        ordered, said = block_times(plan)
        play.market.plan([Purchase(**row) for row in plan.purchases.to_pylist()], ordered[SETUP:], SETUP + 1)
        play.set_up(said[:SETUP])
        blocks = len(said) - SETUP
        bulk = play.fund_bulk(blocks)
        for n, time in enumerate(said[SETUP:], start=1):
            play.chain.begin(SETUP + n, time)
            play.block(n, blocks)
            play.chain.close(bulk.block() if bulk else NOTHING)
            if n % 50 == 0 or n == blocks:
                progress("chain", n, blocks)
    return Grown(play.chain, play.chain.ring, bulk)


class _Play:
    """Everybody on the chain, and whose turn it is."""

    def __init__(self, plan: Plan, files: BlockFiles) -> None:
        seed, size = plan.options.seed, plan.options.size
        ring = Keyring(seed, size.signed)
        self.chain = Chain(ring, Dice(seed, "chain"), files)
        self.services = {name: Service(self.chain, name) for name in MANNERS}
        mixing = Mixing(self.chain)
        self._seed = seed
        self._acted = size.background if size.signed else min(size.background, ACTED)
        self._bulk = size.background - self._acted
        columns = [plan.customers.column(n).to_pylist() for n in ("customer", "service", "person", "kind")]
        customers = [
            (f"person:{person}" if person >= 0 else f"customer:{customer}", customer, service)
            for customer, service, person, kind in zip(*columns, strict=True)
            if kind not in ("broker", "seller")
        ]
        self._people = people(self.chain, customers, max(70, min(6_000, self._acted // 20)))
        shares = plan.options.shares
        self._difficult = Difficult(self.chain, self.services, shares, seed)
        self.background = Background(
            self.chain, self.services, mixing, self._people, shares.payjoin / 1_000_000, self._difficult
        )
        self._accounts: dict[int, Lock] = {}
        holders = dict(zip(columns[0], columns[2], strict=True))
        self.market = Market(
            self.chain, self.services, mixing, self.background, self._account, holders, self._difficult
        )
        self.operator = Operator(self.chain, self.services)
        self._done = 0  # background transactions so far

    def set_up(self, times: list[int]) -> None:
        """Mine the first blocks; from `FUNDED_FROM` on everybody gets his first coins."""
        grants = _grants(self.chain, self.services, self._people)
        for height, time in enumerate(times, start=1):
            self.chain.begin(height, time)
            if grants and height >= FUNDED_FROM:
                share = min(GRANTS, -(-len(grants) // max(1, SETUP - 50 - height)))
                if self.chain.pay(self.chain.reserve, grants[:share]):
                    grants = grants[share:]
            if height < SETUP:
                self.chain.close()
        if grants:
            raise ChainError("miners cannot pay everybody's first coins", where=f"block:{SETUP}")

    def fund_bulk(self, blocks: int) -> Bulk | None:
        """The bulk background with its first coins, paid in the setup's last block; None where everything is acted."""
        bulk = Bulk(self._seed, self._bulk, blocks) if self._bulk else None
        if bulk:
            kinds, hashes = bulk.scripts.all(bulk.seed_scripts(BULK_COINS))
            scripts = scripts_and_addresses(kinds, hashes)[0].to_pylist()
            dice = self.chain.dice
            values = [BULK_SAT // BULK_COINS * dice.between(50, 150) // 100 for _ in scripts]
            for at in range(0, BULK_COINS, GRANTS):
                part = slice(at, at + GRANTS)
                paid = self.chain.pay(self.chain.reserve, list(zip(scripts[part], values[part], strict=True)))
                if paid is None:
                    raise ChainError("miners cannot pay the bulk background's first coins", where=f"block:{SETUP}")
                bulk.fund(paid.txid, paid.vouts, values[part], at)
            for script in scripts:
                del self.chain.book.owners[script]  # the bulk has rows of its own
        self.chain.close()
        return bulk

    def block(self, n: int, blocks: int) -> None:
        """What happens in block `n` of `blocks` of the case."""
        chain = self.chain
        self.market.ask()
        for service in self.services.values():
            service.flush()
        self.market.move()
        if n % TIDIED == 0:
            self.market.tidy()
        if n % COLLECTED == 0:
            self.operator.sweep([lock.wallet for lock in self._accounts.values()])
        if n % CASHED == 0 and n < blocks * 9 // 10:
            self.operator.cash_out()
        if n == blocks // 2:
            self.background.show()
        while self._done * blocks < self._acted * n:
            before = chain.made
            self.background.act()
            self._done += chain.made - before
            self._done += chain.made == before and chain.dice.chance(0.01)  # an economy that stands still must end too
        self._serve(n, blocks)

    def _serve(self, n: int, blocks: int) -> None:
        """The services' housekeeping."""
        before = self.chain.made
        age, due = divmod(n, blocks // GENERATIONS)
        for i, service in enumerate(self.services.values()):
            if service.waiting() >= service.manner.batch // 2:
                service.flush()
            if n == blocks or (n + 5 * i) % SWEPT == 0:
                self._difficult.sweep(service)
                service.sweep(service.manner.least)
            elif (n + i) % 7 == 0:
                self._difficult.sweep(service)
                service.sweep(12)
            if (n + 3 * i) % 40 == 0:
                service.consolidate()
            if due == 0 and age <= GENERATIONS:
                service.migrate(min(GENERATIONS - 1, age))
        self._done += self.chain.made - before

    def _account(self, account: int) -> Lock:
        """The lock of a market account."""
        if account not in self._accounts:
            self._accounts[account] = account_wallet(self.chain.ring, account).lock()
        return self._accounts[account]


def _grants(chain: Chain, services: dict[str, Service], private: list[Person]) -> list[tuple[Lock | bytes, int]]:
    """Everybody's first coins, in random order."""
    out: list[tuple[Lock | bytes, int]] = []
    dice = chain.dice
    for service in services.values():
        coins = max(4, service.manner.float_btc // 20)
        out += [(service.hot_lock(), service.manner.float_btc * COIN // coins) for _ in range(coins)]
    shares: list[tuple[Lock, int]] = []
    for person in private:
        factor = 20 if dice.chance(RICH) else 1
        for _ in range(dice.between(1, 3)):
            shares.append((person.wallet.receive(dice), factor * dice.between(5, 15)))
    whole = sum(share for _, share in shares)
    out += [(lock, PRIVATE_SAT * share // whole) for lock, share in shares]
    dice.shuffle(out)
    return out
