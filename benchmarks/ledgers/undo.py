"""Row undo: undo records against a reader in plain Python."""

from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger.blocks import undo
from leadline.engines.ledger.blocks.undo_records import Undo, UndoFile
from leadline.kinds.bitcoin.script import P2PK, classify
from ledgers.blocks import folder
from ledgers.clock import least, row

NAME = "bcoin_300025-undo.raw"
"""What a real block of 2014 spent: satoshi, and the script with its length, one output after the other."""


def record(times: int) -> tuple[bytes, int]:
    """An undo record of the real block's outputs, `times` over, ten inputs a transaction; and how many there are."""
    raw, at, coins = (folder() / "chain" / "blocks" / NAME).read_bytes(), 0, []
    while at < len(raw):
        value, size = int.from_bytes(raw[at : at + 8], "little"), raw[at + 8]
        script = raw[at + 9 : at + 9 + size]
        at += 9 + size
        if classify(script) != P2PK:
            coins.append(_varint(600_050) + b"\0" + _varint(_packed(value)) + _script(script))
    coins = coins[: len(coins) // 10 * 10] * times
    txs = [b"\x0a" + b"".join(coins[k : k + 10]) for k in range(0, len(coins), 10)]
    return b"\xfe" + len(txs).to_bytes(4, "little") + b"".join(txs), len(coins)


def run(options: Any) -> list[dict[str, Any]]:
    """The row."""
    body, coins = record(max(1, options.undo // 1000))
    file = UndoFile(Path(NAME), np.frombuffer(body, np.uint8), bytes(8))
    first_in = np.append(0, np.arange(1, coins + 2, 10)).astype(np.int64)
    found = undo.spent(Undo(file, 0, len(body)), first_in)
    assert int(found.value[1:].sum()) == plain(body)
    ours = least(lambda: undo.spent(Undo(file, 0, len(body)), first_in))
    theirs = least(lambda: plain(body), 2)
    against = f"plain Python without scripts, {coins:,} outputs"
    return [row("undo", coins / ours / 1e6, "M outputs/s", against, theirs / ours, 20)]


def plain(b: bytes) -> int:
    """The sum of what an undo record holds, scripts passed over: the reader in Python we race."""

    def varint(p: int) -> tuple[int, int]:
        n = 0
        while True:
            c = b[p]
            p += 1
            n = (n << 7) | (c & 0x7F)
            if not c & 0x80:
                return n, p
            n += 1

    def compact(p: int) -> tuple[int, int]:
        size = {0xFD: 2, 0xFE: 4}.get(b[p], 0)
        return (int.from_bytes(b[p + 1 : p + 1 + size], "little"), p + 1 + size) if size else (b[p], p + 1)

    total = 0
    txs, p = compact(0)
    for _ in range(txs):
        inputs, p = compact(p)
        for _ in range(inputs):
            code, p = varint(p)
            if code > 1:
                _, p = varint(p)
            x, p = varint(p)
            if x:
                x, e = divmod(x - 1, 10)
                total += (x // 9 * 10 + x % 9 + 1 if e < 9 else x + 1) * 10**e
            kind, p = varint(p)
            p += 20 if kind < 2 else 32 if kind < 6 else kind - 6
    assert p == len(b)
    return total


def _varint(n: int) -> bytes:
    out = [n & 0x7F]
    while n > 0x7F:
        n = (n >> 7) - 1
        out.append(n & 0x7F | 0x80)
    return bytes(reversed(out))


def _packed(n: int) -> int:
    if not n:
        return 0
    e = 0
    while n % 10 == 0 and e < 9:
        n, e = n // 10, e + 1
    return 1 + (n // 10 * 9 + n % 10 - 1) * 10 + e if e < 9 else 1 + (n - 1) * 10 + 9


def _script(s: bytes) -> bytes:
    if len(s) == 25 and s[:3] == b"\x76\xa9\x14":
        return b"\0" + s[3:23]
    if len(s) == 23 and s[:2] == b"\xa9\x14":
        return b"\1" + s[2:22]
    return _varint(len(s) + 6) + s
