"""Undo records: every input's value and script without looking anything up, tied to blocks by checksum.

A record names no block. Its checksum is SHA-256 twice over the previous block's hash and the record (Bitcoin Core,
node/blockstorage.cpp), which only the right block gives; order and file numbers are not relied on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks import undo_kernels
from leadline.engines.ledger.blocks.blockfiles import HEADER, BlockFile, Bytes, Record
from leadline.engines.ledger.blocks.parse_kernels import FAILED
from leadline.engines.ledger.blocks.undo_records import CHECKSUM, Undo
from leadline.errors import ChainError
from leadline.kinds.bitcoin.amount import MOST_SATOSHI
from leadline.kinds.bitcoin.tx import sha256d

FIELD = 2**256 - 2**32 - 977
"""The prime of secp256k1's field (SEC 2, section 2.4.1): a point is y^2 = x^3 + 7."""
SPARE, TRY = 1 << 28, 200
"""Bytes that may be hashed on trials beside the likely ones, over eight for each byte of records, and what a trial
costs besides: files that do not belong together end in a count of lost records, not in a search of everything."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the inputs of one block spent: satoshi, and scripts at `at` of `size` bytes in `blob`; size -1 unknown."""

    value: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    size: npt.NDArray[np.int32]
    blob: Bytes


def tied(
    undos: Sequence[Undo], blocks: Sequence[Record], hashes: Sequence[bytes], files: Sequence[BlockFile]
) -> tuple[dict[bytes, Undo], list[Undo]]:
    """Records by the hash of their block, and those of none of `blocks`; blocks of one transaction need none.

    A node appends records as it connects blocks, so the block tried first is the next one up the chain, of the block
    file with the same number; then, within SPARE, those of as many transactions in that file, and in all.
    """
    counts = [_count(block.head, HEADER) for block in blocks]
    places: dict[tuple[str, int], dict[int, None]] = {}
    up: dict[str, list[int]] = {}
    for k in _upwards(blocks, hashes):
        for name in (files[blocks[k].file].path.name[3:], "") if counts[k] > 1 else ():
            up.setdefault(name, []).append(k)
            places.setdefault((name, counts[k]), {})[k] = None
    after = {name: dict(pairwise(blocks_up)) for name, blocks_up in up.items()}
    nexts = {name: blocks_up[0] for name, blocks_up in up.items()}
    found: dict[bytes, Undo] = {}
    lost: list[Undo] = []
    spare = SPARE + 8 * sum(undo.size for undo in undos)
    for undo in undos:
        body = undo.file.at(undo.at, undo.size + CHECKSUM).tobytes()
        count = _count(body, 0) + 1
        if count < 2:
            continue
        name = undo.file.path.name[3:] if undo.file.path.name[3:] in up else ""
        nexts.setdefault(name, -1)
        for k, free in _candidates(nexts[name], places.get((name, count), {}), places.get(("", count), {})):
            spare -= 0 if free else undo.size + TRY
            if spare < 0 and not free:
                lost.append(undo)
                break
            if counts[k] == count and hashes[k] not in found and _belongs(blocks[k], body):
                found[hashes[k]] = undo
                for near in (name, ""):
                    places.get((near, count), {}).pop(k, None)
                nexts[name] = after.get(name, {}).get(k, nexts[name])
                break
        else:
            lost.append(undo)
    return found, lost


def untied(undos: Iterable[Undo], blocks: Iterable[Record]) -> list[Undo]:
    """Records without an input, which `tied` passes over, whose checksum is that of none of `blocks`."""
    known = {sha256d(b.header[4:36] + b"\0") for b in blocks if _count(b.head, HEADER) == 1}
    empty = ((u, u.file.at(u.at, u.size + CHECKSUM).tobytes()) for u in undos)
    return [u for u, body in empty if _count(body, 0) == 0 and body[1:] not in known]


def _candidates(guess: int, own: Iterable[int], others: Iterable[int]) -> Iterator[tuple[int, bool]]:
    """Blocks to try a record with, and whether the trial is free: the likely one is."""
    if guess >= 0:
        yield guess, True
    for k in chain(own, others):
        yield k, False


def _belongs(block: Record, body: bytes) -> bool:
    """Whether a record with its checksum is the block's."""
    return sha256d(block.header[4:36] + body[:-CHECKSUM]) == body[-CHECKSUM:]


def _upwards(blocks: Sequence[Record], hashes: Sequence[bytes]) -> list[int]:
    """Numbers of the blocks, each behind the one it follows, and those side by side in the order of the files."""
    first = {h: k for k, h in reversed(list(enumerate(hashes)))}
    children: dict[int, list[int]] = {}
    for k in first.values():
        parent = first.get(blocks[k].header[4:36], -1)
        children.setdefault(parent, []).append(k)
    order = sorted(children.get(-1, []))
    for k in order:
        order += sorted(children.get(k, []))
    return order


def spent(undo: Undo, first_in: npt.NDArray[np.int64]) -> Spent:
    """What the inputs of a block spent, from its record; first_in[t]: its first row of transaction t, one more at last.

    ChainError (file, offset) when the record does not fit the block: the checksum ties it, so the file is damaged.
    """
    rows = int(first_in[-1])
    b = undo.file.at(undo.at, undo.size)
    value, at, size = np.full(rows, -1, np.int64), np.zeros(rows, np.int64), np.full(rows, -1, np.int32)
    blob = np.zeros(undo_kernels.GROWTH * undo.size + 64, np.uint8)
    halves = np.empty(rows, np.int64)
    bad, used, half = undo_kernels.read(b, 0, undo.size, first_in, value, at, size, blob, 0, halves)
    if bad != FAILED:
        raise _damaged(undo, int(bad), "does not fit its block")
    known = value[int(first_in[1]) :]
    if len(known) and not 0 <= int(known.min()) <= int(known.max()) <= MOST_SATOSHI:
        raise _damaged(undo, 0, "holds an output worth more than all coins there can be")
    for start in halves[:half].tolist():
        x, odd = int.from_bytes(blob[start + 2 : start + 34].tobytes(), "big"), int(blob[start + 34]) & 1
        y = whole(x, odd)
        if y is None:
            raise _damaged(undo, 0, "holds a key that is no point of the curve")
        blob[start + 34 : start + 66] = np.frombuffer(y.to_bytes(32, "big"), np.uint8)
    return Spent(value, at, size, blob[:used])


def whole(x: int, odd: int) -> int | None:
    """y of the curve's point with this x and parity of y, None when there is none."""
    square = (pow(x, 3, FIELD) + 7) % FIELD
    y = pow(square, (FIELD + 1) // 4, FIELD)
    if x >= FIELD or y * y % FIELD != square:
        return None
    return y if y & 1 == odd else FIELD - y


def _damaged(undo: Undo, inside: int, why: str) -> ChainError:
    return ChainError(
        f"an undo record {why}",
        where=f"{undo.file.path.name} byte:{undo.at + inside}-{undo.at + undo.size}",
        remedy="copy the file again, or leave it out: values are then looked up where the ledger has them",
    )


def _count(b: bytes, at: int) -> int:
    """A CompactSize, 0 where the bytes end."""
    n = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(b[at] if at < len(b) else 0, 0)
    return int.from_bytes(b[at + 1 : at + 1 + n], "little") if n else int.from_bytes(b[at : at + 1], "little")
