"""A ledger's columns as Arrow tables over the same memory map: nothing is copied, whatever the chain's size."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.errors import UsageError
from leadline.model.ledger import COLUMNS

TABLES = ("block", "tx", "in", "out", "script")
APART = ("script_at", "script_blob", "block_head")
"""Columns that are no column of their own: a script's bytes are `script`; heads are for the engine."""


class _Ledger(Protocol):
    """What is read of a ledger: columns by attribute, and the scripts' bytes."""

    script_at: npt.NDArray[np.int64]

    @property
    def script_blob(self) -> npt.NDArray[np.uint8]: ...


def table(ledger: _Ledger, name: str) -> pa.Table:
    """The rows of "block", "tx", "in", "out" or "script", columns named and typed as in leadline.model.ledger.

    Ids and hashes are binary in internal byte order; `first` columns begin a row's range, the next row's ends it. Of
    scripts: `script` bytes, kind, cluster. UsageError for another name.
    """
    if name not in TABLES:
        raise UsageError("a ledger has no such table", remedy=f"use one of: {', '.join(TABLES)}")
    found: dict[str, pa.Array] = {}
    if name == "script":
        at, blob = ledger.script_at, ledger.script_blob
        found["script"] = pa.Array.from_buffers(
            pa.large_binary(), len(at) - 1, [None, pa.py_buffer(at), pa.py_buffer(blob)]
        )
    for column in COLUMNS:
        if column.of == name and column.name not in APART and hasattr(ledger, column.name):
            values = getattr(ledger, column.name)
            found[column.name] = _array(values[: len(values) - column.more])
    return pa.table(found)


def _array(values: npt.NDArray[Any]) -> pa.Array:
    """An array over the memory of `values`; rows of several bytes become fixed-size binary."""
    kind = pa.binary(values.shape[1]) if values.ndim > 1 else pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
