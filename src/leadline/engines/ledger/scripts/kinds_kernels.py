"""Kernel that tells script kinds; leadline.kinds.bitcoin.script.classify is its reference."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit
from leadline.kinds.bitcoin.script import (
    MAX_MULTISIG_KEYS,
    MULTISIG,
    NONSTANDARD,
    OP_RETURN,
    P2A,
    P2PK,
    P2PKH,
    P2SH,
    P2TR,
    P2WPKH,
    P2WSH,
    WITNESS_UNKNOWN,
)

Int = Any
"""An integer of whatever width the compiler chose."""
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True)
def _is_key(b: Bytes, at: Int, n: Int) -> Any:
    return (n == 33 and (b[at] == 2 or b[at] == 3)) or (n == 65 and (b[at] == 4 or b[at] == 6 or b[at] == 7))


@njit(nogil=True, cache=True)
def _number(b: Bytes, at: Int, end: Int) -> tuple[Int, Int]:
    if at < end and 0x51 <= b[at] <= 0x60:
        return np.int64(b[at]) - 0x50, at + 1
    if at + 1 < end and b[at] == 1 and 16 < b[at + 1] <= MAX_MULTISIG_KEYS:
        return np.int64(b[at + 1]), at + 2
    return 0, at


@njit(nogil=True, cache=True)
def _is_multisig(b: Bytes, at: Int, end: Int) -> Any:
    need, p = _number(b, at, end)
    keys = 0
    while p < end and (b[p] == 33 or b[p] == 65):
        n = np.int64(b[p])
        if p + 1 + n > end or not _is_key(b, p + 1, n):
            break
        p += 1 + n
        keys += 1
    have, p = _number(b, p, end)
    return p == end - 1 and have == keys and 1 <= need <= have <= MAX_MULTISIG_KEYS


@njit(nogil=True, cache=True)
def kind_of(b: Bytes, at: Int, end: Int) -> Int:
    """Kind code of the script b[at:end]."""
    n = end - at
    if n == 0:
        return NONSTANDARD
    first, last = b[at], b[end - 1]
    if first == 0x6A:
        return OP_RETURN
    if n == 25 and first == 0x76 and b[at + 1] == 0xA9 and b[at + 2] == 20 and b[at + 23] == 0x88 and last == 0xAC:
        return P2PKH
    if n == 23 and first == 0xA9 and b[at + 1] == 20 and last == 0x87:
        return P2SH
    if last == 0xAC and (n == 35 or n == 67) and first == n - 2 and _is_key(b, at + 1, n - 2):
        return P2PK
    if 4 <= n <= 42 and b[at + 1] == n - 2 and (first == 0 or 0x51 <= first <= 0x60):
        if first == 0:
            return P2WPKH if n == 22 else (P2WSH if n == 34 else NONSTANDARD)
        if first == 0x51 and n == 34:
            return P2TR
        if first == 0x51 and n == 4 and b[at + 2] == 0x4E and b[at + 3] == 0x73:
            return P2A
        return WITNESS_UNKNOWN
    if last == 0xAE and _is_multisig(b, at, end):
        return MULTISIG
    return NONSTANDARD


@njit(nogil=True, cache=True)
def kinds_of(blob: Bytes, offsets: Any, kinds: Any) -> None:
    """kinds[i] = kind code of script i."""
    for i in range(kinds.size):
        kinds[i] = kind_of(blob, offsets[i], offsets[i + 1])
