"""Which spends in a list are mixes themselves, by signs that our rules do not use: what a false alarm is told from.

A list of spends after a mix holds further mixes, and a rule that finds one of them raised no false alarm. Two signs:

* The list's own maker calls it one: Dumplings' published rule for Whirlpool (nopara73/Dumplings, Scanner, MIT).
* Its accounts close. Who offers coins for a JoinMarket mix gets back what he put in and a fee of some satoshi, in the
  equal output and his change. So the equal output and a change add up to one, two or three inputs but for that fee,
  and they do so for most of the changes. Amounts shifted at random do so twenty times more rarely (`by_chance`).
"""

from collections import Counter
from itertools import combinations
from typing import TypeAlias

import numpy as np

Input: TypeAlias = tuple[str, int, int, bytes]
Output: TypeAlias = tuple[int, bytes]

POOLS = (100_000, 1_000_000, 5_000_000, 50_000_000)
MOST_ABOVE = 110_000
"""Pools, and most that another input stands above the pool's value, in Dumplings' rule."""
EARNED_LEAST, EARNED = 2_000, 20_000
"""A party's fee is at most so many satoshi, or one part in so many of the amount."""
CLOSED = 3
"""Accounts that close in a mix. Two may by chance where there are dozens of inputs."""
MANY = 100
"""Inputs above which only pairs are added up, not triples."""


def of_its_maker(inputs: list[Input], outputs: list[Output]) -> bool:
    """Whether Dumplings' rule calls a transaction a Whirlpool mix.

    As many inputs as outputs, five to ten; outputs all of one pool's value; native segwit inputs alone; one of them at
    least of that value, the others within MOST_ABOVE of it.
    """
    pool = outputs[0][0]
    shaped = len(inputs) == len(outputs) and 5 <= len(inputs) <= 10 and pool in POOLS
    native = all(script[:2] in (b"\x00\x14", b"\x00\x20") for *_, script in inputs)
    values = [value for _, _, value, _ in inputs]
    alike = all(value == pool for value, _ in outputs) and all(abs(v - pool) <= MOST_ABOVE for v in values)
    return shaped and native and alike and pool in values


def in_order(inputs: list[Input], outputs: list[Output]) -> bool:
    """Whether inputs and outputs stand in the order of BIP69, as Whirlpool's coordinator sets them."""
    spent = [(prev, vout) for prev, vout, *_ in inputs]
    return spent == sorted(spent) and outputs == sorted(outputs)


def closed(inputs: list[Input], outputs: list[Output], shift: int = 0) -> int:
    """How many changes add up, with the equal output and `shift`, to what one to three inputs held and a small fee."""
    counts = Counter(value for value, _ in outputs)
    most = max(counts.values())
    top = min(value for value, n in counts.items() if n == most)
    if most < CLOSED:
        return 0
    values = [value for _, _, value, _ in inputs]
    sizes = range(1, 4 if len(values) <= MANY else 3)
    sums = np.array(sorted(sum(some) for size in sizes for some in combinations(values, size)))
    wanted = np.array([top + value + shift for value, _ in outputs if value != top])
    fee = max(EARNED_LEAST, top // EARNED)
    return int((np.searchsorted(sums, wanted, "right") > np.searchsorted(sums, wanted - fee)).sum())


def by_chance(inputs: list[Input], outputs: list[Output], rng: np.random.Generator, tries: int = 20) -> float:
    """`closed` with amounts shifted at random by up to a hundredth of the equal output, averaged."""
    top = Counter(value for value, _ in outputs).most_common(1)[0][0]
    low, high = max(20_000, top // 1000), max(200_000, top // 100)
    shifts = rng.integers(low, high, tries) * rng.choice([-1, 1], tries)
    return sum(closed(inputs, outputs, int(shift)) for shift in shifts) / tries


def is_mix(inputs: list[Input], outputs: list[Output]) -> bool:
    """Whether a transaction is a mix by either sign."""
    return of_its_maker(inputs, outputs) or closed(inputs, outputs) >= CLOSED
