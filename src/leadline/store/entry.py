"""One entry of the custody log, and the JSON in which entries and ids are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def canonical(value: object) -> bytes:
    """`value` as JSON with sorted keys, no spaces and ASCII only: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log: its number, when, by whom, which act, the files it adds, its note, the root before it.

    `sig` is its operator's signature, where the case has a roll (store.roll); an unsigned entry's line has none.
    """

    n: int
    at: str
    by: str
    act: str
    files: Mapping[str, str]
    note: Mapping[str, Any]
    root: str
    sig: str = ""

    def line(self) -> bytes:
        """The entry as it stands in the log, without newline."""
        names = ("n", "at", "by", "act", "files", "note", "root", *(("sig",) if self.sig else ()))
        return canonical({name: getattr(self, name) for name in names})
