"""The pinned hash lists as one table, and what of them was compared."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.entries import DATED, LICENCE, LIST, VERSION
from leadline.kinds.hasher import HASHERS
from leadline.model.words import COMPARED, UNSUPPORTED, WITHDRAWN
from leadline.steps.match.parsed import entries
from leadline.steps.step import Inputs


@dataclass(frozen=True, slots=True)
class Lists:
    """The pinned lists: digests in hex, sorted; the hashes to compare, with `list` (place in `digests`); a report.

    `entries` has the columns of entries.LIST and `list`; `report` rows are (list ref, hasher, state, hashes,
    version, dated, licence).
    """

    digests: tuple[str, ...]
    entries: pa.Table
    report: tuple[tuple[str, str, str, int, str | None, str | None, str | None], ...]

    def ref(self, at: int) -> str:
        """The ref of a list by its place."""
        return f"list:{self.digests[at]}"


def load(inputs: Inputs) -> Lists:
    """Every pinned list read and checked, without withdrawn entries; each list once, however often it is pinned."""
    pins = {pin.digest: pin for pin in inputs.pins("list") if f"list:{pin.digest}" not in inputs.withdrawn}
    digests = tuple(sorted(pins))
    schema = LIST.schema.append(pa.field("list", pa.int32()))
    tables = [schema.empty_table()]
    report = []
    for at, digest in enumerate(digests):
        table = entries(pins[digest])
        said = table.schema.metadata or {}
        version, dated, stated = (said[name].decode() if name in said else None for name in (VERSION, DATED, LICENCE))
        licence = pins[digest].params.get("licence", stated)
        state = _states(table, _withdrawn(inputs.withdrawn, digest))
        counts = pa.table({"hasher": table["hasher"], "state": state, "n": table["entry"]})
        counts = counts.group_by(["hasher", "state"]).aggregate([("n", "count")])
        report += [
            (f"list:{digest}", r["hasher"], r["state"], r["n_count"], version, dated, licence)
            for r in counts.to_pylist()
        ]
        compared = pc.equal(state, COMPARED)
        table = table if pc.all(compared, min_count=0).as_py() else table.filter(compared)
        tables.append(table.append_column("list", pa.array(np.full(table.num_rows, at, np.int32))).cast(schema))
    return Lists(digests, pa.concat_tables(tables).combine_chunks(), tuple(sorted(report, key=lambda row: row[:3])))


def _states(table: pa.Table, withdrawn: pa.Array) -> pa.ChunkedArray:
    """What becomes of each row: a word of QUARANTINE, withdrawn, unsupported or compared."""
    known = pc.is_in(table["hasher"], pa.array([h.name for h in HASHERS]))
    state = pc.if_else(known, COMPARED, UNSUPPORTED)
    state = pc.if_else(pc.is_in(table["entry"], withdrawn), WITHDRAWN, state)
    return pc.coalesce(table["quarantine"], state)


def _withdrawn(refs: frozenset[str], digest: str) -> pa.Array:
    """Numbers of the entries of a list that the case withdrew."""
    start = f"list:{digest}#entry:"
    return pa.array(sorted(int(r[len(start) :]) for r in refs if r.startswith(start)), pa.int64())
