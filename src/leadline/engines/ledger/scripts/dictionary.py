"""The script dictionary while a ledger is built: every distinct output script once, full bytes compared."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.scripts.dictionary_kernels import find_scripts, intern_scripts, refill_scripts
from leadline.engines.ledger.scripts.kinds_kernels import kinds_of
from leadline.engines.ledger.slots_kernels import empty_table, table_size, widen
from leadline.engines.ledger.storage import columns
from leadline.engines.ledger.storage.growing import Growing
from leadline.errors import ChainError

Bytes = npt.NDArray[np.uint8]
MOST = 2**31 - 2
"""Script ids are 32-bit; beyond that the build refuses rather than wraps."""

LEAST_SCRIPT = 16
"""Bytes of blocks for each distinct script at least, but for chains made to be odd: then the array grows."""

WIDENED = 1 << 28
"""Slots of a table that is widened beside itself (2 GB); a larger one makes room, and the new one is filled anew."""

FILLED = 5
"""Eighths of a table of scripts that are taken at most: its pages cost more to touch than longer searches do."""

KEY_SIZE = 16
"""Bytes of a table's key, which who makes scripts must not know: else those of one block could fill an hour."""
ANY_KEY = bytes(range(1, KEY_SIZE + 1))
"""For scripts that nobody chose."""


def key_words(key: bytes) -> npt.NDArray[np.uint64]:
    """A key as the kernels take it."""
    return np.frombuffer(key, "<u8").astype(np.uint64)


class Scripts:
    """Script bytes to dense ids in order of first appearance."""

    def __init__(
        self,
        folder: Path | None = None,
        room: int = 0,
        had: int = 0,
        slots: npt.NDArray[np.uint64] | None = None,
        key: bytes = ANY_KEY,
        widened: int = WIDENED,
    ) -> None:
        """The first `had` scripts of the columns in `folder` with, where it is known, the table of exactly these.

        Room (no memory) is taken for what `room` bytes of blocks can hold at most. Without a folder: only in memory.
        Where scripts fall in the table depends on `key`; the ids do not.
        """
        self._key, self._widened = key_words(key), widened
        self.count = had
        self._offsets = Growing(folder, "script_at", room // LEAST_SCRIPT, had + 1 if had else 0)
        if not had:
            self._offsets.values[0] = 0
        self._blob = Growing(folder, "script_blob", room, int(self._offsets.values[had]))
        if slots is not None:
            self._slots = empty_table(len(slots))
            self._slots[:] = slots
        else:
            self._slots = empty_table(table_size(max(had, 1 << 12), FILLED))
            self._refill()

    def intern(self, b: Bytes, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Ids of the scripts at `starts` of `sizes` bytes in `b`, new ones added; -1 where the size is below zero."""
        self._make_room(len(starts), int(np.maximum(sizes, 0).sum(dtype=np.int64)))
        ids = np.empty(len(starts), np.int32)
        blob, offsets = self._blob.values, self._offsets.values
        self.count = int(intern_scripts(self._slots, blob, offsets, self._key, self.count, b, starts, sizes, ids))
        return ids

    def find(self, script: bytes) -> int:
        """Id of a script, or -1."""
        return int(self.find_all(np.frombuffer(script or b"\0", np.uint8), np.array([0, len(script)]))[0])

    def find_all(self, b: Bytes, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Ids of the scripts b[ends[k]:ends[k + 1]], -1 for each that is not there."""
        ids = np.empty(len(ends) - 1, np.int64)
        find_scripts(self._slots, self._blob.values, self._offsets.values, self._key, b, ends, ids)
        return ids

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """script_at, script_blob, script_kind and script_slot."""
        offsets = self._offsets.values[: self.count + 1]
        kinds = np.empty(self.count, np.uint8)
        kinds_of(self._blob.values, offsets, kinds)
        return {
            "script_at": offsets,
            "script_blob": self._blob.values[: offsets[-1]],
            "script_kind": kinds,
            "script_slot": self._slots,
        }

    def write(self, folder: Path) -> dict[str, int]:
        """Rows by column once all stand in `folder`, the one they grow in; none is held in memory from then on."""
        found = self.columns()
        written = columns.write(folder, script_kind=found["script_kind"], script_slot=found["script_slot"])
        self._slots = columns.read(folder, "script_slot", len(self._slots))
        size = len(found.pop("script_blob"))
        del found
        self._blob.write(size)
        self._offsets.write(self.count + 1)
        return written | {"script_at": self.count + 1, "script_blob": size}

    def _make_room(self, rows: int, size: int) -> None:
        if self.count + rows > MOST:
            raise ChainError("more distinct scripts than a 32-bit id can count", remedy="build fewer blocks at once")
        used = int(self._offsets.values[self.count])
        self._blob.reserve(used, used + size)
        self._offsets.reserve(self.count + 1, self.count + rows + 1)
        size = table_size(self.count + rows, FILLED)
        if size > self._slots.size:
            old, self._slots = self._slots, empty_table(size)
            if old.size <= self._widened:
                widen(old, self._slots)
            else:
                del old
                self._refill()

    def _refill(self) -> None:
        refill_scripts(self._slots, self._blob.values, self._offsets.values, self._key, self.count)
