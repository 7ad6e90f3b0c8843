"""The one writer of Parquet files: fixed options, so equal tables give equal files under one lock."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.errors import IntegrityError
from leadline.model.tables import TableSpec
from leadline.store import durable

ROW_GROUP = 1 << 17
"""Rows a group: small enough to read a part, large enough that the overhead stays under one per cent."""


def write(path: Path, table: pa.Table) -> None:
    """Writes a new, fsynced, read-only Parquet file."""
    with durable.created(path) as file:
        pq.write_table(
            table,
            file,
            row_group_size=ROW_GROUP,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=3,
            use_dictionary=True,
            write_statistics=True,
            store_schema=True,
        )


def read(path: Path, spec: TableSpec, where: str) -> pa.Table:
    """The table of a file in its spec's schema; IntegrityError when it is not one."""
    try:
        with pq.ParquetFile(path) as file:  # a data set would load readers of remote systems, which takes long
            table = file.read(use_threads=False)
        return table.select([c.name for c in spec.columns]).cast(spec.schema)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise IntegrityError(
            "a table cannot be read",
            where=where,
            remedy="leadline verify CASE names all that is damaged; put it back from a copy",
        ) from error
