"""Series: the trees that near pairs of files span."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from leadline.steps.match.copies import Near
from leadline.steps.match.near_values import Pair, Values

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tree:
    """One series: its oldest file, and (child, parent, pair) of every other, parents first."""

    root: int
    branches: tuple[tuple[int, int, Pair], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What keeps near files apart.

    `films` says of each file whether it has several frames. Two films share a title or a cut sooner than a scene, so
    `joined` is asked of them: it gives the pair that joins them, or None. `denied` gives the direction (file, other) in
    which a person rejected that the two are alike, or None.
    """

    films: npt.NDArray[np.bool_]
    joined: Callable[[Pair], Pair | None]
    denied: Callable[[Pair], tuple[int, int] | None]


def trees(near: Near, pairs: Integers, rules: Rules) -> tuple[list[Tree], list[tuple[int, int, Pair]]]:
    """The series that pairs join among files in evidence order, oldest first, and the pairs that a person rejected.

    A file without any pair is in no series. Pictures are joined by one frame; a series of pictures is joined to at most
    one film or series of films, the nearest, so that a picture of a title joins no two.
    """
    chosen, denied = _spanning(near.values, pairs, rules)
    joined: dict[int, list[tuple[int, Pair]]] = defaultdict(list)
    for pair in chosen:
        joined[pair.a].append((pair.b, pair))
        joined[pair.b].append((pair.a, pair))
    seen: set[int] = set()
    found = []
    for root in sorted(joined):
        if root in seen:
            continue
        seen.add(root)
        branches = []
        queue = deque([root])
        while queue:
            parent = queue.popleft()
            for child, pair in sorted(joined[parent], key=lambda x: x[0]):
                if child not in seen:
                    seen.add(child)
                    branches.append((child, parent, pair))
                    queue.append(child)
        found.append(Tree(root, tuple(branches)))
    return found, denied


def _spanning(values: Values, pairs: Integers, rules: Rules) -> tuple[list[Pair], list[tuple[int, int, Pair]]]:
    """The pairs that join series, nearest first (Kruskal 1956), ties by form, then by evidence order; those rejected.

    Pairs of a picture and a film come after all others. Where a pair is rejected, or of films that do not agree, those
    that it may have stood for are asked in its place.
    """
    above = list(range(len(rules.films)))
    holds = rules.films.tolist()

    def top(i: int) -> int:
        while above[i] != i:
            above[i] = above[above[i]]
            i = above[i]
        return i

    def place(pair: Pair) -> tuple[bool, int, int, int, int]:
        return bool(rules.films[pair.a] != rules.films[pair.b]), pair.distance, pair.form, pair.a, pair.b

    chosen: list[Pair] = []
    denied: dict[tuple[int, int], tuple[int, int, Pair]] = {}
    apart: set[tuple[int, int]] = set()
    asked: set[int] = set()
    waiting: list[tuple[tuple[bool, int, int, int, int], Pair]] = []
    mixed = rules.films[pairs[:, 0]] != rules.films[pairs[:, 1]]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], pairs[:, 3], pairs[:, 2], mixed))
    rows = (Pair(*row) for row in pairs[order].tolist())
    following = next(rows, None)
    while following is not None or waiting:
        if following is None or (waiting and waiting[0][0] < place(following)):
            pair = heappop(waiting)[1]
        else:
            pair, following = following, next(rows, None)
        both = (min(pair.a, pair.b), max(pair.a, pair.b))
        if both in apart:
            continue
        a, b = top(pair.a), top(pair.b)
        if (against := rules.denied(pair)) is not None:
            denied[both] = (*against, pair)
        elif a == b or (place(pair)[0] and holds[a] and holds[b]):
            continue
        else:
            found = rules.joined(pair) if rules.films[pair.a] and rules.films[pair.b] else pair
            if found is not None:
                above[max(a, b)] = min(a, b)
                holds[min(a, b)] = holds[a] or holds[b]
                chosen.append(found)
                continue
        apart.add(both)
        for other in values.instead(pair, asked):
            heappush(waiting, (place(other), other))
    return chosen, list(denied.values())
