"""What a ledger covers, in numbers: the object that ``leadline ledger info --json`` prints."""

import hashlib
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

from leadline.kinds.bitcoin.script import KINDS
from leadline.model.ledger import FORMAT, JOIN_NONE, JOIN_UNKNOWN, JOINS, OUTSIDE

Array = npt.NDArray[Any]
SLICE = 1 << 22
"""Rows counted at once, so that counting takes no memory to speak of."""


class SegmentInfo(TypedDict):
    """A run of blocks each following the one before; heights are null where a slice does not tell.

    `first_time`, `last_time`: the earliest and latest block time, unix seconds.
    """

    first_height: int | None
    last_height: int | None
    first_time: int
    last_time: int
    blocks: int
    first_hash: str
    last_hash: str


class Info(TypedDict):
    """Counts over the active chain; amounts are satoshi.

    `merkle_roots_ok` counts blocks whose transaction ids give the root in their header. `unresolved` inputs spend
    outputs from outside the ledger; of `unknown_inputs` no undo record tells value and script either. `clusters` counts
    clusters of two or more scripts.
    """

    network: str
    format: str
    height: int | None
    blocks: int
    transactions: int
    inputs: int
    outputs: int
    spends_resolved: int
    unresolved: int
    unknown_inputs: int
    value_spent_sat: int
    merkle_roots_ok: int
    scripts: int
    script_kinds: dict[str, int]
    clusters: int
    clustered_scripts: int
    coinjoins: dict[str, int]
    unknown_shapes: int
    digest: str
    segments: list[SegmentInfo]


def digest(block_hash: Array) -> str:
    """SHA-256 over the ordered block hashes, hex: what a case pins."""
    return hashlib.sha256(np.ascontiguousarray(block_hash).data).hexdigest() if block_hash.size else _EMPTY


def blocks_with(block_hash: Array, wanted: str) -> int:
    """Of how many first blocks `wanted` is the digest, 0 when of none."""
    so_far = hashlib.sha256()
    for n, block in enumerate(block_hash, 1):
        so_far.update(block)
        if so_far.copy().hexdigest() == wanted:
            return n
    return 0


_EMPTY = hashlib.sha256(b"").hexdigest()


def spent(in_prev: Array, out_value: Array) -> tuple[int, int, int]:
    """Inputs resolved to outputs, inputs from outside the ledger, and the value of the resolved ones in satoshi."""
    resolved = outside = value = 0
    for first in range(0, len(in_prev), SLICE):
        part = in_prev[first : first + SLICE]
        spends = part[part >= 0]
        resolved += len(spends)
        outside += int((part == OUTSIDE).sum())
        value += int(out_value[spends].sum())
    return resolved, outside, value


def unknown(in_prev: Array, in_value: Array) -> int:
    """Inputs from outside the ledger of which no undo record tells the value."""
    slices = (slice(first, first + SLICE) for first in range(0, len(in_prev), SLICE))
    return sum(int(((in_prev[s] == OUTSIDE) & (in_value[s] < 0)).sum()) for s in slices)


def cluster_counts(cluster_of: Array) -> tuple[int, int]:
    """Clusters of two or more scripts, and scripts in them; cluster_of[s] is the least script of the cluster of s."""
    joined, least = 0, np.zeros(len(cluster_of), np.bool_)
    for first in range(0, len(cluster_of), SLICE):
        part = cluster_of[first : first + SLICE]
        others = part[part != np.arange(first, first + len(part))]
        joined += len(others)
        least[others] = True
    many = int(least.sum())
    return many, many + joined


def counts(names: tuple[str, ...], codes: Array) -> dict[str, int]:
    """How often each code stands, by name; those that do not stand are left out."""
    found = np.bincount(codes, minlength=len(names))
    return {name: int(n) for name, n in zip(names, found, strict=True) if n}


def script_kinds(kinds: Array) -> dict[str, int]:
    """Distinct scripts by kind."""
    return counts(KINDS, kinds)


def coinjoins(joins: Array) -> dict[str, int]:
    """CoinJoin-shaped transactions by protocol, Whirlpool's Tx0, and those of small equal amounts."""
    left_out = (JOINS[JOIN_NONE], JOINS[JOIN_UNKNOWN])
    return {name: n for name, n in counts(JOINS, joins).items() if name not in left_out}


def segments(block_height: Array, block_time: Array, block_hash: Array, starts: list[int]) -> list[SegmentInfo]:
    """The runs of blocks that begin at positions `starts`."""
    ends = [*starts[1:], len(block_height)]
    return [
        SegmentInfo(
            first_height=_height(block_height[a]),
            last_height=_height(block_height[b - 1]),
            first_time=int(block_time[a:b].min()),
            last_time=int(block_time[a:b].max()),
            blocks=b - a,
            first_hash=block_hash[a][::-1].tobytes().hex(),
            last_hash=block_hash[b - 1][::-1].tobytes().hex(),
        )
        for a, b in zip(starts, ends, strict=True)
        if b > a
    ]


def _height(value: Any) -> int | None:
    return int(value) if value >= 0 else None


def of(
    *,
    network: str,
    block_hash: Array,
    block_height: Array,
    block_time: Array,
    starts: list[int],
    out_value: Array,
    in_prev: Array,
    in_value: Array,
    tx_join: Array,
    script_kind: Array,
    cluster_of: Array,
) -> Info:
    """The summary of these columns."""
    resolved, outside, value = spent(in_prev, out_value)
    clusters, in_clusters = cluster_counts(cluster_of)
    return Info(
        network=network,
        format=FORMAT,
        height=_height(block_height[-1]),
        blocks=len(block_hash),
        transactions=len(tx_join),
        inputs=len(in_prev),
        outputs=len(out_value),
        spends_resolved=resolved,
        unresolved=outside,
        unknown_inputs=unknown(in_prev, in_value),
        value_spent_sat=value,
        merkle_roots_ok=len(block_hash),
        scripts=len(script_kind),
        script_kinds=script_kinds(script_kind),
        clusters=clusters,
        clustered_scripts=in_clusters,
        coinjoins=coinjoins(tx_join),
        unknown_shapes=int(np.count_nonzero(tx_join == JOIN_UNKNOWN)),
        digest=digest(block_hash),
        segments=segments(block_height, block_time, block_hash, starts),
    )
