"""How far clusters find again addresses that a record lists: part of them held out, the others taken for known.

Addresses swept together stand in one cluster by that alone, so none is held out while another of its sweep is known:
they are held out a sweep at a time, or by the month in which they were first spent, with the months before it known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clustering.clusters import joined
from leadline.engines.ledger.view import Ids, Ints, View
from leadline.model.ledger import MULTI_INPUT, RULES
from leadline.model.words import MULTI_INPUT_ANY

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spent:
    """Listed scripts that were paid and spent: script, the sweep it is of, and the month of its first spend."""

    script: Ints
    sweep: Ints
    month: Ints  # months since January 1970


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One part held out: the addresses known beside it, its sweeps and addresses, and how many of these are found.

    `squares` sums the squares of the sweeps' sizes. `joined` counts all scripts of the clusters of what is known and
    what was held out; `others` of them are known to be somebody else's, `unknown` ones the record does not list either.
    """

    month: int  # -1 for the sum
    known: int
    sweeps: int
    squares: int
    addresses: int
    found: int
    joined: int
    others: int
    unknown: int


def spent(view: View, outputs: Ints) -> Spent:
    """The scripts that `outputs` pay, as far as spent. Two are of one sweep when a transaction spends both, or others
    between them."""
    outputs = outputs[view.out_spender[outputs] >= 0]
    pairs = np.stack([view.spending_tx(outputs), view.out_script[outputs].astype(np.int64)], axis=1)
    pairs = np.unique(pairs, axis=0)
    order = np.lexsort((pairs[:, 0], pairs[:, 1]))
    script, first = np.unique(pairs[order, 1], return_index=True)
    days = view.tx_time[pairs[order[first], 0]].astype("datetime64[s]").astype("datetime64[M]")
    return Spent(script, _sweeps(pairs[:, 0], np.searchsorted(script, pairs[:, 1])), days.astype(np.int64))


def _sweeps(txs: Ints, members: Ints) -> Ints:
    """By member its sweep: the least member that transactions (in ascending order) join it to."""
    parent = list(range(int(members.max(initial=-1)) + 1))

    def root(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, two in zip(*(members[:-1][txs[1:] == txs[:-1]], members[1:][txs[1:] == txs[:-1]]), strict=True):
        low, high = sorted((root(int(one)), root(int(two))))
        parent[high] = low
    return np.array([root(m) for m in range(len(parent))], np.int64)


def by_rule(view: View) -> dict[str, Ids]:
    """Clusters by every rule of the view together, by each alone, and by common spending of CoinJoin-shaped too."""
    withdrawn = np.flatnonzero(view.unmerged)

    def alone(rule: str, tx_join: Ids) -> Ids:
        rows = view.tx_first_in, view.in_script, view.ledger.script_kind, tx_join, withdrawn
        return joined(*rows, links=view.links, rules=(rule,), in_value=view.in_value).label

    return {
        "all": view.cluster,
        **{rule: alone(rule, view.ledger.tx_join) for rule in RULES},
        MULTI_INPUT_ANY: alone(RULES[MULTI_INPUT], np.zeros_like(view.ledger.tx_join)),
    }


def strangers(label: Ids, listed: Flags, others: Flags) -> Ints:
    """By label (rows): its scripts, those of `others`, and those neither `listed` nor of `others`."""
    n = len(label)
    columns = (
        np.bincount(label, minlength=n),
        np.bincount(label[others & ~listed], minlength=n),
        np.bincount(label[~others & ~listed], minlength=n),
    )
    return np.stack(columns, axis=1)


def by_sweep(held: Spent, label: Ids, counts: Ints) -> HeldOut:
    """Every sweep held out in turn, all others known; `counts` as `strangers` gives them."""
    sizes = np.bincount(held.sweep)
    mine = label[held.script].astype(np.int64)
    pairs = np.unique(np.stack([mine, held.sweep], axis=1), axis=0)
    in_sweeps = np.bincount(pairs[:, 0], minlength=len(label))
    found = int((in_sweeps[mine] > 1).sum())
    known = len(held.script) if (sizes > 0).sum() > 1 else 0
    return HeldOut(-1, known, *_sizes(sizes), len(held.script), found, *_inside(mine, counts))


def by_month(held: Spent, label: Ids, counts: Ints) -> Iterator[HeldOut]:
    """Each month held out, the months before it known; then their sum. Of the first month nothing can be found."""
    parts = []
    mine = label[held.script].astype(np.int64)
    for month in np.unique(held.month).tolist():
        now, known = held.month == month, held.month < month
        found = int(np.isin(mine[now], mine[known]).sum())
        sizes = _sizes(np.bincount(held.sweep[now]))
        joined = _inside(mine[held.month <= month], counts)
        parts.append(HeldOut(month, int(known.sum()), *sizes, int(now.sum()), found, *joined))
        yield parts[-1]
    asked = [part for part in parts if part.known]
    yield HeldOut(
        -1, asked[-1].known if asked else 0, sum(p.sweeps for p in asked), sum(p.squares for p in asked),
        sum(p.addresses for p in asked), sum(p.found for p in asked), *_inside(mine, counts),
    )  # fmt: skip


def month_text(month: int) -> str:
    """A month as ``2016-03``."""
    return datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=UTC).strftime("%Y-%m")


def _sizes(sizes: Ints) -> tuple[int, int]:
    """How many sweeps, and their sizes squared, added up."""
    return int((sizes > 0).sum()), int((sizes * sizes).sum())


def _inside(labels: Ints, counts: Ints) -> tuple[int, int, int]:
    """The sums of `counts` over these labels, each once."""
    joined, others, unknown = counts[np.unique(labels)].sum(axis=0).tolist()
    return joined, others, unknown
