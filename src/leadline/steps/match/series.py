"""Series: near copies inside the seizure, keyed by their oldest file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.engines.hamming import join, ready
from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.steps.match import align, chance, copies
from leadline.steps.match.known import Row
from leadline.steps.match.seized import NEVER, Frames, Seized
from leadline.steps.step import Claims


@dataclass(frozen=True, slots=True)
class Series:
    """Of each file, the row of its series' oldest file (its own when it stands alone); rows of match and series."""

    key: npt.NDArray[np.int64]
    matches: tuple[Row, ...]
    members: tuple[tuple[bytes, str, str, int | None], ...]
    chances: tuple[chance.Row, ...]


def find(seized: Seized, frames: Frames, rejected: frozenset[bytes], claims: Claims) -> Series:
    """Findings similar_to between files and in_series for every member.

    Of the near pairs only those that join a series are claimed, the nearest first (a spanning tree). A member rests on
    the pair that joined it and on the membership of the file it was joined to; the oldest on its nearest pair and on
    the upload that makes it the oldest. A pair that a person has `rejected` is claimed as before, but joins nothing.
    """
    key = np.arange(seized.files.num_rows)
    listed = seized.files["media"].to_pylist()
    near = copies.pairs(frames)
    denied = _denied(near.rows, listed, rejected)
    trees = copies.trees(np.delete(near.rows, list(denied), axis=0), len(listed))
    heads = seized.files.take(pa.array([tree.root for tree in trees], pa.int64())).to_pylist()
    edges = [branch for tree in trees for branch in tree.branches] + list(denied.values())
    own_place = _places(seized, frames, [pair for _, _, pair in edges])
    spans = _file_spans(frames, len(listed))
    matches = [_claim(claims, listed, frames, own_place, spans, *edge) for edge in edges]
    members: list[tuple[bytes, str, str, int | None]] = []
    rows = iter(matches)
    for tree, oldest in zip(trees, heads, strict=True):
        names = {i: listed[i] for i in (tree.root, *(child for child, _, _ in tree.branches))}
        series = oldest["media"].replace("media:", "series:")
        own = {i: claims.add(name, "in_series", series) for i, name in names.items()}
        claims.rest(own[tree.root], "exhibit", f"exhibit:{oldest['exhibit'].hex()}", oldest["locator"])
        if oldest["upload_exhibit"] is not None:
            upload = f"exhibit:{oldest['upload_exhibit'].hex()}"
            claims.rest(own[tree.root], "exhibit", upload, oldest["upload_locator"])
        for n, (child, parent, _) in enumerate(tree.branches):
            similar = next(rows)[0]
            claims.rest(own[child], "finding", f"finding:{similar.hex()}")
            claims.rest(own[child], "finding", f"finding:{own[parent].hex()}")
            if n == 0:
                claims.rest(own[tree.root], "finding", f"finding:{similar.hex()}")
            key[child] = tree.root
        earliest = None if oldest["first"] == NEVER else oldest["first"]
        members += [(own[i], series, names[i], earliest) for i in names]
    chances = (chance.row("seizure", pdq.RADIUS, near.compared, near.found),)
    return Series(key, tuple(matches), tuple(members), chances)


def _claim(
    claims: Claims,
    listed: list[str],
    frames: Frames,
    places: dict[int, tuple[str, str]],
    spans: npt.NDArray[np.int64],
    child: int,
    parent: int,
    pair: copies.Pair,
) -> Row:
    """The finding that `child` is similar to `parent`, as a row of match."""
    similar = claims.add(listed[child], "similar_to", listed[parent])
    mine, other, form = pair.frames_from(child)
    claims.rest(similar, "exhibit", *places[mine])
    claims.rest(similar, "exhibit", *places[other])
    quality = int(min(frames.quality[mine], frames.quality[other]))
    number = int(frames.number[mine])
    at = _alignment(frames, spans, child, parent, form)
    timed = (1, None, None, None) if at is None else (at.frames, at.offset_ms, at.span_ms, at.covered_ppm)
    return (
        similar, listed[child], pdq.NAME, pair.distance, quality, number, listed[parent], None, form, "frame",
        *timed, None,
    )  # fmt: skip


def _alignment(
    frames: Frames, spans: npt.NDArray[np.int64], child: int, parent: int, form: str
) -> align.Alignment | None:
    """Where the file stands in the other, in this form; None unless both have several frames with times."""
    one, two = slice(*spans[child : child + 2]), slice(*spans[parent : parent + 2])
    if one.stop - one.start < 2 or two.stop - two.start < 2 or min(frames.t_ms[one].min(), frames.t_ms[two].min()) < 0:
        return None
    near = join(ready(frames.value[one]), ready(pdq.turned(frames.value[two], form)), pdq.RADIUS)
    return align.align(frames.t_ms[one], frames.t_ms[two], near.a, near.b)


def _denied(
    rows: npt.NDArray[np.int64], listed: list[str], rejected: frozenset[bytes]
) -> dict[int, tuple[int, int, copies.Pair]]:
    """Place of a pair -> (file, other, pair) in the direction in which a person rejected it."""
    found: dict[int, tuple[int, int, copies.Pair]] = {}
    for n, row in enumerate(rows.tolist() if rejected else []):
        for one, two in ((row[0], row[1]), (row[1], row[0])):
            if finding_id(listed[one], "similar_to", listed[two]) in rejected:
                found[n] = (one, two, copies.Pair(*row))
    return found


def _file_spans(frames: Frames, count: int) -> npt.NDArray[np.int64]:
    """Where the frames of each file begin (count + 1): they stand in order of file."""
    return np.searchsorted(frames.file, np.arange(count + 1))


def _places(seized: Seized, frames: Frames, pairs: list[copies.Pair]) -> dict[int, tuple[str, str]]:
    """(exhibit ref, locator) of every frame the pairs name, by row of Frames."""
    named = sorted({f for pair in pairs for f in (pair.frame_a, pair.frame_b)})
    rows = seized.hashes.select(["exhibit", "locator"]).take(pa.array(frames.row[np.array(named, np.int64)]))
    return {f: (f"exhibit:{r['exhibit'].hex()}", r["locator"]) for f, r in zip(named, rows.to_pylist(), strict=True)}
