"""Sources: hash lists, tag packs and price series a case pins; the contract and the list.

A source is one file in ``kinds/sources`` with two functions, ``sniff(path)`` and ``read(path)``, and one line here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.entries import TABLES
from leadline.model.tables import TableSpec


@dataclass(frozen=True, slots=True)
class Source:
    """One format of a list, tag pack or price series; `kind` is the kind of pin: list, tag or price.

    `sniff` says whether a file is in this format, from its beginning only. `read` gives the table of `columns`, in key
    order, and raises KindError (with the line or entry) for a file that is not what it claims to be.
    """

    name: str
    kind: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path], pa.Table]

    @property
    def columns(self) -> TableSpec:
        """The table `read` gives."""
        return TABLES[self.kind]


SOURCES: tuple[Source, ...] = ()
"""Every format, asked in this order; the first whose `sniff` agrees reads the file."""


def source_of(kind: str, path: Path) -> Source:
    """The source of `kind` that reads the file at `path`; KindError when none does."""
    for source in SOURCES:
        if source.kind == kind and source.sniff(path):
            return source
    known = ", ".join(source.name for source in SOURCES if source.kind == kind) or "none"
    raise KindError(f"no {kind} format reads the pinned file", remedy=f"use one of: {known}")


def read(kind: str, path: Path) -> pa.Table:
    """The entries of the pinned file at `path`, in the table of its kind."""
    return source_of(kind, path).read(path)
