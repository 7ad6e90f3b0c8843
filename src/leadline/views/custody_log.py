"""The custody log as people read it, and its signed checkpoint for someone else to hold."""

from pathlib import Path
from typing import Any

from leadline.store import checkpoint, export
from leadline.store.entry import Entry
from leadline.store.keys import Key
from leadline.views import reading


def entries(path: Path, last: int) -> dict[str, Any]:
    """The log's last entries, with how many there are and the root of them all; this look is the newest.

    Of a case that cannot be written the look stands in the log beside it.

    Raises:
        CaseError: no case lies there.
    """
    case = reading.opened(path, reading.VIEWED, "log")
    return {
        "ok": True,
        "log": [_row(e) for e in case.log.entries[-last:]],
        "authenticated": bool(case.operators),
        "entries": len(case.log.entries),
        "origin": case.log.origin,
        "root": case.log.root.hex(),
    }


def write_checkpoint(path: Path, out: Path, signer: Key) -> dict[str, Any]:
    """Writes the signed checkpoint of the log, the entry on this look in it, to a file outside every case.

    Raises:
        CaseError: no case lies there, or `out` lies in one.
    """
    case = reading.opened(path, reading.EXPORTED, "checkpoint")
    export.write(out, checkpoint.signed(case.log, signer).encode())
    return {"ok": True, "checkpoint": out, "entries": len(case.log.entries), "root": case.log.root.hex()}


def _row(entry: Entry) -> dict[str, Any]:
    """One entry, its note without the text of case.toml."""
    return {
        "n": entry.n,
        "at": entry.at,
        "by": entry.by,
        "signed": bool(entry.sig),
        "act": entry.act,
        "files": len(entry.files),
        "note": {name: value for name, value in sorted(entry.note.items()) if name != "text"},
    }
