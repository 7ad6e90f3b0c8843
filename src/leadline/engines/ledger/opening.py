"""A ledger's folder opened for reading, or an error that says what is wrong with it."""

import json
from pathlib import Path
from typing import Any

from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.storage import columns
from leadline.engines.ledger.storage.publish import META
from leadline.errors import IntegrityError
from leadline.model.ledger import BY_NAME, FORMAT


def open_ledger(path: Path | str) -> Ledger:
    """The ledger in folder `path`; IntegrityError when it is none or a column is missing or cut."""
    path = Path(path)
    try:
        meta = json.loads((path / META).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IntegrityError(
            "no ledger lies here", where=path.name, remedy="name a ledger's folder, or build one with `ledger build`"
        ) from error
    except OSError as error:
        raise columns.unreadable(path / META, error) from error
    except ValueError as error:
        raise IntegrityError(
            "ledger.json cannot be read: it is cut or damaged",
            where=path.name,
            remedy="build the ledger again from its block files",
        ) from error
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise IntegrityError(
            "the ledger was written in another format", where=path.name, remedy="build it again with this version"
        )
    try:
        return _opened(path, meta)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityError(
            "ledger.json does not say what a ledger's does",
            where=path.name,
            remedy="build it again from its block files",
        ) from error


def _opened(path: Path, meta: dict[str, Any]) -> Ledger:
    """The ledger of which ledger.json says `meta`; its columns lie in its own folder, whatever is named there."""
    folder = path / Path(meta["columns"]).name
    held = {name: columns.read(folder, name, meta["rows"][column.of] + column.more) for name, column in BY_NAME.items()}
    return Ledger(path, meta, held, len(held["block_hash"]))
