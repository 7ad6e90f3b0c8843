"""The contract of an evidence reader: a seized file in, parts of rows with locators out.

A reader is a module-level value of class `Reader` in `leadline.kinds.readers`; the explicit list stands in that
package's face. A reader knows how bytes become rows; it knows no map, no case and no entity.
"""

import errno
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError, LeadlineError, SpaceError, UsageError
from leadline.model import locators
from leadline.model.progress import Progress


@dataclass(frozen=True, slots=True)
class Source:
    """An exhibit as a reader gets it: its digest and plain paths; nothing in it is written to.

    `beside` are the files that belong to it (a database's write-ahead log), `root` the folder on its medium when the
    exhibit is a manifest, `scratch` an existing folder for copies (None: the system's), `encoding` that of a text which
    does not say so itself.
    """

    digest: bytes
    path: Path
    beside: tuple[Path, ...] = ()
    root: Path | None = None
    scratch: Path | None = None
    encoding: str = ""

    def where(self, locator: str = "") -> str:
        """Exhibit and place as an error names them."""
        return f"exhibit:{self.digest.hex()}" + (f" {locator}" if locator else "")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read at all: its locator and a closed reason of model.evidence.REJECT."""

    locator: str
    reason: str


ZONE = b"zone"
"""Key of a column's field metadata: the zone in which the source itself says that the column's local times stand, as
an offset such as +00:00 or an IANA name."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one part: columns of int64, float64, string or binary, and one locator a row; and what broke.

    `broken` are rows that are not among `rows`; `cells` are cells of `rows`, null there, by the place of their row.
    """

    rows: pa.Table
    locators: pa.Array
    broken: tuple[Broken, ...] = ()
    cells: tuple[tuple[int, Broken], ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image or video found inside an exhibit: only its digest, size and type, and where it stands."""

    sha256: str
    size: int
    media_type: str
    locator: str


@dataclass(frozen=True, slots=True)
class Part:
    """A table, sheet, log or other part of an exhibit: name, columns and its batches, each read once in order.

    `images` fills up while the batches are read. `before` counts the filled rows that stand before the header.
    """

    name: str
    columns: tuple[str, ...]
    batches: Iterator[Batch]
    images: list[Image] = field(default_factory=list)
    before: int = 0


@dataclass(frozen=True, slots=True)
class Sampled:
    """Some rows of a part, and whether these are all it has."""

    name: str
    rows: pa.Table
    whole: bool


Field = tuple[str, object]
"""A named value of a resolved locator: str, bytes, int, float or None."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One evidence format.

    `sniff(head, path)` says whether the file is one, from its first 4096 bytes (and the path, for formats known by
    their surroundings); `parts(source, only, progress)` yields the parts, those named in `only` when given;
    `resolve(source, parts of a locator)` gives the values that stand there; `default_map` names the shipped map read
    when none is given. Both raise EvidenceError with exhibit and place. `sample(source, rows)` yields the parts with
    about so many rows each, from all over them, for a format that need not be read whole for that. `altered(source,
    locators)` says which of these places the exhibit without what stands beside it lacks or holds otherwise.
    """

    name: str
    says: str
    media_type: str
    sniff: Callable[[bytes, Path], bool]
    parts: Callable[[Source, frozenset[str] | None, Progress], Iterator[Part]]
    resolve: Callable[[Source, tuple[locators.Part, ...]], tuple[Field, ...]]
    default_map: str = ""
    sample: Callable[[Source, int], Iterator["Sampled"]] | None = None
    altered: Callable[[Source, Iterable[str]], dict[str, str]] | None = None


HEAD_BYTES = 4096
"""How much of a file `sniff` sees: enough for every signature and a first line (SQLite's header is 100 bytes)."""

BATCH_ROWS = 200_000
"""Rows a batch aims at: large enough that columnar work hides the cost of a batch, about 50 MB of Arrow data."""


def no_such_place(source: Source, locator: str) -> EvidenceError:
    """The error for a locator that names nothing in this exhibit."""
    return EvidenceError(
        "nothing stands at this locator",
        where=source.where(locator),
        remedy="copy the locator from a record of this exhibit",
    )


def wrong_locator(source: Source, locator: str, expected: str) -> UsageError:
    """The error for a locator of a kind this exhibit does not have."""
    return UsageError("this exhibit has no such locators", where=source.where(locator), remedy=f"expected {expected}")


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The system's words for no room left: on the disk, in a quota, in a limit on file size."""


def unreadable(source: Source, error: OSError) -> LeadlineError:
    """The error for a file the operating system refuses; the system's own words, without the path."""
    if error.errno in _FULL:
        return no_room(source)
    return EvidenceError(
        f"cannot be read: {error.strerror or type(error).__name__}",
        where=source.where(),
        remedy="check that the file is there and that you may read it",
    )


def no_room(source: Source) -> SpaceError:
    """The error for a scratch folder that cannot hold a working copy of this exhibit."""
    return SpaceError(
        "no room for a working copy of an exhibit",
        where=source.where(),
        remedy="free as much space as the exhibit is large where the case (or TMPDIR) lies",
    )


def read_bytes(source: Source) -> bytes:
    """The whole content of a small exhibit; EvidenceError when it is empty or cannot be read."""
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise unreadable(source, error) from error
    if not data:
        raise empty(source)
    return data


def empty(source: Source) -> EvidenceError:
    """The error for an exhibit of no bytes."""
    return EvidenceError(
        "the file is empty", where=source.where("byte:0-0"), remedy="acquire it again, or leave it out of the case"
    )


def byte_slice(source: Source, argument: str) -> bytes:
    """The bytes A-B of an exhibit; EvidenceError when they are not there."""
    low, _, high = argument.partition("-")
    first, last = int(low), int(high)
    try:
        with source.path.open("rb") as file:
            file.seek(first)
            data = file.read(max(0, last - first))
    except OSError as error:
        raise unreadable(source, error) from error
    if first > last or len(data) != last - first:
        raise no_such_place(source, f"byte:{argument}")
    return data
