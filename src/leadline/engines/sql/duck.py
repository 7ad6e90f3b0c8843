"""SQL over Arrow tables: an in-memory DuckDB that can reach neither network nor disk."""

from collections.abc import Mapping

import pyarrow as pa

THREADS = 2
"""Threads of one query; results are ordered by the caller, so the number changes nothing but time."""


def query(text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The Arrow result of one SQL text over `tables` by name; the caller orders rows whose order matters."""
    import duckdb  # noqa: PLC0415 loaded where there is something to ask

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": str(THREADS),
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute("SET enable_external_access=false; SET lock_configuration=true; ")
        return connection.sql(text).to_arrow_table()
    finally:
        connection.close()
