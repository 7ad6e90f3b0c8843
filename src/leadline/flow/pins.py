"""Pins at every use: the ledgers, lists, tags and prices a case rests on, held to what was pinned."""

from functools import lru_cache
from pathlib import Path

from leadline.engines.ledger import open_ledger
from leadline.errors import IntegrityError
from leadline.steps.step import Pin
from leadline.store import durable
from leadline.store.case import Case
from leadline.store.settings import Pinned


def pinned(case: Case, kind: str) -> list[Pin]:
    """The case's pins of a kind in order of name, without those withdrawn; IntegrityError when one has changed."""
    found = []
    for row in case.settings.pinned(kind):
        if f"{kind}:{row.digest}" in case.withdrawals:
            continue
        path = row.at(case.root)
        if not path.exists() or not _holds(row, path):
            raise IntegrityError(
                f"the pinned {kind} {row.name} is not there, or not what was pinned",
                where=f"{kind}:{row.digest}",
                remedy=f"put it back, or pin it anew: leadline case set CASE pin.{kind}=PATH --reason TEXT",
            )
        found.append(Pin(kind, row.name, path, row.digest, row.params, demanded=case.settings.demanded))
    return found


def _holds(row: Pinned, path: Path) -> bool:
    """Whether what lies at `path` is what was pinned; a ledger may have grown since. ForkError for a stale branch."""
    if row.kind == "ledger":
        open_ledger(path).at_pin(int(row.params["height"]), row.digest)
        return True
    return path.is_file() and file_digest(path) == row.digest


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hex, computed once a process for as long as it is the same."""
    return _file(path, *_touched(path))


def _touched(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=256)
def _file(path: Path, inode: int, size: int, changed: int) -> str:
    """SHA-256 of a file, computed once a process while inode, size and time of change stay the same."""
    del inode, size, changed
    return durable.sha256(path)
