"""What findings rest on, as an index over the current basis rows: digests for decisions, rows for explanations."""

from collections.abc import Collection

import numpy as np
import pyarrow as pa

from leadline.model.findings import basis_digest

Row = tuple[str, str, str, str]
"""(kind, ref, locator, role)."""


def withdrawn_row(row: Row, withdrawn: Collection[str]) -> bool:
    """Whether a basis row names something withdrawn: an exhibit, pin, merge, decision, entry of a pin, or a rule."""
    kind, ref, locator, _ = row
    by = locator.rpartition(">")[2] if kind == "merge" else ""
    return ref in withdrawn or f"{ref}#{locator}" in withdrawn or by in withdrawn


class Basis:
    """Basis rows by finding; `table` must be in key order."""

    def __init__(self, table: pa.Table, withdrawn: Collection[str] = ()) -> None:
        self._table = table.combine_chunks()
        self._withdrawn = frozenset(withdrawn)
        column = self._table.column("finding").combine_chunks()
        array = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
        data = b"".join(array.to_pylist()) if array.offset or not len(array) else array.buffers()[1].to_pybytes()
        self._keys = np.frombuffer(data[: 32 * len(array)], dtype="S32")
        self._digests: dict[bytes, bytes] = {}

    def rows(self, finding: bytes) -> list[Row]:
        """The rows of a finding, without those that were withdrawn."""
        key = np.frombuffer(finding, dtype="S32")[0]
        first = int(np.searchsorted(self._keys, key, "left"))
        last = int(np.searchsorted(self._keys, key, "right"))
        columns = [
            self._table.column(name).slice(first, last - first).to_pylist()
            for name in ("kind", "ref", "locator", "role")
        ]
        return [row for row in zip(*columns, strict=True) if not withdrawn_row(row, self._withdrawn)]

    def digest(self, finding: bytes) -> bytes:
        """The digest of everything a finding rests on, however far below."""
        todo: list[tuple[bytes, list[Row] | None]] = [(finding, None)]
        under_way: set[bytes] = set()
        while todo:
            at, rows = todo.pop()
            if at in self._digests:
                continue
            if rows is None:
                rows = self.rows(at)
                under_way.add(at)
                todo.append((at, rows))
                below = (bytes.fromhex(ref[8:]) for kind, ref, _, _ in rows if kind == "finding")
                todo.extend((id_, None) for id_ in below if id_ not in self._digests and id_ not in under_way)
                continue
            inner = {
                ref: self._digests.get(bytes.fromhex(ref[8:]), b"") for kind, ref, _, _ in rows if kind == "finding"
            }
            self._digests[at] = basis_digest(rows, inner)
            under_way.discard(at)
        return self._digests[finding]
