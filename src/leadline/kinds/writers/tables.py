"""The package's tables as CSV: UTF-8, comma, CRLF, a header row (RFC 4180), one file a table."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from leadline.kinds.writer import Writer
from leadline.model.referral import PACKAGE_TABLES, Dossier
from leadline.model.tables import TableSpec, in_key_order

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().-]*$)")
"""Beginnings by which a spreadsheet takes text for a formula (OWASP, CSV Injection); telephone numbers are none."""


def cell(value: object) -> str:
    """One value as text: digests in hex, times as ISO 8601 with Z, null as ``unknown``.

    Text that a spreadsheet would run as a formula is kept from it by a leading apostrophe.
    """
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case bytes():
            return value.hex()
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case str():
            return "'" + value if _FORMULA.match(value) else value
        case _:
            return str(value)


def to_csv(spec: TableSpec, table: pa.Table) -> bytes:
    """The table as CSV in key order, columns as `spec` lists them."""
    table = in_key_order(spec, table)
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(table.column_names)
    columns = [[cell(v) for v in table.column(name).to_pylist()] for name in table.column_names]
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
