"""The columns of a ledger up to a height: memory-mapped arrays in chain order, and what a position in them is."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks.times import median_time_of, median_times
from leadline.engines.ledger.row_offsets import row_of
from leadline.engines.ledger.storage import summary
from leadline.kinds.bitcoin.tx import id_text
from leadline.model.ledger import COLUMNS, MIXES, UNSPENT

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


class Columns:
    """One chain, up to a height. Positions are int64; see leadline.model.ledger for every column."""

    block_hash: npt.NDArray[np.uint8]
    block_time: npt.NDArray[np.uint32]
    block_height: npt.NDArray[np.int32]
    block_first_tx: Ints
    block_file: npt.NDArray[np.int32]
    block_at: Ints
    block_size: npt.NDArray[np.int32]
    tx_id: npt.NDArray[np.uint8]
    tx_height: npt.NDArray[np.int32]
    tx_version: npt.NDArray[np.int32]
    tx_locktime: npt.NDArray[np.uint32]
    tx_first_in: Ints
    tx_first_out: Ints
    tx_join: npt.NDArray[np.uint8]
    in_prev: Ints
    in_value: Ints
    in_script: npt.NDArray[np.int32]
    in_sequence: npt.NDArray[np.uint32]
    out_value: Ints
    out_script: npt.NDArray[np.int32]
    script_at: Ints
    script_kind: npt.NDArray[np.uint8]

    def __init__(
        self, path: Path, meta: dict[str, Any], held: dict[str, Array], blocks: int, height: int | None = None
    ) -> None:
        """The first `blocks` blocks of the columns `held`; `height` is the last one's, where it was told otherwise."""
        self.path = path
        self.network: str = meta["info"]["network"]
        self._meta = meta
        self._held = held
        self._whole = blocks == len(held["block_hash"])
        self._starts: list[int] = [start for start in meta["starts"] if start < blocks]
        rows = {"block": blocks, "tx": int(held["block_first_tx"][blocks])}
        rows["in"] = int(held["tx_first_in"][rows["tx"]])
        rows["out"] = int(held["tx_first_out"][rows["tx"]])
        rows["script"] = len(held["script_kind"])
        if not self._whole:
            paid, spent = held["out_script"][: rows["out"]], held["in_script"][: rows["in"]]
            rows["script"] = 1 + max(int(paid.max(initial=-1)), int(spent.max(initial=-1)))
        self._rows = rows
        for column in COLUMNS:
            if column.of in rows and column.name in Columns.__annotations__:
                setattr(self, column.name, held[column.name][: rows[column.of] + column.more])
        self._as_built = self._whole and height in (None, self.height)
        if height is not None and height != self.height:
            self._tell(height)

    def __repr__(self) -> str:
        return f"<Ledger {self.network} {len(self.block_hash)} blocks, {len(self.tx_id)} transactions>"

    @property
    def height(self) -> int:
        """Height of the last block, -1 when a slice does not tell."""
        return int(self.block_height[-1])

    def _tell(self, height: int) -> None:
        """The last segment's heights as they follow from its last block's, -1 where that is not told."""
        first = self._starts[-1]
        told = np.arange(height - len(self.block_hash) + first + 1, height + 1, dtype=np.int32)
        self.block_height, self.tx_height = self.block_height.copy(), self.tx_height.copy()
        self.block_height[first:] = told if height >= 0 else -1
        members = np.diff(self.block_first_tx[first:])
        self.tx_height[self.block_first_tx[first] :] = np.repeat(self.block_height[first:], members)

    @cached_property
    def out_spender(self) -> Ints:
        """By output, the input that spends it, or -1 when none does up to this height."""
        column = self._held["out_spender"][: self._rows["out"]]
        if self._whole:
            return column
        return np.where(column < self._rows["in"], column, UNSPENT)

    @cached_property
    def median_time(self) -> Ints:
        """By block, the median of its time and those of the ten before it (BIP113); -1 where a slice lacks these.

        Unlike a block's own time it never runs backwards and no miner sets it alone.
        """
        return median_times(self.block_time, self.block_height, self._starts)

    def median_time_of(self, block: int) -> int:
        """`median_time` of one block."""
        return median_time_of(block, self.block_time, self.block_height, self._starts)

    @cached_property
    def is_coinjoin(self) -> npt.NDArray[np.bool_]:
        """By transaction, whether it is CoinJoin-shaped: said to look like a mix of several owners' coins."""
        return np.isin(self.tx_join, MIXES)

    @property
    def script_blob(self) -> npt.NDArray[np.uint8]:
        """The scripts' bytes, one after the other, as `script_at` divides them."""
        return self._held["script_blob"]

    def script_bytes(self, script: int) -> bytes:
        """The bytes of a script."""
        blob: Array = self._held["script_blob"]
        return blob[self.script_at[script] : self.script_at[script + 1]].tobytes()

    @cached_property
    def tip_first_out(self) -> int:
        """The first output of the last segment: from its block up to the ledger's last one every block is there."""
        return int(self.tx_first_out[self.block_first_tx[self._starts[-1]]])

    def reaches_tip(self, outs: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether every block from the one of each output up to the ledger's last one is there.

        Only then does an output without a spender stand unspent at that block; else the spender may lie outside.
        """
        return np.asarray(outs, np.int64) >= self.tip_first_out

    def txid_hex(self, tx: int) -> str:
        """The id of the transaction at a position, as text."""
        return id_text(self.tx_id[tx].tobytes())

    def out_tx(self, outs: npt.ArrayLike) -> Ints:
        """Transactions of these outputs."""
        return row_of(self.tx_first_out, outs)

    def in_tx(self, ins: npt.ArrayLike) -> Ints:
        """Transactions of these inputs."""
        return row_of(self.tx_first_in, ins)

    def tx_block(self, txs: npt.ArrayLike) -> Ints:
        """Blocks (positions) of these transactions."""
        return row_of(self.block_first_tx, txs)

    def outpoint(self, out: int) -> str:
        """``txid:vout`` of an output."""
        tx = int(self.out_tx([out])[0])
        return f"{self.txid_hex(tx)}:{out - int(self.tx_first_out[tx])}"

    @property
    def size(self) -> int:
        """Bytes of its columns on the disk."""
        folder = self.path / str(self._meta["columns"])
        return sum(file.stat().st_size for file in folder.iterdir())

    def sources(self) -> dict[str, Any]:
        """The block files it was built from, blocks left out (stale, repeated, cut, damaged) and how SHA-256 was
        computed."""
        keys = (
            "sources",
            "stale_blocks",
            "repeated_blocks",
            "cut_blocks",
            "damaged_blocks",
            "undo_blocks",
            "undo_mended",
            "undo_lost",
        )
        return {k: self._meta[k] for k in (*keys, "sha256")}

    @cached_property
    def _digest(self) -> str:
        return summary.digest(self.block_hash)
