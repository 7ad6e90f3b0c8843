"""A ledger's columns held to the digests in its ledger.json, when asked or when something unforeseen comes of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from leadline.engines.ledger.blocks.chunks import THREADS
from leadline.engines.ledger.storage import digests, meta
from leadline.model.ledger import BY_NAME
from leadline.model.progress import Progress, silent

Facts = dict[str, Any]
AMISS = (ArithmeticError, AssertionError, LookupError, MemoryError, SystemError, TypeError, ValueError)
"""What may come of a column that leads nowhere. An error on purpose, or of the disk, is none of these."""


def is_ledger(path: Path) -> bool:
    """Whether a ledger lies at `path`, be it broken: its ledger.json or a folder of columns."""
    return (path / meta.META).exists() or any(p.is_dir() for p in path.glob("columns-*"))


def prove(ledger: Path, progress: Progress = silent) -> Facts:
    """Every column of the ledger read once and held to its digests; IntegrityError when ledger.json itself is damaged.

    `damaged`: the segments that differ, by file, offset and size, each with why. `seal` is the digest of ledger.json:
    who knows it from elsewhere knows by it that the whole ledger is the same.
    """
    held = meta.read(ledger)
    rows, told = held["rows"], held["digests"]
    found = digests.damaged(ledger / held["columns"], rows, told, THREADS, progress)
    return {
        "ok": not found,
        "network": held["info"]["network"],
        "height": held["info"]["height"],
        "blocks": held["info"]["blocks"],
        "digest": held["info"]["digest"],
        "seal": meta.seal(held),
        "columns": len(BY_NAME),
        "segments": sum(map(len, told["sha256"].values())),
        "bytes": digests.size(rows),
        "damaged": found,
    }


@contextmanager
def blamed(ledger: Path, shown: Callable[[], AbstractContextManager[Progress]]) -> Iterator[None]:
    """An unforeseen error meanwhile becomes an IntegrityError with its place, when the ledger turns out damaged.

    `shown` gives the Progress on which the columns are then checked.
    """
    try:
        yield
    except AMISS as error:
        if not (ledger / meta.META).is_file():
            raise
        held = meta.read(ledger)
        with shown() as progress:
            found = digests.damaged(ledger / held["columns"], held["rows"], held["digests"], THREADS, progress)
        if not found:
            raise
        raise digests.error(ledger, found) from error
