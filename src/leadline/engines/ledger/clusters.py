"""Multi-input clusters: scripts whose coins one transaction spends together, CoinJoin-shaped transactions kept out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clusters_kernels import join
from leadline.kinds.codecs.script import KINDS, OWNED

Array = npt.NDArray[Any]
NOTHING = np.empty(0, np.int64)
"""No transaction is withdrawn."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """label[s]: least script id of the cluster of s; merge_tx, merge_script: the merges that made them."""

    label: npt.NDArray[np.int32]
    merge_tx: npt.NDArray[np.int64]
    merge_script: npt.NDArray[np.int32]


def clustered(
    first_in: Array, in_prev: Array, out_script: Array, script_kind: Array, tx_join: Array, skip: Array = NOTHING
) -> Clusters:
    """Clusters over the transactions given, without those at the ascending positions `skip`.

    Whoever signs for several inputs of one transaction most likely controls them all (Nakamoto 2008, section 10;
    Meiklejohn et al. 2013). It is a lead: a mix or a payment made together breaks it, which is why every merge keeps
    its transaction and can be withdrawn.
    """
    owned = np.isin(np.arange(len(KINDS)), OWNED)
    label = np.arange(len(script_kind), dtype=np.int32)
    most = max(len(script_kind) - 1, 0)
    merge_tx, merge_script = np.empty(min(most, len(tx_join)), np.int64), np.empty(min(most, len(tx_join)), np.int32)
    n = join(first_in, in_prev, out_script, script_kind, owned, tx_join, skip, label, merge_tx, merge_script)
    return Clusters(label, merge_tx[:n].copy(), merge_script[:n].copy())
