"""Tables as files outside the case: CSV (RFC 4180) or Parquet."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.errors import UsageError
from leadline.kinds.codecs.csv_cells import cell
from leadline.store import durable
from leadline.store.layout import outside


def to_bytes(table: pa.Table, suffix: str) -> bytes:
    """The file's bytes for ``.csv`` or ``.parquet``, UsageError for another; CSV cells are written as in packages."""
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
        rows.writerow([cell(value) for value in row.values()])
    return out.getvalue().encode()


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """A long text file outside every case as it is written, in place once whole; CaseError when it would lie in one."""
    outside(path)
    with durable.replacing(path) as file:
        yield file


def write(path: Path, data: bytes) -> None:
    """Writes or replaces a file outside every case, whole or not at all; CaseError when it would lie in one."""
    outside(path)
    durable.need(path.absolute().parent, len(data))
    durable.replace(path, data)
