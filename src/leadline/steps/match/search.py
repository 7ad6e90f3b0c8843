"""Near pairs of frames in every form asked for; what one search found is kept, so that the next does only what is new.

A list that grows, or a seizure that does, is compared again only in part: pairs of a frame and a listed frame that both
stood in the search before are taken from what that kept. The result is the same as from scratch, row for row.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.engines.digests import distinct, lookup
from leadline.engines.hamming import cheapest, join_each, ready
from leadline.kinds.hashers import pdq
from leadline.steps import cache

Integers = npt.NDArray[np.int64]
Values = npt.NDArray[np.uint8]

WORTH_KEEPING = 5 * 10**9
"""Expected nanoseconds from which on a search is kept: shorter ones are done again sooner than read."""
MOST_KEPT = 1 << 26
"""Values of one side up to which a search is kept: 2 GB."""
BLOCK = 1 << 16
"""Hashes turned at once: 50 MB while they are."""
KEPT = 1
"""Raised when what is kept changes, so that an older version's is not used."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of rows (`own`, `other`) of two arrays, `own` looks like form `form` (place in pdq.FORMS) of `other`."""

    own: Integers
    other: Integers
    distance: Integers
    form: Integers

    def take(self, at: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "Near":
        """The pairs at these places."""
        return Near(*(getattr(self, name)[at] for name in self.__slots__))


def cost(own: int, other: int, forms: int, radius: int) -> int:
    """Nanoseconds that a search is expected to take: the smaller side is turned and asks the other."""
    return min(cheapest(own * forms, other, radius)[1], cheapest(other * forms, own, radius)[1]) if own and other else 0


def near(own: Values, other: Values, radius: int, forms: tuple[str, ...], name: str = "") -> Near:
    """Every pair within the radius in one of the forms, in order of form, own row, other row.

    With a `name`, a long search is kept under it in the user's cache and carried on from there.
    """
    mine = once(own)
    theirs = mine if other is own else once(other)
    return _spread(near_once(mine.value, theirs.value, radius, forms, name), mine.same, theirs.same)


@dataclass(frozen=True, slots=True)
class Once:
    """Every value of an array once: `head` a row of each (the first), `same` the value of every row; both None, and
    the array itself as `value`, when no two rows are equal."""

    value: Values
    head: Integers | None
    same: Integers | None


def once(values: Values) -> Once:
    """The distinct values, not copied where all are."""
    head, same = distinct(values)
    return Once(values, None, None) if len(head) == len(values) else Once(values[head], head, same)


def near_once(a: Values, b: Values, radius: int, forms: tuple[str, ...], name: str = "") -> Near:
    """`near` of two arrays without repeats, in no order."""
    kept = name and max(len(a), len(b)) < MOST_KEPT
    if kept and cost(len(a), len(b), len(forms), radius) >= WORTH_KEEPING:
        return _carried_on(a, b, radius, forms, name)
    return _search(a, b, radius, forms)


def _search(a: Values, b: Values, radius: int, forms: tuple[str, ...]) -> Near:
    """All pairs, unordered. The cheaper side is turned, for distances stay when both sides of a pair are turned."""
    times = len(forms)
    if len(a) and cheapest(len(b) * times, len(a), radius)[1] < cheapest(len(a) * times, len(b), radius)[1]:
        found = join_each([ready(_turned(b, form)) for form in forms], ready(a), radius)
        sides = [(pairs.b, pairs.a, pairs.distance) for pairs in found]
    else:
        found = join_each([ready(_turned(a, pdq.INVERSE[form])) for form in forms], ready(b), radius)
        sides = [(pairs.a, pairs.b, pairs.distance) for pairs in found]
    form = [np.full(len(pairs.a), pdq.FORMS.index(f), np.int64) for f, pairs in zip(forms, found, strict=True)]
    own, other, distance = (np.concatenate(parts).astype(np.int64) for parts in zip(*sides, strict=True))
    return Near(own, other, distance, np.concatenate(form))


def _turned(values: Values, form: str) -> Values:
    """pdq.turned, a block at a time: while it works it holds a byte a bit, thrice."""
    if form == pdq.FORMS[0]:
        return values
    made = np.empty_like(values)
    for low in range(0, len(values), BLOCK):
        made[low : low + BLOCK] = pdq.turned(values[low : low + BLOCK], form)
    return made


def _spread(found: Near, own_same: Integers | None, same: Integers | None) -> Near:
    """Pairs of distinct values as pairs of all rows that have them, in order."""
    if own_same is not None:
        found = _expanded(found, found.own, own_same, "own")
    if same is not None:
        found = _expanded(found, found.other, same, "other")
    return found.take(np.lexsort((found.other, found.own, found.form)))


def _expanded(found: Near, value: Integers, same: Integers, side: str) -> Near:
    """`found` with one side's values replaced by the rows that have them."""
    rows = np.argsort(same, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(same))])
    many = np.diff(first)[value]
    at = np.repeat(np.arange(len(value)), many)
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first[value], many)
    made = found.take(at)
    row = rows[place]
    return (
        Near(row, made.other, made.distance, made.form)
        if side == "own"
        else Near(made.own, row, made.distance, made.form)
    )


def _carried_on(a: Values, b: Values, radius: int, forms: tuple[str, ...], name: str) -> Near:
    """`_search`, of which only the pairs with a new value on either side are searched; distinct values only."""
    key = hashlib.sha256(f"{KEPT} {radius} {','.join(forms)} {pdq.NAME} {name}".encode()).hexdigest()
    path = cache.place("near", f"{key}.npz")
    kept = _read(path)
    if kept is None:
        found = _search(a, b, radius, forms)
    else:
        old_a, old_b, old = kept
        own_place, place = _places(a, old_a), _places(b, old_b)
        both = (own_place[old.own] >= 0) & (place[old.other] >= 0)
        parts = [Near(own_place[old.own], place[old.other], old.distance, old.form).take(both)]
        is_old = np.zeros(len(a), np.bool_)
        is_old[own_place[own_place >= 0]] = True
        was_listed = np.zeros(len(b), np.bool_)
        was_listed[place[place >= 0]] = True
        for one, two in (
            (np.flatnonzero(~is_old), np.arange(len(b))),
            (is_old.nonzero()[0], (~was_listed).nonzero()[0]),
        ):
            if len(one) and len(two):
                more = _search(a[one], b[two], radius, forms)
                parts.append(Near(one[more.own], two[more.other], more.distance, more.form))
        found = Near(*(np.concatenate([getattr(p, column) for p in parts]) for column in Near.__slots__))
        if is_old.all() and was_listed.all() and len(old_a) == len(a) and len(old_b) == len(b):
            return found
    _write(path, a, b, found)
    return found


def _places(new: Values, old: Values) -> Integers:
    """The place in `new` of each value of `old`, -1 where it is gone; both distinct."""
    places = np.full(len(old), -1, np.int64)
    pairs = lookup(_binary(new), _binary(old), pdq.SIZE)
    places[pairs[:, 1]] = pairs[:, 0]
    return places


def _binary(values: Values) -> pa.Array:
    offsets = pa.py_buffer(np.arange(len(values) + 1, dtype=np.int32) * pdq.SIZE)
    return pa.Array.from_buffers(pa.binary(), len(values), [None, offsets, pa.py_buffer(np.ascontiguousarray(values))])


def _read(path: Path) -> tuple[Values, Values, Near] | None:
    """What an earlier search kept; None when there is nothing whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            columns = {name: kept[name] for name in ("a", "b", *Near.__slots__, "digest")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    digest = columns.pop("digest")
    if digest.tobytes() != _digest(*columns.values()):
        return None
    a, b, *found = columns.values()
    return a, b, Near(*found)


def _write(path: Path, a: Values, b: Values, found: Near) -> None:
    """Keeps a search in the cache."""
    columns = {"a": a, "b": b, **{name: getattr(found, name) for name in Near.__slots__}}
    digest = np.frombuffer(_digest(*columns.values()), np.uint8)
    with cache.writing(path) as aside, aside.open("wb") as file:
        np.savez(file, digest=digest, **columns)


def _digest(*columns: npt.NDArray[np.generic]) -> bytes:
    whole = hashlib.sha256()
    for column in columns:
        whole.update(np.ascontiguousarray(column).data.cast("B") if column.size else b"-")
    return whole.digest()
