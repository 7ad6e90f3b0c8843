"""A folder as a container: its record is a manifest, its children the files that it lists."""

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
    """Everything in a folder but folders, by path, and each folder in it that cannot be read, refused as one thing.

    EvidenceError when the folder itself cannot be read.
    """
    try:
        return sorted(_walk(folder, folder), key=lambda entry: entry.name)
    except OSError as error:
        raise EvidenceError(
            f"a media folder cannot be read: {error.strerror}",
            where="the folder named",
            remedy="check that you may read it",
        ) from error


def manifest(folder: Path, progress: Progress) -> bytes:
    """The manifest of a folder, each file read for its digest; what cannot be read has a line that says so.

    EvidenceError when the folder itself cannot be read.
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
        except OSError:
            lines.append((entry.name, "", 0, "unreadable"))
            continue
        lines.append((entry.name, digest, size, ""))
        progress("listing the folder", number, len(found))
    return codec.written(lines)


def _walk(folder: Path, root: Path) -> Iterator[Entry]:
    """OSError when `folder` cannot be read; a folder in it that cannot is an entry."""
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        path = Path(entry.path)
        name = path.relative_to(root).as_posix().encode(errors="surrogateescape")
        try:
            if entry.is_dir(follow_symlinks=False):
                inside = list(_walk(path, root))
            else:
                inside = [Entry(path, name, _why_not(entry.stat(follow_symlinks=False)))]
        except OSError:
            inside = [Entry(path, name, "folder" if _is_folder(entry) else "unreadable")]
        yield from inside


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _why_not(found: os.stat_result) -> str:
    """Why something is no file to read; nothing when it is one."""
    mode = found.st_mode
    if stat.S_ISREG(mode):
        stored = found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
        return "sparse" if found.st_size - stored > SPARSE and stored * 1000 < found.st_size else ""
    kinds = ((stat.S_ISLNK, "link"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
    return next((word for test, word in kinds if test(mode)), "device")


def children(record: bytes, folder: Path) -> Iterator[Child]:
    """The files that a manifest of this folder lists."""
    for number, _, _, written in codec.files(record):
        name = codec.path_of(written)
        yield Child(folder / name, name, f"line:{number}")


def unread(record: bytes, folder: Path) -> Iterator[Child]:
    """What a manifest says of this folder that could not be read: files, and whole folders."""
    for number, why, written in codec.others(record):
        if why in codec.UNREAD:
            name = codec.path_of(written)
            yield Child(folder / name, name, f"line:{number}")


FOLDER = Container("folder", "folder of files", "folder", Path.is_dir, manifest, children, unread)
