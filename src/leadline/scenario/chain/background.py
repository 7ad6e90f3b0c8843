"""Everybody who has nothing to do with the market: people who pay each other, use services, bet, mix, peel."""

from collections.abc import Mapping

from leadline.kinds.bitcoin.networks import COIN
from leadline.scenario.chain.coinjoin import POOLS, WASABI_FEE_SAT, WASABI_SAT, Mixing
from leadline.scenario.chain.difficult import Difficult
from leadline.scenario.chain.growth import Chain, Paid
from leadline.scenario.chain.private_wallets import Parties, Person
from leadline.scenario.chain.services import Service
from leadline.scenario.chain.wallets import HABITS, Habit, Lock, Wallet

_MIX = (
    ("pay", 0.478), ("deposit", 0.14), ("withdraw", 0.13), ("bet", 0.08), ("invoice", 0.07), ("peel", 0.06),
    ("oddity", 0.02), ("mix", 0.01), ("tx0", 0.008), ("join", 0.008), ("dust", 0.002),
)  # fmt: skip
"""What a private person does next, with its share; rarer kinds have more than in life, so that each is seen."""
DUST_SAT = 546
"""The classic dust limit (Bitcoin Core, GetDustThreshold of p2pkh at 3 sat a byte)."""


class Background:
    """The private economy, one action at a time; `parties` gives coins of several of its people."""

    def __init__(
        self,
        chain: Chain,
        services: Mapping[str, Service],
        mixing: Mixing,
        people_: list[Person],
        payjoin: float,
        difficult: Difficult,
    ) -> None:
        self._chain = chain
        self._dice = chain.dice
        self._services = services
        self._mixing = mixing
        self._people = people_
        self.parties = Parties(chain, people_)
        self._payjoin = payjoin
        self._difficult = difficult
        self._bets = [services["juniper"].deposit_lock("", str(n)) for n in range(3)]
        self._peeling: list[Wallet] = []
        self._duster = Wallet(chain.ring, "duster", "daily", HABITS[0])
        steps, at = [], 0.0
        for name, share in _MIX:
            at += share
            steps.append((at, getattr(self, f"_{name}")))
        self._steps = steps

    def act(self) -> None:
        """Somebody does something."""
        drawn = self._dice.unit()
        for until, step in self._steps:
            if drawn < until:
                step()
                return
        self._pay()

    def dust_to(self, lock: Lock) -> Paid | None:
        """Dust sent to `lock`; None while the sender of dust has no coins."""
        return self._chain.pay(self._duster, [(lock, DUST_SAT)]) if self._fund_duster() or self._fund_duster() else None

    def round_value(self, value: int, habit: Habit) -> int:
        """`value`, by habit cut to one or two leading digits."""
        if self._dice.chance(habit.rounds):
            step: int = 10 ** max(0, len(str(value)) - (1 if self._dice.chance(0.4) else 2))
            return max(step, value // step * step)
        return value

    def _somebody(self) -> Person | None:
        """A person who has coins."""
        for _ in range(12):
            person = self._dice.pick(self._people)
            if person.wallet.coins:
                return person
        return None

    def _amount(self, wallet: Wallet) -> int:
        """A part of what a wallet holds."""
        return self.round_value(int(wallet.total * self._dice.spread(20, 700) / 1000), wallet.habit)

    def _pay(self) -> None:
        payer, payee = self._somebody(), self._dice.pick(self._people)
        if payer is None or payer is payee:
            return
        value = self._amount(payer.wallet)
        if value > 10_000:
            if self._dice.chance(self._payjoin) and payee.wallet.coins:
                self._join_payment(payer, payee, value)
                return
            self._chain.pay(payer.wallet, [(payee.wallet.receive(self._dice), value)])

    def _deposit(self) -> None:
        payer = self._somebody()
        if payer is None or not payer.service:
            return
        value = self._amount(payer.wallet)
        if value <= 50_000:
            return
        if self._difficult.happens("imported_keys"):
            for coin in payer.wallet.take(value, self._dice):
                self._difficult.import_key(coin, payer.service)
            return
        lock = self._services[payer.service].deposit_lock(payer.customer, payer.wallet.owner)
        self._chain.pay(payer.wallet, [(lock, value)])

    def _withdraw(self) -> None:
        person = self._dice.pick(self._people)
        if not person.service:
            return
        service = self._services[person.service]
        most = min(20 * COIN, service.hot.total // 200)
        if most > 200_000:
            value = self.round_value(self._dice.spread(100_000, most), person.wallet.habit)
            service.ask(person.customer, person.wallet.receive(self._dice), value)

    def _bet(self) -> None:
        player, house = self._somebody(), self._services["juniper"]
        if player is None:
            return
        value = self._dice.spread(20_000, 5_000_000)
        if self._chain.pay(player.wallet, [(self._dice.pick(self._bets), value)]) and self._dice.chance(0.48):
            house.ask("", player.wallet.receive(self._dice), 2 * value)

    def _invoice(self) -> None:
        payer, processor = self._somebody(), self._services["millrace"]
        if payer is None:
            return
        value = self._amount(payer.wallet)
        if value > 20_000 and self._chain.pay(payer.wallet, [(processor.deposit_lock(""), value)]):
            merchant = self._dice.pick(self._people)
            if processor.hot.total > 4 * value:
                processor.ask("", merchant.wallet.receive(self._dice), value * 99 // 100)

    def _mix(self) -> None:
        payer, mixer = self._somebody(), self._services["tamarack"]
        if payer is None:
            return
        value = self._amount(payer.wallet)
        if 200_000 < value < mixer.hot.total // 3 and self._chain.pay(payer.wallet, [(mixer.deposit_lock(""), value)]):
            part = value * self._dice.between(30, 70) // 100
            for piece in (part, value * 98 // 100 - part):
                mixer.ask("", payer.wallet.lock(), piece)

    def _peel(self) -> None:
        """One step of a peel chain: a small part is paid on, the rest goes forward to a new address."""
        if len(self._peeling) < 4:
            starter = self._somebody()
            if starter is None or starter.wallet.total < COIN // 10:
                return
            wallet = Wallet(self._chain.ring, starter.wallet.owner, f"peel/{self._chain.made}", HABITS[1])
            if self._chain.pay(starter.wallet, [(wallet.lock(), starter.wallet.total * 6 // 10)]):
                self._peeling.append(wallet)
            return
        at = self._dice.below(len(self._peeling))
        wallet = self._peeling[at]
        value = wallet.total * self._dice.between(3, 15) // 100
        person = self._dice.pick(self._people)
        if person.service and self._dice.chance(0.5):
            to = self._services[person.service].deposit_lock(person.customer, person.wallet.owner)
        else:
            to = person.wallet.receive(self._dice)
        if value < 100_000 or not self._chain.pay(wallet, [(to, value)]):
            self._peeling.pop(at)

    def _oddity(self) -> None:
        drawn = self._dice.unit()
        self._odd("data" if drawn < 0.5 else "p2a" if drawn < 0.75 else "open")

    def _odd(self, kind: str) -> None:
        """A payment with an output of a rare kind beside it: data, an anchor anyone can spend, a bare OP_TRUE."""
        payer, payee = self._somebody(), self._dice.pick(self._people)
        if payer is None:
            return
        value = self._amount(payer.wallet)
        if value < 20_000:
            return
        to = payee.wallet.receive(self._dice)
        data = to.opening.script[-20:]
        beside: tuple[Lock | bytes, int] = (b"\x6a" + bytes([len(data)]) + data, 0)
        if kind != "data":
            beside = payer.wallet.lock(kind), 330 if kind == "p2a" else 5_000
        self._chain.pay(payer.wallet, [(to, value), beside])

    def _dust(self) -> None:
        """The same tiny amount to many addresses seen before, so that careless wallets spend them together."""
        if self._fund_duster():
            targets = [
                self._dice.pick(self._people).wallet.receive(self._dice) for _ in range(self._dice.between(8, 20))
            ]
            self._chain.pay(self._duster, [(lock, DUST_SAT) for lock in targets])

    def _fund_duster(self) -> bool:
        """Whether the sender of dust has coins; when not, somebody now pays him."""
        if self._duster.total >= COIN // 100:
            return True
        giver = self._somebody()
        if giver is not None:
            self._chain.pay(giver.wallet, [(self._duster.lock(), min(giver.wallet.total // 2, COIN // 10))])
        return False

    def _tx0(self) -> None:
        owner = self._somebody()
        if owner is None:
            return
        total = owner.wallet.total
        pools = [amount for amount in POOLS if total > 2 * amount + 100_000]
        if pools:
            amount = self._dice.pick(pools)
            coins = owner.wallet.take(2 * amount + 100_000, self._dice)
            if coins and not self._mixing.tx0(coins, amount, self._dice.between(1, 5)):
                self.parties.give_back([coins])

    def _join(self) -> None:
        drawn = self._dice.unit()
        if drawn < 0.45:
            self._mixing.whirlpool(self._dice.pick(POOLS))
        elif drawn < 0.65:
            least = WASABI_SAT + WASABI_FEE_SAT + 20_000
            parties = self.parties.donors(self._dice.between(8, 24), least, "p2wpkh")
            if len(parties) < 6 or self._mixing.wasabi(parties) is None:
                self.parties.give_back(parties)
        else:
            amount = self._dice.spread(COIN // 100, 2 * COIN)
            parties = self.parties.donors(self._dice.between(3, 7), amount + amount // 20 + 50_000)
            if len(parties) < 3 or self._mixing.joinmarket(parties[0], parties[1:], amount) is None:
                self.parties.give_back(parties)

    def show(self) -> None:
        """One of everything that is rare, so that the smallest chain has each kind."""
        self._mixing.wasabi(self.parties.makers(8, WASABI_SAT + WASABI_FEE_SAT + 20_000, "p2wpkh"))
        parties = self.parties.makers(4, COIN // 2)
        self._mixing.joinmarket(parties[0], parties[1:], COIN // 3)
        for coins in self.parties.makers(6, 2 * POOLS[2]):
            self._mixing.tx0(coins, POOLS[2], 1)
        self._mixing.whirlpool(POOLS[2])
        payer, payee = self.parties.makers(2, COIN // 4)
        self._mixing.payjoin(payer, payee[0], COIN // 5)
        self.parties.give_back([payee[1:]] if payee[1:] else [])
        for kind in ("data", "p2a", "open"):
            self._odd(kind)

    def _join_payment(self, payer: Person, payee: Person, value: int) -> None:
        own = payee.wallet.take(1, self._dice)
        coins = payer.wallet.take(value + 20_000, self._dice)
        if not own or not coins or not self._mixing.payjoin(coins, own[0], value):
            self.parties.give_back([part for part in (own, coins) if part])
        else:
            self.parties.give_back([own[1:]] if own[1:] else [])
