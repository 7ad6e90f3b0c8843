"""Near pairs of the seizure's own frames as they are, found once for common frames and for series."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.steps.match import search
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Own:
    """Distinct values: `head` a frame of each, `same` the value of every frame; near pairs of values, `a` below `b`."""

    head: Integers
    same: Integers
    a: Integers
    b: Integers
    distance: Integers

    def among(self, places: Integers) -> "Own":
        """The same of the frames at these places only."""
        present, head, same = np.unique(self.same[places], return_index=True, return_inverse=True)
        number = np.full(len(self.head), -1, np.int64)
        number[present] = np.arange(len(present))
        kept = (number[self.a] >= 0) & (number[self.b] >= 0)
        return Own(head, same.ravel(), number[self.a[kept]], number[self.b[kept]], self.distance[kept])


def own(frames: Frames, name: str) -> Own:
    """The near pairs within pdq.RADIUS."""
    once = search.once(frames.value)
    every = np.arange(len(frames.file))
    head, same = (every if once.head is None else once.head), (every if once.same is None else once.same)
    found = search.near_once(once.value, once.value, pdq.RADIUS, ("identity",), f"own {name}")
    found = found.take(found.own < found.other)
    found = found.take(np.lexsort((found.other, found.own)))
    return Own(head, same, found.own, found.other, found.distance)
