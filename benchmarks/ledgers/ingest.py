"""Rows ingest and ingest_peer: bytes of real blocks to columns with ids and merkle roots."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
from sides import peers

from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.blocks.chunks import CHUNK, Room, parse
from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.kinds.bitcoin.script import P2PKH, P2SH
from ledgers.blocks import NAMES, folder, repeated
from ledgers.clock import least, row

PEER = """
import json, sys, time
from blockchain_parser.block import Block
blocks = [open(p, "rb").read() for p in sys.argv[1:]]
blocks = [b[8:] if b[:4] == bytes.fromhex("f9beb4d9") else b for b in blocks]
best, counted = float("inf"), None
for _ in range(3):
    start, txs, satoshi, kinds = time.process_time(), 0, 0, {}
    for raw in blocks:
        for tx in Block(raw).transactions:
            tx.txid, tx.version, tx.locktime
            txs += 1
            for o in tx.outputs:
                satoshi += o.value
                kind = o.type
                o.addresses
                kinds[kind] = kinds.get(kind, 0) + 1
            for i in tx.inputs:
                i.transaction_hash, i.transaction_index, i.sequence_number
    best, counted = min(best, time.process_time() - start), (txs, satoshi, kinds)
print(json.dumps([best, *counted]))
"""
"""What the peer is asked for is what the ledger's columns hold of a block: ids, versions, lock times, outpoints,
sequences, values, script kinds, and what its addresses stand for (a hash or key). Neither side writes address text;
ours checks the merkle roots and numbers equal scripts besides."""
KINDS = {"pubkeyhash": P2PKH, "p2sh": P2SH}
"""Kinds that both sides tell alike, counted to see that they did the same work."""


class Real:
    """Real blocks in chunks, with the roots their headers name."""

    def __init__(self, size: int) -> None:
        self.fast = sha256.libcrypto()
        self.data, self.edges, blocks = repeated(size)
        self.roots = np.frombuffer(b"".join(b[36:68] for b in blocks), np.uint8).reshape(-1, 32)
        self.parts, k = [], 0
        while k < len(blocks):
            j = k + 1
            while j < len(blocks) and self.edges[j + 1] - self.edges[k] <= CHUNK:
                j += 1
            self.parts.append((k, j))
            k = j

    def columns(self, part: tuple[int, int], room: Room) -> Any:
        """One chunk to columns."""
        k, j = part
        data, edges = self.data[self.edges[k] : self.edges[j]], self.edges[k : j + 1] - self.edges[k]
        parsed, bad, _ = parse(data, edges, self.roots[k:j], room, fast=self.fast)
        assert bad < 0
        return parsed

    def raced(self) -> tuple[float, float]:
        """Least CPU seconds of all chunks, and of the same ids and merkle roots through the same calls and no more.

        Chunk by chunk in turn, so that a neighbour on the machine disturbs both alike.
        """
        ours, alone, room = 0.0, 0.0, Room(CHUNK)
        for part in self.parts:
            ours += least(lambda part=part: self.columns(part, room), 5)  # type: ignore[misc]
            found, roots = self.columns(part, room), self.roots[slice(*part)]

            def work(found: Any = found, roots: Any = roots) -> None:
                sha256.transaction_ids(found.data, found.rows.span, found.ids, fast=self.fast)
                assert sha256.failed_merkle(found.ids, found.block_tx, roots, fast=self.fast) < 0

            alone += least(work, 5)
        return ours, alone


def run(options: Any) -> list[dict[str, Any]]:
    """The rows."""
    real = Real(options.bytes)
    ours, alone = real.raced()
    size = len(real.data)
    rows = [row("ingest", size / ours / 1e6, "MB/s", f"SHA-256 alone, {size / 1e6:.0f} MB", alone / ours, 0.85)]
    return [*rows, _peer()]


def _peer() -> dict[str, Any]:
    """The row ingest_peer: each real block once on both sides."""
    paths = [str(folder() / "chain" / "blocks" / n) for n in NAMES]
    done = subprocess.run([str(peers.python()), "-c", PEER, *paths], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return row("ingest_peer", None, "", "blockchain-parser does not run", None, 150)
    theirs, txs, satoshi, kinds = json.loads(done.stdout)
    real, room = Real(1), Room(CHUNK)
    found: list[Any] = []

    def ours() -> None:
        found.clear()
        dictionary = Scripts(room=len(real.data))
        for part in real.parts:
            parsed = real.columns(part, room)
            ids = dictionary.intern(parsed.data, parsed.rows.script_at, parsed.rows.script_size)
            found.append((len(parsed.ids), int(parsed.rows.value.sum()), ids))
        found.append(dictionary.columns()["script_kind"])

    mine = least(ours, 20)
    per_output = found.pop()[np.concatenate([ids for _, _, ids in found])]
    assert (txs, satoshi) == (sum(n for n, _, _ in found), sum(v for _, v, _ in found))
    assert all(kinds.get(name, 0) == (per_output == kind).sum() for name, kind in KINDS.items())
    size = len(real.data)
    against = (
        f"blockchain-parser 0.1.6 at {size / theirs / 1e6:.1f} MB/s, each of {len(NAMES)} blocks once: ids, versions,"
        " lock times, outpoints, sequences, values, script kinds, address hashes"
    )
    return row("ingest_peer", size / mine / 1e6, "MB/s", against, theirs / mine, 150)
