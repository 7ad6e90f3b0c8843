"""SHA-256 of transactions and merkle trees: libcrypto from compiled code, or hashlib (slower) where it is missing."""

import ctypes
import ctypes.util
import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks import sha256_kernels

Bytes = npt.NDArray[np.uint8]
FAST = "libcrypto"
SLOW = "hashlib (slower: libcrypto was not found)"

_MAC = ("lib/libcrypto.3.dylib", "opt/openssl@3/lib/libcrypto.3.dylib")
"""macOS stops a process that loads its own unversioned libcrypto, so only Python's and Homebrew's are tried there."""


def libcrypto() -> bool:
    """Whether libcrypto is there, loaded for good, and gives hashlib's result."""
    import llvmlite.binding as llvm  # noqa: PLC0415 loaded with the compiler, when something is hashed

    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
            functions = [library.SHA256_Init, library.SHA256_Update, library.SHA256_Final]
        except (OSError, AttributeError):
            continue
        llvm.load_library_permanently(name)
        if functions and _agrees():
            return True
    return False


def transaction_ids(b: Bytes, span: npt.NDArray[np.int64], out: Bytes, *, fast: bool) -> None:
    """out[t] = id of the transaction at span[t]; see sha256_kernels.transaction_ids."""
    if fast:
        sha256_kernels.transaction_ids(b, span, len(span), out)
        return
    data = b.tobytes()
    for t, (start, body, body_end, end) in enumerate(span.tolist()):
        once = hashlib.sha256(data[start : start + 4] + data[body:body_end] + data[end - 4 : end]).digest()
        out[t] = np.frombuffer(hashlib.sha256(once).digest(), np.uint8)


def failed_merkle(ids: Bytes, block_tx: npt.NDArray[np.int64], roots: Bytes, *, fast: bool) -> int:
    """The first block whose transactions do not give its merkle root, -1 when all do."""
    if fast:
        tree = np.empty((int(block_tx.max(initial=1)) + 1, 32), np.uint8)
        return int(sha256_kernels.failed_merkle(ids, block_tx, roots, tree))
    first = 0
    for k, n in enumerate(block_tx.tolist()):
        root, repeats = merkle_root([ids[first + i].tobytes() for i in range(n)])
        if repeats or root != roots[k].tobytes():
            return k
        first += n
    return -1


def root_of(ids: Bytes, *, fast: bool) -> bytes:
    """The merkle root of ids, a row each."""
    if not fast:
        return merkle_root([i.tobytes() for i in ids])[0]
    tree = np.empty((len(ids) + 1, 32), np.uint8)
    sha256_kernels.merkle_root(ids, 0, len(ids), tree)
    return bytes(tree[0])


def merkle_root(ids: list[bytes]) -> tuple[bytes, bool]:
    """The merkle root of transaction ids and whether a pair repeats (CVE-2012-2459); the kernel's reference."""
    repeats = False
    while len(ids) > 1:
        repeats = repeats or any(ids[i] == ids[i + 1] for i in range(0, len(ids) - 1, 2))
        ids = ids + ids[-1:] * (len(ids) & 1)
        pairs = [ids[i] + ids[i + 1] for i in range(0, len(ids), 2)]
        ids = [hashlib.sha256(hashlib.sha256(p).digest()).digest() for p in pairs]
    return ids[0], repeats


def _candidates() -> list[str]:
    if sys.platform == "darwin":
        roots = (sys.base_prefix, "/opt/homebrew", "/usr/local")
        return [str(Path(root, name)) for root in roots for name in _MAC if Path(root, name).is_file()]
    named = ctypes.util.find_library("crypto")
    return [*([named] if named else []), "libcrypto.so.3", "libcrypto.so.1.1"]


def _agrees() -> bool:
    data, span = np.arange(64, dtype=np.uint8), np.array([[0, 4, 60, 64]], np.int64)
    fast, slow = np.empty((1, 32), np.uint8), np.empty((1, 32), np.uint8)
    transaction_ids(data, span, fast, fast=True)
    transaction_ids(data, span, slow, fast=False)
    return bool((fast == slow).all())
