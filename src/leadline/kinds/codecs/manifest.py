"""A folder's manifest as text: one line a file, ``sha256 size path``, or ``refused kind path`` for what is none."""

import os
import re
from collections.abc import Iterable, Iterator

TITLE = b"leadline folder manifest 1\n"
"""The manifest's first line, by which it is known."""
_LINE = re.compile(rb"([0-9a-f]{64}) (\d{1,18}) (.+)")
UNREAD = frozenset(("unreadable", "folder"))
"""Why a file or a whole folder is missing though it is evidence: it could not, or may not, be read."""
_REFUSED = re.compile(rb"refused (link|pipe|socket|device|sparse|unreadable|folder) (.+)")


def written(lines: Iterable[tuple[bytes, str, int, str]]) -> bytes:
    """The manifest of (path, SHA-256 in hex, size, why it is refused or nothing)."""
    made = [TITLE]
    for name, digest, size, refused in lines:
        head = f"refused {refused} " if refused else f"{digest} {size} "
        made.append(head.encode() + name.replace(b"%", b"%25").replace(b"\n", b"%0A") + b"\n")
    return b"".join(made)


def files(data: bytes) -> Iterator[tuple[int, str, int, bytes]]:
    """(line, sha256, size, path as written) of each line that names a file."""
    for number, line in _lines(data):
        if found := _LINE.fullmatch(line):
            yield number, found[1].decode(), int(found[2]), found[3]


def others(data: bytes) -> Iterator[tuple[int, str, bytes]]:
    """(line, why, path as written) of each line that names no file; of one that is no line of a manifest both empty."""
    for number, line in _lines(data):
        if not _LINE.fullmatch(line):
            found = _REFUSED.fullmatch(line)
            yield (number, found[1].decode(), found[2]) if found else (number, "", b"")


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    return ((n, line) for n, line in enumerate(data.split(b"\n"), 1) if n > 1 and line)


def path_of(name: bytes) -> str:
    """The relative path a manifest line names."""
    return os.fsdecode(name.replace(b"%0A", b"\n").replace(b"%25", b"%"))
