"""Rows ingest and ingest_peer: bytes of real blocks to columns with ids and merkle roots."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engines.ledger import sha256
from leadline.engines.ledger.chunks import CHUNK, Room, parse
from ledgers.blocks import repeated
from ledgers.clock import least, row

PEERS = Path("build/peers/bin/python")
"""Where a package stands that cannot share our lock: `python -m venv build/peers`, then its pip."""
PEER = """
import json, sys, time
from blockchain_parser.block import Block
blocks = [open(p, "rb").read() for p in sys.argv[1:]]
blocks = [b[8:] if b[:4] == bytes.fromhex("f9beb4d9") else b for b in blocks]
start = time.process_time()
for raw in blocks:
    for tx in Block(raw).transactions:
        tx.txid
        for o in tx.outputs:
            o.value, o.script.value
        for i in tx.inputs:
            i.transaction_hash, i.transaction_index
print(json.dumps([sum(map(len, blocks)), time.process_time() - start]))
"""


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

    def ours(self) -> None:
        """All chunks to columns."""
        room = Room(CHUNK)
        for part in self.parts:
            self.columns(part, room)

    def hashing(self) -> float:
        """Least CPU seconds of the same ids and merkle roots through the same calls, everything else ready."""
        total = 0.0
        for part in self.parts:
            k, j = part
            data = self.data[self.edges[k] : self.edges[j]]
            found = self.columns(part, Room(CHUNK))

            def work(data: Any = data, found: Any = found, k: int = k, j: int = j) -> None:
                sha256.transaction_ids(data, found.rows.span, found.ids, fast=self.fast)
                assert sha256.failed_merkle(found.ids, found.block_tx, self.roots[k:j], fast=self.fast) < 0

            total += least(work)
        return total


def run(options: Any) -> list[dict[str, Any]]:
    """The rows."""
    real = Real(options.bytes)
    real.ours()
    ours, alone = least(real.ours, 5), real.hashing()
    size = len(real.data)
    rows = [row("ingest", size / ours / 1e6, "MB/s", f"SHA-256 alone, {size / 1e6:.0f} MB", alone / ours, 0.85)]
    return [*rows, _peer(size / ours)]


def _peer(ours: float) -> dict[str, Any]:
    if not PEERS.is_file():
        return row("ingest_peer", None, "", "blockchain-parser is not in build/peers", None, 150)
    from ledgers.blocks import NAMES, folder

    paths = [str(folder() / "chain" / "blocks" / n) for n in NAMES]
    done = subprocess.run([str(PEERS), "-c", PEER, *paths], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return row("ingest_peer", None, "", "blockchain-parser does not run", None, 150)
    size, seconds = json.loads(done.stdout)
    theirs = size / seconds
    return row("ingest_peer", theirs / 1e6, "MB/s of the peer", "blockchain-parser 0.1.6", ours / theirs, 150)
