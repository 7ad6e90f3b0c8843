"""The contract of a jurisdiction: its country codes and the instruments by which a service may be asked.

`leadline.kinds.jurisdictions` lists those with a sheet of their own.
"""

import re
from dataclasses import dataclass

from leadline.errors import KindError

UNKNOWN = "unknown"
"""The code of a person for whom no record names a country; never a country's code."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One legal instrument: what it is for, its name, its limits, and where that stands."""

    purpose: str
    name: str
    limits: str
    source: str


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One legal area: a name, the ISO 3166 alpha-2 codes it covers (lower case), its instruments."""

    name: str
    codes: frozenset[str]
    instruments: tuple[Instrument, ...]


def code(text: str | None) -> str:
    """The jurisdiction code for a country as a record states it; `UNKNOWN` for none; KindError when it is no code."""
    if text is None or not text.strip():
        return UNKNOWN
    found = text.strip().lower()
    if not re.fullmatch(r"[a-z]{2}", found):
        raise KindError("a country is not an ISO 3166 alpha-2 code", remedy="map the column to two-letter codes")
    return found
