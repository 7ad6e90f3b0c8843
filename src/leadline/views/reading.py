"""The one gate for reading: who looks, at which case, at what of it; each look is a line of the custody log.

Every view asks here for a case, and so does what `leadline.open` gives; no face reaches a table in another way.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from leadline.errors import UsageError
from leadline.model.catalog import TABLES
from leadline.store import export
from leadline.store.case import Case
from leadline.store.keys import Key
from leadline.store.lookup import find_id
from leadline.store.roll import Operator

VIEWED, QUERIED, EXPORTED = "viewed", "queried", "exported"
"""Acts of the log that add no file to the case."""


def at(path: Path, key: Key | None = None) -> Case:
    """The case at `path`, for a look that is logged once it is known what it is at, before anything is given out.

    `key` is whose look it is where the case has a roll, by default the key that this process signs in with.

    Raises:
        CaseError: no case lies there, or nobody on its roll has signed in.
    """
    case = Case.open(path, operator=key)
    case.who()
    return case


def roll(path: Path) -> Mapping[str, Operator]:
    """The roll of the case at `path`, by name; no line of the log: it holds nothing of the evidence.

    Whoever cannot sign in must see whom to ask.

    Raises:
        CaseError: no case lies there.
    """
    return Case.open(path).operators


def opened(path: Path, act: str, what: str, **note: str | int | list[str]) -> Case:
    """The case at `path`, with the look written to its log before anything of it is read.

    Raises:
        CaseError: no case lies there, or nobody on its roll has signed in.
    """
    case = at(path)
    case.note(act, what=what, **note)
    return case


def finding(path: Path, text: str) -> tuple[Case, bytes]:
    """The case at `path` and the id of its one finding that `text` names; the caller logs the look at it.

    Raises:
        CaseError: no case lies there, or nobody on its roll has signed in.
        UsageError: no current finding has this id, or several begin so; that somebody asked is logged.
    """
    case = at(path)
    try:
        return case, find_id(case, text)
    except UsageError:
        case.note(QUERIED, what="no finding", asked_sha256=hidden(text))
        raise


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
