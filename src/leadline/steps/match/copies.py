"""Pairs of near copies inside the seizure, and those of them that join series."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.steps.match import search
from leadline.steps.match.own import Own
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]
FORMS = tuple(f for f in pdq.FORMS if f != "rotate270")
"""Forms to search: a quarter turn from b to a is the opposite quarter turn from a to b."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files of which one frame each is near: `a` looks like `form` of `b`; `frame_a`, `frame_b` rows of Frames."""

    a: int
    b: int
    distance: int
    form: int
    frame_a: int
    frame_b: int

    def frames_from(self, file: int) -> tuple[int, int, str]:
        """(frame of `file`, frame of the other, form in which the other looks like `file`)."""
        name = pdq.FORMS[self.form]
        if file == self.a:
            return self.frame_a, self.frame_b, name
        return self.frame_b, self.frame_a, "rotate270" if name == "rotate90" else name


@dataclass(frozen=True, slots=True)
class Tree:
    """One series: its oldest file, and (child, parent, pair) of every other, parents first."""

    root: int
    branches: tuple[tuple[int, int, Pair], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Near pairs of different files, a row (a, b, distance, form, frame of a, frame of b) each, nearest form a pair.

    `compared` and `found`: pairs of frames, in all forms.
    """

    rows: Integers
    compared: int
    found: int


def trees(pairs: Integers, films: npt.NDArray[np.bool_], joined: Callable[[Pair], Pair | None]) -> list[Tree]:
    """The series that pairs join among files in evidence order, oldest first; a file without any is in none.

    `films` says of each file whether it has several frames. Two films share a title or a cut sooner than a scene, so
    `joined` is asked of them: it gives the pair that joins them, or None. Pictures are joined by one frame; a series of
    pictures is joined to at most one film or series of films, the nearest, so that a picture of a title joins no two.
    """
    near: dict[int, list[tuple[int, Pair]]] = defaultdict(list)
    for pair in _spanning(pairs, films, joined):
        near[pair.a].append((pair.b, pair))
        near[pair.b].append((pair.a, pair))
    seen: set[int] = set()
    found = []
    for root in sorted(near):
        if root in seen:
            continue
        seen.add(root)
        branches = []
        queue = deque([root])
        while queue:
            parent = queue.popleft()
            for child, pair in sorted(near[parent], key=lambda x: x[0]):
                if child not in seen:
                    seen.add(child)
                    branches.append((child, parent, pair))
                    queue.append(child)
        found.append(Tree(root, tuple(branches)))
    return found


def pairs(frames: Frames, own: Own, forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of different files; `own` are the near pairs of these frames as they are.

    Equal hashes are joined as a star around the oldest file that has them, so that a thousand copies give a thousand
    pairs and not half a million.
    """
    if not len(frames.file):
        return Near(np.empty((0, 6), np.int64), 0, 0)
    every = np.arange(len(frames.file))
    found = [
        _rows(frames, every, own.head[own.same], np.zeros(len(every), np.int64), 0),
        _rows(frames, own.head[own.a], own.head[own.b], own.distance, 0),
    ]
    turned = tuple(form for form in FORMS if form in forms and form != "identity")
    if turned:
        values = frames.value[own.head]
        near = search.near(values, values, pdq.RADIUS, turned, f"turned {name}")
        for form in turned:
            at = np.flatnonzero(near.form == pdq.FORMS.index(form))
            one, two = own.head[near.own[at]], own.head[near.other[at]]
            found.append(_rows(frames, one, two, near.distance[at], pdq.FORMS.index(form)))
    rows = _nearest(np.concatenate(found))
    count = len(own.head)
    return Near(rows, len(forms) * count * (count - 1) // 2, sum(map(len, found)))


def framed(framings: Frames, frames: Frames, forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of a picture framed anew and another file; its rows in `framings` follow those in `frames`."""
    near = search.near(framings.value, frames.value, pdq.RADIUS, forms, f"framed {name}")
    a, b = framings.file[near.own], frames.file[near.other]
    columns = (a, b, near.distance, near.form, near.own + len(frames.file), near.other)
    rows: Integers = np.stack(columns, axis=1)[a != b]
    return Near(_nearest(rows), len(forms) * len(framings.file) * len(frames.file), len(rows))


def _nearest(rows: Integers) -> Integers:
    """One row a pair of files in this direction: the nearest, ties by form and frames."""
    rows = rows[np.lexsort((rows[:, 5], rows[:, 4], rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]
    first = np.ones(len(rows), np.bool_)
    first[1:] = (rows[1:, 0] != rows[:-1, 0]) | (rows[1:, 1] != rows[:-1, 1])
    return rows[first]


def _rows(frames: Frames, a: Integers, b: Integers, distance: npt.NDArray[np.integer], form: int) -> Integers:
    """The pairs between different files; each once where the form is its own inverse."""
    x, y = frames.file[a], frames.file[b]
    rows: Integers = np.stack([x, y, distance.astype(np.int64), np.full(len(a), form), a, b], axis=1)
    if form == 0:
        older = (x > y)[:, None]
        rows = np.where(older, rows[:, [1, 0, 2, 3, 5, 4]], rows)
    keep = x != y if pdq.FORMS[form] in ("identity", "rotate90") else x < y
    kept: Integers = rows[keep]
    return kept


def _spanning(pairs: Integers, films: npt.NDArray[np.bool_], joined: Callable[[Pair], Pair | None]) -> list[Pair]:
    """The pairs that join series, nearest first (Kruskal 1956), ties by form, then by evidence order.

    Those of a picture and a film come after all others.
    """
    above = list(range(len(films)))
    holds = films.tolist()

    def top(i: int) -> int:
        while above[i] != i:
            above[i] = above[above[i]]
            i = above[i]
        return i

    chosen = []
    mixed = films[pairs[:, 0]] != films[pairs[:, 1]]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], pairs[:, 3], pairs[:, 2], mixed))
    for row, bridge in zip(pairs[order].tolist(), mixed[order].tolist(), strict=True):
        a, b = top(row[0]), top(row[1])
        if a == b or (bridge and holds[a] and holds[b]):
            continue
        pair = joined(Pair(*row)) if not bridge and films[row[0]] else Pair(*row)
        if pair is not None:
            above[max(a, b)] = min(a, b)
            holds[min(a, b)] = holds[a] or holds[b]
            chosen.append(pair)
    return chosen
