"""The listed frames that are compared, and pairs of them with frames of the seizure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.hashers import pdq
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Frames, values_of

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Listed:
    """The listed frames that are compared: row of Lists.entries, hash, list and entry, milliseconds (-1: unknown).

    `frames` has those with times, their entry as file, in order of entry and time; `place` says which of them each is.
    """

    row: Integers
    value: npt.NDArray[np.uint8]
    whose: Integers
    entry: Integers
    number: Integers
    place: Integers
    frames: Frames


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of a frame and a listed frame, a column each.

    `file`, `frame` (place in Frames), `listed` (place in Listed), `distance`, `form` (place in pdq.FORMS).
    """

    file: Integers
    frame: Integers
    listed: Integers
    distance: Integers
    form: Integers

    def take(self, at: npt.NDArray[np.int64]) -> "Hits":
        """The pairs at these places."""
        return Hits(*(getattr(self, name)[at] for name in self.__slots__))


def listed(lists: Lists) -> Listed:
    """The frames of the lists that are compared: not those of software."""
    kind = pc.equal(lists.entries["hasher"], pdq.NAME)
    used = pc.and_(kind, pc.fill_null(pc.not_equal(lists.entries["scheme"], IGNORE), True))
    row = np.flatnonzero(used.to_numpy())
    rows = lists.entries.select(["value", "quality", "list", "entry", "t_ms"]).take(pa.array(row))
    value = values_of(rows["value"])
    whose, number = rows["list"].to_numpy().astype(np.int64), rows["entry"].to_numpy()
    t_ms = pc.fill_null(rows["t_ms"], -1).to_numpy()
    _, entry = np.unique(whose << 40 | number, return_inverse=True)
    entry = entry.ravel()
    timed = np.flatnonzero(t_ms >= 0)
    timed = timed[np.lexsort((timed, t_ms[timed], entry[timed]))]
    place = np.full(len(row), -1, np.int64)
    place[timed] = np.arange(len(timed))
    quality = rows["quality"].to_numpy().astype(np.int64)[timed]
    frames = Frames(entry[timed], value[timed], quality, timed, t_ms[timed], t_ms[timed], timed)
    return Listed(row, value, whose, entry, number, place, frames)
