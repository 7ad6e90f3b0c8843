"""The package's tables as CSV: UTF-8, comma, CRLF, a header row (RFC 4180), one file a table."""

import csv
import io
from collections.abc import Mapping

import pyarrow as pa

from leadline.kinds.codecs.csv_cells import cell
from leadline.kinds.writer import Writer
from leadline.model.referral import PACKAGE_TABLES, Dossier
from leadline.model.tables import TableSpec


def to_csv(spec: TableSpec, table: pa.Table) -> bytes:
    """The table, made as one of `spec` and so in key order, as CSV; columns as `spec` lists them."""
    names = [column.name for column in spec.columns]
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(names)
    columns = [[cell(v) for v in table.column(name).to_pylist()] for name in names]
    lines.writerows(zip(*columns, strict=True))
    return out.getvalue().encode()


def describe() -> bytes:
    """tables.csv: every column of every table with its type and what it says, unit included."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(["file", "column", "type", "says"])
    for spec in PACKAGE_TABLES:
        lines.writerows([f"{spec.name}.csv", c.name, str(c.type), c.says] for c in spec.columns)
    return out.getvalue().encode()


def write(dossier: Dossier) -> Mapping[str, bytes]:
    """One CSV a table of the package, and the description of their columns."""
    files = {f"tables/{spec.name}.csv": to_csv(spec, dossier.tables[spec.name]) for spec in PACKAGE_TABLES}
    return {**files, "tables/columns.csv": describe()}


TABLES = Writer("tables", "The package's tables as CSV, with a description of every column.", write)
