"""Which values of frames are near which, and which files have each: the pairs of files they stand for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice, product

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.model.words import ROTATE_90, ROTATE_270
from leadline.steps.match import search
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]
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
        return self.frame_b, self.frame_a, ROTATE_270 if name == ROTATE_90 else name


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
