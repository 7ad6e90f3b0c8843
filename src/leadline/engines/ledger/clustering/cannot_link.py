"""Clusters under constraints: scripts that may not be linked, and conflicts at merges that look wrong.

One wrong link can join two services and with them everyone (Mt.Gox's cluster grew from 13 to 281 million addresses
under one change rule: Moeser and Narayanan, FC 2022), so that where it happens must be seen, not only that it did.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clustering.cannot_link_kernels import HUGE, TAGGED, join_cannot_link
from leadline.engines.ledger.clustering.clusters import (
    MOST_DUST,
    NO_LINKS,
    NOTHING,
    UNVALUED,
    Array,
    Clusters,
    Links,
    require_scripts,
    started,
)
from leadline.engines.ledger.clustering.clusters_kernels import finish
from leadline.model.ledger import DUST, MULTI_INPUT, RULES, SAME_KEY

LARGE = 10_000
"""Scripts from which on a cluster is huge: people's wallets stay far below, so two of that size are two services."""


@dataclass(frozen=True, slots=True)
class ClusterConflict:
    """A merge to look at: its transaction, the labels it joined, whether for their tags or for their size, and the
    numbers of the actors their tags name (-1 none)."""

    tx: int
    labels: tuple[int, int]
    tagged: bool
    huge: bool
    actors: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Constrained:
    """The clusters, what was refused in chain order (transactions, with their rules), and the conflicts in chain order.

    links: those left when refused ones are taken out.
    """

    clusters: Clusters
    refused: npt.NDArray[np.int64]
    refused_rule: npt.NDArray[np.int64]
    conflicts: tuple[ClusterConflict, ...]
    links: Links


def constrained(
    first_in: Array,
    in_script: Array,
    script_kind: Array,
    tx_join: Array,
    pairs: Sequence[tuple[int, int]] = (),
    actors: Sequence[tuple[int, int]] = (),
    huge: int = LARGE,
    skip: Array = NOTHING,
    links: Links = NO_LINKS,
    rules: Collection[str] = RULES,
    in_value: Array = UNVALUED,
) -> Constrained:
    """Clusters as `clusters.joined` gives them, but that no merge brings the two scripts of a pair together.

    In chain order, a transaction that would is refused whole: it joins none of its inputs; of same-key links the one
    that would is refused. `actors`: (script, actor's
    number) of tags. The conflicts name every merge of clusters tagged for two actors, or of two with `huge` scripts.
    """
    n = len(script_kind)
    label, size, actor = started(script_kind), np.ones(n, np.int64), np.full(n, -1, np.int32)
    links = links if RULES[SAME_KEY] in rules else NO_LINKS
    require_scripts(first_in, in_script, n, 0, links)
    for script, number in actors:
        actor[script] = number
    ways = 2 * len(tx_join) + len(links.tx)
    most = min(max(n - 1, 0), ways)
    refused, conflicts = np.empty((ways if len(pairs) else 0, 3), np.int64), np.empty((max(n - 1, 0), 6), np.int64)
    merge_tx, merge_script, merge_rule = np.empty(most, np.int64), np.empty(most, np.int32), np.empty(most, np.uint8)
    cannot_link = np.array(pairs, np.int64).reshape(-1, 2)
    merges, refusals, noted = join_cannot_link(
        first_in, in_script, in_value, MOST_DUST, tx_join, skip, links.tx, links.script, links.other,
        RULES[MULTI_INPUT] in rules, RULES[DUST] in rules, cannot_link, actor, huge, label, size, refused, merge_tx,
        merge_script, merge_rule, conflicts,
    )  # fmt: skip
    finish(label)
    found = tuple(
        ClusterConflict(t, (a, b), bool(why & TAGGED), bool(why & HUGE), (x, y))
        for t, a, b, why, x, y in conflicts[:noted].tolist()
    )
    refused = refused[:refusals]
    left = np.ones(len(links.tx), np.bool_)
    left[refused[refused[:, 2] >= 0, 2]] = False
    made = Clusters(label, merge_tx[:merges], merge_script[:merges], merge_rule[:merges])
    return Constrained(made, refused[:, 0], refused[:, 1], found, links.kept(left))
