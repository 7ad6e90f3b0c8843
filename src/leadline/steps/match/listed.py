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
Numbers = npt.NDArray[np.int32]
"""Of what a list has millions of."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The listed frames that are compared: row of Lists.entries, hash, number of the entry over all lists.

    `frames` has those with times, their entry as file, in order of entry and time; `place` says which of them each is,
    -1 for one without a time.
    """

    row: Numbers
    value: npt.NDArray[np.uint8]
    entry: Numbers
    place: Numbers
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
    row = np.flatnonzero(used.to_numpy()).astype(np.int32)
    rows = lists.entries.select(["value", "quality", "list", "entry", "t_ms"])
    if len(row) < rows.num_rows:
        rows = rows.take(pa.array(row))
    value = values_of(rows["value"])
    entry = _numbered(rows["list"].to_numpy(), rows["entry"].to_numpy())
    t_ms = pc.fill_null(rows["t_ms"], -1).to_numpy()
    timed = np.flatnonzero(t_ms >= 0)
    timed = timed[np.lexsort((timed, t_ms[timed], entry[timed]))]
    place = np.full(len(row), -1, np.int32)
    place[timed] = np.arange(len(timed))
    quality = rows["quality"].to_numpy()[timed].astype(np.int64)
    frames = Frames(entry[timed].astype(np.int64), value[timed], quality, timed, t_ms[timed], t_ms[timed], timed)
    return Listed(row, value, entry, place, frames)


def _numbered(whose: Numbers, entry: Integers) -> Numbers:
    """The entries of all lists numbered; rows stand in order of list and entry."""
    new = np.zeros(len(entry), np.int32)
    new[1:] = (entry[1:] != entry[:-1]) | (whose[1:] != whose[:-1])
    return np.cumsum(new, dtype=np.int32)
