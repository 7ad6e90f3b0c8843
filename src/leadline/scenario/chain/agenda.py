"""What is to happen on the training chain, by the height at which it does."""

import heapq
from collections.abc import Callable


class Agenda:
    """Things to do at given heights; of one height, in the order in which they were put down."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, height: int, what: Callable[[], None]) -> None:
        """Does `what` once the chain has come to `height`."""
        self._count += 1
        heapq.heappush(self._waiting, (height, self._count, what))

    def run(self, height: int) -> None:
        """Does everything that is due at `height`, what that puts down for it too."""
        while self._waiting and self._waiting[0][0] <= height:
            heapq.heappop(self._waiting)[2]()
