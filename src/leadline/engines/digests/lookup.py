"""Which of many digests stand in a long list: the list is read once, in order, and never sorted or copied.

Method: the asked digests are sorted by their first eight bytes; a bit map over their leading bits, small enough for the
cache, lets almost every row of the list be passed over after one look. The whole values are compared at the end, so
the answer is exact whatever the values are; only the speed rests on digests being spread evenly.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.engines.digests import lookup_kernels as kernels
from leadline.errors import UsageError

SPARE_BITS = 4
"""Bits of the map for each asked digest, as a power of two: one row of a list in 16 passes it by chance."""
MOST_BITS = 26
"""Leading bits of the map at most: 8 MB."""


def lookup(asked: pa.Array, listed: pa.Array | pa.ChunkedArray, size: int) -> npt.NDArray[np.int64]:
    """Pairs (row of `asked`, row of `listed`) of equal values of `size` bytes, by list row, then asked row.

    Both are Arrow arrays of type binary without nulls; values of another length are in no pair. UsageError otherwise,
    or for a size below 8.
    """
    if size < kernels.KEY:
        raise UsageError(f"a digest looked up has at least {kernels.KEY} bytes")
    data, offsets = _buffers(asked)
    keys = np.empty(len(asked), np.uint64)
    rows = np.empty(len(asked), np.int64)
    count = kernels.keys_of(data, offsets, size, keys, rows)
    order = np.argsort(keys[:count], kind="stable")
    keys, rows = keys[order], rows[order]
    bits = max(1, count.bit_length())
    seen_bits = min(MOST_BITS, max(3, bits + SPARE_BITS))
    shift, seen_shift = np.uint64(64 - bits), np.uint64(64 - seen_bits)
    first = np.empty((1 << bits) + 1, np.int32)
    seen = np.zeros(1 << (seen_bits - 3), np.uint8)
    kernels.mark(keys, shift, first, seen_shift, seen)
    found = [np.empty((0, 2), np.int64)]
    base = 0
    for part in listed.chunks if isinstance(listed, pa.ChunkedArray) else [listed]:
        room = np.empty((1024, 2), np.int64)
        pairs, hits = kernels.scan(
            *_buffers(part), size, keys, rows, shift, first, seen_shift, seen, data, offsets, room
        )
        found.append(pairs[:hits] + np.array([0, base]))
        base += len(part)
    return np.concatenate(found)


def _buffers(values: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """The bytes and the offsets (n + 1) of a binary array."""
    if values.type != pa.binary() or values.null_count:
        raise UsageError("digests are looked up in binary arrays without nulls")
    _, offsets, data = values.buffers()
    if not len(values):
        return np.empty(0, np.uint8), np.zeros(1, np.int32)
    return (
        np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8),
        np.frombuffer(offsets, np.int32, len(values) + 1, values.offset * 4),
    )
