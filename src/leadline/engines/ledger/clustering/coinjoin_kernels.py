"""Kernel that tells CoinJoin-shaped transactions, a rule a protocol; `reference.join_kind` is its reference.

The rules are shapes: they say that a transaction looks like a mix of several owners, not that it is one. Sources: the
protocols' own descriptions (Whirlpool pools and Tx0; Wasabi 1 and 2 coordinators; JoinMarket's maker and taker
outputs), Goldfeder, Kalodner, Reisman and Narayanan, "When the cookie meets the blockchain" (PETS 2018) on sharing a
mix's inputs out among its owners, and Moeser and Narayanan, "Resurrecting Address Clustering in Bitcoin" (FC 2022) on
why such inputs must not be joined.
"""

from typing import Any

import numpy as np
from numba import njit

from leadline.kinds.codecs.script import OP_RETURN
from leadline.model.ledger import EQUAL_OUTPUTS, JOIN_NONE, JOINMARKET, TX0, WASABI1, WASABI2, WHIRLPOOL

Int = Any
"""An integer of whatever width the compiler chose."""
POOLS = (100_000, 1_000_000, 2_500_000, 5_000_000, 50_000_000)
"""Whirlpool pool denominations in satoshi: 0.001, 0.01, 0.025, 0.05 and 0.5 bitcoin."""
POOL_FEE = 200_000
"""Most an input of a Whirlpool mix or a Tx0's prepared output stands above the pool's value, in satoshi."""
POOL_LEAST, POOL_MOST = 5, 10
"""Inputs and outputs of one Whirlpool mix."""
POOL_CHARGES = (5_000, 50_000, 125_000, 175_000, 1_750_000)
"""What the coordinator is paid for a Tx0 of each pool, in satoshi (Whirlpool's published fees, without discount)."""
WASABI1_VALUE, WASABI1_SPREAD = 10_000_000, 2_000_000
"""Wasabi 1 mixes about 0.1 bitcoin."""
WASABI1_LEAST = 20
"""Fewest equal outputs by which a mix of that value is called Wasabi 1: its rounds had dozens. JoinMarket's have a
dozen at most, and some are of about 0.1 bitcoin; taken for Wasabi 1 they stand in published lists of errors."""
WASABI2_LARGE = 50
"""Inputs and outputs from which on a mix is called Wasabi 2 when half or more outputs have values that repeat."""
WASABI2_LEAST = 20
"""Fewest inputs and outputs of a smaller Wasabi 2 mix: at least half repeat, three quarters are of standard
denominations, and a third of those nobody types (powers of two and three): coordinators since 2024 make such rounds."""
EQUAL_LEAST = 5
"""Fewest equal outputs, with as many different input scripts, of any other equal-output mix. Where as many inputs as
equal outputs have that very value and none has more, coins were moved one by one and whoever owns them paid alone."""
MARKET_LEAST = 3
"""Fewest participants of a JoinMarket mix: one equal output each, and at most one change output each."""
INCOME = 100
"""A maker's change stands above what he put in by his income: at most this part (one in a hundred) of the amount ..."""
INCOME_LEAST = 100_000
"""... or so many satoshi."""
EXACT = 12
"""Most inputs for which every way of sharing them out among the owners is tried: 4,096 sets of them."""
DUST = (546, 2730)
"""Equal outputs of these values are dust or data carriers, not mixed coins (Bitcoin Core dust limits)."""
TYPED = np.array(sorted({d * 10**k for k in range(3, 12) for d in (1, 2, 5) if d * 10**k >= 5_000}), np.int64)
UNTYPED = np.array(
    sorted({v for k in range(40) for v in (2**k, 3**k, 2 * 3**k) if 5_000 <= v <= 2**38} - set(TYPED.tolist())),
    np.int64,
)
"""Standard denominations of Wasabi 2 in satoshi, as its documents list them: 1, 2 and 5 times powers of ten, which
people type too; powers of two, of three and twice those, which nobody types."""


@njit(nogil=True, cache=True)
def _sort(values: Any, n: Int) -> None:
    """values[:n] in ascending order (heapsort)."""
    for start in range(n // 2 - 1, -1, -1):
        _sift(values, start, n)
    for end in range(n - 1, 0, -1):
        values[0], values[end] = values[end], values[0]
        _sift(values, 0, end)


@njit(nogil=True, cache=True)
def _sift(values: Any, root: Int, end: Int) -> None:
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and values[child] < values[child + 1]:
            child += 1
        if values[root] >= values[child]:
            return
        values[root], values[child] = values[child], values[root]
        root = child


@njit(nogil=True, cache=True)
def _is_pool(value: Int) -> bool:
    found = False
    for pool in POOLS:
        found = found or value == pool
    return found


@njit(nogil=True, cache=True)
def _above_pool(value: Int) -> bool:
    found = False
    for pool in POOLS:
        found = found or pool < value <= pool + POOL_FEE
    return found


@njit(nogil=True, cache=True)
def _prepares_one(outs: Any, n_out: Int) -> bool:
    """Whether the ascending outputs are data, a pool's charge, one premix of that pool and at most one change."""
    if n_out > 4:
        return False
    found = False
    for p in range(len(POOLS)):
        charged, premix = 0, 0
        for o in range(n_out):
            charged += outs[o] == POOL_CHARGES[p]
            premix += POOLS[p] < outs[o] <= POOLS[p] + POOL_FEE
        found = found or (charged == 1 and premix == 1)
    return found


@njit(nogil=True, cache=True)
def _funded(ins: Any, n_in: Int, needs: Any, n: Int) -> bool:
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
    return n_in > EXACT or _covered(ins, n_in, needs, n)


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
def _shared_out(ins: Any, n_in: Int, outs: Any, n_out: Int, top: Int, most: Int, needs: Any) -> bool:
    """Whether each of `most` owners can have put in the equal output `top` and one of the others, less income."""
    rest = n_out - most
    spare = max(top // INCOME, INCOME_LEAST)
    n = 0
    for _ in range(most - rest):
        needs[n] = top - spare
        n += 1
    for o in range(n_out):
        if outs[o] != top and n < most:
            needs[n] = top + outs[o] - spare
            n += 1
    return _funded(ins, n_in, needs, n)


@njit(nogil=True, cache=True)
def _standard(outs: Any, n_out: Int) -> tuple[Int, Int]:
    """How many outputs have a standard denomination of Wasabi 2, and how many one that nobody types."""
    typed, untyped = 0, 0
    for o in range(n_out):
        k = np.searchsorted(TYPED, outs[o])
        typed += k < TYPED.size and TYPED[k] == outs[o]
        k = np.searchsorted(UNTYPED, outs[o])
        untyped += k < UNTYPED.size and UNTYPED[k] == outs[o]
    return typed + untyped, untyped


@njit(nogil=True, cache=True)
def kind(ins: Any, n_in: Int, owners: Any, outs: Any, n_out: Int, returns: Int) -> Int:
    """Join code from input values (-1 unknown), input scripts (an unknown one is its own), output values, OP_RETURNs.

    All three arrays are sorted in place.
    """
    if n_out < 3 or (n_in < 2 and returns != 1):
        return JOIN_NONE
    _sort(ins, n_in)
    _sort(owners, n_in)
    _sort(outs, n_out)
    top, most, repeated, run = np.int64(0), 0, 0, 0
    for o in range(n_out):
        run = run + 1 if o and outs[o] == outs[o - 1] else 1
        if o + 1 == n_out or outs[o + 1] != outs[o]:
            if run > 1:
                repeated += run
            if run > most:
                most, top = run, outs[o]
    if returns == 1 and outs[0] == 0:
        if n_out - most <= 3 and _above_pool(top):
            return TX0
        if _prepares_one(outs, n_out):
            return TX0
    if n_in < 2:
        return JOIN_NONE
    if n_in == n_out and POOL_LEAST <= n_out <= POOL_MOST and most == n_out and _is_pool(top):
        known = 0
        while known < n_in and ins[known] < 0:
            known += 1
        if ins[n_in - 1] <= top + POOL_FEE and (known == n_in or ins[known] >= top):
            return WHIRLPOOL
    near = top >= WASABI1_VALUE - WASABI1_SPREAD and top <= WASABI1_VALUE + WASABI1_SPREAD
    if min(n_in, n_out) >= WASABI2_LARGE and 2 * repeated >= n_out:
        return WASABI1 if near and 2 * most >= repeated else WASABI2
    if min(n_in, n_out) >= WASABI2_LEAST and 2 * repeated >= n_out:
        standard, untyped = _standard(outs, n_out)
        if 4 * standard >= 3 * n_out and 3 * untyped >= n_out:
            return WASABI2
    scripts = 0
    for i in range(n_in):
        if i == 0 or owners[i] != owners[i - 1]:
            scripts += 1
    for dust in DUST:
        if top == dust:
            return JOIN_NONE
    if top == 0 or scripts < most:
        return JOIN_NONE
    if most >= WASABI1_LEAST and near:
        return WASABI1
    needs = np.empty(most, np.int64)
    accounts = most >= MARKET_LEAST and 2 * most - 1 <= n_out <= 2 * most
    if accounts and _shared_out(ins, n_in, outs, n_out, top, most, needs):
        return JOINMARKET
    same = 0
    for i in range(n_in):
        same += ins[i] == top
    if ins[0] >= 0 and ins[n_in - 1] == top and same >= most:
        return JOIN_NONE
    least: Int = max(top // INCOME, INCOME_LEAST)
    needs[:] = top - least
    if most >= EQUAL_LEAST and _funded(ins, n_in, needs, most):
        return EQUAL_OUTPUTS
    return JOIN_NONE


@njit(nogil=True, cache=True)
def join_kinds(
    first_in: Any,
    first_out: Any,
    in_value: Any,
    in_script: Any,
    out_value: Any,
    out_script: Any,
    script_kind: Any,
    first_tx: Int,
    kinds: Any,
) -> None:
    """kinds[t] = join code of transactions from `first_tx` on; an input below zero is of unknown value or script."""
    widest = np.int64(1)
    for t in range(first_tx, kinds.size):
        widest = max(widest, first_in[t + 1] - first_in[t], first_out[t + 1] - first_out[t])
    ins, owners, outs = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(widest, np.int64)
    for t in range(first_tx, kinds.size):
        i0, o0 = first_in[t], first_out[t]
        n_in, n_out = first_in[t + 1] - i0, first_out[t + 1] - o0
        kinds[t] = JOIN_NONE
        if n_out < 3 or (n_out < 9 and not _repeats(out_value, o0, n_out)):
            continue
        returns = np.int64(0)
        for i in range(n_in):
            ins[i] = in_value[i0 + i]
            owners[i] = in_script[i0 + i] if in_script[i0 + i] >= 0 else -1 - i
        for o in range(n_out):
            outs[o] = out_value[o0 + o]
            if script_kind[out_script[o0 + o]] == OP_RETURN:
                returns += 1
        kinds[t] = kind(ins, n_in, owners, outs, n_out, returns)


@njit(nogil=True, cache=True)
def _repeats(values: Any, first: Int, n: Int) -> bool:
    """Whether a value stands twice in values[first:first + n], or an output may prepare a mix (0 beside a pool's)."""
    for a in range(first, first + n):
        if values[a] == 0:
            return True
        for b in range(a + 1, first + n):
            if values[a] == values[b]:
                return True
    return False
