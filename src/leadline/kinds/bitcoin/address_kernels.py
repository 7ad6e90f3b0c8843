"""Addresses by the million: bech32 and Base58 text to bytes, as numba kernels.

The reference is kinds.bitcoin.address, one address at a time; a property test holds the kernels to it.
"""

import numpy as np

from leadline.compiled import njit

_LETTERS = np.full(256, -1, np.int8)
_LETTERS[np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)] = np.arange(32)
_LETTERS[np.frombuffer(b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", np.uint8)] = np.arange(32)
_DIGITS = np.full(256, -1, np.int8)
_DIGITS[np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)] = np.arange(58)

SCRIPT_BYTES = 42
"""Longest witness script: version, length, a program of 40 bytes (BIP141)."""
BASE58_BYTES = 25
"""Version, 20 bytes of hash, 4 of checksum."""


@njit(cache=True)
def _polymod(check, value):  # type: ignore[no-untyped-def]
    top = check >> 25
    check = ((check & 0x1FFFFFF) << 5) ^ value
    if top & 1:
        check ^= 0x3B6A57B2
    if top & 2:
        check ^= 0x26508E6D
    if top & 4:
        check ^= 0x1EA119FA
    if top & 8:
        check ^= 0x3D4233DD
    if top & 16:
        check ^= 0x2A1462B3
    return check


@njit(cache=True)
def witness_scripts(data, offsets, hrp, letters, claimed, scripts, sizes):  # type: ignore[no-untyped-def]
    """Fills `scripts` and `sizes` (0 where invalid) of bech32 and bech32m addresses (BIP173, BIP350).

    `claimed[i]` says that text i starts with the network's human-readable part and a 1, whatever the rest is.
    """
    for i in range(offsets.size - 1):
        at, end = offsets[i], offsets[i + 1]
        prefix = hrp.size + 1
        claimed[i] = False
        sizes[i] = 0
        if end - at < prefix or data[at + hrp.size] != 49:
            continue
        same = True
        for j in range(hrp.size):
            if data[at + j] | 32 != hrp[j]:
                same = False
                break
        if not same:
            continue
        claimed[i] = True
        if end - at > 90 or end - at < prefix + 7:
            continue
        lower = False
        upper = False
        good = True
        check = np.int64(1)
        for j in range(hrp.size):
            check = _polymod(check, hrp[j] >> 5)
        check = _polymod(check, 0)
        for j in range(hrp.size):
            check = _polymod(check, hrp[j] & 31)
        held = np.int64(0)
        bits = 0
        size = np.int64(2)
        version = np.int64(letters[data[at + prefix]])
        for j in range(at, end):
            c = data[j]
            if 97 <= c <= 122:
                lower = True
            elif 65 <= c <= 90:
                upper = True
            if j < at + prefix:
                continue
            value = np.int64(letters[c])
            if value < 0:
                good = False
                break
            check = _polymod(check, value)
            if j > at + prefix and j < end - 6:
                held = ((held << 5) | value) & 0xFFF
                bits += 5
                if bits >= 8:
                    bits -= 8
                    if size >= SCRIPT_BYTES:
                        good = False
                        break
                    scripts[i, size] = (held >> bits) & 255
                    size += 1
        if not good or (lower and upper) or bits >= 5 or (held & ((1 << bits) - 1)) != 0:
            continue
        wanted = 1 if version == 0 else 0x2BC830A3
        program = size - 2
        if check != wanted or version > 16 or program < 2 or program > 40:
            continue
        if version == 0 and program != 20 and program != 32:
            continue
        scripts[i, 0] = 0 if version == 0 else 0x50 + version
        scripts[i, 1] = program
        sizes[i] = size


@njit(cache=True)
def base58_bytes(data, offsets, digits, out, good):  # type: ignore[no-untyped-def]
    """Fills `out` with the 25 bytes each Base58 text stands for; `good` where it is exactly so many."""
    for i in range(offsets.size - 1):
        at, end = offsets[i], offsets[i + 1]
        good[i] = False
        if end - at < 25 or end - at > 36:
            continue
        zeros = 0
        while at + zeros < end and data[at + zeros] == 49:
            zeros += 1
        for k in range(BASE58_BYTES):
            out[i, k] = 0
        fits = True
        for j in range(at, end):
            carry = np.int64(digits[data[j]])
            if carry < 0:
                fits = False
                break
            for k in range(BASE58_BYTES - 1, -1, -1):
                carry += np.int64(out[i, k]) * 58
                out[i, k] = carry & 255
                carry >>= 8
            if carry:
                fits = False
                break
        if not fits:
            continue
        leading = 0
        while leading < BASE58_BYTES and out[i, leading] == 0:
            leading += 1
        good[i] = leading == zeros


def witness(data: np.ndarray, offsets: np.ndarray, hrp: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(claimed, scripts, sizes) of the texts between `offsets` in `data`."""
    n = offsets.size - 1
    claimed, scripts, sizes = np.zeros(n, np.bool_), np.zeros((n, SCRIPT_BYTES), np.uint8), np.zeros(n, np.int64)
    witness_scripts(data, offsets, np.frombuffer(hrp.encode(), np.uint8), _LETTERS, claimed, scripts, sizes)
    return claimed, scripts, sizes


def base58(data: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(25 bytes a text, whether it stands for exactly so many); checksums are not looked at."""
    n = offsets.size - 1
    out, good = np.zeros((n, BASE58_BYTES), np.uint8), np.zeros(n, np.bool_)
    base58_bytes(data, offsets, _DIGITS, out, good)
    return out, good
