"""Multi-input clusters: scripts whose coins one transaction spends together, CoinJoin-shaped transactions kept out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clusters_kernels import finish, join, start
from leadline.engines.ledger.spends_kernels import gather
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


def joined(
    first_in: Array,
    in_script: Array,
    script_kind: Array,
    tx_join: Array,
    skip: Array = NOTHING,
    grown_on: Clusters | None = None,
    first_tx: int = 0,
) -> Clusters:
    """Clusters over the transactions given, without those at the ascending positions `skip`.

    Whoever signs for several inputs of one transaction most likely controls them all (Nakamoto 2008, section 10;
    Meiklejohn et al. 2013). It is a lead: a mix or a payment made together breaks it, which is why every merge keeps
    its transaction and can be withdrawn. in_script: script id of the output each input spends, below zero unknown.
    The clusters `grown_on`, made by the transactions before `first_tx`, give what clustering anew would.
    """
    owned = np.isin(np.arange(len(KINDS)), OWNED)
    label = np.empty(len(script_kind), np.int32)
    start(script_kind, owned, label)
    if grown_on is not None:
        had = len(grown_on.label)
        label[:had] = np.where(label[:had] < 0, label[:had], grown_on.label)
    most = min(max(len(script_kind) - 1, 0), len(tx_join) - first_tx)
    merge_tx, merge_script = np.empty(most, np.int64), np.empty(most, np.int32)
    n = join(first_in, in_script, tx_join, skip, first_tx, label, merge_tx, merge_script)
    finish(label)
    if grown_on is None:
        return Clusters(label, merge_tx[:n], merge_script[:n])
    merge_tx = np.concatenate([grown_on.merge_tx, merge_tx[:n]])
    return Clusters(label, merge_tx, np.concatenate([grown_on.merge_script, merge_script[:n]]))


def clustered(
    first_in: Array, in_prev: Array, out_script: Array, script_kind: Array, tx_join: Array, skip: Array = NOTHING
) -> Clusters:
    """The same from what the inputs spend (positions of outputs, below zero none) and the outputs' scripts."""
    in_script = np.empty(len(in_prev), np.int32)
    gather(in_prev, out_script, in_script, -1)
    return joined(first_in, in_script, script_kind, tx_join, skip)
