"""Series: near copies inside the seizure, keyed by their oldest file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    for tree in copies.trees(seized.frames, seized.files.num_rows):
        rows = seized.files.take([tree.root, *(child for child, _, _ in tree.branches)]).to_pylist()
        names = dict(zip([tree.root, *(b[0] for b in tree.branches)], (r["media"] for r in rows), strict=True))
        oldest = rows[0]
        series = oldest["media"].replace("media:", "series:")
        own = {i: claims.add(name, "in_series", series) for i, name in names.items()}
        claims.rest(own[tree.root], "exhibit", f"exhibit:{oldest['exhibit'].hex()}", oldest["locator"])
        if oldest["upload_exhibit"] is not None:
            upload = f"exhibit:{oldest['upload_exhibit'].hex()}"
            claims.rest(own[tree.root], "exhibit", upload, oldest["upload_locator"])
        for n, (child, parent, pair) in enumerate(tree.branches):
            similar = _claim_pair(seized, claims, (names[child], names[parent]), pair.frames_from(child), matches, pair)
            claims.rest(own[child], "finding", f"finding:{similar.hex()}")
            claims.rest(own[child], "finding", f"finding:{own[parent].hex()}")
            if n == 0:
                claims.rest(own[tree.root], "finding", f"finding:{similar.hex()}")
            key[child] = tree.root
        earliest = None if oldest["first"] == NEVER else oldest["first"]
        members += [(own[i], series, names[i], earliest) for i in names]
    return Series(key, tuple(matches), tuple(members))


def _claim_pair(
    seized: Seized,
    claims: Claims,
    names: tuple[str, str],
    frames: tuple[int, int, str],
    matches: list[Row],
    pair: copies.Pair,
) -> bytes:
    """The finding that the first file is similar to the second, resting on a frame of each; its match row."""
    finding = claims.add(names[0], "similar_to", names[1])
    mine, other, form = frames
    for row in seized.hashes.select(["exhibit", "locator"]).take(seized.frames.row[[mine, other]]).to_pylist():
        claims.rest(finding, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
    quality = int(min(seized.frames.quality[mine], seized.frames.quality[other]))
    number = int(seized.frames.number[mine])
    matches.append((finding, names[0], pdq.NAME, pair.distance, quality, number, names[1], None, form))
    return finding
