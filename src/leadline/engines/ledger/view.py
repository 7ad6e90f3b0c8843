"""A ledger as of a pin, as plain arrays: what lies above its height is not there, what is spent there is unspent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.clustering.clusters import NO_LINKS, Links
from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.row_offsets import expand, row_of
from leadline.kinds.bitcoin.tx import id_bytes
from leadline.model.ledger import JOIN_NONE, JOIN_UNKNOWN, MIXES, RULES, SAME_KEY, TX0

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[Any]
"""Script ids and heights: integers of the width the ledger keeps them in."""


@dataclass(frozen=True, slots=True)
class View:
    """Columns in chain order; transactions, outputs, inputs and scripts are named by their index.

    tx_first_in, tx_first_out have one entry more than there are transactions. out_spender is the input that spends an
    output or -1; in_prev the output spent, COINBASE or OUTSIDE (model.ledger), in_script and in_value its script and
    satoshi, also where only an undo record tells them (-1 unknown). cluster is a label per script, the least
    script of its cluster. mixed says which transactions join no cluster, as their inputs may have several owners, and
    shape what each looks like (codes of model.ledger.JOINS; empty where all of them are mixes); unmerged whose inputs a
    withdrawal keeps out of the clusters; tip_first_out is the first output behind which the ledger lacks no block;
    links are the pairs of scripts of one key that stand, rules those by which clusters were made. ledger is what all of
    it was read from, for what stands there alone: ids, bytes of scripts, times of blocks.
    """

    ledger: Ledger
    tx_time: Ints
    tx_height: Ids
    tx_first_in: Ints
    tx_first_out: Ints
    out_value: Ints
    out_script: Ids
    out_spender: Ints
    in_prev: Ints
    in_script: Ids
    in_value: Ints
    cluster: Ids
    mixed: npt.NDArray[np.bool_]
    unmerged: npt.NDArray[np.bool_]
    tip_first_out: int = 0
    shape: Ids = field(default_factory=lambda: np.zeros(0, np.uint8))
    links: Links = field(default=NO_LINKS)
    rules: frozenset[str] = frozenset(RULES)

    @property
    def transactions(self) -> int:
        """How many transactions the view holds."""
        return len(self.tx_first_out) - 1

    def out_tx(self, outputs: Ints) -> Ints:
        """The transaction that created each output."""
        return row_of(self.tx_first_out, outputs)

    def in_tx(self, inputs: Ints) -> Ints:
        """The transaction each input belongs to."""
        return row_of(self.tx_first_in, inputs)

    def inputs_of(self, txs: Ints) -> tuple[Ints, Ints]:
        """(row, input) of every input of `txs`, row being the position in `txs`."""
        return expand(self.tx_first_in[txs], self.tx_first_in[txs + 1])

    def outputs_of(self, txs: Ints) -> tuple[Ints, Ints]:
        """(row, output) of every output of `txs`, row being the position in `txs`."""
        return expand(self.tx_first_out[txs], self.tx_first_out[txs + 1])

    def sender(self, txs: Ints) -> Ints:
        """The cluster of the first input of each of `txs`; -1 - tx where what it spends is not held (a coinbase)."""
        spent = self.in_prev[self.tx_first_in[txs]]
        return np.where(spent >= 0, self.cluster[self.out_script[np.maximum(spent, 0)]], -1 - txs)

    def looks(self, txs: Ints, codes: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Whether each of `txs` has one of these shapes; `mixed` alone says of a view without shapes what is a mix."""
        return np.isin(self.shape[txs], codes) if len(self.shape) else self.mixed[txs] & (codes == MIXES)

    def unspent(self, outputs: Ints) -> npt.NDArray[np.bool_]:
        """Whether each output stands unspent at the ledger's last block: nothing spends it, and no block is missing
        in which something could."""
        return (self.out_spender[outputs] < 0) & (outputs >= self.tip_first_out)

    def lost(self, outputs: Ints) -> npt.NDArray[np.bool_]:
        """Whether what became of each output lies outside the ledger: nothing spends it, and it lacks later blocks."""
        return (self.out_spender[outputs] < 0) & (outputs < self.tip_first_out)

    def hidden(self) -> Ints:
        """The outputs spent by transactions of unknown shape: whose coins lie behind these the ledger cannot say."""
        _, inputs = self.inputs_of(np.flatnonzero(self.looks(np.arange(self.transactions), (JOIN_UNKNOWN,))))
        spent = self.in_prev[inputs]
        return spent[spent >= 0]

    def spending_tx(self, outputs: Ints) -> Ints:
        """The transaction that spends each output, -1 where none does."""
        spender = self.out_spender[outputs]
        return np.where(spender >= 0, self.in_tx(np.maximum(spender, 0)), -1)


def as_of(ledger: Ledger, without: frozenset[str], rules: Collection[str] = RULES) -> View:
    """The view of a ledger opened at a pin, clusters made by `rules` without the merges of `without` (hex ids)."""
    unmerged = np.zeros(len(ledger.tx_id), np.bool_)
    for txid in sorted(without):
        id_bytes(txid)
        tx = ledger.tx_index(txid)
        if tx >= 0:
            unmerged[tx] = True
    links = ledger.links if RULES[SAME_KEY] in rules else NO_LINKS
    links = links.kept(~unmerged[links.tx])
    per_block = np.diff(ledger.block_first_tx)
    return View(
        ledger=ledger,
        tx_time=np.repeat(ledger.block_time.astype(np.int64), per_block),
        tx_height=ledger.tx_height,
        tx_first_in=ledger.tx_first_in,
        tx_first_out=ledger.tx_first_out,
        out_value=ledger.out_value,
        out_script=ledger.out_script,
        out_spender=ledger.out_spender,
        in_prev=ledger.in_prev,
        in_script=ledger.in_script,
        in_value=ledger.in_value,
        cluster=ledger.clusters(without, rules=rules),
        mixed=~np.isin(ledger.tx_join, (JOIN_NONE, TX0)),
        shape=ledger.tx_join,
        unmerged=unmerged,
        tip_first_out=ledger.tip_first_out,
        links=links,
        rules=frozenset(rules),
    )
