"""Files with frames near listed ones: the first tier for all of them, wider ones for those that it leaves unmatched."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers import pdq
from leadline.model.words import AGREEMENT, ALONE, CROP, CROPS, FAR, FRAME, LISTS
from leadline.steps.match import chance, clips, search
from leadline.steps.match.listed import Hits, Listed
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]

MOST_NANOSECONDS = 30 * 60 * 10**9
"""Expected processor time above which the wider tiers are left out, and the table of chances says so: half an hour."""


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest hit of each pair of file and entry, why it counts, frames that agree, and the alignments by place."""

    hits: Hits
    rule: tuple[str, ...]
    frames: tuple[int, ...]
    timed: dict[int, clips.Clip]


@dataclass(frozen=True, slots=True)
class Searcher:
    """How this case is searched: the listed frames, the forms, and the name under which long searches are kept."""

    listed: Listed
    forms: tuple[str, ...]
    name: str

    def hits(self, frames: Frames, radius: int, what: str) -> tuple[Hits, int]:
        """Every pair within the radius, and how many were compared."""
        listed = self.listed
        found = search.near(frames.value, listed.value, radius, self.forms, f"{what} {self.name}")
        compared = len(listed.value) * len(frames.file) * len(self.forms)
        return Hits(frames.file[found.own], found.own, found.other, found.distance, found.form), compared

    def cost(self, frames: Frames, radius: int) -> int:
        """Nanoseconds a search is expected to take."""
        return search.cost(len(frames.file), len(self.listed.row), len(self.forms), radius)


def first_tier(frames: Frames, by: Searcher) -> tuple[Found, chance.Row]:
    """Every file with one frame within pdq.RADIUS of a listed one, and what clips of listed videos it holds."""
    hits, compared = by.hits(frames, pdq.RADIUS, LISTS)
    best = _best(hits, by.listed)
    aligned = clips.of_lists(frames, hits, by.listed)
    timed = {n: aligned[key] for n, key in enumerate(_keys(best, by.listed)) if key in aligned}
    rules = tuple(timed[n].rule if n in timed else FRAME for n in range(len(best.file)))
    count = tuple(timed[n].frames if n in timed else 1 for n in range(len(best.file)))
    return Found(best, rules, count, timed), chance.row(LISTS, pdq.RADIUS, compared, len(hits.file))


def wider_tiers(frames: Frames, by: Searcher) -> tuple[Found, Found, list[chance.Row]]:
    """Of files without any match: those within pdq.AGREE bits where frames agree; the rest as leads; the chances.

    Frames agree when two of them, themselves further apart than pdq.RADIUS, lie near two listed frames of one entry,
    further apart as well, in the same form. A lead is `alone` within pdq.AGREE bits and `far` within pdq.LEAD.
    """
    if by.cost(frames, pdq.LEAD) > MOST_NANOSECONDS:
        none = _nothing()
        return none, none, [chance.row(LISTS, r, 0, 0, left_out=True) for r in (pdq.AGREE, pdq.LEAD)]
    hits, compared = by.hits(frames, pdq.LEAD, LISTS)
    within = hits.distance <= pdq.AGREE
    chances = [
        chance.row(LISTS, pdq.AGREE, compared, int(within.sum())),
        chance.row(LISTS, pdq.LEAD, compared, len(hits.file)),
    ]
    best = _best(hits, by.listed)
    agreeing = _agreeing(frames, by.listed, hits.take(np.flatnonzero(within)))
    counts = [
        agreeing.get((*key, form), 0) for key, form in zip(_keys(best, by.listed), best.form.tolist(), strict=True)
    ]
    yes = np.flatnonzero(np.array(counts, np.int64) > 0)
    no = np.flatnonzero(np.array(counts, np.int64) == 0)
    matched = Found(best.take(yes), (AGREEMENT,) * len(yes), tuple(counts[i] for i in yes.tolist()), {})
    return matched, _leads(best.take(no)), chances


def framed_tier(crops: Frames, ways: Integers, by: Searcher) -> tuple[Found, Found, list[chance.Row]]:
    """Of files without any match, those of which one crop lies within pdq.RADIUS; further ones as leads.

    Two crops of one picture are no two witnesses, so nothing agrees here. A film without its bars is aligned with
    the films of the lists as any other; `ways` tells its crops apart, a number each.
    """
    radius = pdq.LEAD if by.cost(crops, pdq.LEAD) <= MOST_NANOSECONDS else pdq.RADIUS
    hits, compared = by.hits(crops, radius, CROPS)
    chances = [
        chance.row(CROPS, r, compared, int((hits.distance <= r).sum()), left_out=r > radius)
        for r in (pdq.RADIUS, pdq.AGREE, pdq.LEAD)
    ]
    best = _best(hits, by.listed)
    near = np.flatnonzero(best.distance <= pdq.RADIUS)
    far = np.flatnonzero(best.distance > pdq.RADIUS)
    aligned = _aligned(crops, ways, hits.take(np.flatnonzero(hits.distance <= pdq.RADIUS)), by.listed)
    held = best.take(near)
    timed = {n: aligned[key] for n, key in enumerate(_keys(held, by.listed)) if key in aligned}
    rules = tuple(timed[n].rule if n in timed and timed[n].rule != FRAME else CROP for n in range(len(near)))
    count = tuple(timed[n].frames if n in timed else 1 for n in range(len(near)))
    matched = Found(held, rules, count, timed)
    return matched, _leads(best.take(far)), chances


def _aligned(crops: Frames, ways: Integers, hits: Hits, listed: Listed) -> dict[tuple[int, int], clips.Clip]:
    """(file, entry) -> the alignment with most frames, of one crop of the file; frames in order of file and way."""
    if not len(hits.file):
        return {}
    new = np.ones(len(ways), np.bool_)
    new[1:] = (crops.file[1:] != crops.file[:-1]) | (ways[1:] != ways[:-1])
    group = np.cumsum(new) - 1
    made = clips.of_lists(replace(crops, file=group), replace(hits, file=group[hits.frame]), listed)
    file = crops.file[new].tolist()
    best: dict[tuple[int, int], clips.Clip] = {}
    for (which, entry), clip in made.items():
        key = file[which], entry
        if key not in best or clip.frames > best[key].frames:
            best[key] = clip
    return best


def _nothing() -> Found:
    return Found(Hits(*(np.empty(0, np.int64) for _ in Hits.__slots__)), (), (), {})


def _leads(left: Hits) -> Found:
    why = tuple(ALONE if d <= pdq.AGREE else FAR for d in left.distance.tolist())
    return Found(left, why, (1,) * len(why), {})


def _best(hits: Hits, listed: Listed) -> Hits:
    """The nearest hit of each file and entry, ties by form, frame, row of the list."""
    entry = listed.entry[hits.listed]
    order = np.lexsort((hits.listed, hits.frame, hits.form, hits.distance, entry, hits.file))
    file, entry = hits.file[order], entry[order]
    first = np.ones(len(file), np.bool_)
    first[1:] = (file[1:] != file[:-1]) | (entry[1:] != entry[:-1])
    return hits.take(order[first])


def _keys(hits: Hits, listed: Listed) -> list[tuple[int, int]]:
    """(file, entry) of each hit."""
    return list(zip(hits.file.tolist(), listed.entry[hits.listed].tolist(), strict=True))


def _agreeing(frames: Frames, listed: Listed, hits: Hits) -> dict[tuple[int, int, int], int]:
    """(file, entry, form) -> frames that agree, where at least two do."""
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for at, ((file, entry), form) in enumerate(zip(_keys(hits, listed), hits.form.tolist(), strict=True)):
        groups[file, entry, form].append(at)
    found = {}
    for key, group in groups.items():
        if len(group) > 1:
            theirs = [int.from_bytes(listed.value[hits.listed[at]].tobytes()) for at in group]
            own = [int.from_bytes(frames.value[hits.frame[at]].tobytes()) for at in group]
            count = _independent(list(zip(own, theirs, strict=True)))
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
