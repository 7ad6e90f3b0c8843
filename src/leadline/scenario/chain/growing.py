"""One training chain from its first block to its last: miners, services, private people, the market, in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leadline.kinds.chains.bitcoin import COIN
from leadline.scenario.chain.background import Background, Person, people
from leadline.scenario.chain.blocks import BlockFiles
from leadline.scenario.chain.coinjoin import Mixing
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.locks import Keyring
from leadline.scenario.chain.operator import Operator
from leadline.scenario.chain.routes import Market, Purchase
from leadline.scenario.chain.services import GENERATIONS, MANNERS, Service
from leadline.scenario.chain.wallets import Habit, Lock, Wallet
from leadline.scenario.plan import END, SITE, START, Plan
from leadline.scenario.streams import Ints, stream

SETUP = 400
"""Blocks mined before the case begins: their coinbases make 12,450 bitcoin, of which 11,200 are old enough by then."""
FUNDED_FROM = 301
"""First height at which miners pay everybody his first coins."""
SPACING = 600
"""Seconds between the blocks of the setup."""
FEWEST_BLOCKS, MOST_BLOCKS = 500, 6_000
BLOCK_SHARE = 30
"""Background transactions a block at which more blocks are made, up to the most."""
PRIVATE_SAT = 5_500 * COIN
"""What private people start with, all together."""
SWAPPED = 0.01
"""Share of blocks whose time is later than the next one's, as happens on the real chain."""
_ACCOUNT_FORMS = ("p2sh_p2wpkh", "p2wpkh", *("p2pkh",) * 8)


@dataclass(frozen=True, slots=True)
class Grown:
    """A finished chain, its services, and what the truth needs of them."""

    chain: Chain
    services: dict[str, Service]
    ring: Keyring


def account_habit(account: int) -> Habit:
    """The habit of an account's address: one address, mostly p2pkh."""
    form = _ACCOUNT_FORMS[account % len(_ACCOUNT_FORMS)]
    return Habit(form, form, "last", 1.0, 0.0, 10, 1, locked=False)


def account_wallet(ring: Keyring, account: int) -> Wallet:
    """The market's wallet for one account; its first lock is the account's address."""
    return Wallet(ring, SITE, f"account/{account}", account_habit(account))


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


def grow(out: Path, plan: Plan, background_txs: int, progress: Callable[[str, int, int], None]) -> Grown:
    """The chain of `plan` with about `background_txs` transactions beside the market's, written to `out`."""
    size = plan.options.size
    ring = Keyring(plan.options.seed, size.signed)
    files = BlockFiles(out)
    chain = Chain(ring, Dice(plan.options.seed, "chain"), files)
    services = {name: Service(chain, name) for name in MANNERS}
    mixing = Mixing(chain)
    customers = [
        (f"person:{p}" if p >= 0 else f"customer:{c}", c, s)
        for c, s, p, k in zip(
            *(plan.customers.column(n).to_pylist() for n in ("customer", "service", "person", "kind")), strict=True
        )
        if k not in ("broker", "seller")
    ]
    private = people(chain, customers, max(70, min(6_000, background_txs // 20)))
    background = Background(chain, services, mixing, private, plan.options.shares.payjoin / 1_000_000)
    accounts: dict[int, tuple[Wallet, Lock]] = {}

    def account_lock(account: int) -> Lock:
        if account not in accounts:
            wallet = account_wallet(ring, account)
            accounts[account] = wallet, wallet.lock()
        return accounts[account][1]

    holders = dict(
        zip(plan.customers.column("customer").to_pylist(), plan.customers.column("person").to_pylist(), strict=True)
    )
    market = Market(chain, services, mixing, background, account_lock, holders)
    operator = Operator(chain, services)
    ordered, said = block_times(plan)
    market.plan([Purchase(**row) for row in plan.purchases.to_pylist()], ordered[SETUP:], SETUP + 1)
    grants = _grants(chain, services, private)
    blocks = len(said) - SETUP
    start = 0
    other = 0  # the market's transactions
    for height, time in enumerate(said, start=1):
        chain.begin(height, time)
        if height <= SETUP:
            if height >= FUNDED_FROM:
                share = -(-len(grants) // max(1, SETUP - height))
                if chain.pay(chain.reserve, grants[:share]):
                    grants = grants[share:]
            chain.close()
            start = chain.made
            continue
        n = height - SETUP
        market.ask()
        for service in services.values():
            service.flush()
        before = chain.made
        market.move()
        if n % 9 == 0 and (n > 60 or n % 27 == 0):
            operator.sweep([w for w, _ in accounts.values()])
        if n % 29 == 0 and n < blocks * 9 // 10:
            operator.cash_out()
        other += chain.made - before
        while (chain.made - start - other) * blocks < background_txs * n:
            background.act()
        for i, service in enumerate(services.values()):
            if service.waiting() >= service.manner.batch // 2:
                service.flush()
            if (n + i) % 7 == 0:
                service.sweep(12 if n < blocks else 1)
            if (n + 3 * i) % 40 == 0:
                service.consolidate()
            if n % (blocks // GENERATIONS) == 0 and n // (blocks // GENERATIONS) <= GENERATIONS:
                service.migrate(min(GENERATIONS - 1, n // (blocks // GENERATIONS)))
        chain.close()
        if height % 50 == 0 or n == blocks:
            progress("chain", n, blocks)
    files.close()
    return Grown(chain, services, ring)


def _grants(chain: Chain, services: dict[str, Service], private: list[Person]) -> list[tuple[Lock | bytes, int]]:
    """Everybody's first coins, in random order."""
    out: list[tuple[Lock | bytes, int]] = []
    for service in services.values():
        coins = max(4, service.manner.float_btc // 20)
        out += [(service.hot_lock(), service.manner.float_btc * COIN // coins) for _ in range(coins)]
    for person in private:
        for _ in range(chain.dice.between(1, 3)):
            out.append(
                (person.wallet.receive(chain.dice), PRIVATE_SAT // (2 * len(private)) * chain.dice.between(5, 15) // 10)
            )
    chain.dice.shuffle(out)
    return out
