"""Kernels that split whole satoshi by weight."""

from typing import Any

import numpy as np

from leadline.compiled import njit

Int = Any
"""An integer of whatever width the compiler chose."""
Array = Any
"""A NumPy array."""


@njit(nogil=True, cache=True)
def portion(a: Int, b: Int, c: Int) -> tuple[Int, Int]:
    """Quotient and rest of a * b / c, for 0 <= a, b and 0 < c, all below 2**53 and a * b / c below 2**53.

    The product does not fit 64 bits, its rest does: a first quotient in floating point is off by a few, and what it is
    off by is exact modulo 2**64.
    """
    q = np.int64(np.float64(a) * np.float64(b) / np.float64(c))
    r = np.int64(a) * np.int64(b) - q * np.int64(c)
    while r < 0:
        q -= 1
        r += c
    while r >= c:
        q += 1
        r -= c
    return q, r


@njit(nogil=True, cache=True)
def shared(amount: Int, weight: Array, n: Int, part: Array, rest: Array) -> None:
    """part[:n] becomes `amount` split by weight[:n]: floors, then one each to the largest rests, the earlier first."""
    total = np.int64(0)
    for i in range(n):
        total += weight[i]
    left = np.int64(amount)
    for i in range(n):
        part[i], rest[i] = portion(amount, weight[i], total) if total > 0 else (np.int64(0), np.int64(0))
        left -= part[i]
    while left > 0 and total > 0:
        best = 0
        for i in range(1, n):
            if rest[i] > rest[best]:
                best = i
        part[best] += 1
        rest[best] = -1
        left -= 1
