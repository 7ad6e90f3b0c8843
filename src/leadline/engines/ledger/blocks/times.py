"""Median time past: the time of a block that orders a chain, where block times alone may run backwards."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SPAN = 11
"""Blocks whose times are taken together (BIP113; Bitcoin Core, CBlockIndex::nMedianTimeSpan)."""


def median_times(
    block_time: npt.NDArray[Any], block_height: npt.NDArray[Any], starts: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Median time past by block, unix seconds; -1 where the ten blocks before it are not all there.

    `starts` are the positions where runs of blocks begin. Only the genesis block's run begins with fewer blocks.
    """
    found = np.full(len(block_time), -1, np.int64)
    for start, end in zip(starts, [*starts[1:], len(block_time)], strict=True):
        times = block_time[start : min(end, len(block_time))].astype(np.int64)
        if start < len(block_time) and block_height[start] == 0:
            for k in range(min(SPAN - 1, len(times))):
                found[start + k] = np.sort(times[: k + 1])[(k + 1) // 2]
        if len(times) >= SPAN:
            windows = np.sort(np.lib.stride_tricks.sliding_window_view(times, SPAN), axis=1)
            found[start + SPAN - 1 : end] = windows[:, SPAN // 2]
    return found


def median_time_of(
    block: int, block_time: npt.NDArray[Any], block_height: npt.NDArray[Any], starts: Sequence[int]
) -> int:
    """Median time past of one block: median_times[block], read from its eleven blocks alone."""
    start = max(s for s in starts if s <= block)
    if block - start < SPAN - 1 and block_height[start] != 0:
        return -1
    times = np.sort(block_time[max(start, block - SPAN + 1) : block + 1])
    return int(times[len(times) // 2])
