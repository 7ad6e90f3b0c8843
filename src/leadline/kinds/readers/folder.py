"""A folder of media as its manifest: one line a file, ``sha256 size path``; locators ``line:n``.

The manifest is the exhibit; the files stay on their medium and are never copied into a case. What stands in the folder
and is no file to read (a link, a pipe, a device, a file that is nearly all holes or lies on bad sectors) has a line
``refused kind path``.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.reader import Batch, Broken, Field, Part, Reader, Source, no_such_place, read_bytes, wrong_locator
from leadline.model import locators
from leadline.model.progress import Progress

_LINE = re.compile(rb"([0-9a-f]{64}) (\d+) (.+)")
_REFUSED = re.compile(rb"refused (link|pipe|socket|device|sparse|unreadable) (.+)")
TITLE = b"leadline folder manifest 1\n"
"""The manifest's first line, by which it is known."""
SPARSE = 1 << 30
"""Bytes of holes from which a file counts as sparse when they are more than 999 of 1,000 of it: read, it would be hours
of zeros that nobody stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder: its relative path as a manifest writes it, and why it is refused, or nothing."""

    path: Path
    name: bytes
    refused: str = ""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts with the manifest's title line."""
    return head.startswith(TITLE)


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
            lines.append((entry, "", 0))
            continue
        try:
            with entry.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise refused(error.strerror, f"file {number} of {len(found)}") from error
            lines.append((replace(entry, refused="unreadable"), "", 0))
            continue
        lines.append((entry, digest, size))
        progress("listing the folder", number, len(found))
    return written(lines)


def written(lines: Iterable[tuple[Entry, str, int]]) -> bytes:
    """The manifest of entries with their SHA-256 (hex) and size."""
    made = [TITLE]
    for entry, digest, size in lines:
        head = f"refused {entry.refused} " if entry.refused else f"{digest} {size} "
        made.append(head.encode() + entry.name.replace(b"%", b"%25").replace(b"\n", b"%0A") + b"\n")
    return b"".join(made)


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


def listed(data: bytes) -> Iterator[tuple[int, str, int, bytes] | Broken]:
    """(line, sha256, size, path) of each line after the title; what is refused or no such line by its place."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if number == 1 or not line:
            continue
        found = _LINE.fullmatch(line)
        if found:
            yield number, found[1].decode(), int(found[2]), found[3]
        else:
            yield Broken(f"line:{number}", "not_a_file" if _REFUSED.fullmatch(line) else "bad_row")


def path_of(name: bytes) -> str:
    """The relative path a manifest line names."""
    return os.fsdecode(name.replace(b"%0A", b"\n").replace(b"%25", b"%"))


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `files`: sha256 and size; names stay in the manifest."""
    data = read_bytes(source)
    lines = [row for row in listed(data) if not isinstance(row, Broken)]
    broken = tuple(row for row in listed(data) if isinstance(row, Broken))
    table = pa.table(
        {"sha256": pa.array([r[1] for r in lines], pa.string()), "size": pa.array([r[2] for r in lines], pa.int64())}
    )
    place = pa.array([f"line:{r[0]}" for r in lines], pa.string())
    progress("reading the manifest", len(lines), len(lines))
    yield Part("files", ("sha256", "size"), iter([Batch(table, place, broken)]))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """Digest, size and path of the file on a line of the manifest; of a line that names no file the line itself.

    Bytes in the file, and what its container stores or crops, are named beside it: the manifest holds nothing of them.
    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    text = ">".join(map(str, place))
    if place[0].kind != "line" or any(part.kind not in ("byte", "@stored", "@cropped") for part in place[1:]):
        raise wrong_locator(source, text, "line:N, line:N>byte:A-B, or either with >@stored or >@cropped")
    data, number = read_bytes(source), int(place[0].argument)
    for row in listed(data):
        if isinstance(row, Broken):
            if row.locator == f"line:{number}":
                return ((row.reason, path_of(data.split(b"\n")[number - 1])),)
        elif row[0] == number:
            within = tuple(("within the file", str(part)) for part in place[1:])
            return (("sha256", row[1]), ("size", row[2]), ("path", path_of(row[3])), *within)
    raise no_such_place(source, text)


FOLDER = Reader("folder", "media folder, by its manifest", "text/x-manifest", sniff, parts, resolve, "folder")
