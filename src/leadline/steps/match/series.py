"""Series: near copies inside the seizure, keyed by their oldest file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.model.predicates import IN_SERIES, SIMILAR_TO
from leadline.model.words import CROP, FRAME, SEIZURE, SEIZURE_CROPS, STILL
from leadline.steps.match import (
    chance,
    clips,
    copies,
    series_trees,
)
from leadline.steps.match.common_frames import Common
from leadline.steps.match.known import NO_CLIP, Row
from leadline.steps.match.near import Searcher
from leadline.steps.match.near_values import Pair
from leadline.steps.match.seized import NEVER, Frames, Seized
from leadline.steps.match.seizure_pairs import Own
from leadline.steps.step import Claims


@dataclass(frozen=True, slots=True)
class Series:
    """Of each file, the row of its series' oldest file (its own when it stands alone); rows of match and series."""

    key: npt.NDArray[np.int64]
    matches: tuple[Row, ...]
    members: tuple[tuple[bytes, str, str, int | None], ...]
    chances: tuple[chance.Row, ...]


LIKE = (SIMILAR_TO, *clips.PREDICATE.values())
"""What may be claimed of a pair of seized files."""


def find(
    seized: Seized,
    kept: Common,
    rest: Frames,
    own: Own,
    by: Searcher,
    rejected: frozenset[bytes],
    claims: Claims,
) -> Series:
    """Findings same_video_as, contains_clip_of or similar_to between files, and in_series for every member.

    `kept` are the frames that may be compared, `rest` crops of pictures that no list matches, `own` the near pairs
    of all frames.

    Two films need three scenes over two seconds at one offset (or four fifths of both); a shared title joins nothing.
    Of the near pairs only those that join a series are claimed, the nearest first (a spanning tree). A member rests on
    the pair that joined it and on the membership of the file it was joined to; the oldest on its nearest pair and on
    the upload that makes it the oldest. A pair that a person has `rejected` is claimed as before, but joins nothing.
    """
    key = np.arange(seized.files.num_rows)
    listed = seized.files["media"].to_pylist()
    frames = kept.kept
    films = np.bincount(seized.frames.file[seized.frames.t_ms >= 0], minlength=len(listed)) > 1
    near = copies.pairs(frames, own.among(kept.places), films, by.forms, by.name)
    chances = [chance.row(SEIZURE, pdq.RADIUS, near.compared, near.found)]
    pairs = near.rows
    if len(rest.file):
        anew = copies.framed(rest, frames, by.forms, by.name)
        chances.append(chance.row(SEIZURE_CROPS, pdq.RADIUS, anew.compared, anew.found))
        pairs = _without_repeats(pairs, anew.rows, len(listed))
        frames = frames.joined(rest)
    timed = _timed(seized, kept.kept, by.forms)
    rules = series_trees.Rules(films, timed.joined, _Denied(listed, rejected).direction)
    trees, denied = series_trees.trees(near, pairs, rules)
    heads = seized.files.take(pa.array([tree.root for tree in trees], pa.int64())).to_pylist()
    edges = [branch for tree in trees for branch in tree.branches] + denied
    places = _places(seized, frames, [pair for _, _, pair in edges])
    matches = [_claim(claims, listed, frames, places, timed, films, *edge) for edge in edges]
    members: list[tuple[bytes, str, str, int | None]] = []
    rows = iter(matches)
    for tree, oldest in zip(trees, heads, strict=True):
        names = {i: listed[i] for i in (tree.root, *(child for child, _, _ in tree.branches))}
        series = oldest["media"].replace("media:", "series:")
        member = {i: claims.add(name, IN_SERIES, series) for i, name in names.items()}
        claims.rest(member[tree.root], "exhibit", f"exhibit:{oldest['exhibit'].hex()}", oldest["locator"])
        if oldest["upload_exhibit"] is not None:
            upload = f"exhibit:{oldest['upload_exhibit'].hex()}"
            claims.rest(member[tree.root], "exhibit", upload, oldest["upload_locator"])
        for n, (child, parent, _) in enumerate(tree.branches):
            similar = next(rows)[0]
            claims.rest(member[child], "finding", f"finding:{similar.hex()}")
            claims.rest(member[child], "finding", f"finding:{member[parent].hex()}")
            if n == 0:
                claims.rest(member[tree.root], "finding", f"finding:{similar.hex()}")
            key[child] = tree.root
        earliest = None if oldest["first"] == NEVER else oldest["first"]
        members += [(member[i], series, names[i], earliest) for i in names]
    return Series(key, tuple(matches), tuple(members), tuple(chances))


@dataclass(frozen=True, slots=True)
class _Timed:
    """Frames as they are, in order of file, their scenes, where the frames of each file begin (count + 1), which files
    have frames without times, and the forms to compare (places in pdq.FORMS)."""

    frames: Frames
    videos: clips.Videos
    spans: npt.NDArray[np.int64]
    timeless: npt.NDArray[np.bool_]
    forms: tuple[int, ...]

    def agreement(self, file: int, other: int, form: int) -> clips.Agreement | None:
        """Where one stands in the other."""
        return clips.of_seizure(self.frames, self.videos, self.spans, file, other, form)

    def joined(self, pair: Pair) -> Pair | None:
        """The pair itself, or in another form in which the two films agree; None where they share a frame or two.

        Films whose frames have no times are joined by one frame: nothing can be aligned.
        """
        if self.timeless[pair.a] or self.timeless[pair.b]:
            return pair
        for form in (pair.form, *(form for form in self.forms if form != pair.form)):
            found = self.agreement(pair.a, pair.b, form)
            if found is not None and found.joins:
                if form == pair.form:
                    return pair
                return Pair(pair.a, pair.b, found.distance, form, found.frame, found.other)
        return None


def _timed(seized: Seized, kept: Frames, forms: tuple[str, ...]) -> _Timed:
    count = seized.files.num_rows
    timeless = np.zeros(count, np.bool_)
    timeless[seized.frames.file[seized.frames.t_ms < 0]] = True
    spans = np.searchsorted(kept.file, np.arange(count + 1))
    return _Timed(kept, clips.videos(kept), spans, timeless, tuple(pdq.FORMS.index(form) for form in forms))


def _claim(
    claims: Claims,
    listed: list[str],
    frames: Frames,
    places: dict[int, tuple[str, str, str | None]],
    timed: _Timed,
    films: npt.NDArray[np.bool_],
    child: int,
    parent: int,
    pair: Pair,
) -> Row:
    """The finding that `child` is like `parent`, as a row of match."""
    mine, other, form = pair.frames_from(child)
    crop = places[mine][2] or places[other][2]
    agreement = timed.agreement(child, parent, pdq.FORMS.index(form))
    clip = agreement.clip if agreement else None
    alone = FRAME if films[child] == films[parent] else STILL
    rule = CROP if crop else clip.rule if clip else alone
    like = claims.add(listed[child], clips.claimed(rule), listed[parent])
    claims.rest(like, "exhibit", *places[mine][:2])
    claims.rest(like, "exhibit", *places[other][:2])
    quality = int(min(frames.quality[mine], frames.quality[other]))
    return (
        like, listed[child], pdq.NAME, pair.distance, quality, int(frames.number[mine]), listed[parent], None, form,
        rule, clip.frames if clip else 1, *(clip.columns if clip else NO_CLIP), crop, None,
    )  # fmt: skip


def _without_repeats(plain: npt.NDArray[np.int64], anew: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Pairs of files as they are, and those that only a crop brings together, the nearest of each."""
    low, high = np.minimum(anew[:, 0], anew[:, 1]), np.maximum(anew[:, 0], anew[:, 1])
    order = np.lexsort((anew[:, 5], anew[:, 4], anew[:, 3], anew[:, 2], low * count + high))
    _, first = np.unique((low * count + high)[order], return_index=True)
    at = order[first]
    there = np.minimum(plain[:, 0], plain[:, 1]) * count + np.maximum(plain[:, 0], plain[:, 1])
    return np.concatenate([plain, anew[at[~np.isin((low * count + high)[at], there)]]])


@dataclass(frozen=True, slots=True)
class _Denied:
    """What people decided of pairs of files, by their refs."""

    listed: list[str]
    rejected: frozenset[bytes]

    def direction(self, pair: Pair) -> tuple[int, int] | None:
        """(file, other) in the direction in which a person rejected that they are alike; None for all other pairs."""
        for one, two in ((pair.a, pair.b), (pair.b, pair.a)) if self.rejected else ():
            if any(finding_id(self.listed[one], word, self.listed[two]) in self.rejected for word in LIKE):
                return one, two
        return None


def _places(seized: Seized, frames: Frames, pairs: list[Pair]) -> dict[int, tuple[str, str, str | None]]:
    """(exhibit ref, locator, crop) of every frame the pairs name, by row of Frames."""
    named = sorted({f for pair in pairs for f in (pair.frame_a, pair.frame_b)})
    rows = seized.places.take(pa.array(frames.row[np.array(named, np.int64)])).to_pylist()
    return {
        f: (f"exhibit:{row['exhibit'].hex()}", row["locator"], row["crop"]) for f, row in zip(named, rows, strict=True)
    }
