"""A folder as a container: its record is a manifest, its children the files that it lists."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import EvidenceError
from leadline.kinds.codecs import manifest as codec
from leadline.kinds.container import Child, Container
from leadline.model.progress import Progress

SPARSE = 1 << 30
"""Bytes of holes from which a file counts as sparse when they are more than 999 of 1,000 of it: read, it would be hours
of zeros that nobody stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder: its relative path as a manifest writes it, and why it is refused, or nothing."""

    path: Path
    name: bytes
    refused: str = ""


def entries(folder: Path) -> list[Entry]:
    """Everything in a folder but folders, by path; EvidenceError when a folder in it cannot be read."""
    return sorted(_walk(folder, folder), key=lambda entry: entry.name)


def manifest(folder: Path, progress: Progress) -> bytes:
    """The manifest of a folder, each file read for its digest.

    EvidenceError, naming the line the file would have had, when a folder or file cannot be read.
    """
    found = entries(folder)
    lines = []
    for number, entry in enumerate(found, 1):
        if entry.refused:
            lines.append((entry.name, "", 0, entry.refused))
            continue
        try:
            with entry.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise refused(error.strerror, f"file {number} of {len(found)}") from error
            lines.append((entry.name, "", 0, "unreadable"))
            continue
        lines.append((entry.name, digest, size, ""))
        progress("listing the folder", number, len(found))
    return codec.written(lines)


def _walk(folder: Path, root: Path) -> Iterator[Entry]:
    try:
        inside = sorted(os.scandir(folder), key=lambda e: e.name)
        for entry in inside:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(path, root)
            else:
                name = path.relative_to(root).as_posix().encode(errors="surrogateescape")
                yield Entry(path, name, _why_not(entry.stat(follow_symlinks=False)))
    except OSError as error:
        raise refused(error.strerror, "a folder in it") from error


def _why_not(found: os.stat_result) -> str:
    """Why something is no file to read; nothing when it is one."""
    mode = found.st_mode
    if stat.S_ISREG(mode):
        stored = found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
        return "sparse" if found.st_size - stored > SPARSE and stored * 1000 < found.st_size else ""
    kinds = ((stat.S_ISLNK, "link"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    return next((word for test, word in kinds if test(mode)), "device")


def refused(what: str | None, place: str) -> EvidenceError:
    """The error for something in a folder that cannot be read."""
    return EvidenceError(
        f"a media folder cannot be read: {what}",
        where=f"the folder named, {place} in order of path",
        remedy="check that you may read every file in it",
    )


def children(record: bytes, folder: Path) -> Iterator[Child]:
    """The files that a manifest of this folder lists."""
    for number, _, _, written in codec.files(record):
        name = codec.path_of(written)
        yield Child(folder / name, name, f"line:{number}")


FOLDER = Container("folder", "folder of files", "folder", Path.is_dir, manifest, children)
