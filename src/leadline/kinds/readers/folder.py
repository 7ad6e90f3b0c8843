"""A folder of media as its manifest: one line a file, ``sha256 size path``; locators ``line:n``.

The manifest is the exhibit; the files stay on their medium and are never copied into a case.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.reader import (
    Batch,
    Broken,
    Field,
    Part,
    Progress,
    Reader,
    Source,
    no_such_place,
    read_bytes,
    wrong_locator,
)
from leadline.model import locators

_LINE = re.compile(rb"([0-9a-f]{64}) (\d+) (.+)")
TITLE = b"leadline folder manifest 1\n"
"""The manifest's first line, by which it is known."""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts with the manifest's title line."""
    return head.startswith(TITLE)


def manifest(folder: Path, progress: Progress) -> bytes:
    """The manifest of a folder: files sorted by path, links and special files left out.

    EvidenceError, naming the line the file would have had, when a folder or file cannot be read.
    """
    files = sorted(_walk(folder), key=lambda p: p.relative_to(folder).as_posix().encode(errors="surrogateescape"))
    lines = [TITLE]
    for number, path in enumerate(files, 1):
        name = path.relative_to(folder).as_posix().encode(errors="surrogateescape")
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            raise _refused(error, f"file {number} of {len(files)}") from error
        lines.append(f"{digest} {size} ".encode() + name.replace(b"%", b"%25").replace(b"\n", b"%0A") + b"\n")
        progress("listing the folder", number, len(files))
    return b"".join(lines)


def _walk(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        raise _refused(error, "a folder in it") from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _refused(error: OSError, place: str) -> EvidenceError:
    return EvidenceError(
        f"a media folder cannot be read: {error.strerror}",
        where=f"the folder named, {place} in order of path",
        remedy="check that you may read every file in it",
    )


def listed(data: bytes) -> Iterator[tuple[int, str, int, bytes] | int]:
    """(line, sha256, size, path) of each line after the title; only the line number where it is none."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if number == 1 or not line:
            continue
        found = _LINE.fullmatch(line)
        yield (number, found[1].decode(), int(found[2]), found[3]) if found else number


def path_of(name: bytes) -> str:
    """The relative path a manifest line names."""
    return os.fsdecode(name.replace(b"%0A", b"\n").replace(b"%25", b"%"))


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `files`: sha256 and size; names stay in the manifest."""
    data = read_bytes(source)
    lines = [row for row in listed(data) if not isinstance(row, int)]
    broken = tuple(Broken(f"line:{row}", "bad_row") for row in listed(data) if isinstance(row, int))
    table = pa.table(
        {"sha256": pa.array([r[1] for r in lines], pa.string()), "size": pa.array([r[2] for r in lines], pa.int64())}
    )
    place = pa.array([f"line:{r[0]}" for r in lines], pa.string())
    progress("reading the manifest", len(lines), len(lines))
    yield Part("files", ("sha256", "size"), iter([Batch(table, place, broken)]))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """Digest, size and path of the file on a line of the manifest."""
    text = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "line":
        raise wrong_locator(source, text, "line:N")
    for row in listed(read_bytes(source)):
        if not isinstance(row, int) and row[0] == int(place[0].argument):
            return (("sha256", row[1]), ("size", row[2]), ("path", path_of(row[3])))
    raise no_such_place(source, text)


FOLDER = Reader("folder", "media folder, by its manifest", "text/x-manifest", sniff, parts, resolve, "folder")
