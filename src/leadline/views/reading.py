"""The one gate for reading: who looks, at which case, at what of it; each look is a line of the custody log.

Every view asks here for a case, and so does what `leadline.open` gives; no face reaches a table in another way.
"""

import hashlib
from pathlib import Path

import pyarrow as pa

from leadline.model.catalog import TABLES
from leadline.store import export
from leadline.store.case import Case

VIEWED, QUERIED, EXPORTED = "viewed", "queried", "exported"
"""Acts of the log that add no file to the case."""


def opened(path: Path, act: str, what: str, **note: str | int | list[str]) -> Case:
    """The case at `path`, with the look written to its log before anything of it is read.

    Raises:
        CaseError: no case lies there.
    """
    case = Case.open(path)
    case.note(act, what=what, **note)
    return case


def hidden(text: str) -> str:
    """SHA-256 in hex of what a user asked for, where the log may not hold the value itself."""
    return hashlib.sha256(text.encode()).hexdigest()


def unrestricted(name: str, rows: pa.Table) -> pa.Table:
    """`rows` of a table without the columns that hold names and free text from evidence."""
    return rows.select([c.name for c in TABLES[name].columns if not c.restricted])


def give_out(case: Case, path: Path, data: bytes, **note: str | int) -> str:
    """SHA-256 in hex of a file written outside every case, logged before it leaves.

    Raises:
        CaseError: `path` lies in a case.
        SpaceError: the disk is full.
    """
    digest = hashlib.sha256(data).hexdigest()
    case.note(EXPORTED, sha256=digest, **note)
    export.write(path, data)
    return digest
