"""ledger.json: what a ledger covers, its rows and where its columns lie, sealed against damage and edits."""

import hashlib
import json
from pathlib import Path
from typing import Any

from leadline.engines.ledger.storage.columns import unreadable
from leadline.errors import IntegrityError
from leadline.model.ledger import FORMAT

META = "ledger.json"
SEAL = "seal"
"""Where the digest of all else stands: a count that is wrong by one bit would be believed."""


def text(meta: dict[str, Any]) -> str:
    """What stands in the file, the seal included."""
    return json.dumps(meta | {SEAL: seal(meta)}, indent=1, sort_keys=True) + "\n"


def read(ledger: Path) -> dict[str, Any]:
    """What ledger.json says, as it was written; IntegrityError where there is none, or another or damaged one."""
    try:
        held = json.loads((ledger / META).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IntegrityError(
            "no ledger lies here", where=ledger.name, remedy="name a ledger's folder, or build one with `ledger build`"
        ) from error
    except OSError as error:
        raise unreadable(ledger / META, error) from error
    except (ValueError, RecursionError):
        raise _damaged(ledger) from None
    if not isinstance(held, dict):
        raise _damaged(ledger)
    if held.get("format") != FORMAT:
        raise IntegrityError(
            "the ledger was written in another format",
            where=ledger.name,
            remedy="build it again with this version, from all of its block files",
        )
    if held.pop(SEAL, None) != seal(held):
        raise _damaged(ledger)
    return held


def seal(meta: dict[str, Any]) -> str:
    """The digest of all that ledger.json says, its seal left out, in hex."""
    return hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()


def _damaged(ledger: Path) -> IntegrityError:
    return IntegrityError(
        "ledger.json is damaged, or was changed by hand",
        where=ledger.name,
        remedy="copy the ledger again, or build it again from all of its block files",
    )
