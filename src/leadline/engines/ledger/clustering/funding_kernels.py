"""Kernel that asks whether a mix's inputs can be shared out among its owners; `reference.funded` is its reference.

Source: Goldfeder, Kalodner, Reisman and Narayanan, "When the cookie meets the blockchain" (PETS 2018).
"""

from typing import Any

import numpy as np

from leadline.compiled import njit
from leadline.engines.ledger.clustering.coinjoins import EXACT, INCOME, INCOME_LEAST

Int = Any
"""An integer of whatever width the compiler chose."""


@njit(nogil=True, cache=True)
def funded(ins: Any, n_in: Int, needs: Any, n: Int) -> bool:
    """Whether the inputs could be shared out among `n` owners, each what he needs; False only if they cannot.

    Of `k` owners who need `x` or more each has an input of `x` or more, or smaller ones that add up to it. Of EXACT
    inputs and fewer every sharing is tried. `ins` and `needs` ascend; one of unknown value (below zero) may be any.
    """
    if n_in and ins[0] < 0:
        return True
    small, below = np.int64(0), 0
    for j in range(n):
        if needs[j] <= 0:
            continue
        while below < n_in and ins[below] < needs[j]:
            small += ins[below]
            below += 1
        if n - j > n_in - below + small // needs[j]:
            return False
    return n_in > EXACT or bool(_covered(ins, n_in, needs, n))


@njit(nogil=True, cache=True)
def _covered(ins: Any, n_in: Int, needs: Any, n: Int) -> bool:
    """Whether disjoint sets of the inputs reach the owners' needs, which ascend.

    served[set] is how many owners, the neediest first, a set of inputs can serve, and held[set] the most it then has
    left for the next: more of the first, then of the second, is never worse.
    """
    served, held = np.zeros(1 << n_in, np.int64), np.zeros(1 << n_in, np.int64)
    for some in range(1, 1 << n_in):
        for i in range(n_in):
            if not some >> i & 1:
                continue
            before = some ^ (1 << i)
            k, x = served[before], held[before] + ins[i]
            if k < n and x >= needs[n - 1 - k]:
                k, x = k + 1, np.int64(0)
            if k > served[some] or (k == served[some] and x > held[some]):
                served[some], held[some] = k, x
    k = served[(1 << n_in) - 1]
    return bool(k == n or needs[n - 1 - k] <= 0)


@njit(nogil=True, cache=True)
def shared_out(ins: Any, n_in: Int, outs: Any, n_out: Int, top: Int, most: Int, needs: Any) -> bool:
    """Whether each of `most` owners can have put in the equal output `top` and one of the others, less income."""
    rest = n_out - most
    spare = max(top // INCOME, min(top // 2, INCOME_LEAST))
    n = 0
    for _ in range(most - rest):
        needs[n] = top - spare
        n += 1
    for o in range(n_out):
        if outs[o] != top and n < most:
            needs[n] = top + outs[o] - spare
            n += 1
    return bool(funded(ins, n_in, needs, n))
