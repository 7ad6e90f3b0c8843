"""Rows cluster_bare and cluster_rules: clusters against graphsense-clustering, one thread each, the same partition."""

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.engines.ledger.clustering.clusters import joined
from leadline.engines.ledger.clustering.coinjoin_kernels import join_kinds
from leadline.kinds.bitcoin.script import P2PKH
from ledgers.clock import least, row, touched

BATCH = 2_000_000
"""Transactions fed at once: graphsense-lib's own batch size."""


def made(txs: int, seed: int = 7) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], int]:
    """Inputs of `txs` transactions, three each on average, over two scripts a transaction: wallets and a few services.

    A third has one input; most scripts lie near their transaction's centre, two in a thousand in a heavy tail.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    scripts = 2 * txs
    sizes = rng.geometric(1 / 3, txs)
    first = np.concatenate([[0], np.cumsum(sizes)])
    centre = np.repeat(rng.integers(0, scripts, txs), sizes)
    ids = centre + rng.integers(0, 40, len(centre))
    hot = rng.random(len(ids)) < 0.002
    ids[hot] = (rng.pareto(1.1, int(hot.sum())) * 50).astype(np.int64)
    return first.astype(np.int64), (ids % scripts).astype(np.int32), scripts


def run(options: Any) -> list[dict[str, Any]]:
    """The rows."""
    first, ids, scripts = made(options.txs)
    n = len(first) - 1
    kinds, none = np.full(scripts, P2PKH, np.uint8), np.zeros(n, np.uint8)
    touched(2 << 30)
    labels = joined(first, ids, kinds, none).label
    bare = least(lambda: joined(first, ids, kinds, none), 5)
    first_out = np.arange(n + 1, dtype=np.int64) * 2
    first_out[1:] += np.cumsum(np.arange(n) % 4 == 0)
    rng = np.random.Generator(np.random.PCG64(3))
    in_value = rng.integers(600, 10**9, len(ids))
    out_value = rng.integers(600, 10**9, int(first_out[-1]))
    out_script = rng.integers(0, scripts, int(first_out[-1]), np.int32)

    def rules() -> None:
        shapes = np.empty(n, np.uint8)
        join_kinds(first, first_out, in_value, ids, out_value, out_script, kinds, 0, shapes)
        joined(first, ids, kinds, shapes, in_value=in_value)

    rules()
    full = least(rules, 5)
    peer = least(lambda: _peer(first, ids, scripts), 3)
    assert (_peer(first, ids, scripts) == labels).all()
    against = f"graphsense-clustering, {n:,} transactions, {len(ids):,} inputs, RAYON_NUM_THREADS=1"
    return [
        row("cluster_bare", n / bare / 1e6, "M tx/s", against, peer / bare, 1.4),
        row("cluster_rules", n / full / 1e6, "M tx/s", against, peer / full, 1.0),
    ]


def _peer(first: Any, ids: Any, scripts: int) -> Any:
    """The peer's labels; its threads are set before it is loaded."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    from gs_clustering import Clustering

    lists = pa.ListArray.from_arrays(pa.array(first.astype(np.int32)), pa.array(ids.astype(np.uint32)))
    clustering = Clustering(scripts - 1)
    for k in range(0, len(lists), BATCH):
        clustering.process_transactions_arrow(lists.slice(k, BATCH))
    mapping = clustering.get_mapping()
    return mapping.column(1).to_numpy(zero_copy_only=False)
