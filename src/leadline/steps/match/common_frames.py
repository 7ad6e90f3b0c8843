"""Frames that stand in many files otherwise unlike: opening titles, logos, black screens with a line of text.

They would tie thousands of files together, so they are left out of every search and listed instead.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.steps.match.seized import Frames, Seized
from leadline.steps.match.seizure_pairs import Own

FILES = 20
"""Files in which a frame must stand to be called common: copies of one video are seldom so many, titles always."""
LEAST = 3
"""Frames a file must have to count: with fewer, one cannot tell a title from the whole file."""
Row = tuple[str, int, int]
"""One row of model.findings.COMMON, in its column order."""


@dataclass(frozen=True, slots=True)
class Common:
    """The frames that may be compared after all, their places among all frames, and the rows of the common ones."""

    kept: Frames
    places: npt.NDArray[np.int64]
    rows: tuple[Row, ...]


def set_aside(seized: Seized, own: Own) -> Common:
    """Frames without the common ones; `own` are the near pairs of all frames.

    A frame of a file is common when it stands, within the radius, in FILES files or more, and more than half of the
    file's other frames stand in less than half as many: so the files share it and little else. A video copied a hundred
    times has no common frame, since all of its frames stand in a hundred files.
    """
    frames = seized.frames
    spread = _spread(frames, own)
    common = _alone(frames, spread)
    if not common.any():
        return Common(frames, np.arange(len(frames.file)), ())
    names = seized.files["media"].take(frames.file[common]).to_pylist()
    rows = zip(names, frames.number[common].tolist(), spread[common].tolist(), strict=True)
    places = np.flatnonzero(~common)
    return Common(frames.take(places), places, tuple(rows))


def _spread(frames: Frames, own: Own) -> npt.NDArray[np.int64]:
    """Of each frame the number of files with at least LEAST frames in which one is near it; 0 in other files."""
    spread = np.zeros(len(frames.file), np.int64)
    size = np.bincount(frames.file, minlength=1)
    at = np.flatnonzero(size[frames.file] >= LEAST)
    if len(np.unique(frames.file[at])) < FILES:
        return spread
    values = len(own.head)
    stands = np.unique(own.same[at] * len(size) + frames.file[at])
    value, file = np.divmod(stands, len(size))
    first = np.searchsorted(value, np.arange(values + 1))
    asked, near = np.concatenate([own.a, own.b, np.arange(values)]), np.concatenate([own.b, own.a, np.arange(values)])
    many = np.diff(first)[near]
    crowded = _files_near(asked, many, values) >= FILES
    keep = crowded[asked]
    asked, near, many = asked[keep], near[keep], many[keep]
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first[near], many)
    files = np.unique(np.repeat(asked, many) * len(size) + file[place]) // len(size)
    spread[at] = np.bincount(files, minlength=values)[own.same[at]]
    return spread


def _files_near(asked: npt.NDArray[np.int64], many: npt.NDArray[np.int64], values: int) -> npt.NDArray[np.int64]:
    """At most so many files stand near each value: what is not even this crowded need not be counted."""
    return np.bincount(asked, weights=many, minlength=values).astype(np.int64)


def _alone(frames: Frames, spread: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which frames stand in FILES files or more while most other frames of their file do not."""
    found = np.zeros(len(frames.file), np.bool_)
    wide = np.flatnonzero(spread >= FILES)
    if not len(wide):
        return found
    order = np.argsort(frames.file, kind="stable")
    starts = np.searchsorted(frames.file[order], np.arange(frames.file.max() + 2))
    for at in wide.tolist():
        file = frames.file[at]
        others = spread[order[starts[file] : starts[file + 1]]]
        rarer = int((2 * others < spread[at]).sum())
        found[at] = 2 * rarer > len(others) - 1
    return found
