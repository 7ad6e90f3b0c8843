"""What form a case has: said by the first entry of its log, and held against this version before anything else is read.

Until 1.0 a case of another form is refused, not converted: what lies in it stays as it was signed.
"""

import hashlib
import json
import tomllib
from functools import cache
from importlib import metadata
from typing import Any

from leadline.errors import CaseError
from leadline.model.catalog import TABLES
from leadline.store.entry import canonical
from leadline.store.layout import FORMAT, Layout

MADE_WITH, TABLES_OF = "made_with", "tables"
"""What the first entry of a log notes: the version that made the case, and the digest of its tables' columns."""


@cache
def tables() -> str:
    """16 hex digits of a digest over every table's name, key and columns, so that no change of them goes unnoticed."""
    specs = [
        [spec.name, list(spec.key), [[c.name, str(c.type), c.nullable] for c in spec.columns]]
        for spec in TABLES.values()
    ]
    return hashlib.sha256(canonical(specs)).hexdigest()[:16]


def stamp() -> dict[str, str]:
    """What the first entry of a new case notes."""
    return {MADE_WITH: metadata.version("leadline"), TABLES_OF: tables()}


def check(layout: Layout) -> None:
    """Refuses a case that another version of Leadline made; a log without a first entry that can be read passes.

    Raises:
        CaseError: its layout or its tables are of another form; says which version made it.
    """
    try:
        with layout.log.open("rb") as file:
            note: dict[str, Any] = json.loads(file.readline())["note"]
        format_ = tomllib.loads(note["text"])["format"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    if format_ == FORMAT and note.get(TABLES_OF) == tables():
        return
    version = note.get(MADE_WITH)
    maker = f"leadline {version}" if version else "a version before cases said which"
    other = f"format {format_}, not {FORMAT}" if format_ != FORMAT else f"tables {note.get(TABLES_OF)}, not {tables()}"
    raise CaseError(
        f"another version of Leadline made this case: {maker} ({other})",
        where=f"{layout.root.name}, log line 1",
        remedy="open it with the version that made it; to go on with this one, make a new case and take the same "
        "evidence in again",
    )
