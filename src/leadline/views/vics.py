"""The seized files as VICS 2.0, written for a tool in which specialists view material."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from leadline.errors import UsageError
from leadline.flow.vics_export import STATES, write
from leadline.store import export
from leadline.views import reading


def vics(path: Path, out: Path, states: Collection[str], model: str) -> dict[str, Any]:
    """What was written to `out`: records by state, how many carry a category, restrictions, lists, the file's digest.

    Raises:
        UsageError: the file's name does not end in .json.
        CaseError: no case lies there, or `out` lies in one.
    """
    if out.suffix != ".json":
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
    case = reading.at(path)
    chosen = [state for state in STATES if not states or state in states]
    with export.writing(out) as file:
        made = write(case, file, model, chosen)
        file.flush()
        digest = hashlib.sha256(Path(file.name).read_bytes()).hexdigest()
        case.note(reading.EXPORTED, what="handover", sha256=digest, rows=sum(made.states.values()), restricted=1)
    return {
        "ok": True,
        "out": out,
        "records": dict(made.states),
        "categorised": made.categorised,
        "absent": made.absent,
        "restrictions": made.restrictions,
        "lists": made.lists,
        "sha256": digest,
    }
