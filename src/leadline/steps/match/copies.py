"""Pairs of near copies inside the seizure, and those of them that join series."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import combinations, islice, product
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.steps.match import search
from leadline.steps.match.own import Own
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]
FORMS = tuple(f for f in pdq.FORMS if f != "rotate270")
"""Forms to search: a quarter turn from b to a is the opposite quarter turn from a to b."""
MOST = 20_000
"""Pairs asked of one value in place of one that joins nothing: all of 200 copies; seconds for films that disagree."""


@dataclass(frozen=True, slots=True, order=True)
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

    `compared` and `found`: pairs of frames, in all forms. Of equal hashes one stands for all: `values` has them all.
    """

    rows: Integers
    compared: int
    found: int
    values: "Values"


class Values:
    """Which values of frames are near which, and which files have each: all the pairs that rows of Near stand for."""

    def __init__(self, frames: Frames, same: Integers, near: search.Near) -> None:
        self._frames, self._same, self._near = frames, same, near

    def instead(self, pair: Pair, asked: set[int]) -> Iterator[Pair]:
        """Every pair of files that `pair` may have stood for, by relations that were not `asked` before.

        A value that both files have speaks for none of its files any more: all that is near it is asked. At most MOST
        pairs a relation.
        """
        mine, theirs = self._of(pair.a), self._of(pair.b)
        relations = {-1 - value for value in mine & theirs}
        for value in mine | theirs:
            for relation in self._relations(value):
                ends = {int(self._near.own[relation]), int(self._near.other[relation])}
                if ends & mine & theirs or (ends & mine and ends & theirs):
                    relations.add(relation)
        for relation in sorted(relations - asked):
            asked.add(relation)
            yield from islice(self._pairs(relation), MOST)

    def _of(self, file: int) -> set[int]:
        low, high = np.searchsorted(self._frames.file, (file, file + 1))
        return set(self._same[low:high].tolist())

    def _pairs(self, relation: int) -> Iterator[Pair]:
        """The pairs of files of one relation: a row of `near`, or -1 - v for the files that share value v."""
        if relation < 0:
            for (a, frame_a), (b, frame_b) in combinations(self._files(-1 - relation), 2):
                yield Pair(a, b, 0, 0, frame_a, frame_b)
            return
        near = self._near
        distance, form = int(near.distance[relation]), int(near.form[relation])
        for (a, frame_a), (b, frame_b) in product(*map(self._files, (near.own[relation], near.other[relation]))):
            if a != b:
                yield Pair(a, b, distance, form, frame_a, frame_b)

    def _files(self, value: int) -> list[tuple[int, int]]:
        """(file, its first frame) of every file that has the value, in evidence order."""
        order, first = self._order
        at = order[first[value] : first[value + 1]].tolist()
        return sorted({int(self._frames.file[frame]): frame for frame in reversed(at)}.items())

    def _relations(self, value: int) -> list[int]:
        order, first = self._touching
        rows: list[int] = (order[first[value] : first[value + 1]] % max(1, len(self._near.own))).tolist()
        return rows

    @cached_property
    def _order(self) -> tuple[Integers, Integers]:
        return _grouped(self._same)

    @cached_property
    def _touching(self) -> tuple[Integers, Integers]:
        ends = np.concatenate([self._near.own, self._near.other])
        return _grouped(ends, int(self._same.max(initial=0)) + 1)


def _grouped(number: Integers, count: int = 0) -> tuple[Integers, Integers]:
    """(the places in order of number, where those of each number begin)."""
    return np.argsort(number, kind="stable"), np.concatenate([[0], np.cumsum(np.bincount(number, minlength=count))])


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


def pairs(frames: Frames, own: Own, films: npt.NDArray[np.bool_], forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of different files; `own` are the near pairs of these frames as they are.

    Equal hashes are joined as a star around the oldest film and one around the oldest picture that has them, so that a
    thousand copies give a thousand pairs and not half a million; where an arm joins nothing, `trees` asks the others.
    """
    if not len(frames.file):
        return Near(np.empty((0, 6), np.int64), 0, 0, Values(frames, own.same, _none()))
    every = np.arange(len(frames.file))
    heads = _heads(films[frames.file], own)
    arms = np.where(films[frames.file], heads[1][own.same], heads[0][own.same])
    values = np.arange(len(own.head))
    near = search.Near(own.a, own.b, own.distance, np.zeros(len(own.a), np.int64))
    turned = tuple(form for form in FORMS if form in forms and form != "identity")
    if turned:
        value = frames.value[own.head]
        more = search.near(value, value, pdq.RADIUS, turned, f"turned {name}")
        parts = zip(*([getattr(n, c) for c in search.Near.__slots__] for n in (near, more)), strict=True)
        near = search.Near(*map(np.concatenate, parts))
    found = [
        _rows(frames, every, arms, np.zeros(len(every), np.int64), 0),
        *_between(frames, heads, values, values, np.zeros(len(values), np.int64), 0),
    ]
    for form in ("identity", *turned):
        at = np.flatnonzero(near.form == pdq.FORMS.index(form))
        found += _between(frames, heads, near.own[at], near.other[at], near.distance[at], pdq.FORMS.index(form))
    rows = _nearest(np.concatenate(found))
    compared = len(forms) * len(values) * (len(values) - 1) // 2
    return Near(rows, compared, sum(map(len, found)), Values(frames, own.same, near))


def _none() -> search.Near:
    return search.Near(*(np.empty(0, np.int64) for _ in search.Near.__slots__))


def _heads(film: npt.NDArray[np.bool_], own: Own) -> tuple[Integers, Integers]:
    """The oldest frame of each value among those of pictures, and among those of films; -1 where there is none."""
    heads = []
    for kind in (False, True):
        at = np.flatnonzero(film == kind)[::-1]
        head = np.full(len(own.head), -1, np.int64)
        head[own.same[at]] = at
        heads.append(head)
    return heads[0], heads[1]


def _between(
    frames: Frames, heads: tuple[Integers, Integers], a: Integers, b: Integers, distance: npt.NDArray[Any], form: int
) -> list[Integers]:
    """The pairs of the oldest frames of values that are near, of either kind on either side."""
    found = []
    for one, two in product(heads, heads):
        at = np.flatnonzero((one[a] >= 0) & (two[b] >= 0))
        found.append(_rows(frames, one[a[at]], two[b[at]], distance[at], form))
    return found


def framed(framings: Frames, frames: Frames, forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of a picture framed anew and another file; its rows in `framings` follow those in `frames`."""
    near = search.near(framings.value, frames.value, pdq.RADIUS, forms, f"framed {name}")
    a, b = framings.file[near.own], frames.file[near.other]
    columns = (a, b, near.distance, near.form, near.own + len(frames.file), near.other)
    rows: Integers = np.stack(columns, axis=1)[a != b]
    values = Values(framings, np.arange(len(framings.file)), _none())
    return Near(_nearest(rows), len(forms) * len(framings.file) * len(frames.file), len(rows), values)


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
