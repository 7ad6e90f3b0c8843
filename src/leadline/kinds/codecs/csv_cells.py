"""One value as the text of a cell that leaves: what a spreadsheet would run is kept from it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from leadline.kinds.codecs.visible import spelled

_FORMULA = re.compile(r"(?:^|([;|]))([\s\"\u200c\u200d]*)(?=[=@＝＠﹦﹫]|[-+＋－﹢﹣−](?![0-9 ().-]*(?:$|(?(1)\1|$))))")
"""Beginnings by which a spreadsheet takes text for a formula (OWASP, CSV Injection): also in full width, behind white
space and quotes, and behind what ends a cell in another country; telephone numbers that fill their cell are none."""
_PLAIN = re.compile(r"[0-9A-Za-z][ -:<-{}~]*")
"""Most text: it begins with a letter or digit and holds nothing that ends a cell or steers, so it stays as it is."""


def cell(value: object) -> str:
    """One value as text: digests in hex, times as ISO 8601 with Z, null as ``unknown``.

    Text that a spreadsheet would run as a formula is kept from it by an apostrophe; what steers a terminal, breaks a
    line or turns the direction of reading is spelled out.
    """
    match value:
        case str() if _PLAIN.fullmatch(value):
            return value
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
            return _FORMULA.sub(r"\1'\2", spelled(value))
        case _:
            return str(value)
