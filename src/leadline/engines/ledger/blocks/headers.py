"""The active chain: of all headers found, the branch with most work, whatever the order of the files."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.engines.ledger.blocks.blockfiles import HEADER, Record, target
from leadline.engines.ledger.blocks.segments import Kept, Segment, in_order
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import Network
from leadline.kinds.bitcoin.tx import sha256d


@dataclass(frozen=True, slots=True)
class Chain:
    """Segments in order of height, every record's hash, and the records left out (stale branches)."""

    segments: tuple[Segment, ...]
    hashes: tuple[bytes, ...]
    stale: tuple[int, ...]
    repeated: int


def active(records: Sequence[Record], network: Network) -> Chain:
    """The active chain of `records`.

    Work is what a header's target stands for: 2**256 // (target + 1), summed along the branch. Of two branches with the
    same work the one whose tip stands first in the files stays, as in the node that wrote them. With the genesis block
    every height of its segment is known; other connected runs are segments of their own where they can belong to the
    same chain: no height twice, no block twice upon the same one, and where heights are not told, not at a time that a
    heavier run fills. ChainError when there is no block.
    """
    hashes = tuple(sha256d(r.header) for r in records)
    first: dict[bytes, int] = {}
    for n, h in enumerate(hashes):
        first.setdefault(h, n)
    children: dict[bytes, list[int]] = {}
    roots = []
    for n in first.values():
        prev = records[n].header[4:36]
        if prev in first:
            children.setdefault(prev, []).append(n)
        else:
            roots.append(n)
    genesis = bytes.fromhex(network.genesis)[::-1]
    runs = sorted((_heaviest(root, records, hashes, children) for root in roots), key=lambda run: (-run[0], run[1]))
    chain = Kept()
    for _, path in runs:
        heads = [records[n].head for n in path]
        times = [int.from_bytes(head[68:72], "little") for head in heads]
        height = 0 if hashes[path[0]] == genesis else _first_height(heads)
        chain.add(Segment(path, height, heads[0][4:36], hashes[path[0]], (min(times), max(times))))
    if not chain.segments:
        raise ChainError("no block was found in the files named", remedy="check the network and the xor key")
    segments = in_order(chain.segments)
    kept = {n for s in segments for n in s.records}
    stale = tuple(n for n in first.values() if n not in kept)
    return Chain(tuple(segments), hashes, stale, len(records) - len(first))


def work(header: bytes) -> int:
    """Expected number of hashes behind a header (Bitcoin Core, GetBlockProof)."""
    return (1 << 256) // (target(int.from_bytes(header[72:76], "little")) + 1)


def stated_height(head: bytes) -> int:
    """The height a block's coinbase states (BIP34, version 2 and later), or -1."""
    if len(head) <= HEADER or int.from_bytes(head[:4], "little", signed=True) < 2:
        return -1
    at = HEADER + {0xFD: 3, 0xFE: 5}.get(head[HEADER], 1) + 4
    at += 2 if head[at : at + 2] == b"\0\1" else 0
    script = at + 1 + 36 + 1
    size = head[script] if len(head) > script else 0
    if head[at : at + 33] != b"\1" + bytes(32) or not 1 <= size <= 4 or len(head) < script + 1 + size:
        return -1
    return int.from_bytes(head[script + 1 : script + 1 + size], "little")


def _first_height(heads: Sequence[bytes]) -> int:
    """Height of the first of a run of blocks, from the last one whose coinbase states its own; -1 when none does."""
    for k in range(len(heads) - 1, -1, -1):
        stated = stated_height(heads[k])
        if stated >= k:
            return stated - k
    return -1


def _heaviest(
    root: int, records: Sequence[Record], hashes: Sequence[bytes], children: dict[bytes, list[int]]
) -> tuple[int, tuple[int, ...]]:
    """Work and record numbers from `root` to the tip with most work; of equal ones the first tip in file order."""
    total = {root: work(records[root].header)}
    parent: dict[int, int] = {}
    queue, best = [root], root
    for n in queue:
        if (total[n], -n) > (total[best], -best):
            best = n
        for child in children.get(hashes[n], ()):
            parent[child] = n
            total[child] = total[n] + work(records[child].header)
            queue.append(child)
    path = [best]
    while path[-1] != root:
        path.append(parent[path[-1]])
    return total[best], tuple(reversed(path))
