"""The market's payments: every purchase's coins from the service that lets them go to the account's address."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import COIN
from leadline.kinds.bitcoin.tx import id_text
from leadline.scenario.chain.agenda import Agenda
from leadline.scenario.chain.background import DUST_SAT, Background
from leadline.scenario.chain.coinjoin import Mixing
from leadline.scenario.chain.difficult import Difficult
from leadline.scenario.chain.growth import Chain, output_bytes, size_of
from leadline.scenario.chain.purchases import Purchase, Step, Way
from leadline.scenario.chain.rounds import Mix, Rounds
from leadline.scenario.chain.services import Service, Slip
from leadline.scenario.chain.wallets import DUST, HABITS, Coin, Habit, Lock, Wallet
from leadline.scenario.plan import TAGGED
from leadline.scenario.prices import satoshi

HOP_HABITS = (HABITS[0], HABITS[1], HABITS[3], HABITS[5], HABITS[6], HABITS[8])
"""Wallets that private steps of a payment use."""


class Market:
    """Purchases waiting for their blocks, and what happened to them."""

    def __init__(
        self,
        chain: Chain,
        services: Mapping[str, Service],
        mixing: Mixing,
        background: Background,
        accounts: Callable[[int], Lock],
        holders: Mapping[str, int],
        difficult: Difficult,
    ) -> None:
        self._chain = chain
        self._dice = chain.dice
        self._services = services
        self._rounds = Rounds(chain, mixing, background.parties)
        self._background = background
        self._accounts = accounts
        self._holders = holders
        self._difficult = difficult
        self._asked = Agenda()
        self._moves = Agenda()
        self._wallets: dict[tuple[int, int], Wallet] = {}
        self._aside: dict[Wallet, list[Lock]] = {}

    def plan(self, purchases: Sequence[Purchase], times: Sequence[int], first: int) -> None:
        """Give every purchase its blocks: the payment in the first block at or after its time, steps before it.

        `times` are block times of the heights from `first` on.
        """
        for p in purchases:
            last = first + min(len(times) - 1, bisect_left(times, p.when))
            getattr(self, f"_{p.route}")(p, last, first)

    def ask(self) -> None:
        """Withdrawals that are asked for in this block."""
        self._asked.run(self._chain.height)

    def move(self) -> None:
        """Private transactions of this block."""
        self._moves.run(self._chain.height)

    def _heights(self, last: int, first: int, steps: int) -> list[int]:
        """Heights of `steps` steps that end at `last`, none below `first`, in order."""
        out = [last]
        for _ in range(steps - 1):
            out.append(max(first, out[-1] - self._dice.below(3)))
        return out[::-1]

    def _direct(self, p: Purchase, last: int, _first: int) -> None:
        self._asked.at(last, partial(self._release_straight, p))

    def _hops(self, p: Purchase, last: int, first: int) -> None:
        self._over(p, last, first, max(1, p.hops), p.person)

    def _peer_to_peer(self, p: Purchase, last: int, first: int) -> None:
        if p.hops:
            self._over(p, last, first, p.hops, self._holders[p.customer])
        else:
            self._direct(p, last, first)

    def _broker(self, p: Purchase, last: int, first: int) -> None:
        self._over(p, last, first, max(1, p.hops), self._holders[p.customer], "office")

    def _coinjoin(self, p: Purchase, last: int, first: int) -> None:
        heights = self._heights(last, first, 3)
        self._asked.at(heights[0], partial(self._before_mix, p, heights))

    def _mixer(self, p: Purchase, last: int, first: int) -> None:
        heights = self._heights(last - 1, first, 2)
        self._asked.at(heights[0], partial(self._before_mixer, p, heights, last))

    def _over(self, p: Purchase, last: int, first: int, hops: int, person: int, name: str = "") -> None:
        heights = self._heights(last, first, hops + 1)
        self._asked.at(heights[0], partial(self._release_to_hops, p, heights, person, name))

    def _value(self, p: Purchase, height_time: int) -> int:
        return max(20_000, satoshi(p.usd_cents, height_time)) if p.sat is None else p.sat

    def _way(self, p: Purchase) -> Way:
        stop = None if p.service in TAGGED else "untagged_service"
        return Way(p, self._accounts(p.account), self._value(p, self._chain.time), stop=stop)

    def _release_straight(self, p: Purchase) -> None:
        way = self._way(p)
        way.slip = self._services[p.service].ask(p.customer, way.target, way.value)
        self._moves.at(self._chain.height, partial(self._arrived, way, None))

    def _release_to_hops(self, p: Purchase, heights: list[int], person: int, name: str) -> None:
        way = self._way(p)
        way.hops = len(heights) - 1
        need = self._lay(way, way.hops, person, name)
        first = way.steps[0]
        way.slip = self._services[p.service].ask(p.customer, first.lock, need)
        for n in range(way.hops):
            self._moves.at(heights[n + 1], partial(self._hop, way, n))

    def _lay(self, way: Way, hops: int, person: int, name: str) -> int:
        """Plan the steps backwards from the payment; what the first one must hold, in satoshi."""
        need, form = way.value, way.target.opening.form
        steps: list[Step] = []
        for n in reversed(range(hops)):
            wallet = self._private(person, name, n)
            aside = 0 if self._dice.chance(0.4) else self._dice.spread(max(DUST * 5, need // 10), 3 * need + COIN // 50)
            own = self._dice.chance(0.8)
            lock = wallet.lock()
            scripts = output_bytes(form) + (output_bytes(wallet.habit.change_form) if aside else 0)
            need += aside + wallet.habit.rate * size_of((lock.opening.form,), scripts)
            steps.append(Step(wallet, lock, aside, own))
            form = lock.opening.form
        way.steps = steps[::-1]
        return need

    def _private(self, person: int, name: str, n: int) -> Wallet:
        """A person's wallet: one a step, kept over all his purchases; a broker has one office wallet."""
        key = (person, -1 if name else n)
        if key not in self._wallets:
            habit: Habit = self._dice.pick(HOP_HABITS)
            self._wallets[key] = Wallet(self._chain.ring, f"person:{person}", name or f"step{n}", habit)
        return self._wallets[key]

    def _hop(self, way: Way, n: int) -> None:
        """Private transaction `n` of a way: spend exactly the coin that came along it."""
        step = way.steps[n]
        coin = _taken(step.lock)
        last = n + 1 == len(way.steps)
        to = way.target if last else way.steps[n + 1].lock
        outputs: list[tuple[Lock | bytes, int]] = []
        imported = bool(step.aside) and step.own and self._difficult.happens("imported_keys")
        if step.aside:
            aside = step.wallet.lock(step.wallet.habit.change_form) if step.own else self._stranger()
            if imported:
                aside = step.lock  # the change goes back to the address, whose key then goes to an exchange
            outputs.append((aside, step.aside))
            if step.own and not imported:
                self._aside.setdefault(step.wallet, []).append(aside)
        scripts = output_bytes(to.opening.form) + (output_bytes(step.wallet.habit.change_form) if step.aside else 0)
        fee = step.wallet.habit.rate * size_of((coin.spent.opening.form,), scripts)
        outputs.append((to, coin.value - step.aside - fee))
        if self._dice.chance(0.5):
            outputs.reverse()
        txid = self._chain.send([coin], outputs, step.wallet)
        if imported:
            self._difficult.import_key(_taken(step.lock))
        if last:
            self._arrived(way, (txid, next(i for i, o in enumerate(outputs) if o[0] is to)))

    def tidy(self) -> None:
        """A person who has change from several payments puts it together, or sends it on to somebody."""
        wallet = next((w for w, locks in self._aside.items() if len(locks) > 2), None)
        if wallet is not None:
            coins = [_taken(lock) for lock in self._aside.pop(wallet)]
            to = self._stranger() if self._dice.chance(0.5) else wallet.lock()
            fee = wallet.habit.rate * size_of([c.spent.opening.form for c in coins], output_bytes(to.opening.form))
            self._chain.send(coins, [(to, sum(c.value for c in coins) - fee)], wallet)

    def _stranger(self) -> Lock:
        """Somebody else's address: not all that is left of a payment is change."""
        return self._background.parties.anybody().receive(self._dice)

    def _before_mix(self, p: Purchase, heights: list[int]) -> None:
        """A service pays the person; the coin goes into a CoinJoin; what comes out of it pays."""
        way = self._way(p)
        way.stop, way.hops = "coinjoin", 1
        wallet = Wallet(self._chain.ring, f"person:{p.person}", f"mixing/{p.purchase}", HABITS[6])
        need, mix = self._rounds.choose(p.purchase, way.value + 40_000)
        slip = self._services[p.service].ask(p.customer, wallet.lock(), need)
        self._moves.at(heights[1], partial(self._mix_and_pay, way, slip, mix, heights[2]))

    def _mix_and_pay(self, way: Way, slip: Slip, mix: Mix, height: int) -> None:
        mixed = mix(_taken(slip.lock))
        if mixed is None:
            raise ChainError(
                "a CoinJoin of the training chain found too few people", where=f"block:{self._chain.height}"
            )
        self._moves.at(height, partial(self._pay_mixed, way, mixed))

    def _pay_mixed(self, way: Way, coin: Coin) -> None:
        wallet = coin.lock.wallet
        wallet.coins.remove(coin)
        paid = self._chain.pay(wallet, [(way.target, way.value)], coins=[coin])
        if paid is None:
            raise ChainError("a mixed coin does not cover its payment", where=f"block:{self._chain.height}")
        self._arrived(way, (paid.txid, paid.vouts[0]))

    def _before_mixer(self, p: Purchase, heights: list[int], last: int) -> None:
        """A service pays the person, the person pays the mixer, the mixer pays the account from other coins."""
        way = self._way(p)
        way.stop = "mixer"
        wallet = self._private(p.person, "", 0)
        lock = wallet.lock()
        through = way.value * 103 // 100
        fee = wallet.habit.rate * size_of((lock.opening.form,), output_bytes("p2pkh"))
        self._services[p.service].ask(p.customer, lock, through + fee)
        self._moves.at(heights[1], partial(self._into_mixer, lock))
        self._asked.at(max(last, heights[1] + 1), partial(self._out_of_mixer, way))

    def _into_mixer(self, lock: Lock) -> None:
        coin = _taken(lock)
        mixer = self._services["tamarack"]
        fee = lock.wallet.habit.rate * size_of((lock.opening.form,), output_bytes("p2pkh"))
        self._chain.send([coin], [(mixer.deposit_lock(""), coin.value - fee)], lock.wallet)

    def _out_of_mixer(self, way: Way) -> None:
        way.slip = self._services["tamarack"].ask("", way.target, way.value)
        self._moves.at(self._chain.height, partial(self._arrived, way, None))

    def _dust(self, way: Way) -> None:
        """A stranger sends dust to an address of the market that was paid."""
        paid = self._background.dust_to(way.target)
        if paid is not None:
            self._difficult.note_dust(way.purchase.account, paid, DUST_SAT)

    def _arrived(self, way: Way, at: tuple[bytes, int] | None) -> None:
        """Write down a payment; without `at` it is the service's own withdrawal."""
        slip = way.slip
        if at is None:
            if slip is None or slip.vout < 0:
                raise ChainError("a withdrawal was not paid in its block", where=f"block:{self._chain.height}")
            at = (slip.txid, slip.vout)
        coin = next(c for c in reversed(way.target.wallet.coins) if (c.spent.txid, c.spent.vout) == at)
        if self._difficult.happens("dust_attack"):
            self._moves.at(self._difficult.later(), partial(self._dust, way))
        known = way.stop in (None, "untagged_service") and slip is not None
        self._chain.book.payments.append(
            {
                "purchase": way.purchase.purchase,
                "account": way.purchase.account,
                "txid": id_text(at[0]),
                "vout": at[1],
                "value_sat": coin.value,
                "height": self._chain.height,
                "time": self._chain.time,
                "service": way.purchase.service if known else None,
                "release_txid": id_text(slip.txid) if known and slip else None,
                "release_vout": slip.vout if known and slip else None,
                "hops": way.hops,
                "stop": way.stop,
                "route": way.purchase.route,
            }
        )


def _taken(lock: Lock) -> Coin:
    """The newest coin under a lock, taken out of its wallet."""
    coins = lock.wallet.coins
    at = next(i for i in reversed(range(len(coins))) if coins[i].lock is lock)
    return coins.pop(at)
