"""Why two scripts are one cluster: the fewest transactions whose common spending joins one to a named one."""

from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger.view import Ints, View, expand


@dataclass(frozen=True, slots=True)
class Joins:
    """For every script joined to a target: the transaction and the script one step nearer the target (-1 elsewhere)."""

    tx: Ints
    script: Ints

    def path(self, script: int) -> tuple[list[int], int]:
        """The merging transactions from `script` to the target it is nearest to, and that target."""
        txs = []
        while self.tx[script] >= 0:
            txs.append(int(self.tx[script]))
            script = int(self.script[script])
        return txs, script


def joins(view: View, targets: Ints) -> Joins:
    """Breadth first from all `targets` together, over transactions that spend several scripts of one cluster.

    CoinJoin-shaped and withdrawn transactions join nothing. Among equal ways the earliest transaction is taken,
    then the least script; so the result is the same every time.
    """
    n = len(view.cluster)
    joined = Joins(np.full(n, -1, np.int64), np.full(n, -1, np.int64))
    wanted = np.zeros(n, np.bool_)
    wanted[view.cluster[targets]] = True
    inputs = np.flatnonzero(view.in_prev >= 0)
    scripts = view.out_script[view.in_prev[inputs]]
    member = wanted[view.cluster[scripts]]
    inputs, scripts = inputs[member], scripts[member]
    txs = view.in_tx(inputs)
    merging = ~(view.mixed[txs] | view.unmerged[txs])
    pairs = np.unique(np.stack([txs[merging], scripts[merging]], axis=1), axis=0)
    by_tx, tx_at = pairs[:, 1], _offsets(pairs[:, 0], view.transactions)
    order = np.lexsort((pairs[:, 0], pairs[:, 1]))
    by_script, script_at = pairs[order, 0], _offsets(pairs[order, 1], n)
    seen = np.zeros(n, np.bool_)
    seen_tx = np.zeros(view.transactions, np.bool_)
    front = np.unique(targets)
    seen[front] = True
    while len(front):
        row, at = expand(script_at[front], script_at[front + 1])
        found, first = np.unique(by_script[at], return_index=True)
        via = front[row[first]]
        new = ~seen_tx[found]
        found, via = found[new], via[new]
        seen_tx[found] = True
        row, at = expand(tx_at[found], tx_at[found + 1])
        reached, first = np.unique(by_tx[at], return_index=True)
        new = ~seen[reached] & (view.cluster[reached] == view.cluster[via[row[first]]])
        front = reached[new]
        seen[front] = True
        joined.tx[front] = found[row[first]][new]
        joined.script[front] = via[row[first]][new]
    return joined


def _offsets(keys: Ints, n: int) -> Ints:
    """Where each key of sorted `keys` begins, n + 1 values."""
    return np.searchsorted(keys, np.arange(n + 1))
