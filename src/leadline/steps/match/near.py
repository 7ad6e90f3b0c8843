"""Files with frames near listed ones: the first tier for all of them, wider ones for those that it leaves unmatched."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from leadline.engines.hamming import cheapest, join_each, ready
from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.hashers import pdq
from leadline.steps.match import chance
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]

MOST_NANOSECONDS = 30 * 60 * 10**9
"""Expected processor time above which the wider tiers are left out, and the table of chances says so: half an hour."""
SEARCHED = "lists"
"""The name of these searches in the table of chances."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of a frame and a listed frame, a column each.

    `file`, `frame` (place in Frames), `entry` (row of Lists.entries), `distance`, `form` (place in pdq.FORMS).
    """

    file: Integers
    frame: Integers
    entry: Integers
    distance: Integers
    form: Integers

    def take(self, at: npt.NDArray[np.int64]) -> "Hits":
        """The pairs at these places."""
        return Hits(*(getattr(self, name)[at] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest hit of each pair of file and entry, with the number of frames that agree, and why it counts."""

    hits: Hits
    frames: tuple[int, ...]
    rule: tuple[str, ...]


def first_tier(frames: Frames, lists: Lists) -> tuple[Found, chance.Row]:
    """Every file with one frame within pdq.RADIUS of a listed one."""
    hits, compared = _search(frames, lists, pdq.RADIUS)
    best = _best(hits, lists)
    count = len(best.file)
    row = chance.row(SEARCHED, pdq.RADIUS, compared, len(hits.file))
    return Found(best, (1,) * count, ("frame",) * count), row


def wider_tiers(frames: Frames, lists: Lists) -> tuple[Found, Found, list[chance.Row]]:
    """Of files without any match: those within pdq.AGREE bits where frames agree; the rest as leads; the chances.

    Frames agree when two of them, themselves further apart than pdq.RADIUS, lie near two listed frames of one entry,
    further apart as well, in the same form. A lead is `alone` within pdq.AGREE bits and `far` within pdq.LEAD.
    """
    rows = len(_listed(lists))
    spent = cheapest(len(frames.file) * len(pdq.FORMS), rows, pdq.LEAD)[1] if rows and len(frames.file) else 0
    if spent > MOST_NANOSECONDS:
        none = Found(Hits(*(np.empty(0, np.int64) for _ in Hits.__slots__)), (), ())
        return none, none, [chance.row(SEARCHED, r, 0, 0, left_out=True) for r in (pdq.AGREE, pdq.LEAD)]
    hits, compared = _search(frames, lists, pdq.LEAD)
    within = hits.distance <= pdq.AGREE
    chances = [
        chance.row(SEARCHED, pdq.AGREE, compared, int(within.sum())),
        chance.row(SEARCHED, pdq.LEAD, compared, len(hits.file)),
    ]
    best = _best(hits, lists)
    agreeing = _agreeing(frames, lists, hits.take(np.flatnonzero(within)))
    names = _pairs(best, lists)
    counts = [
        agreeing.get((file, *name, form), 0) for (file, *name), form in zip(names, best.form.tolist(), strict=True)
    ]
    yes = np.flatnonzero(np.array(counts, np.int64) > 0)
    no = np.flatnonzero(np.array(counts, np.int64) == 0)
    matched = Found(best.take(yes), tuple(counts[i] for i in yes.tolist()), ("agreement",) * len(yes))
    left = best.take(no)
    why = tuple("alone" if d <= pdq.AGREE else "far" for d in left.distance.tolist())
    return matched, Found(left, (1,) * len(no), why), chances


def _listed(lists: Lists) -> Integers:
    """Rows of Lists.entries that are compared by frame."""
    kind = pc.equal(lists.entries["hasher"], pdq.NAME)
    used = pc.and_(kind, pc.fill_null(pc.not_equal(lists.entries["scheme"], IGNORE), True))
    return np.flatnonzero(used.to_numpy())


def _search(frames: Frames, lists: Lists, radius: int) -> tuple[Hits, int]:
    """Every pair within the radius in each of the eight forms, and how many were compared.

    The seized frames are turned, by the form that undoes the one sought, so that the lists are made ready once.
    """
    at = _listed(lists)
    values = np.frombuffer(b"".join(lists.entries["value"].take(at).to_pylist()), np.uint8).reshape(-1, pdq.SIZE)
    sides = [ready(pdq.turned(frames.value, pdq.INVERSE[name])) for name in pdq.FORMS]
    found = join_each(sides, ready(values), radius)
    frame = np.concatenate([pairs.a for pairs in found])
    form = np.concatenate([np.full(len(pairs.a), n, np.int64) for n, pairs in enumerate(found)])
    entry = at[np.concatenate([pairs.b for pairs in found])]
    distance = np.concatenate([pairs.distance for pairs in found]).astype(np.int64)
    return Hits(frames.file[frame], frame, entry, distance, form), len(values) * len(frames.file) * len(pdq.FORMS)


def _best(hits: Hits, lists: Lists) -> Hits:
    """The nearest hit of each file and entry, ties by form, frame, row of the list."""
    number = lists.entries["entry"].to_numpy()[hits.entry]
    whose = lists.entries["list"].to_numpy()[hits.entry]
    order = np.lexsort((hits.entry, hits.frame, hits.form, hits.distance, number, whose, hits.file))
    file, number, whose = hits.file[order], number[order], whose[order]
    first = np.ones(len(file), np.bool_)
    first[1:] = (file[1:] != file[:-1]) | (whose[1:] != whose[:-1]) | (number[1:] != number[:-1])
    return hits.take(order[first])


def _pairs(hits: Hits, lists: Lists) -> list[tuple[int, int, int]]:
    """(file, list, entry) of each hit."""
    whose = lists.entries["list"].to_numpy()[hits.entry].tolist()
    number = lists.entries["entry"].to_numpy()[hits.entry].tolist()
    return list(zip(hits.file.tolist(), whose, number, strict=True))


def _agreeing(frames: Frames, lists: Lists, hits: Hits) -> dict[tuple[int, int, int, int], int]:
    """(file, list, entry, form) -> frames that agree, where at least two do."""
    groups: dict[tuple[int, int, int, int], list[int]] = defaultdict(list)
    for at, (pair, form) in enumerate(zip(_pairs(hits, lists), hits.form.tolist(), strict=True)):
        groups[*pair, form].append(at)
    found = {}
    for key, group in groups.items():
        if len(group) > 1:
            listed = [int.from_bytes(lists.entries["value"][int(hits.entry[at])].as_py()) for at in group]
            own = [int.from_bytes(frames.value[hits.frame[at]].tobytes()) for at in group]
            count = _independent(list(zip(own, listed, strict=True)))
            if count > 1:
                found[key] = count
    return found


def _independent(pairs: Sequence[tuple[int, int]]) -> int:
    """How many pairs, taken in order, differ from all taken before by more than pdq.RADIUS bits on both sides."""
    taken: list[tuple[int, int]] = []
    for own, listed in pairs:
        if all((own ^ a).bit_count() > pdq.RADIUS and (listed ^ b).bit_count() > pdq.RADIUS for a, b in taken):
            taken.append((own, listed))
    return len(taken)
