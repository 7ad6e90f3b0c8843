"""Background by the million: private wallets paying each other, drawn and written a batch of blocks at a time.

Every transaction spends coins of one wallet. Coins made in one batch are spent in a later one, so a batch has no order
inside. Nothing is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from leadline.scenario.chain.bulk_bytes import KINDS, Bytes, Group, Longs, rows, sizes
from leadline.scenario.chain.growth import Portion
from leadline.scenario.chain.locks import hash160
from leadline.scenario.random_streams import stream

WALLETS = 250_000
KIND_SHARES = (0.5, 0.2, 0.25, 0.05)
"""Shares of `bulk_bytes.KINDS` among wallets."""
INPUTS = ((1, 0.55), (2, 0.27), (3, 0.11), (5, 0.05), (8, 0.02))
"""How many coins a payment spends at most, with its share."""
LEAST_SAT = 20_000
"""Coins below this stay where they are: spending them costs more than it brings."""
RATES = (2, 5, 10, 18)
"""Satoshi a virtual byte, drawn a transaction."""
REUSED = 0.15
"""Share of payments that go to the address the payee gave out last."""
SINGLE = 0.12
"""Share of payments that leave no change."""
LARGEST_BATCH = 50_000
OWNER = "bulk"


@dataclass(slots=True)
class _Coins:
    """Unspent outputs, one a row."""

    txid: Bytes
    vout: Longs
    value: Longs
    script: Longs

    def part(self, at: Longs | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "_Coins":
        return _Coins(self.txid[at], self.vout[at], self.value[at], self.script[at])


class Scripts:
    """Every bulk script: its wallet, public key and hash, in order of first appearance."""

    def __init__(self, seed: int) -> None:
        self._rng = stream(seed, "bulk keys")
        self.count = 0
        self.wallet: Longs = np.zeros(1 << 16, np.int64)
        self.key: Bytes = np.zeros((1 << 16, 32), np.uint8)
        self.program: Bytes = np.zeros((1 << 16, 20), np.uint8)
        self.kind: Bytes = stream(seed, "bulk kinds").choice(4, WALLETS, p=KIND_SHARES).astype(np.uint8)

    def new(self, wallets: Longs) -> Longs:
        """Ids of new scripts, one for each of `wallets`; the key behind p2sh and hashes follow from drawn keys."""
        first, n = self.count, len(wallets)
        self._grow(first + n)
        keys = self._rng.bytes(32 * n)
        programs = b"".join([hash160(b"\x02" + keys[at : at + 32]) for at in range(0, 32 * n, 32)])
        self.wallet[first : first + n] = wallets
        self.key[first : first + n] = np.frombuffer(keys, np.uint8).reshape(n, 32)
        self.program[first : first + n] = np.frombuffer(programs, np.uint8).reshape(n, 20)
        self.count += n
        return np.arange(first, first + n)

    def kinds(self, ids: Longs) -> Longs:
        """Each script's kind."""
        return self.kind[self.wallet[ids]].astype(np.int64)

    def hashes(self, ids: Longs, kind: int) -> Bytes:
        """What stands in the output scripts of ids of one kind: 20 or 32 bytes a row."""
        if KINDS[kind] == "p2tr":
            return self.key[ids]
        if KINDS[kind] != "p2sh_p2wpkh":
            return self.program[ids]
        text = self.program[ids].tobytes()
        inner = b"".join([hash160(b"\x00\x14" + text[at : at + 20]) for at in range(0, len(text), 20)])
        return np.frombuffer(inner, np.uint8).reshape(len(ids), 20)

    def all(self, ids: Longs) -> tuple[Longs, Bytes]:
        """Kinds of scripts, and what each output script holds: 32 columns, of which 20 are used by all but p2tr."""
        kinds = self.kinds(ids)
        out = np.zeros((len(ids), 32), np.uint8)
        for kind in range(len(KINDS)):
            at = np.flatnonzero(kinds == kind)
            hashes = self.hashes(ids[at], kind)
            out[at, : hashes.shape[1]] = hashes
        return kinds, out

    def _grow(self, to: int) -> None:
        while to > len(self.wallet):
            self.wallet = np.concatenate([self.wallet, np.zeros_like(self.wallet)])
            self.key = np.concatenate([self.key, np.zeros_like(self.key)])
            self.program = np.concatenate([self.program, np.zeros_like(self.program)])


class Bulk:
    """`txs` transactions spread evenly over `blocks` blocks."""

    def __init__(self, seed: int, txs: int, blocks: int) -> None:
        self.scripts = Scripts(seed)
        self._rng = stream(seed, "bulk")
        self._txs, self._blocks = txs, blocks
        self._made = 0  # blocks handed out or ready
        self._ready: list[Portion] = []
        self._last: Longs = np.full(WALLETS, -1, np.int64)
        self._coins = _Coins(np.zeros((0, 32), np.uint8), *(np.zeros(0, np.int64) for _ in range(3)))

    def seed_scripts(self, n: int) -> Longs:
        """Ids of `n` scripts of different wallets that are to be paid before the first block."""
        return self.scripts.new(self._rng.choice(WALLETS, n, replace=False).astype(np.int64))

    def fund(self, txid: bytes, vouts: Sequence[int], values: Sequence[int], first: int) -> None:
        """Coins to start from: outputs of one transaction that pay scripts `first`, `first` + 1 ..."""
        n = len(vouts)
        raw = np.tile(np.frombuffer(txid, np.uint8), (n, 1))
        self._add(_Coins(raw, np.array(vouts, np.int64), np.array(values, np.int64), first + np.arange(n)))

    def block(self) -> Portion:
        """The transactions of the next block."""
        if not self._ready:
            self._ready = self._batch()
        return self._ready.pop(0)

    def _add(self, coins: _Coins) -> None:
        old = self._coins
        self._coins = _Coins(
            np.concatenate([old.txid, coins.txid]),
            np.concatenate([old.vout, coins.vout]),
            np.concatenate([old.value, coins.value]),
            np.concatenate([old.script, coins.script]),
        )

    def _batch(self) -> list[Portion]:
        """Several blocks at once: as many as the coins at hand allow."""
        wallet = self.scripts.wallet[self._coins.script]
        alive = np.flatnonzero(self._coins.value >= LEAST_SAT)
        order = alive[np.lexsort((self._rng.random(len(alive)), wallet[alive]))]
        starts = np.flatnonzero(np.diff(wallet[order], prepend=-1))
        have = np.diff(starts, append=len(order))
        left = self._blocks - self._made
        most = min(LARGEST_BATCH, len(starts) * 6 // 10)
        blocks = max(1, min(left, most * self._blocks // max(1, self._txs)))
        until = [self._txs * (self._made + i) // self._blocks for i in range(blocks + 1)]
        n = min(until[-1] - until[0], len(starts))
        chosen = self._rng.permutation(len(starts))[:n]
        drawn = self._rng.choice([c for c, _ in INPUTS], n, p=[s for _, s in INPUTS])
        count = np.minimum(have[chosen], drawn)
        first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
        spent = order[np.repeat(starts[chosen] - first, count) + np.arange(count.sum())]
        portions = self._write(spent, first, count, [u - until[0] for u in until])
        self._made += blocks
        return portions

    def _write(self, spent: Longs, first: Longs, count: Longs, until: list[int]) -> list[Portion]:
        """The transactions that spend coins `spent` (from `first`, `count` each); their outputs become coins."""
        n, rng, coins = len(first), self._rng, self._coins.part(spent)
        total = np.add.reduceat(coins.value, first) if n else np.zeros(0, np.int64)
        payer = self.scripts.wallet[coins.script[first]]
        kind = self.scripts.kind[payer].astype(np.int64)
        payee = rng.integers(0, WALLETS, n)
        single = rng.random(n) < SINGLE
        to = self._pay_to(payee)
        back = self.scripts.new(payer[~single])
        change = np.full(n, -1, np.int64)
        change[~single] = back
        rate = np.array(RATES)[rng.integers(0, len(RATES), n)]
        fee = np.minimum(rate * (120 + 100 * count), total // 4)
        part = np.clip(rng.beta(1.2, 2.5, n), 0.02, 0.95)
        paid = np.where(single, total - fee, ((total - fee) * part).astype(np.int64))
        values = np.stack([paid, total - fee - paid], axis=1)
        swap = (rng.random(n) < 0.5) & ~single
        scripts = np.stack([to, change], axis=1)
        scripts[swap], values[swap] = scripts[swap][:, ::-1], values[swap][:, ::-1]
        out_kind = np.where(scripts >= 0, self.scripts.kinds(np.maximum(scripts, 0)), 9)
        shape = ((kind * 10 + count) * 10 + out_kind[:, 0]) * 10 + out_kind[:, 1]
        txids: list[bytes] = [b""] * n
        wtxids: list[bytes] = [b""] * n
        length = np.zeros(n, np.int64)
        order = np.argsort(shape, kind="stable")
        edges = np.flatnonzero(np.diff(shape[order], prepend=-1))
        groups = []
        for a, b in zip(edges, [*edges[1:], n], strict=True):
            members = order[a:b]
            group = self._group(members, coins, first, int(count[members[0]]), scripts, values, out_kind)
            data, ids, wids = rows(group)
            length[members] = sizes(group.kind, group.prev_vout.shape[1], group.out_kinds)[1]
            for at, i in enumerate(members.tolist()):
                txids[i], wtxids[i] = ids[at], wids[at]
            groups.append((members, data))
        offset = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        flat = np.empty(offset[-1], np.uint8)
        for members, data in groups:
            flat[offset[members][:, None] + np.arange(data.shape[1])] = data
        self._move(spent, txids, scripts, values)
        view = memoryview(flat.data)
        return [
            Portion(view[offset[a] : offset[b]], txids[a:b], wtxids[a:b], int(fee[a:b].sum()))
            for a, b in ((min(x, n), min(y, n)) for x, y in pairwise(until))
        ]

    def _pay_to(self, payee: Longs) -> Longs:
        """The script each payee is paid to: a new one, or the last one again."""
        again = (self._rng.random(len(payee)) < REUSED) & (self._last[payee] >= 0)
        out = self._last[payee]
        out[~again] = self.scripts.new(payee[~again])
        self._last[payee] = out
        return out

    def _group(
        self, members: Longs, coins: _Coins, first: Longs, k: int, scripts: Longs, values: Longs, out_kind: Longs
    ) -> Group:
        at = first[members][:, None] + np.arange(k)
        keys = coins.script[at]
        kinds = tuple(int(o) for o in out_kind[members[0]] if o < len(KINDS))
        noise = np.frombuffer(self._rng.bytes(64 * at.size), np.uint8).reshape(*at.shape, 64)
        return Group(
            kind=int(self.scripts.kinds(keys[:1, 0])[0]),
            out_kinds=kinds,
            prev_txid=coins.txid[at],
            prev_vout=coins.vout[at],
            key=self.scripts.key[keys],
            program=self.scripts.program[keys],
            noise=noise,
            values=values[members][:, : len(kinds)],
            scripts=tuple(self.scripts.hashes(scripts[members, i], o) for i, o in enumerate(kinds)),
        )

    def _move(self, spent: Longs, txids: list[bytes], scripts: Longs, values: Longs) -> None:
        """Take spent coins away and put new ones in."""
        keep = np.ones(len(self._coins.value), np.bool_)
        keep[spent] = False
        self._coins = self._coins.part(keep)
        raw = np.frombuffer(b"".join(txids), np.uint8).reshape(len(txids), 32)
        for vout in (0, 1):
            there = np.flatnonzero(scripts[:, vout] >= 0)
            vouts = np.full(len(there), vout, np.int64)
            self._add(_Coins(raw[there], vouts, values[there, vout], scripts[there, vout]))
