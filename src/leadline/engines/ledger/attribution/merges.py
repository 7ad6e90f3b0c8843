"""Why two scripts are one cluster: the fewest merges that join one to a named one, each with its rule."""

from dataclasses import dataclass

import numpy as np

from leadline.engines.ledger.clustering.clusters import MOST_DUST
from leadline.engines.ledger.row_offsets import expand
from leadline.engines.ledger.view import Ints, View
from leadline.model.ledger import DUST, MULTI_INPUT, RULES, SAME_KEY


@dataclass(frozen=True, slots=True)
class Joins:
    """For every script joined to a target: the transaction, the rule and the script one step nearer (-1 elsewhere)."""

    tx: Ints
    script: Ints
    rule: Ints

    def path(self, script: int) -> tuple[list[tuple[int, str]], int]:
        """The merges, (transaction, rule), from `script` to the target it is nearest to, and that target."""
        merges = []
        while self.tx[script] >= 0:
            merges.append((int(self.tx[script]), RULES[int(self.rule[script])]))
            script = int(self.script[script])
        return merges, script


def joins(view: View, targets: Ints) -> Joins:
    """Breadth first from all `targets` together, over the merges that stand between scripts of one cluster.

    CoinJoin-shaped and withdrawn transactions join nothing. Among equal ways the earliest transaction is taken, its
    inputs before its links, then the least script; so the result is the same every time.
    """
    n = len(view.cluster)
    joined = Joins(*(np.full(n, -1, np.int64) for _ in range(3)))
    wanted = np.zeros(n, np.bool_)
    wanted[view.cluster[targets]] = True
    by_tx, tx_at, way = _ways(view, wanted)
    scripts, ways = by_tx, np.repeat(np.arange(len(way)), np.diff(tx_at))
    order = np.lexsort((ways, scripts))
    by_script, script_at = ways[order], np.searchsorted(scripts[order], np.arange(n + 1))
    seen = np.zeros(n, np.bool_)
    seen_way = np.zeros(len(way), np.bool_)
    front = np.unique(targets)
    seen[front] = True
    while len(front):
        row, at = expand(script_at[front], script_at[front + 1])
        found, first = np.unique(by_script[at], return_index=True)
        via = front[row[first]]
        new = ~seen_way[found]
        found, via = found[new], via[new]
        seen_way[found] = True
        row, at = expand(tx_at[found], tx_at[found + 1])
        reached, first = np.unique(by_tx[at], return_index=True)
        new = ~seen[reached] & (view.cluster[reached] == view.cluster[via[row[first]]])
        front = reached[new]
        seen[front] = True
        joined.tx[front], joined.rule[front] = way[found[row[first]][new]].T
        joined.script[front] = via[row[first]][new]
    return joined


def _ways(view: View, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Ints, Ints, Ints]:
    """(scripts, where those of each way begin, (transaction, rule) of each way) in order of transaction.

    A way joins scripts: the inputs of a transaction that are no dust; its dust and these, of which only the first where
    nothing else joins them; two scripts of one key. Only clusters `wanted` by label.
    """
    inputs = np.flatnonzero(view.in_script >= 0)
    scripts = view.in_script[inputs].astype(np.int64)
    member = wanted[view.cluster[scripts]]
    inputs, scripts = inputs[member], scripts[member]
    txs = view.in_tx(inputs)
    merging = ~(view.mixed[txs] | view.unmerged[txs])
    txs, scripts, value = txs[merging], scripts[merging], view.in_value[inputs[merging]]
    small = (value >= 0) & (value <= MOST_DUST)
    links = view.links.kept(wanted[view.cluster[view.links.script]])
    two = np.stack([links.script, links.other], axis=1).astype(np.int64).reshape(-1)
    parts = [(np.repeat(links.tx, 2), SAME_KEY, two, np.arange(len(two)) // 2)]
    if RULES[MULTI_INPUT] in view.rules:
        parts.append((txs[~small], MULTI_INPUT, scripts[~small], np.zeros((~small).sum(), np.int64)))
    if RULES[DUST] in view.rules and small.any():
        beside = ~small & np.isin(txs, txs[small])
        if RULES[MULTI_INPUT] not in view.rules:
            firm = np.flatnonzero(beside)
            beside[firm[np.diff(txs[firm], prepend=-1) == 0]] = False
        there = small | beside
        parts.append((txs[there], DUST, scripts[there], np.zeros(there.sum(), np.int64)))
    rows = np.concatenate([np.stack([tx, np.full(len(tx), rule), n, s], axis=1) for tx, rule, s, n in parts])
    rows = rows[np.lexsort(rows.T[::-1])].astype(np.int64)
    begins = np.flatnonzero(np.any(np.diff(rows[:, :3], axis=0, prepend=-1), axis=1))
    return rows[:, 3], np.append(begins, len(rows)), rows[begins, :2]
