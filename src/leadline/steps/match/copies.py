"""Pairs of near copies inside the seizure."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.model.words import IDENTITY, ROTATE_90, ROTATE_270
from leadline.steps.match import search
from leadline.steps.match.near_values import Values
from leadline.steps.match.seized import Frames
from leadline.steps.match.seizure_pairs import Own

Integers = npt.NDArray[np.int64]
FORMS = tuple(f for f in pdq.FORMS if f != ROTATE_270)
"""Forms to search: a quarter turn from b to a is the opposite quarter turn from a to b."""


@dataclass(frozen=True, slots=True)
class Near:
    """Near pairs of different files, a row (a, b, distance, form, frame of a, frame of b) each, nearest form a pair.

    `compared` and `found`: pairs of frames, in all forms. Of equal hashes one stands for all: `values` has them all.
    """

    rows: Integers
    compared: int
    found: int
    values: Values


def pairs(frames: Frames, own: Own, films: npt.NDArray[np.bool_], forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of different files; `own` are the near pairs of these frames as they are.

    Equal hashes are joined as a star around the oldest film and one around the oldest picture that has them, so that a
    thousand copies give a thousand pairs and not half a million; where an arm joins nothing, spanning.py asks the
    others.
    """
    if not len(frames.file):
        return Near(np.empty((0, 6), np.int64), 0, 0, Values(frames, own.same, _none()))
    every = np.arange(len(frames.file))
    heads = _heads(films[frames.file], own)
    arms = np.where(films[frames.file], heads[1][own.same], heads[0][own.same])
    values = np.arange(len(own.head))
    near = search.Near(own.a, own.b, own.distance, np.zeros(len(own.a), np.int64))
    turned = tuple(form for form in FORMS if form in forms and form != IDENTITY)
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


def framed(crops: Frames, frames: Frames, forms: tuple[str, ...], name: str) -> Near:
    """Every near pair of a picture framed anew and another file; its rows in `crops` follow those in `frames`."""
    near = search.near(crops.value, frames.value, pdq.RADIUS, forms, f"framed {name}")
    a, b = crops.file[near.own], frames.file[near.other]
    columns = (a, b, near.distance, near.form, near.own + len(frames.file), near.other)
    rows: Integers = np.stack(columns, axis=1)[a != b]
    values = Values(crops, np.arange(len(crops.file)), _none())
    return Near(_nearest(rows), len(forms) * len(crops.file) * len(frames.file), len(rows), values)


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
    keep = x != y if pdq.FORMS[form] in (IDENTITY, ROTATE_90) else x < y
    kept: Integers = rows[keep]
    return kept
