"""Addresses of many scripts at once: Base58 and bech32 digits by numba.

The plain reference is kinds.bitcoin.address.encode, one address at a time.
"""

from typing import Any

import numpy as np

from leadline.compiled import njit

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Longs = np.ndarray[Any, np.dtype[np.int64]]

_BASE58 = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BECH32 = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_GENERATOR = np.array([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3], np.int64)
"""Of the checksum's code (BIP173)."""
BASE58_ROOM = 36
"""Letters that 25 bytes take at most, and one more."""


@njit(cache=True)
def base58(data: Bytes, out: Bytes) -> Longs:
    """Write the Base58 text of every row (first byte not zero) to the right end of `out`'s rows; their lengths."""
    n, size = data.shape
    room = out.shape[1]
    lengths = np.zeros(n, np.int64)
    digits = np.zeros(room, np.int64)
    for row in range(n):
        used = 0
        for i in range(size):
            carry = np.int64(data[row, i])
            for j in range(used):
                carry += digits[j] << 8
                digits[j] = carry % 58
                carry //= 58
            while carry:
                digits[used] = carry % 58
                carry //= 58
                used += 1
        for j in range(used):
            out[row, room - 1 - j] = _BASE58[digits[j]]
        lengths[row] = used
    return lengths


@njit(cache=True)
def _step(check: Any, value: Any) -> Any:
    """One step of BIP173's checksum."""
    top = check >> 25
    check = ((check & 0x1FFFFFF) << 5) ^ value
    for i in range(5):
        if (top >> i) & 1:
            check ^= _GENERATOR[i]
    return check


@njit(cache=True)
def bech32(programs: Bytes, version: int, constant: int, hrp: Bytes, out: Bytes) -> None:
    """Write the bech32 text of every row's witness program into `out`, whose rows have exactly its length."""
    n, size = programs.shape
    head = hrp.shape[0]
    begun: Any = np.int64(1)
    for c in hrp:
        begun = _step(begun, np.int64(c) >> 5)
    begun = _step(begun, np.int64(0))
    for c in hrp:
        begun = _step(begun, np.int64(c) & 31)
    begun = _step(begun, np.int64(version))
    for row in range(n):
        for i in range(head):
            out[row, i] = hrp[i]
        out[row, head] = 49  # the separator "1"
        out[row, head + 1] = _BECH32[version]
        check: Any = begun
        at = head + 2
        held: Any = np.int64(0)
        bits = 0
        for i in range(size):
            held = ((held << 8) | np.int64(programs[row, i])) & 0xFFFF
            bits += 8
            while bits >= 5:
                bits -= 5
                value = (held >> bits) & 31
                check = _step(check, value)
                out[row, at] = _BECH32[value]
                at += 1
        if bits:
            value = (held << (5 - bits)) & 31
            check = _step(check, value)
            out[row, at] = _BECH32[value]
            at += 1
        for _ in range(6):
            check = _step(check, np.int64(0))
        check ^= constant
        for i in range(6):
            out[row, at + i] = _BECH32[(check >> (5 * (5 - i))) & 31]
