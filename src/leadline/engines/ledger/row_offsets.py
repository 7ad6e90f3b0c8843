"""Rows of a table of which a column says where those of each row of another table begin."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def ranges(first: Ints, end: Ints) -> Ints:
    """Every position of the half-open ranges first[k] .. end[k], range by range."""
    counts = end - first
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    positions: Ints = np.arange(total, dtype=np.int64) + np.repeat(first - ends + counts, counts)
    return positions


def expand(first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """(row, position) of every position of the half-open ranges, range by range."""
    return np.repeat(np.arange(len(first), dtype=np.int64), end - first), ranges(first, end)


def row_of(first: npt.NDArray[Any], positions: npt.ArrayLike) -> Ints:
    """The row in whose range each position lies."""
    return np.asarray(np.searchsorted(first, np.asarray(positions, np.int64), side="right") - 1, np.int64)
