"""Rounds of mixes drawn from the protocols' public documents: values of inputs and outputs, with their owners.

They are made by us, so what is measured on them says that the rules find what the documents describe, not that they
find the real ones.

Wasabi 2 (WabiSabi): every participant registers a few coins; what they hold together, less fees, he takes out in
standard denominations that others can use as well, and what remains as change if it is worth an output.
JoinMarket: a taker names an amount and asks a few makers; each owner takes out the amount once, and the rest as change;
makers get an income, the taker pays it and the miner's fee; a taker who sweeps has no change.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

DENOMINATIONS = sorted(
    {v for k in range(40) for v in (2**k, 3**k, 2 * 3**k, 10**k, 2 * 10**k, 5 * 10**k) if 5_000 <= v <= 137_438_953_472}
)
"""Standard denominations of Wasabi 2, in satoshi."""
LEAST_OUTPUT = 5_000
"""Satoshi below which Wasabi 2 makes no output."""


@dataclass(frozen=True)
class Round:
    """Satoshi of every input with its owner, and of every output with its owner."""

    inputs: list[tuple[int, int]]
    outputs: list[tuple[int, int]]


def wasabi2(rng: np.random.Generator, owners: int) -> Round:
    """A round of so many participants, one to four coins each."""
    inputs = [(int(10 ** rng.uniform(4.3, 8.5)), k) for k in range(owners) for _ in range(rng.integers(1, 5))]
    total = [sum(v for v, k in inputs if k == owner) for owner in range(owners)]
    usable = [d for d in DENOMINATIONS if sum(t >= d for t in total) > 1]
    counts = dict.fromkeys(usable, 0)
    for t in total:
        for d in _greedy(t, usable, rng):
            counts[d] += 1
    common = [d for d in usable if counts[d] > 1]
    outputs = []
    for owner, t in enumerate(total):
        taken = _greedy(t - 500 * 10, common, rng)
        outputs += [(d, owner) for d in taken]
        left = t - sum(taken) - 500 * (len(taken) + 3)
        if left >= LEAST_OUTPUT:
            outputs.append((left, owner))
    return Round(inputs, outputs)


def _greedy(amount: int, usable: list[int], rng: np.random.Generator) -> list[int]:
    """At most ten denominations that amount to nearly as much, now and then the second largest that fits."""
    taken: list[int] = []
    while len(taken) < 10:
        fitting = [d for d in usable if d <= amount]
        if not fitting:
            break
        taken.append(fitting[-1 - int(rng.random() < 0.3 and len(fitting) > 1)])
        amount -= taken[-1] + 500
    return taken


def joinmarket(rng: np.random.Generator, makers: int) -> Round:
    """A mix of a taker and so many makers, one to three coins each."""
    amount = int(10 ** rng.uniform(5.5, 9))
    sweep = bool(rng.random() < 0.2)
    income = [int(amount * rng.uniform(0, 0.001)) + int(rng.integers(0, 2_000)) for _ in range(makers)]
    inputs, outputs = [], []
    for owner in range(makers + 1):
        paid = 5_000 + sum(income) if owner == 0 else -income[owner - 1]
        change = 0 if owner == 0 and sweep else int(10 ** rng.uniform(4, 9))
        cuts = np.sort(rng.uniform(0, 1, rng.integers(0, 3)))
        whole = amount + change + paid
        edges = [0, *(int(c * whole) for c in cuts), whole]
        inputs += [(b - a, owner) for a, b in pairwise(edges) if b > a]
        outputs += [(amount, owner), *([(change, owner)] if change else [])]
    return Round(inputs, outputs)
