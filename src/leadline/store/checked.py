"""What a case holds, read only as its log names it: each file hashed once a process, and again when it has changed."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from leadline.errors import EvidenceError, IntegrityError
from leadline.store import durable
from leadline.store.layout import Layout

REMEDY = "leadline verify CASE names all that is damaged; put it back from a copy"
NOT_AS_LOGGED = "a file is not what the log says"
_SEEN: dict[str, tuple[tuple[int, ...], str]] = {}
"""Path -> (what the file system says of the file, its SHA-256), of files this process has hashed or written."""


def path(layout: Layout, files: Mapping[str, str], name: str) -> Path:
    """Where a file of the case lies; IntegrityError unless its bytes are what the log (`files`) says."""
    found = layout.absolute(name)
    try:
        same = sha256(found) == files.get(name)
    except (EvidenceError, OSError):
        same = False
    if not same:
        raise IntegrityError(NOT_AS_LOGGED, where=name, remedy=REMEDY)
    return found


def data(layout: Layout, files: Mapping[str, str], name: str) -> bytes:
    """The bytes of a small file of the case; IntegrityError unless they are what the log says."""
    try:
        found = layout.absolute(name).read_bytes()
    except OSError:
        found = b""
    if hashlib.sha256(found).hexdigest() != files.get(name):
        raise IntegrityError(NOT_AS_LOGGED, where=name, remedy=REMEDY)
    return found


def sha256(file: Path) -> str:
    """SHA-256 of a file in hex, computed once for as long as the file system says that it is the same."""
    before = _state(file)
    known = _SEEN.get(str(file))
    if known is None or known[0] != before:
        known = before, durable.sha256(file)
        _SEEN[str(file)] = known
    return known[1]


def hashed_now(file: Path) -> str:
    """SHA-256 of a file in hex, computed now whatever is known of it."""
    _SEEN.pop(str(file), None)
    return sha256(file)


def written(file: Path, digest: str) -> None:
    """Notes the digest of a file that this process has just written."""
    _SEEN[str(file)] = _state(file), digest


def _state(file: Path) -> tuple[int, ...]:
    found = os.stat(file, follow_symlinks=False)
    return found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
