"""The script dictionary while a ledger is built: every distinct output script once, full bytes compared."""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.scripts_kernels import kinds_of
from leadline.engines.ledger.slots_kernels import find_script, intern_scripts, refill_scripts
from leadline.errors import ChainError

Bytes = npt.NDArray[np.uint8]
MOST = 2**31 - 2
"""Script ids are 32-bit; beyond that the build refuses rather than wraps."""

RESERVED = 4 << 30
"""Most bytes of address space taken ahead: growing copies everything, an untouched page costs nothing."""
LEAST_SCRIPT = 16
"""Bytes of blocks for each distinct script at least, but for chains made to be odd: then the array grows."""


def table_size(rows: int) -> int:
    """Slots of a table for `rows` entries: a power of two, at most half full."""
    return max(16, 1 << (2 * rows).bit_length())


class Scripts:
    """Script bytes to dense ids in order of first appearance."""

    def __init__(self, room: int = 0) -> None:
        """Empty, with address space (not memory) taken for what `room` bytes of blocks can hold at most."""
        room = min(max(room, 1 << 16), RESERVED)
        self.count = 0
        self._slots = np.zeros(table_size(1 << 12), np.uint64)
        self._blob = np.empty(room, np.uint8)
        self._offsets = np.empty(room // LEAST_SCRIPT, np.int64)
        self._offsets[0] = 0

    def intern(self, b: Bytes, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Ids of the scripts at `starts` of `sizes` bytes in `b`, new ones added; -1 where the size is below zero."""
        self._make_room(len(starts), int(np.maximum(sizes, 0).sum(dtype=np.int64)))
        ids = np.empty(len(starts), np.int32)
        self.count = int(intern_scripts(self._slots, self._blob, self._offsets, self.count, b, starts, sizes, ids))
        return ids

    def load(
        self, at: npt.NDArray[np.int64], blob: npt.NDArray[np.uint8], slots: npt.NDArray[np.uint64] | None
    ) -> None:
        """Begin with the scripts blob[at[i]:at[i + 1]] and, where it is known, the table of exactly these."""
        self.count = len(at) - 1
        self._blob = _grown(blob, len(blob), len(blob) + self._blob.size)
        self._offsets = _grown(at, len(at), len(at) + self._offsets.size)
        self._slots = np.zeros(table_size(self.count), np.uint64) if slots is None else slots.copy()
        if slots is None:
            refill_scripts(self._slots, self._blob, self._offsets, self.count)

    def find(self, script: bytes) -> int:
        """Id of a script, or -1."""
        b = np.frombuffer(script, np.uint8)
        return int(find_script(self._slots, self._blob, self._offsets, b.copy(), 0, len(script)))

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """script_at, script_blob, script_kind and script_slot."""
        offsets = self._offsets[: self.count + 1]
        kinds = np.empty(self.count, np.uint8)
        kinds_of(self._blob, self._offsets, kinds)
        return {
            "script_at": offsets,
            "script_blob": self._blob[: offsets[-1]],
            "script_kind": kinds,
            "script_slot": self._slots,
        }

    def _make_room(self, rows: int, size: int) -> None:
        if self.count + rows > MOST:
            raise ChainError("more distinct scripts than a 32-bit id can count", remedy="build fewer blocks at once")
        used = int(self._offsets[self.count])
        if used + size > self._blob.size:
            self._blob = _grown(self._blob, used, used + size)
        if self.count + rows + 1 > self._offsets.size:
            self._offsets = _grown(self._offsets, self.count + 1, self.count + rows + 1)
        if 2 * (self.count + rows) > self._slots.size:
            self._slots = np.zeros(table_size(self.count + rows), np.uint64)
            refill_scripts(self._slots, self._blob, self._offsets, self.count)


def _grown(values: npt.NDArray[Any], used: int, wanted: int) -> npt.NDArray[Any]:
    """`values[:used]` at the start of an array of at least `wanted`, and at least twice as many, places."""
    wider = np.empty(max(wanted, 2 * values.size), values.dtype)
    wider[:used] = values[:used]
    return wider
