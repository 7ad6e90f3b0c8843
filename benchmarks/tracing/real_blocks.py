"""Outside truth from whole real blocks: the addresses their inputs reveal, beside published tags, and change by reuse.

An input of a common kind carries the key or the script whose hash is the address it spends (BIP 16, 141), so the joint
spends of a block can be read without the blocks before it.
"""

import bz2
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from leadline.engines.ledger.change_outputs import signs
from leadline.kinds.bitcoin.tx import Tx, TxIn, parse
from tracing.shares import share

BLOCKS = (
    "bitcoinj_block169482.dat", "bitcoinj_block227835.dat", "bitcoinj_block227836.dat", "btcd_277647.dat.bz2",
    "bcoin_300025.raw", "bitcoinj_block363703.dat", "core_block413567.raw", "bitcoinj_block481815.dat",
    "bcoin_482683.raw",
)  # fmt: skip
"""Single blocks of the main chain, 2012 to 2017."""
MAGIC = bytes.fromhex("f9beb4d9")


def transactions(path: Path) -> Iterator[Tx]:
    """Every transaction of the block in a file but its coinbase."""
    raw = path.read_bytes()
    raw = bz2.decompress(raw) if path.suffix == ".bz2" else raw
    at = 88 if raw[:4] == MAGIC else 80
    count, at = _compact(raw, at)
    for n in range(count):
        tx, at = parse(raw, at)
        if n:
            yield tx


def _compact(raw: bytes, at: int) -> tuple[int, int]:
    width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(raw[at], 0)
    return (int.from_bytes(raw[at + 1 : at + 1 + width], "little"), at + 1 + width) if width else (raw[at], at + 1)


def _pushes(script: bytes) -> list[bytes]:
    """The data an input script pushes; empty when it does anything else."""
    found, at = [], 0
    while at < len(script):
        op, at = script[at], at + 1
        width = {76: 1, 77: 2}.get(op, 0)
        size = int.from_bytes(script[at : at + width], "little") if width else op
        if op > 77:
            return []
        found.append(script[at + width : at + width + size])
        at += width + size
    return found


def _hash160(data: bytes) -> bytes:
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def spent_script(source: TxIn) -> bytes | None:
    """The output script an input spends, where the input itself reveals it: p2pkh, p2sh, p2wpkh."""
    pushes = _pushes(source.script)
    if len(source.witness) == 2 and not source.script and len(source.witness[1]) == 33:
        return b"\x00\x14" + _hash160(source.witness[1])
    if len(pushes) == 2 and len(pushes[1]) in (33, 65) and pushes[0][:1] == b"\x30":
        return b"\x76\xa9\x14" + _hash160(pushes[1]) + b"\x88\xac"
    signed = bool(pushes) and pushes[-1][:1] == b"\x30"  # bare multisig: signatures alone
    if pushes and not signed and len(pushes[-1]) > 20 and (len(pushes) > 1 or source.witness):
        return b"\xa9\x14" + _hash160(pushes[-1]) + b"\x87"
    return None


def rows(data: Path, actors: Mapping[bytes, set[str]]) -> list[dict[str, Any]]:
    """Joint spends of two tagged scripts without a common actor; change by its amount, where reuse shows it."""
    read = joint = tagged = two = clash = known = speaks = right = 0
    for tx in (tx for name in BLOCKS for tx in transactions(data / "blocks" / name)):
        scripts = {spent_script(source) for source in tx.inputs}
        read += 1
        joint += len(scripts) > 1
        named = [actors[s] for s in scripts if s in actors]
        tagged += bool(named)
        two += len(named) > 1
        clash += len(named) > 1 and not set.intersection(*named)
        back = [out.script in scripts for out in tx.outputs]
        if len(back) == 2 and sum(back) == 1:
            known += 1
            odd = [out.value % signs.ROUND != 0 for out in tx.outputs]
            if sum(odd) == 1:
                speaks += 1
                right += odd == back
    n = len(actors)
    where = f"{read} transactions of {len(BLOCKS)} blocks of 2012 to 2017"
    return [
        {
            "what": f"joint spends in real blocks of two tagged addresses that name no common actor ({where}; {joint} "
            f"spend several scripts, {tagged} a tagged one)",
            "how its truth arose": f"published tags on {n} scripts",
            "presupposes": "that the packs are right", **share(clash, two),
        },
        {
            "what": f"change by its amount alone, right when it speaks: the output that is no round amount ({where}; "
            f"{known} with known change)",
            "how its truth arose": "one of two outputs goes back to a script that the transaction spends",
            "presupposes": "that who is paid at a script he spends from pays himself; people who do may not be like "
            "those who never reuse an address", **share(right, speaks),
        },
    ]  # fmt: skip
