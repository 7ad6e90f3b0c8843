"""A ledger opened for reading: memory-mapped columns in chain order, looked up and walked without copies."""

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.engines.ledger.blocks.forks import fork_height
from leadline.engines.ledger.clustering.clusters import Clusters, Links, joined
from leadline.engines.ledger.columns import Array, Columns, Ints
from leadline.engines.ledger.row_offsets import ranges
from leadline.engines.ledger.scripts.dictionary import key_words
from leadline.engines.ledger.scripts.dictionary_kernels import find_scripts
from leadline.engines.ledger.spends.spends_kernels import group
from leadline.engines.ledger.spends.txids_kernels import find_tx
from leadline.engines.ledger.storage import arrow, summary
from leadline.errors import ForkError, IntegrityError, UsageError
from leadline.kinds.bitcoin.tx import id_bytes
from leadline.model.ledger import FORMAT, OUTSIDE, RULES


class Ledger(Columns):
    """The columns of one chain with its clusters, what is looked up in them, and what a case pins of them.

    Clusters are of scripts; `cluster_of[s]` is the least script id of the cluster of s, as of the ledger's height.
    """

    @cached_property
    def _clusters(self) -> Clusters:
        if self._whole:
            names = ("cluster_of", "merge_tx", "merge_script", "merge_rule")
            return Clusters(*(self._held[name] for name in names))
        return self.clustered()

    @cached_property
    def links(self) -> Links:
        """Pairs of scripts of one key, with the transaction by which both are there."""
        held = Links(*(self._held[name] for name in ("link_tx", "link_script", "link_other")))
        return held if self._whole else held.upto(self._rows["tx"])

    @property
    def cluster_of(self) -> npt.NDArray[np.int32]:
        """By script, the least script id of its cluster, by all rules."""
        return self._clusters.label

    @cached_property
    def _members(self) -> tuple[Ints, Array]:
        if self._whole:
            return self._held["cluster_first"], self._held["cluster_member"]
        first, members = np.empty(len(self.cluster_of) + 1, np.int64), np.empty(len(self.cluster_of), np.int32)
        group(self.cluster_of, first, members)
        return first, members

    def members_of(self, clusters: npt.ArrayLike) -> Ints:
        """Script ids of the clusters with these labels, cluster after cluster, ascending in each."""
        first, members = self._members
        labels = np.asarray(clusters, np.int64)
        return members[ranges(first[labels], first[labels + 1])].astype(np.int64)

    def clusters(
        self,
        without_tx: frozenset[str] = frozenset(),
        height: int | None = None,
        rules: Collection[str] = RULES,
    ) -> npt.NDArray[np.int32]:
        """Labels as `cluster_of` (as of `height`), made anew without the merges of `without_tx` (ids as text), and by
        `rules` alone."""
        ledger = self if height is None or height == self.height else self.at(height)
        whole = not without_tx and set(rules) == set(RULES)
        return ledger.cluster_of if whole else ledger.clustered(without_tx, rules).label

    def clustered(self, without_tx: frozenset[str] = frozenset(), rules: Collection[str] = RULES) -> Clusters:
        """The clusters made anew by `rules`, with their merges, without those of `without_tx` (ids as text)."""
        skip = np.array(sorted({self.tx_index(txid) for txid in without_tx} - {-1}), np.int64)
        return joined(
            self.tx_first_in, self.in_script, self.script_kind, self.tx_join, skip, links=self.links, rules=rules,
            in_value=self.in_value,
        )  # fmt: skip

    def merges_of(self, cluster: int) -> list[tuple[str, str]]:
        """(transaction, rule) of the merges that, in chain order, made the cluster with this label: a least set."""
        made = self._clusters
        rows = np.flatnonzero(made.label[made.merge_script] == cluster)
        return [(self.txid_hex(int(made.merge_tx[m])), RULES[int(made.merge_rule[m])]) for m in rows]

    def merge_txs_of(self, cluster: int) -> list[str]:
        """The transactions of `merges_of`, each once."""
        return list(dict.fromkeys(txid for txid, _ in self.merges_of(cluster)))

    def find_script(self, script: bytes) -> int:
        """Id of a script, or -1 when no output up to this height has it."""
        return int(self.find_scripts([script])[0])

    def find_scripts(self, scripts: Sequence[bytes]) -> Ints:
        """Ids of many scripts at once, -1 for each that no output up to this height has."""
        ends = np.zeros(len(scripts) + 1, np.int64)
        np.cumsum([len(s) for s in scripts], out=ends[1:])
        wanted = np.frombuffer(b"".join(scripts) or b"\0", np.uint8)
        ids = np.empty(len(scripts), np.int64)
        slots, blob, at = (self._held[name] for name in ("script_slot", "script_blob", "script_at"))
        find_scripts(slots, blob, at, key_words(bytes.fromhex(self._meta["script_key"])), wanted, ends, ids)
        ids[ids >= self._rows["script"]] = -1
        return ids

    def outputs_of(self, scripts: npt.ArrayLike) -> Ints:
        """Positions of the outputs that pay any of these scripts, in chain order."""
        ids = np.unique(np.asarray(scripts, np.int64))
        ids = ids[ids >= 0]
        first: Ints = self._held["script_first_out"]
        outs: Ints = np.sort(self._held["script_out"][ranges(first[ids], first[ids + 1])])
        return outs[: int(np.searchsorted(outs, self._rows["out"]))]

    def spends_from_outside(self, scripts: npt.ArrayLike) -> Ints:
        """Inputs that spent outputs of these scripts which lie outside the ledger, as its undo records tell."""
        if not self._meta["info"]["unresolved"]:
            return np.empty(0, np.int64)
        wanted = np.isin(self.in_script, np.asarray(scripts, np.int64))
        return np.flatnonzero(wanted & (self.in_prev == OUTSIDE))

    def tx_index(self, txid: str) -> int:
        """Position of a transaction by its id as text, or -1; of two with one id (before BIP30) the later one."""
        wanted = np.frombuffer(id_bytes(txid), np.uint8)
        return int(find_tx(self._held["tx_slot"], self._held["tx_id"], wanted, self._rows["tx"]))

    def out_index(self, txid: str, vout: int) -> int:
        """Position of the output ``txid:vout``, or -1 when the ledger does not have it."""
        tx = self.tx_index(txid)
        if tx < 0 or not 0 <= vout < self.tx_first_out[tx + 1] - self.tx_first_out[tx]:
            return -1
        return int(self.tx_first_out[tx]) + vout

    def at(self, height: int) -> "Ledger":
        """The ledger as it was when `height` was the last block: later spends read as unspent, clusters as of then.

        UsageError for a height it does not have, and for every one of a ledger with gaps.
        """
        n = int(np.searchsorted(self.block_height, height, side="right"))
        if height < 0 or n == 0 or self.block_height[n - 1] != height or len(self._starts) > 1:
            raise UsageError(
                f"the ledger has no height {height} to be read at", remedy="see `ledger info` for its range"
            )
        return Ledger(self.path, self._meta, self._held, n, height)

    def pin(self) -> dict[str, str | int]:
        """What a case pins: network, format, height, digest of the ordered block hashes."""
        return {"network": self.network, "format": FORMAT, "height": self.height, "digest": self._digest}

    def at_pin(self, height: int, digest: str) -> "Ledger":
        """The ledger as pinned; ForkError when its first blocks, up to `height`, are not those that were pinned.

        Of a slice, blocks added later may tell heights that were not told before: these too are read as pinned.
        """
        if height == self.height and digest == self._digest:
            return self
        blocks = int(np.argmax(self.block_height == height)) + 1
        if summary.digest(self.block_hash[:blocks]) != digest:
            blocks = summary.blocks_with(self.block_hash, digest)
        if blocks:
            return Ledger(self.path, self._meta, self._held, blocks, height)
        if height > self.height:
            raise ForkError("the ledger ends before the pinned height", remedy="build it from the blocks up to there")
        fork = fork_height(self.block_hash, self._held["stale_hash"], self._held["stale_prev"], height, digest)
        where = f"they part after height {fork}" if fork >= 0 else "the pinned ones are not in its files"
        raise ForkError(
            f"the ledger's blocks up to height {height} are not the pinned ones: {where}",
            remedy="build the ledger of the pinned branch, or pin this one with `case set pin.ledger=...`",
        )

    def info(self) -> summary.Info:
        """What the ledger covers, counted anew; see storage.summary.Info.

        IntegrityError when that is not what was counted when it was built.
        """
        found = summary.of(
            network=self.network,
            block_hash=self.block_hash,
            block_height=self.block_height,
            block_time=self.block_time,
            starts=self._starts,
            out_value=self.out_value,
            in_prev=self.in_prev,
            in_value=self.in_value,
            tx_join=self.tx_join,
            script_kind=self.script_kind,
            cluster_of=self.cluster_of,
        )
        if self._as_built and found != self._meta["info"]:
            raise IntegrityError(
                "the ledger's columns are damaged: what they hold is not what was counted when it was built",
                where=self.path.name,
                remedy=f"run `leadline ledger check {self.path.name}`",
            )
        return found

    def arrow(self, table: str) -> pa.Table:
        """The columns of "block", "tx", "in", "out" or "script" as an Arrow table over the same memory map."""
        return arrow.table(self, table)
