"""Chance for a long simulation: numbers of one seeded stream, drawn a batch at a time."""

import math
from collections.abc import Sequence
from typing import TypeVar

from leadline.scenario.random_streams import stream

T = TypeVar("T")
_BATCH = 65_536


class Dice:
    """Numbers of the stream `name` of `seed`, one by one."""

    def __init__(self, seed: int, name: str) -> None:
        self._rng = stream(seed, name)
        self._drawn: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._drawn:
            self._drawn = self._rng.random(_BATCH).tolist()
        return self._drawn.pop()

    def chance(self, share: float) -> bool:
        """True with probability `share`."""
        return self.unit() < share

    def below(self, n: int) -> int:
        """An integer from 0 to n - 1."""
        return int(self.unit() * n)

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def spread(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, even on a logarithmic scale."""
        return int(low * math.exp(self.unit() * math.log(high / low)))

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[int(self.unit() * len(items))]

    def shuffle(self, items: list[T]) -> None:
        """Put `items` in a random order."""
        for i in range(len(items) - 1, 0, -1):
            j = int(self.unit() * (i + 1))
            items[i], items[j] = items[j], items[i]
