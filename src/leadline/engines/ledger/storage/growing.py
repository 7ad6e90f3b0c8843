"""A column written while it grows: in memory while it is small, then in its own file, mapped."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.storage import columns
from leadline.model.ledger import BY_NAME

Array = npt.NDArray[Any]

IN_MEMORY = 2 << 30
"""Bytes of a column up to which it grows in memory, where pages are large; beyond, the system may put it out."""
STEP = 256 << 20
"""Bytes by which a mapped column grows at once."""


class Growing:
    """Column `name`; `values` are its rows and room for more.

    Without a folder it stays in memory, and `write` cannot be called.
    """

    values: Array

    def __init__(self, folder: Path | None, name: str, room: int, had: int = 0) -> None:
        """`had` rows stand in the column's file; address space (not memory) is taken for `room` more.

        Growing copies everything, a page that is not touched costs nothing.
        """
        self._folder, self._name, self._had, self._mapped = folder, name, had, False
        self._size = np.dtype(BY_NAME[name].dtype).itemsize
        if folder is not None and had * self._size > IN_MEMORY:
            self._map(had, had)
            return
        self.values = np.empty(max(16, min(had + room, IN_MEMORY // self._size)), BY_NAME[name].dtype)
        if folder is not None and had:
            self.values[:had] = columns.read(folder, name, had)

    def reserve(self, used: int, wanted: int) -> None:
        """Room for `wanted` rows, of which the first `used` stay."""
        if wanted <= len(self.values):
            return
        if self._folder is not None and (self._mapped or wanted * self._size > IN_MEMORY):
            self._map(used, wanted)
            return
        wider = np.empty(max(wanted, 2 * len(self.values)), self.values.dtype)
        wider[:used] = self.values[:used]
        self.values = wider

    def write(self, used: int) -> None:
        """The first `used` rows on the disk and nothing behind them; `values` become a read-only map."""
        assert self._folder is not None
        self._append(used)
        self.values = columns.read(self._folder, self._name, used)

    def _map(self, used: int, wanted: int) -> None:
        """`values` in the file, with room for `wanted` rows taken on the disk: OSError where it is full."""
        assert self._folder is not None
        self._append(used)
        self.values = columns.create(self._folder, self._name, wanted + STEP // self._size, used)
        self._mapped = True
        base: Any = self.values.base
        if hasattr(mmap, "MADV_RANDOM"):
            base.base.madvise(mmap.MADV_RANDOM)  # a script is looked up anywhere: what lies around it is not wanted

    def _append(self, used: int) -> None:
        """The file cut to the rows it has, and those up to `used` behind them."""
        assert self._folder is not None
        column = BY_NAME[self._name]
        first = used if self._mapped else self._had
        with columns.Writer(self._folder, [self._name], {column.of: first - column.more} if first else None) as writer:
            if first < used:
                writer.append(self._name, self.values[first:used])
        self._had = used
