"""Tables as files outside the case: CSV (RFC 4180) or Parquet."""

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.errors import UsageError
from leadline.store import durable


def to_bytes(table: pa.Table, suffix: str) -> bytes:
    """The file's bytes for ``.csv`` or ``.parquet``; in CSV digests stand in hex and null as ``unknown``."""
    if suffix == ".parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        return bytes(sink.getvalue().to_pybytes())
    if suffix != ".csv":
        raise UsageError("not a format", remedy=".csv or .parquet")
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(table.column_names)
    for row in table.to_pylist():
        rows.writerow([_cell(value) for value in row.values()])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return "unknown"
    return value.hex() if isinstance(value, bytes) else str(value)


def write(path: Path, data: bytes) -> None:
    """Writes or replaces a file outside the case, whole or not at all."""
    durable.need(path.absolute().parent, len(data))
    durable.replace(path, data)
