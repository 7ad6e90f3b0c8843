"""A folder of media as its manifest: one line a file, ``sha256 size path``; locators ``line:n``.

The manifest is the exhibit; the files stay on their medium and are never copied into a case. What stands in the folder
and is no file to read (a link, a pipe, a device, a file that is nearly all holes or lies on bad sectors) has a line
``refused kind path``.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadline.kinds.codecs import manifest
from leadline.kinds.reader import Batch, Broken, Field, Part, Reader, Source, no_such_place, read_bytes, wrong_locator
from leadline.model import locators
from leadline.model.progress import Progress
from leadline.model.words import BAD_ROW, NOT_A_FILE


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts with the manifest's title line."""
    return head.startswith(manifest.TITLE)


def listed(data: bytes) -> Iterator[tuple[int, str, int, bytes] | Broken]:
    """(line, sha256, size, path) of each line that names a file, then what is refused or no such line by its place."""
    yield from manifest.files(data)
    for number, why, _ in manifest.others(data):
        yield Broken(f"line:{number}", "unread" if why in manifest.UNREAD else NOT_A_FILE if why else BAD_ROW)


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
                return ((row.reason, manifest.path_of(data.split(b"\n")[number - 1])),)
        elif row[0] == number:
            within = tuple(("within the file", str(part)) for part in place[1:])
            return (("sha256", row[1]), ("size", row[2]), ("path", manifest.path_of(row[3])), *within)
    raise no_such_place(source, text)


FOLDER = Reader("folder", "media folder, by its manifest", "text/x-manifest", sniff, parts, resolve, "folder")
