"""Exhibits: records copied into the case once, named by SHA-256, read-only."""

import stat
from pathlib import Path

from leadline.errors import EvidenceError, IntegrityError
from leadline.store import checked, durable
from leadline.store.append import Writer
from leadline.store.layout import Layout, exhibit_name
from leadline.store.log import Log


def size_of(source: Path, where: str) -> int:
    """Bytes of a regular file; EvidenceError for anything else or when it cannot be read."""
    try:
        status = source.stat()
    except OSError as error:
        raise durable.unreadable(error, where) from error
    if not stat.S_ISREG(status.st_mode):
        raise EvidenceError("not a regular file", where=where, remedy="name the file itself, or its folder")
    return status.st_size


def add(writer: Writer, layout: Layout, log: Log, source: Path, where: str) -> tuple[str, bool]:
    """(SHA-256 in hex, whether it is new): `source` copied into the case unless its content is there already.

    EvidenceError when the file changes while it is read.
    """
    size = size_of(source, where)
    digest = durable.sha256(source, where)
    if exhibit_name(digest) in log.files:
        return digest, False
    durable.need(layout.root, size)
    staged = writer.path(exhibit_name(digest))
    copied, copied_size = durable.copy(source, staged, where)
    if copied != digest:
        raise EvidenceError("the file changed while it was read", where=where, remedy="take it in from a quiet copy")
    writer.commit("exhibit", {"sha256": digest, "size": copied_size}, (exhibit_name(digest),))
    return digest, True


def path(layout: Layout, log: Log, sha256: str) -> Path:
    """Where an exhibit lies; IntegrityError when the case has none of this digest, or its bytes are others."""
    name = exhibit_name(sha256)
    if name not in log.files:
        raise IntegrityError("the case holds no such exhibit", where=f"exhibit {sha256}", remedy="leadline case status")
    return checked.path(layout, log.files, name)
