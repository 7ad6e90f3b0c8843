"""Sources: hash lists, tag packs and price series a case pins; the contract and the list.

A source is one file in ``kinds/sources`` with two functions, ``sniff(path)`` and ``read(path)``, and one line here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.confinement.readers import Request, ask, asked_of_each
from leadline.errors import KindError
from leadline.kinds.codecs.entries import LIST, TABLES
from leadline.kinds.hasher import HASHERS
from leadline.kinds.sources import csv_list, icse, nsrl, prices, sums, tagcsv, tagpack, vics
from leadline.model.meanings import ALL_ZERO, WRONG_LENGTH
from leadline.model.progress import Progress
from leadline.model.tables import TableSpec, in_key_order


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


SOURCES: tuple[Source, ...] = (
    Source(vics.NAME, "list", vics.sniff, vics.read),
    Source(icse.NAME, "list", icse.sniff, icse.read),
    Source(nsrl.NAME, "list", nsrl.sniff, nsrl.read),
    Source(csv_list.NAME, "list", csv_list.sniff, csv_list.read),
    Source(sums.NAME, "list", sums.sniff, sums.read),
    Source("tagpack", "tag", tagpack.sniff, tagpack.read),
    Source("tagcsv", "tag", tagcsv.sniff, tagcsv.read),
    Source("prices", "price", prices.sniff, prices.read),
)
"""Every format, asked in this order; the first whose `sniff` agrees reads the file."""


def source_of(kind: str, path: Path) -> Source:
    """The source of `kind` that reads the file at `path`; KindError when none does."""
    for source in SOURCES:
        if source.kind == kind and source.sniff(path):
            return source
    with path.open("rb") as file:
        if b"\0" in file.read(4):
            raise KindError(
                f"the pinned {kind} is UTF-16, or no text at all", where=path.name, remedy="save it as UTF-8"
            )
    known = ", ".join(source.name for source in SOURCES if source.kind == kind) or "none"
    raise KindError(f"no {kind} format reads the pinned file", where=path.name, remedy=f"use one of: {known}")


def format_of(kind: str, path: Path, *, demanded: bool = False) -> str:
    """The name of the source of `kind` that reads the file at `path`, found in a confined child; KindError as above.

    `demanded`: CaseError where the child cannot be wholly confined.
    """
    arguments = {"kind": kind, "path": str(path.absolute())}
    return str(ask(Request(f"{__name__}:named_apart", arguments, (path,), path.name, demanded=demanded)).value)


def readable(kind: str, folder: Path, paths: Sequence[Path], *, demanded: bool = False) -> list[bool | None]:
    """Of files below `folder`, whether a source of `kind` reads each, found in a confined child.

    None for one that ends the child that looks at it. `demanded`: CaseError where it cannot be wholly confined.
    """

    def looked(some: Sequence[Path]) -> list[bool | None]:
        arguments = {"kind": kind, "paths": [str(path.absolute()) for path in some]}
        request = Request(f"{__name__}:sniffed_apart", arguments, (folder,), folder.name, demanded=demanded)
        return [bool(found) for found in ask(request).value]

    return asked_of_each(paths, looked, None)


def named_apart(arguments: Mapping[str, Any], _progress: Progress) -> tuple[str, Mapping[str, pa.Table]]:
    """What `format_of` gives, in the confined child it asks."""
    return source_of(arguments["kind"], Path(arguments["path"])).name, {}


def sniffed_apart(arguments: Mapping[str, Any], _progress: Progress) -> tuple[list[bool], Mapping[str, pa.Table]]:
    """What `readable` gives, in the confined child it asks."""
    own = [source for source in SOURCES if source.kind == arguments["kind"]]
    return [any(source.sniff(Path(path)) for source in own) for path in arguments["paths"]], {}


def read(kind: str, path: Path, *, demanded: bool = False) -> pa.Table:
    """The entries of the pinned file at `path`, in the table of its kind, read in a confined child.

    The rows of a list are checked against their kinds. `demanded`: CaseError where it cannot be wholly confined.

    What a list says of itself stands in the metadata of its schema, under entries.VERSION and entries.DATED.
    KindError names the file, the line or entry, and what to do.
    """
    arguments = {"kind": kind, "path": str(path.absolute())}
    return ask(Request(f"{__name__}:apart", arguments, (path,), path.name, demanded=demanded)).tables["entries"]


def apart(arguments: Mapping[str, Any], _progress: Progress) -> tuple[None, Mapping[str, pa.Table]]:
    """What `read` gives, in the confined child it asks."""
    return None, {"entries": read_here(arguments["kind"], Path(arguments["path"]))}


def read_here(kind: str, path: Path) -> pa.Table:
    """As `read`, in this process, which lists and tags of others should not be read in; KindError as there."""
    source = source_of(kind, path)
    try:
        table = source.read(path)
    except KindError as error:
        remedy = error.remedy or "correct it or ask its publisher for it again, and pin it anew"
        raise KindError(error.what, where=f"{path.name} {error.where}".strip(), remedy=remedy) from error
    if kind != "list":
        return table
    said = table.schema.metadata
    table = table.replace_schema_metadata(None)
    made = pa.concat_tables([checked(pa.Table.from_batches([block])) for block in table.to_batches()] or [table])
    return made.replace_schema_metadata(said)


def checked(table: pa.Table) -> pa.Table:
    """Rows of whole entries with hash kinds named as kinds.hasher names them, and bad rows given a word of QUARANTINE.

    Bad are a value of the wrong length, of no bytes at all, all zero, and a perceptual hash of low or unstated quality:
    on either side of a comparison those agree by chance. Kinds that Leadline lacks keep the list's name, unchecked.
    """
    names = pa.concat_arrays(table.column("hasher").chunks) if table.num_rows else pa.array([], pa.string())
    values, quality, fault = (table.column(c).combine_chunks() for c in ("value", "quality", "quarantine"))
    for kind in HASHERS:
        own = pc.equal(names, kind.listed)
        names = pc.if_else(own, kind.name, names)
        tests = [
            (WRONG_LENGTH, pc.not_equal(pc.binary_length(values), kind.size)),
            (ALL_ZERO, pc.equal(values, pa.scalar(bytes(kind.size), pa.binary()))),
        ]
        if kind.empty is not None:
            tests.append(("empty_file", pc.equal(values, pa.scalar(kind.empty, pa.binary()))))
        if kind.quality is not None:
            tests.append(("no_quality", pc.is_null(quality)))
            tests.append(("low_quality", pc.fill_null(pc.less(quality, kind.quality), False)))
        for word, bad in tests:
            fault = pc.if_else(pc.and_(pc.and_(own, bad), pc.is_null(fault)), word, fault)
    table = table.set_column(table.schema.get_field_index("hasher"), "hasher", names)
    return in_key_order(LIST, table.set_column(table.schema.get_field_index("quarantine"), "quarantine", fault))


def as_listed(table: pa.Table) -> pa.Table:
    """`table` (entries.LIST) with its hash kinds named as lists name them: what `checked` did to the names, undone."""
    names = table.column("hasher")
    for kind in HASHERS:
        names = pc.if_else(pc.equal(names, kind.name), kind.listed, names)
    return table.set_column(table.schema.get_field_index("hasher"), "hasher", names)
