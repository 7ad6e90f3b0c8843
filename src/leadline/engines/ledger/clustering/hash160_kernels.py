"""Kernel for HASH160, RIPEMD-160 of SHA-256: what p2pkh and p2wpkh keep of a key and p2sh of a script.

Written out here because OpenSSL 3 may come without RIPEMD-160; no library is needed and any system gives the same. The
tests hold it to hashlib. Sources: FIPS 180-4; Dobbertin, Bosselaers and Preneel, "RIPEMD-160: A Strengthened Version of
RIPEMD" (1996).
"""

from typing import Any

import numpy as np

from leadline.compiled import njit

Int = Any
"""An integer of whatever width the compiler chose."""


def _roots(power: int, count: int) -> list[int]:
    """First 32 bits of the fractional parts of the square (2) or cube (3) roots of the first `count` primes."""
    primes = [p for p in range(2, 320) if all(p % d for d in range(2, p))][:count]
    roots = []
    for p in primes:
        wanted, low, high = p << 32 * power, 0, 1 << 40
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**power <= wanted else (low, middle)
        roots.append(low & 0xFFFFFFFF)
    return roots


_START = np.array(_roots(2, 8), np.uint32)
_K = np.array(_roots(3, 64), np.uint32)
_LEFT_WORD = np.array(
    [
        *range(16),
        *(7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8),
        *(3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12),
        *(1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2),
        *(4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13),
    ],
    np.uint8,
)
_RIGHT_WORD = np.array(
    [
        *(5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12),
        *(6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2),
        *(15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13),
        *(8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14),
        *(12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11),
    ],
    np.uint8,
)
_LEFT_TURN = np.array(
    [
        *(11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
        *(7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12),
        *(11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5),
        *(11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12),
        *(9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6),
    ],
    np.uint32,
)
_RIGHT_TURN = np.array(
    [
        *(8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6),
        *(9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11),
        *(9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5),
        *(15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8),
        *(8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11),
    ],
    np.uint32,
)
_LEFT_ADD = np.array([0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E], np.uint32)
_RIGHT_ADD = np.array([0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0], np.uint32)
_BEGIN = np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0], np.uint32)


@njit(nogil=True, cache=True, inline="always")
def _right(x: Int, n: Int) -> Int:
    return np.uint32((x >> np.uint32(n)) | (x << np.uint32(32 - n)))


@njit(nogil=True, cache=True, inline="always")
def _left(x: Int, n: Int) -> Int:
    return np.uint32((x << n) | (x >> (np.uint32(32) - n)))


@njit(nogil=True, cache=True)
def _sha256_block(state: Any, w: Any) -> None:
    """`state` after the block whose first 16 words are in `w` (64 words long)."""
    for i in range(16, 64):
        low = _right(w[i - 15], 7) ^ _right(w[i - 15], 18) ^ (w[i - 15] >> np.uint32(3))
        high = _right(w[i - 2], 17) ^ _right(w[i - 2], 19) ^ (w[i - 2] >> np.uint32(10))
        w[i] = np.uint32(w[i - 16] + low + w[i - 7] + high)
    a, b, c, d = state[0], state[1], state[2], state[3]
    e, f, g, h = state[4], state[5], state[6], state[7]
    for i in range(64):
        choice = (e & f) ^ (~e & g)
        one = np.uint32(h + (_right(e, 6) ^ _right(e, 11) ^ _right(e, 25)) + choice + _K[i] + w[i])
        most = (a & b) ^ (a & c) ^ (b & c)
        two = np.uint32((_right(a, 2) ^ _right(a, 13) ^ _right(a, 22)) + most)
        h, g, f, e, d, c, b, a = g, f, e, np.uint32(d + one), c, b, a, np.uint32(one + two)
    state[0] += a
    state[1] += b
    state[2] += c
    state[3] += d
    state[4] += e
    state[5] += f
    state[6] += g
    state[7] += h


@njit(nogil=True, cache=True, inline="always")
def _mixed(kind: Int, x: Int, y: Int, z: Int) -> Int:
    if kind == 0:
        return x ^ y ^ z
    if kind == 1:
        return (x & y) | (~x & z)
    if kind == 2:
        return (x | ~y) ^ z
    if kind == 3:
        return (x & z) | (y & ~z)
    return x ^ (y | ~z)


@njit(nogil=True, cache=True)
def _ripemd160(x: Any, out: Any) -> None:
    """out = the five words of RIPEMD-160 of the one block of 16 words `x`."""
    a, b, c, d, e = _BEGIN[0], _BEGIN[1], _BEGIN[2], _BEGIN[3], _BEGIN[4]
    p, q, r, s, t = a, b, c, d, e
    for j in range(80):
        k = j >> 4
        turned = _left(np.uint32(a + _mixed(k, b, c, d) + x[_LEFT_WORD[j]] + _LEFT_ADD[k]), _LEFT_TURN[j])
        a, e, d, c, b = e, d, _left(c, np.uint32(10)), b, np.uint32(turned + e)
        turned = _left(np.uint32(p + _mixed(4 - k, q, r, s) + x[_RIGHT_WORD[j]] + _RIGHT_ADD[k]), _RIGHT_TURN[j])
        p, t, s, r, q = t, s, _left(r, np.uint32(10)), q, np.uint32(turned + t)
    out[0] = np.uint32(_BEGIN[1] + c + s)
    out[1] = np.uint32(_BEGIN[2] + d + t)
    out[2] = np.uint32(_BEGIN[3] + e + p)
    out[3] = np.uint32(_BEGIN[4] + a + q)
    out[4] = np.uint32(_BEGIN[0] + b + r)


@njit(nogil=True, cache=True)
def hash160s(b: Any, at: Any, n: Int, out: Any) -> None:
    """out[i] = HASH160 of the `n` bytes of `b` at at[i]; n is at most 119 (two blocks)."""
    state, w, x, words = (
        np.empty(8, np.uint32),
        np.empty(64, np.uint32),
        np.zeros(16, np.uint32),
        np.empty(5, np.uint32),
    )
    blocks = 1 if n <= 55 else 2
    for i in range(at.size):
        for j in range(8):
            state[j] = _START[j]
        for block in range(blocks):
            for j in range(16):
                word = np.uint32(0)
                for k in range(4):
                    p = 64 * block + 4 * j + k
                    byte = np.uint32(b[at[i] + p]) if p < n else np.uint32(0x80 if p == n else 0)
                    word = np.uint32((word << np.uint32(8)) | byte)
                w[j] = word
            if block == blocks - 1:
                w[15] = np.uint32(8 * n)
            _sha256_block(state, w)
        for j in range(8):
            v = state[j]
            turned = ((v & np.uint32(0xFF)) << np.uint32(24)) | ((v & np.uint32(0xFF00)) << np.uint32(8))
            x[j] = np.uint32(turned | ((v >> np.uint32(8)) & np.uint32(0xFF00)) | (v >> np.uint32(24)))
        x[8], x[14] = np.uint32(0x80), np.uint32(256)
        _ripemd160(x, words)
        for j in range(20):
            out[i, j] = np.uint8((words[j // 4] >> np.uint32(8 * (j % 4))) & np.uint32(0xFF))
