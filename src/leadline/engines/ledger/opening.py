"""A ledger's folder opened for reading, or an error that says what is wrong with it."""

from pathlib import Path

from leadline.engines.ledger.ledger import Ledger
from leadline.engines.ledger.storage import columns, meta
from leadline.model.ledger import BY_NAME


def open_ledger(path: Path | str) -> Ledger:
    """The ledger in folder `path`; IntegrityError when it is none or a file of it is missing, cut or damaged."""
    path = Path(path)
    held = meta.read(path)
    folder, rows = path / held["columns"], held["rows"]
    found = {name: columns.read(folder, name, rows[column.of] + column.more) for name, column in BY_NAME.items()}
    return Ledger(path, held, found, len(found["block_hash"]))
