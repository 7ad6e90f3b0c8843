"""Clusters under constraints: scripts that must stay apart, and alarms at merges that look wrong.

One wrong link can join two services and with them everyone (Mt.Gox's cluster grew from 13 to 281 million addresses
under one change rule: Moeser and Narayanan, FC 2022), so that where it happens must be seen, not only that it did.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.apart_kernels import HUGE, TAGGED, join_apart
from leadline.engines.ledger.clusters import NOTHING, Array, Clusters
from leadline.engines.ledger.clusters_kernels import finish, start
from leadline.kinds.codecs.script import KINDS, OWNED

LARGE = 10_000
"""Scripts from which on a cluster is huge: people's wallets stay far below, so two of that size are two services."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A merge to look at: its transaction, the labels it joined, and whether for their tags or for their size."""

    tx: int
    labels: tuple[int, int]
    tagged: bool
    huge: bool


@dataclass(frozen=True, slots=True)
class Constrained:
    """The clusters, the transactions refused (ascending positions), and the alarms in chain order."""

    clusters: Clusters
    refused: npt.NDArray[np.int64]
    alarms: tuple[Alarm, ...]


def constrained(
    first_in: Array,
    in_script: Array,
    script_kind: Array,
    tx_join: Array,
    pairs: Sequence[tuple[int, int]] = (),
    actors: Sequence[tuple[int, int]] = (),
    huge: int = LARGE,
    skip: Array = NOTHING,
) -> Constrained:
    """Clusters as `clusters.joined` gives them, but that no transaction brings the two scripts of a pair together.

    In chain order, a transaction that would is refused whole: it joins none of its inputs. `actors`: (script, actor's
    number) of tags. The alarms name every merge of clusters tagged for two actors, or of two with `huge` scripts.
    """
    n = len(script_kind)
    label, size, actor = np.empty(n, np.int32), np.ones(n, np.int64), np.full(n, -1, np.int32)
    start(script_kind, np.isin(np.arange(len(KINDS)), OWNED), label)
    for script, number in actors:
        actor[script] = number
    most = min(max(n - 1, 0), len(tx_join))
    refused, alarms = np.empty(len(tx_join), np.int64), np.empty((max(n - 1, 0), 4), np.int64)
    merge_tx, merge_script = np.empty(most, np.int64), np.empty(most, np.int32)
    apart = np.array(pairs, np.int64).reshape(-1, 2)
    merges, refusals, rung = join_apart(
        first_in, in_script, tx_join, skip, apart, actor, huge, label, size, refused, merge_tx, merge_script, alarms
    )
    finish(label)
    found = tuple(Alarm(t, (a, b), bool(why & TAGGED), bool(why & HUGE)) for t, a, b, why in alarms[:rung].tolist())
    return Constrained(Clusters(label, merge_tx[:merges], merge_script[:merges]), refused[:refusals], found)
