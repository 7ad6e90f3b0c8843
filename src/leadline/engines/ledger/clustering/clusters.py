"""Clusters of scripts by named rules, each merge with its reason; CoinJoin-shaped transactions are kept out.

multi_input  scripts whose coins one transaction spends together
same_key     scripts whose bytes show that one key opens them
dust         coins of a few satoshi, with the others that one transaction spends
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clustering.clusters_kernels import finish, join, start
from leadline.engines.ledger.spends.spends_kernels import gather
from leadline.errors import IntegrityError
from leadline.kinds.bitcoin.script import KINDS, OWNED
from leadline.model.ledger import DUST, MULTI_INPUT, RULES, SAME_KEY

Array = npt.NDArray[Any]
NOTHING = np.empty(0, np.int64)
"""No transaction is withdrawn."""
MOST_DUST = 1_000
"""Satoshi up to which a coin is dust: nobody's payment. Attackers send a little more than the least that nodes relay
(294 to 546, Bitcoin Core's dust limits) to many addresses and wait for wallets to spend it together with the rest."""
SLICE = 1 << 20
"""Values looked at together."""
UNVALUED = np.empty(0, np.int64)
"""The values of inputs are not given: then none is dust."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of scripts joined by their bytes alone: the transaction by which both are there (ascending), the two."""

    tx: npt.NDArray[np.int64]
    script: npt.NDArray[np.int32]
    other: npt.NDArray[np.int32]

    def upto(self, transactions: int) -> "Links":
        """Those seen in the first `transactions`."""
        n = int(np.searchsorted(self.tx, transactions))
        return Links(self.tx[:n], self.script[:n], self.other[:n])

    def kept(self, rows: npt.NDArray[np.bool_]) -> "Links":
        """Those of `rows`."""
        return Links(self.tx[rows], self.script[rows], self.other[rows])


NO_LINKS = Links(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class Clusters:
    """label[s]: least script id of the cluster of s; the merges that made them, in chain order.

    Merge m is by transaction merge_tx[m] and rule merge_rule[m] (code into RULES), and joined script merge_script[m] to
    another.
    """

    label: npt.NDArray[np.int32]
    merge_tx: npt.NDArray[np.int64]
    merge_script: npt.NDArray[np.int32]
    merge_rule: npt.NDArray[np.uint8]


def joined(
    first_in: Array,
    in_script: Array,
    script_kind: Array,
    tx_join: Array,
    skip: Array = NOTHING,
    grown_on: Clusters | None = None,
    first_tx: int = 0,
    links: Links = NO_LINKS,
    rules: Collection[str] = RULES,
    in_value: Array = UNVALUED,
) -> Clusters:
    """Clusters by `rules` over the transactions given, without those at the ascending positions `skip`.

    Whoever signs for several inputs of one transaction most likely controls them all (Nakamoto 2008, section 10;
    Meiklejohn et al. 2013). It is a lead: a mix or a payment made together breaks it, which is why every merge keeps
    its transaction and rule and can be withdrawn. in_script: script id of the output each input spends, in_value its
    satoshi, below zero unknown. `links`: see links.py. The clusters `grown_on`, made by the same rules from
    the transactions before `first_tx`, give what clustering anew would.
    """
    label = started(script_kind)
    if grown_on is not None:
        had = len(grown_on.label)
        label[:had] = np.where(label[:had] < 0, label[:had], grown_on.label)
    links = links if RULES[SAME_KEY] in rules else NO_LINKS
    links = links.kept(links.tx >= first_tx) if first_tx else links
    require_scripts(first_in, in_script, len(script_kind), first_tx, links)
    most = min(max(len(script_kind) - 1, 0), 2 * (len(tx_join) - first_tx) + len(links.tx))
    merge_tx, merge_script, merge_rule = np.empty(most, np.int64), np.empty(most, np.int32), np.empty(most, np.uint8)
    n = join(
        first_in, in_script, in_value, MOST_DUST, tx_join, skip, first_tx, links.tx, links.script, links.other,
        RULES[MULTI_INPUT] in rules, RULES[DUST] in rules, label, merge_tx, merge_script, merge_rule,
    )  # fmt: skip
    finish(label)
    made = Clusters(label, merge_tx[:n], merge_script[:n], merge_rule[:n])
    if grown_on is None:
        return made
    return Clusters(
        label,
        np.concatenate([grown_on.merge_tx, made.merge_tx]),
        np.concatenate([grown_on.merge_script, made.merge_script]),
        np.concatenate([grown_on.merge_rule, made.merge_rule]),
    )


def require_scripts(first_in: Array, in_script: Array, scripts: int, first_tx: int, links: Links) -> None:
    """IntegrityError where an input from transaction `first_tx` on, or a link, leads to no script there is.

    The kernels follow these numbers without looking: of a damaged column they would end the process.
    """
    rows = first_in[first_tx:]
    bounds = bool(rows[0] >= 0) and int(rows[-1]) <= len(in_script)
    if not (bounds and all((r[1:] >= r[:-1]).all() for r in _slices(rows, 1))):
        raise _leads_nowhere("tx_first_in")
    sides = {
        "in_script": (in_script[int(rows[0]) :], -1),
        "link_script": (links.script, 0),
        "link_other": (links.other, 0),
    }
    for name, (values, least) in sides.items():
        for part in _slices(values, 0):
            if part.size and (part.min() < least or part.max() >= scripts):
                raise _leads_nowhere(name)


def _slices(values: Array, more: int) -> Iterator[Array]:
    """`values` in pieces that take no memory to speak of, each with `more` of the next."""
    return (values[k : k + SLICE + more] for k in range(0, len(values), SLICE))


def _leads_nowhere(name: str) -> IntegrityError:
    return IntegrityError(
        "a column of the ledger is damaged: it leads to rows that are not there",
        where=name,
        remedy="run `leadline ledger check LEDGER`",
    )


def started(script_kind: Array) -> npt.NDArray[np.int32]:
    """Every script a cluster of its own, -1 where nobody can own it: through such a script nothing is joined."""
    label = np.empty(len(script_kind), np.int32)
    start(script_kind, np.isin(np.arange(len(KINDS)), OWNED), label)
    return label


def clustered(
    first_in: Array, in_prev: Array, out_script: Array, script_kind: Array, tx_join: Array, skip: Array = NOTHING
) -> Clusters:
    """The same by multi_input alone, from what the inputs spend (positions of outputs, below zero none)."""
    in_script = np.empty(len(in_prev), np.int32)
    gather(in_prev, out_script, in_script, -1)
    return joined(first_in, in_script, script_kind, tx_join, skip, rules=(RULES[MULTI_INPUT],))
