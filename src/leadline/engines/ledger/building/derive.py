"""The columns that follow from others: spends, what the inputs spent, CoinJoin shapes, clusters, groupings."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.building.grow import Base
from leadline.engines.ledger.building.ingest import PREV_TXID, PREV_VOUT
from leadline.engines.ledger.clustering.clusters import joined
from leadline.engines.ledger.clustering.coinjoin_kernels import join_kinds
from leadline.engines.ledger.clustering.links import key_links
from leadline.engines.ledger.slots_kernels import empty_table, table_size
from leadline.engines.ledger.spends.spends_kernels import complete, group, resolve, spend
from leadline.engines.ledger.spends.txids_kernels import fill_txids
from leadline.engines.ledger.storage import columns, summary
from leadline.engines.ledger.storage.summary import Info
from leadline.errors import ChainError
from leadline.kinds.bitcoin.tx import id_text
from leadline.model.ledger import BY_NAME, UNSPENT
from leadline.model.progress import Progress

SLICE = 1 << 22
"""Inputs resolved between two reports of progress."""
PART = 1 << 27
"""Slots of the table of ids searched in one pass over the inputs: 1 GB of memory whatever the chain's size."""

NONE = np.empty(0, np.uint64)
"""No memory to be used again."""

LATER = (
    "spends an output of a later transaction of its block, as blocks of Bitcoin Cash have done since November 2018 and "
    "none of bitcoin may"
)

IN_MEMORY = 1 << 29
"""Slots of a table of ids up to which it is made in memory (4 GB), then written: a map's small pages are slow."""


def derive(folder: Path, rows: dict[str, int], network: str, starts: list[int], base: Base, progress: Progress) -> Info:
    """The columns that follow from others, written to `folder` behind those of `base`; `rows` gains their numbers.

    ChainError where an undo record and a block give another value or script for one input.
    """

    def column(name: str) -> columns.Array:
        return columns.read(folder, name, rows[BY_NAME[name].of] + BY_NAME[name].more)

    first_in, first_out, ids = column("tx_first_in"), column("tx_first_out"), column("tx_id")
    out_value, out_script, script_kind = column("out_value"), column("out_script"), column("script_kind")
    size = rows["tx_slot"] = table_size(rows["tx"])
    slots = empty_table(size) if size <= IN_MEMORY else columns.create(folder, "tx_slot", size)
    filled = 0
    if base.slots is not None and len(base.slots) == len(slots):
        slots[:], filled = base.slots, base.rows["tx"]
    in_prev = columns.create(folder, "in_prev", rows["in"], base.rows["in"])
    named = columns.bytes_of(folder / PREV_TXID), columns.bytes_of(folder / PREV_VOUT).view("<u4")
    _resolve(slots, ids, first_in, first_out, column("block_first_tx"), named, in_prev, filled, base, progress)
    room = NONE
    if size <= IN_MEMORY:
        columns.write(folder, tx_slot=slots)
        room = slots
    del named, slots
    for done in (PREV_TXID, PREV_VOUT):
        (folder / done).unlink()
    _spend(folder, ids, first_in, in_prev, rows["out"], base, room)
    in_value = columns.write_into(folder, "in_value", rows["in"])
    in_script = columns.write_into(folder, "in_script", rows["in"])
    at = complete(in_prev, base.rows["in"], out_value, out_script, in_value, in_script)
    if at >= 0:
        raise _wrong(ids, first_in, at, "has another value or script in the undo record than in its block")
    joins = columns.create(folder, "tx_join", rows["tx"], base.rows["tx"])
    join_kinds(first_in, first_out, in_value, in_script, out_value, out_script, script_kind, base.rows["tx"], joins)
    progress("clustering", 0, 1)
    links = key_links(base.scripts, out_script, first_out, in_script, first_in)
    first_tx = base.rows["tx"] if base.clusters is not None else 0
    grown = joined(
        first_in, in_script, script_kind, joins, grown_on=base.clusters, first_tx=first_tx, links=links,
        in_value=in_value,
    )  # fmt: skip
    _group(folder, out_script, rows["script"], "script_first_out", "script_out", room)
    columns.write(folder, cluster_of=grown.label)
    _group(folder, grown.label, rows["script"], "cluster_first", "cluster_member", room)
    rows |= rows_of(
        columns.write(folder, merge_tx=grown.merge_tx, merge_script=grown.merge_script, merge_rule=grown.merge_rule)
    )
    rows |= rows_of(columns.write(folder, link_tx=links.tx, link_script=links.script, link_other=links.other))
    progress("clustering", 1, 1)
    return summary.of(
        network=network,
        block_hash=column("block_hash"),
        block_height=column("block_height"),
        block_time=column("block_time"),
        starts=starts,
        out_value=out_value,
        in_prev=in_prev,
        in_value=in_value,
        tx_join=column("tx_join"),
        script_kind=script_kind,
        cluster_of=grown.label,
    )


def _resolve(
    slots: columns.Array,
    ids: columns.Array,
    first_in: columns.Array,
    first_out: columns.Array,
    block_first: columns.Array,
    named: tuple[columns.Array, columns.Array],
    in_prev: columns.Array,
    filled: int,
    base: Base,
    progress: Progress,
) -> None:
    """The table of ids (it has the first `filled`) and in_prev of the inputs behind `base`, PART slots at a time.

    `named` are the ids and numbers of the outputs that those inputs name.
    """
    n, flat, had = len(in_prev), ids.reshape(-1), base.rows["in"]
    parts = max(1, len(slots) // PART)
    for part in range(parts):
        low, high = part * len(slots) // parts, (part + 1) * len(slots) // parts
        fill_txids(slots, flat, filled, len(ids), low, high)
        for first in range(had, n, SLICE):
            last = min(first + SLICE, n)
            at, tx = resolve(
                slots, flat, first_in, first_out, *named, had, first, last, low, high, block_first, in_prev
            )
            if at >= 0:
                raise _wrong(ids, first_in, at, LATER if first_in[tx] >= at else "spends an output that does not exist")
            progress("resolving inputs", part * n + last, parts * n)


def _spend(
    folder: Path,
    ids: columns.Array,
    first_in: columns.Array,
    in_prev: columns.Array,
    outs: int,
    base: Base,
    room: columns.Array,
) -> None:
    """The column out_spender, PART outputs at a time."""
    spenders = _again(room, min(PART, outs), np.int64)
    with columns.Writer(folder, ["out_spender"]) as writer:
        for low in range(0, outs, PART):
            spender = spenders[: outs - low]
            spender[:] = UNSPENT
            old = base.spender[low : low + len(spender)]
            spender[: len(old)] = old
            at = spend(in_prev, base.rows["in"], low, spender)
            if at >= 0:
                raise _wrong(ids, first_in, at, "spends an output that was spent before")
            writer.append("out_spender", spender)


def _group(folder: Path, keys: columns.Array, count: int, first: str, members: str, room: columns.Array) -> None:
    """The columns `first` and `members`: positions of `keys`, which lie below `count`, grouped by key."""
    starts, grouped = np.empty(count + 1, np.int64), _again(room, len(keys), BY_NAME[members].dtype)
    group(keys, starts, grouped)
    columns.write(folder, **{first: starts, members: grouped})


def _again(room: columns.Array, n: int, dtype: npt.DTypeLike) -> columns.Array:
    """`n` values in memory that is no longer needed, where there is enough: pages once touched cost nothing more."""
    size = n * np.dtype(dtype).itemsize
    return room.view(np.uint8)[:size].view(dtype) if size <= room.nbytes else np.empty(n, dtype)


def _wrong(ids: columns.Array, first_in: columns.Array, at: int, why: str) -> ChainError:
    tx = int(np.searchsorted(first_in, at, side="right")) - 1
    return ChainError(f"an input {why}", where=f"tx:{id_text(ids[tx].tobytes())}")


def rows_of(written: dict[str, int]) -> dict[str, int]:
    """Rows by table of whole columns just written."""
    return {BY_NAME[name].of: n - BY_NAME[name].more for name, n in written.items()}
