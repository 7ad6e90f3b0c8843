"""Rows of a hash list as they are read, packed into Arrow arrays in blocks, so that long lists stay small in memory.

Entries come in rising order, so the table is in key order when every block is and no entry is divided between two.
"""

import pyarrow as pa

from leadline.kinds.codecs.entries import LIST
from leadline.model.tables import in_key_order

BLOCK = 1 << 16
"""Rows held as Python objects before they are packed, but for the rest of an entry: some tens of megabytes."""


class ListRows:
    """Collects the rows of one list, entries rising; `table` gives entries.LIST in key order, in whole entries."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []
        self._blocks: list[pa.Table] = []

    def add(
        self,
        entry: int,
        hasher: str,
        value: bytes,
        quality: int | None,
        category: str | None,
        scheme: str | None,
        note: str | None,
        fault: str | None,
        t_ms: int | None = None,
    ) -> None:
        """One hash of one entry, in the columns of entries.LIST."""
        if len(self._rows) >= BLOCK and self._rows[-1][0] != entry:
            self._pack()
        self._rows.append((entry, hasher, value, quality, category, scheme, note, fault, t_ms))

    def table(self) -> pa.Table:
        """Every row added."""
        self._pack()
        return pa.concat_tables([LIST.schema.empty_table(), *self._blocks])

    def _pack(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, LIST.schema, strict=True)]
            self._blocks.append(in_key_order(LIST, pa.Table.from_arrays(arrays, schema=LIST.schema)))
            self._rows = []
