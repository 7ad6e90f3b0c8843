"""The chain while it grows: transactions go into the block at hand, outputs to their wallets, facts to the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.tx import compact, id_text
from leadline.scenario.chain.blocks import GENESIS_SCRIPT, BlockFiles, coinbase, genesis, header, merkle_root
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.locks import INPUT_VBYTES, SCRIPT_BYTES, Keyring
from leadline.scenario.chain.signing import Built, Spent, build
from leadline.scenario.chain.wallets import DUST, HABITS, Coin, Lock, Wallet

MATURITY = 100
"""Blocks before a coinbase may be spent (Bitcoin Core, COINBASE_MATURITY)."""
NOBODY = "nobody"
"""Owner of scripts that no one can be said to own."""
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Paid:
    """A transaction that was made: its id and the positions of the outputs asked for, in the order asked."""

    txid: bytes
    vouts: tuple[int, ...]
    change: int  # position of the change, -1 when there is none


@dataclass(frozen=True, slots=True)
class Portion:
    """Transactions of one block that were made elsewhere."""

    raw: memoryview
    txids: list[bytes]
    wtxids: list[bytes]
    fees: int


NOTHING = Portion(memoryview(b""), [], [], 0)


@dataclass(slots=True)
class Notebook:
    """Rows of the truth as they happen, and the owner of every script, in order of first appearance."""

    withdrawals: list[Row] = field(default_factory=list)
    deposits: list[Row] = field(default_factory=list)
    cashouts: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    mixes: list[Row] = field(default_factory=list)
    owners: dict[bytes, tuple[str, str]] = field(default_factory=dict)


def size_of(inputs: Sequence[str], scripts: int) -> int:
    """Virtual bytes of a transaction with inputs of these forms and outputs of `scripts` bytes in all."""
    return 12 + sum(INPUT_VBYTES[form] for form in inputs) + scripts


def output_bytes(form: str) -> int:
    """Bytes of an output of a form."""
    return 9 + SCRIPT_BYTES[form]


class Chain:
    """The block being filled and everything before it."""

    def __init__(self, ring: Keyring, dice: Dice, files: BlockFiles) -> None:
        self.ring = ring
        self.dice = dice
        self.height = 0
        self.time = 0
        self.made = 0
        self.book = Notebook()
        self.reserve = Wallet(ring, "miner", "reserve", HABITS[0])
        self._miner = Wallet(ring, "miner", "coinbase", HABITS[11])
        self._unripe: list[Coin] = []
        self._files = files
        self._block: list[Built] = []
        self._fees = 0
        first, self._tip = genesis()
        files.add([first])
        self.book.owners[GENESIS_SCRIPT] = (NOBODY, "genesis")

    def begin(self, height: int, time: int) -> None:
        """Start the block at `height`: coinbases that are old enough become spendable."""
        self.height, self.time = height, time
        while self._unripe and self._unripe[0].height + MATURITY <= height:
            self.reserve.coins.append(self._unripe.pop(0))

    def send(self, coins: Sequence[Coin], outputs: Sequence[tuple[Lock | bytes, int]], habit_of: Wallet) -> bytes:
        """Spend `coins` into `outputs` (a lock, or a script nobody owns); the txid. ChainError for more out than in."""
        spare = sum(c.value for c in coins) - sum(value for _, value in outputs)
        if spare < 0 or any(value < 0 for _, value in outputs):
            raise ChainError("a transaction of the training chain would create money", where=f"block:{self.height}")
        habit = habit_of.habit
        scripts = [(to.opening.script if isinstance(to, Lock) else to, value) for to, value in outputs]
        built = build(
            [c.spent for c in coins],
            scripts,
            version=habit.version,
            locktime=self.height - 1 if habit.locked else 0,
            sequence=0xFFFFFFFE if habit.locked else 0xFFFFFFFF,
        )
        self._block.append(built)
        self._fees += spare
        self.made += 1
        for vout, (to, value) in enumerate(outputs):
            self._arrive(built.txid, vout, to, value)
        return built.txid

    def pay(
        self,
        wallet: Wallet,
        outputs: Sequence[tuple[Lock | bytes, int]],
        *,
        coins: Sequence[Coin] = (),
        change: Lock | None = None,
    ) -> Paid | None:
        """`wallet` pays `outputs`, with `coins` if given, change back to itself (or to `change`) by its habit.

        None, with nothing changed, when the wallet has not enough.
        """
        habit = wallet.habit
        wanted = sum(value for _, value in outputs)
        scripts = sum(9 + len(to.opening.script if isinstance(to, Lock) else to) for to, _ in outputs)
        taken = list(coins)
        if not taken:
            guess = wanted + habit.rate * size_of((habit.form, habit.form), scripts + 43)
            taken = wallet.take(guess, self.dice)
        fee = habit.rate * size_of([c.spent.opening.form for c in taken], scripts)
        left = sum(c.value for c in taken) - wanted - fee
        if not taken or left < 0:
            if not coins:
                wallet.coins.extend(taken)
            return None
        change_form = change.opening.form if change else habit.change_form
        left -= habit.rate * output_bytes(change_form)
        if left < DUST:
            return Paid(self.send(taken, outputs, wallet), tuple(range(len(outputs))), -1)
        back = change or wallet.lock(change_form)
        place = {"first": 0, "last": len(outputs)}.get(habit.change_place)
        if place is None:
            place = self.dice.below(len(outputs) + 1)
        whole = [*outputs[:place], (back, left), *outputs[place:]]
        txid = self.send(taken, whole, wallet)
        return Paid(txid, tuple(i + (i >= place) for i in range(len(outputs))), place)

    def close(self, more: Portion = NOTHING) -> None:
        """Finish the block, `more` at its end: coinbase, commitment, merkle root, proof of work; write it."""
        txids = [*[b.txid for b in self._block], *more.txids]
        wtxids: list[bytes] | None = [*[b.wtxid for b in self._block], *more.wtxids]
        if wtxids == txids:
            wtxids = None
        self._fees += more.fees
        lock = self._miner.lock("p2pk_long" if self.height % 3 == 0 else "p2pk" if self.height % 3 == 1 else "p2pkh")
        value = REGTEST.subsidy(self.height) + self._fees
        raw, txid = coinbase(self.height, [(lock.opening.script, value)], wtxids)
        self.book.owners[lock.opening.script] = (self._miner.owner, self._miner.name)
        if value > DUST:
            self._unripe.append(Coin(Spent(txid, 0, value, lock.opening), lock, self.height))
        root = merkle_root([txid, *txids])
        head, self._tip = header(self._tip, root, self.time)
        self._files.add([head, compact(1 + len(txids)), raw, *[b.raw for b in self._block], more.raw])
        self._block, self._fees = [], 0

    def _arrive(self, txid: bytes, vout: int, to: Lock | bytes, value: int) -> None:
        """Put an output into its wallet and write down whose script it is."""
        if not isinstance(to, Lock):
            self.book.owners.setdefault(to, (NOBODY, "data"))
            return
        wallet = to.wallet
        self.book.owners.setdefault(to.opening.script, (wallet.owner, wallet.name))
        wallet.coins.append(Coin(Spent(txid, vout, value, to.opening), to, self.height))
        if to.customer is not None:
            self.book.deposits.append(
                {
                    "customer": to.customer,
                    "service": wallet.owner,
                    "txid": id_text(txid),
                    "vout": vout,
                    "script": to.opening.script,
                    "value_sat": value,
                    "time": self.time,
                }
            )
