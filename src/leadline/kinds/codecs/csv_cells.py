"""One value as the text of a cell that leaves: what a spreadsheet would run is kept from it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

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
