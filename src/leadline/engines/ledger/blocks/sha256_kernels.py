"""Kernels that hash transactions and merkle trees through libcrypto's SHA256_* functions, called by address.

Call nothing here before `leadline.engines.ledger.blocks.sha256.libcrypto` has loaded the library for good: compiled
code names the functions, the loader finds them. The low-level functions are deprecated in OpenSSL 3 but exported, and
five times faster for short messages than EVP's.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import external, njit

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]
CONTEXT_SIZE = 256
"""Room for a SHA256_CTX (112 bytes in OpenSSL 1.1 and 3)."""

_init: Any = external("SHA256_Init", 1)
_update: Any = external("SHA256_Update", 3)
_final: Any = external("SHA256_Final", 2)


@njit(nogil=True, cache=True)
def transaction_ids(b: Bytes, span: Any, n: Int, out: Any) -> None:
    """out[t] = id of transaction t of `n`: SHA-256 twice over its version, body and lock time (BIP141)."""
    context = np.empty(CONTEXT_SIZE, np.uint8)
    once = np.empty(32, np.uint8)
    base, ctx, mid, to = b.ctypes.data, context.ctypes.data, once.ctypes.data, out.ctypes.data
    for t in range(n):
        _init(ctx)
        if span[t, 1] == span[t, 0] + 4 and span[t, 2] == span[t, 3] - 4:
            _update(ctx, base + span[t, 0], span[t, 3] - span[t, 0])
        else:
            _update(ctx, base + span[t, 0], 4)
            _update(ctx, base + span[t, 1], span[t, 2] - span[t, 1])
            _update(ctx, base + span[t, 3] - 4, 4)
        _final(mid, ctx)
        _init(ctx)
        _update(ctx, mid, 32)
        _final(to + 32 * t, ctx)


@njit(nogil=True, cache=True)
def merkle_root(ids: Any, first: Int, n: Int, tree: Any) -> bool:
    """Whether the tree over ids[first:first + n] repeats a pair; its root is left in tree[0].

    `tree` has room for n + 1 rows. A repeated pair lets another list of transactions have the same root
    (CVE-2012-2459), so such a block is not what its header names.
    """
    context = np.empty(CONTEXT_SIZE, np.uint8)
    once = np.empty(32, np.uint8)
    ctx, mid, base = context.ctypes.data, once.ctypes.data, tree.ctypes.data
    for i in range(n):
        for j in range(32):
            tree[i, j] = ids[first + i, j]
    repeats = False
    while n > 1:
        for i in range(0, n - 1, 2):
            same = True
            for j in range(32):
                same = same and tree[i, j] == tree[i + 1, j]
            repeats = repeats or same
        if n & 1:
            for j in range(32):
                tree[n, j] = tree[n - 1, j]
            n += 1
        n //= 2
        for i in range(n):
            _init(ctx)
            _update(ctx, base + 64 * i, 64)
            _final(mid, ctx)
            _init(ctx)
            _update(ctx, mid, 32)
            _final(base + 32 * i, ctx)
    return repeats


@njit(nogil=True, cache=True)
def failed_merkle(ids: Any, block_tx: Any, roots: Any, tree: Any) -> Int:
    """The first block whose transactions do not give its merkle root (or repeat a pair), -1 when all do."""
    first = np.int64(0)
    for k in range(block_tx.size):
        n = block_tx[k]
        if merkle_root(ids, first, n, tree):
            return k
        for j in range(32):
            if tree[0, j] != roots[k, j]:
                return k
        first += n
    return -1
