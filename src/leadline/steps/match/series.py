"""Series: near copies inside the seizure, keyed by their oldest file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.kinds.hashers import pdq
from leadline.steps.match import copies
from leadline.steps.match.known import Row
from leadline.steps.match.seized import NEVER, Seized
from leadline.steps.step import Claims


@dataclass(frozen=True, slots=True)
class Series:
    """Of each file, the row of its series' oldest file (its own when it stands alone); rows of match and series."""

    key: npt.NDArray[np.int64]
    matches: tuple[Row, ...]
    members: tuple[tuple[bytes, str, str, int | None], ...]


def find(seized: Seized, claims: Claims) -> Series:
    """Findings similar_to between files and in_series for every member.

    Of the near pairs only those that join a series are claimed, the nearest first (a spanning tree). A member rests on
    the pair that joined it and on the membership of the file it was joined to; the oldest on its nearest pair and on
    the upload that makes it the oldest.
    """
    key = np.arange(seized.files.num_rows)
    matches: list[Row] = []
    members: list[tuple[bytes, str, str, int | None]] = []
    trees = copies.trees(seized.frames, seized.files.num_rows)
    heads = seized.files.take(pa.array([tree.root for tree in trees], pa.int64())).to_pylist()
    listed = seized.files["media"].to_pylist()
    places = _places(seized, trees)
    for tree, oldest in zip(trees, heads, strict=True):
        names = {i: listed[i] for i in (tree.root, *(child for child, _, _ in tree.branches))}
        series = oldest["media"].replace("media:", "series:")
        own = {i: claims.add(name, "in_series", series) for i, name in names.items()}
        claims.rest(own[tree.root], "exhibit", f"exhibit:{oldest['exhibit'].hex()}", oldest["locator"])
        if oldest["upload_exhibit"] is not None:
            upload = f"exhibit:{oldest['upload_exhibit'].hex()}"
            claims.rest(own[tree.root], "exhibit", upload, oldest["upload_locator"])
        for n, (child, parent, pair) in enumerate(tree.branches):
            similar = claims.add(names[child], "similar_to", names[parent])
            mine, other, form = pair.frames_from(child)
            claims.rest(similar, "exhibit", *places[mine])
            claims.rest(similar, "exhibit", *places[other])
            quality = int(min(seized.frames.quality[mine], seized.frames.quality[other]))
            number = int(seized.frames.number[mine])
            matches.append((similar, names[child], pdq.NAME, pair.distance, quality, number, names[parent], None, form))
            claims.rest(own[child], "finding", f"finding:{similar.hex()}")
            claims.rest(own[child], "finding", f"finding:{own[parent].hex()}")
            if n == 0:
                claims.rest(own[tree.root], "finding", f"finding:{similar.hex()}")
            key[child] = tree.root
        earliest = None if oldest["first"] == NEVER else oldest["first"]
        members += [(own[i], series, names[i], earliest) for i in names]
    return Series(key, tuple(matches), tuple(members))


def _places(seized: Seized, trees: list[copies.Tree]) -> dict[int, tuple[str, str]]:
    """(exhibit ref, locator) of every frame a pair of the trees names, by row of Frames."""
    frames = sorted({f for tree in trees for _, _, pair in tree.branches for f in (pair.frame_a, pair.frame_b)})
    rows = seized.hashes.select(["exhibit", "locator"]).take(pa.array(seized.frames.row[np.array(frames, np.int64)]))
    return {f: (f"exhibit:{r['exhibit'].hex()}", r["locator"]) for f, r in zip(frames, rows.to_pylist(), strict=True)}
