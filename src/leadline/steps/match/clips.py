"""Videos that are the same, and videos that hold a clip of another: frames that agree at one offset in time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.align import Alignments, Pairs, align, scenes
from leadline.engines.hamming import join, ready
from leadline.kinds.hashers import pdq
from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, SAME_VIDEO_AS, SIMILAR_TO
from leadline.model.words import CLIP, FRAME, METHODS, VIDEO
from leadline.steps.match.listed import Hits, Listed
from leadline.steps.match.seized import Frames

Integers = npt.NDArray[np.int64]

LEAST_FRAMES = 3
"""Different frames at one offset that make a clip (one or two are found by chance more often, and by shared titles)."""
LEAST_MS = 2_000
"""Milliseconds they must span: shorter ones are a cut that many videos share."""
SAME_PPM = 800_000
"""Share of the other video's frames from which on the two are the same (vPDQ's published example)."""
PREDICATE = {VIDEO: SAME_VIDEO_AS, CLIP: CONTAINS_CLIP_OF, METHODS: KNOWN_AS}
"""What is claimed by rule; other rules of likeness claim `similar_to`."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One alignment: `form` in which the file looks like the other, why it counts, and the columns of MATCH."""

    form: int
    rule: str
    frames: int
    offset_ms: int
    span_ms: int
    covered_ppm: int
    own_ppm: int
    matched_ms: int
    longest_ms: int
    median: int

    @property
    def columns(self) -> tuple[int, int, int, int, int, int, int]:
        """offset_ms to median_distance of MATCH."""
        return (
            self.offset_ms, self.span_ms, self.covered_ppm, self.own_ppm, self.matched_ms, self.longest_ms, self.median
        )  # fmt: skip


def claimed(rule: str) -> str:
    """The predicate of a rule of likeness."""
    return PREDICATE.get(rule, SIMILAR_TO)


def of_lists(frames: Frames, hits: Hits, listed: Listed) -> dict[tuple[int, int], Clip]:
    """(file, entry) -> the alignment with most frames, where both sides have several frames with times."""
    place = listed.place[hits.listed].astype(np.int64)
    if not (place >= 0).any():
        return {}
    own, theirs = videos(frames), videos(listed.frames)
    at = np.flatnonzero((place >= 0) & own.several[hits.frame])
    at = at[theirs.several[place[at]]]
    file, entry, form = hits.file[at], listed.frames.file[place[at]], hits.form[at]
    order = np.lexsort((hits.frame[at], form, entry, file))
    at, file, entry, form = at[order], file[order], entry[order], form[order]
    new = np.ones(len(at), np.bool_)
    new[1:] = (file[1:] != file[:-1]) | (entry[1:] != entry[:-1]) | (form[1:] != form[:-1])
    starts = np.append(np.flatnonzero(new), len(at))
    if not len(at):
        return {}
    pairs = _pairs(frames, own, hits.frame[at], listed.frames, theirs, place[at], hits.distance[at])
    made = align(starts, pairs)
    best: dict[tuple[int, int], Clip] = {}
    for g, first in enumerate(starts[:-1].tolist()):
        key = int(file[first]), int(entry[first])
        clip = _clip(made, g, int(form[first]), own.size[file[first]], theirs.size[entry[first]])
        if key not in best or clip.frames > best[key].frames:
            best[key] = clip
    return best


@dataclass(frozen=True, slots=True)
class Videos:
    """Of frames in order of file: their scenes, whether the file has several with times; the frames of each file."""

    scene: Integers
    several: npt.NDArray[np.bool_]
    size: Integers


def videos(frames: Frames) -> Videos:
    """The scenes of all files, and which of them are videos."""
    if not len(frames.file):
        return Videos(np.empty(0, np.int64), np.empty(0, np.bool_), np.zeros(1, np.int64))
    size = np.bincount(frames.file)
    starts = np.concatenate([[0], np.cumsum(size)])
    timeless = np.zeros(len(size), np.bool_)
    timeless[frames.file[frames.t_ms < 0]] = True
    return Videos(scenes(frames.value, starts), ((size > 1) & ~timeless)[frames.file], size)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One alignment of two seized videos, told from either side, and the nearest of its frames."""

    clip: Clip
    turned: Clip
    distance: int
    frame: int
    other: int

    @property
    def joins(self) -> bool:
        """Whether it makes a series: a clip whichever side is asked, or four fifths of both, however short they are."""
        both = (self.clip, self.turned)
        return all(c.rule != FRAME for c in both) or all(c.covered_ppm >= SAME_PPM for c in both)


def of_seizure(frames: Frames, videos: Videos, spans: Integers, file: int, other: int, form: int) -> Agreement | None:
    """Where `file` stands in `other`, looking like its form; None unless both have several frames with times."""
    one, two = (np.arange(spans[i], spans[i + 1]) for i in (file, other))
    if not len(one) or not len(two) or not (videos.several[one[0]] and videos.several[two[0]]):
        return None
    name = pdq.FORMS[form]
    near = join(ready(frames.value[one]), ready(pdq.turned(frames.value[two], name)), pdq.RADIUS)
    if not len(near.a):
        return None
    a, b, distance = one[near.a], two[near.b], near.distance.astype(np.int64)
    starts = np.array([0, len(a)])
    made = align(starts, _pairs(frames, videos, a, frames, videos, b, distance))
    back = align(starts, _pairs(frames, videos, b, frames, videos, a, distance))
    best = np.lexsort((b, a, distance))[0]
    return Agreement(
        _clip(made, 0, form, len(one), len(two)), _clip(back, 0, form, len(two), len(one)),
        int(distance[best]), int(a[best]), int(b[best]),
    )  # fmt: skip


def _pairs(
    frames: Frames, own: Videos, frame: Integers, others: Frames, theirs: Videos, other: Integers, distance: Integers
) -> Pairs:
    return Pairs(
        frames.t_ms[frame], frames.until[frame], others.t_ms[other], frame, other, own.scene[frame],
        theirs.scene[other], distance,
    )  # fmt: skip


def _clip(made: Alignments, g: int, form: int, own: int, theirs: int) -> Clip:
    """One row of alignments, with what it amounts to; `own`, `theirs` are the frames of either video."""
    frames, span = int(made.frames[g]), int(made.span[g])
    covered = int(made.covered[g]) * 1_000_000 // int(theirs)
    rule = FRAME
    if frames >= LEAST_FRAMES and span >= LEAST_MS:
        rule = VIDEO if covered >= SAME_PPM else CLIP
    return Clip(
        form, rule, frames, int(made.offset[g]), span, covered, int(made.own[g]) * 1_000_000 // int(own),
        int(made.matched[g]), int(made.longest[g]), int(made.median[g]),
    )  # fmt: skip
