"""Where a branch that is known by its digest alone parts from the active chain."""

import hashlib
from typing import Any

import numpy.typing as npt

Hashes = npt.NDArray[Any]
"""Block hashes, 32 bytes a row."""


def fork_height(block_hash: Hashes, stale_hash: Hashes, stale_prev: Hashes, height: int, digest: str) -> int:
    """The last height shared with the stale branch that ends at `height` with this digest, or -1.

    block_hash: the active chain from the genesis block on. stale_hash, stale_prev: blocks beside it and the block each
    follows. The digest is SHA-256 over a chain's ordered block hashes, hex.
    """
    prev = {h.tobytes(): p.tobytes() for h, p in zip(stale_hash, stale_prev, strict=True)}
    kept = {h.tobytes(): n for n, h in enumerate(block_hash)}
    for tip in prev:
        branch, at = [], tip
        while at in prev:
            branch.append(at)
            at = prev[at]
        fork = kept.get(at, -1)
        if fork >= 0 and fork + len(branch) == height:
            whole = block_hash[: fork + 1].tobytes() + b"".join(reversed(branch))
            if hashlib.sha256(whole).hexdigest() == digest:
                return fork
    return -1
