"""Workbooks in Office Open XML: each sheet a part under its header; locators ``cell:Sheet!7`` and ``cell:Sheet!B7``.

A cell that cannot be read (a formula whose result was never stored, an error, a number that has lost digits) is null
and a reject of its own. Images that stand in the archive beside the sheets are a part of their own, as digests; their
locators are ``part:n``, the n-th member in the order of the archive's directory, counted from 0.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import column, escaped, unescaped
from leadline.kinds.codecs.cells import text as as_text
from leadline.kinds.codecs.headers import SAMPLE, column_names, filled, header_at, is_heading
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.reader import (
    BATCH_ROWS,
    Batch,
    Broken,
    Field,
    Image,
    Part,
    Reader,
    Source,
    empty,
    no_such_place,
    unreadable,
    wrong_locator,
)
from leadline.kinds.spreadsheet.cells import Cell, Fault, Row, column_of, letters_of, rows
from leadline.kinds.spreadsheet.package import LARGEST, Package, Sheet, TooLarge
from leadline.model import locators
from leadline.model.progress import Progress

PICTURES = "pictures"
"""The name of the part that holds the images beside the sheets; yielded only where there are any."""
_BATCH_CELLS = 1 << 24
"""Cells a batch may have, so that a few cells far to the right do not take the memory of a full sheet."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RuntimeError, NotImplementedError)

_TYPES, _SHEETS = "[Content_Types].xml", b"sheet.main+xml"


def sniff(head: bytes, path: Path) -> bool:
    """Whether the file is a zip archive whose list of content types, or a folder xl, tells of a workbook."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.lower().lstrip("/").startswith("xl/") for name in names):
                return True
            with archive.open(_TYPES) as types:
                return _SHEETS in types.read(HEAD)
    except (*_DAMAGED, OSError):
        return b"xl/" in head


@contextmanager
def _told(source: Source) -> Iterator[None]:
    """What goes wrong in this block, as EvidenceErrors that name the exhibit."""
    try:
        yield
    except OSError as error:
        raise unreadable(source, error) from error
    except TooLarge as error:
        raise EvidenceError(
            f"the workbook unpacks to more than {LARGEST:,} bytes", where=source.where(), remedy="ask for it as CSV"
        ) from error
    except _DAMAGED as error:
        raise EvidenceError(
            "damaged workbook", where=source.where(), remedy="acquire it again, or ask the service for it again"
        ) from error


@contextmanager
def _opened(source: Source) -> Iterator[Package]:
    with _told(source):
        if not source.path.stat().st_size:
            raise empty(source)
        with zipfile.ZipFile(source.path) as archive:
            book = Package(archive)
            if not book.book:
                raise ValueError("no workbook")
            yield book


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of a sheet, the row its header stands in (0 for none), the filled rows before that."""

    names: tuple[str, ...]
    header: int
    before: int


def _layout(book: Package, sheet: Sheet) -> _Layout:
    """By the rows a sheet begins with; without a header its columns are called by their numbers, and no row is lost."""
    first = [row for row in islice(rows(book, sheet), SAMPLE) if not row[2]]
    width = max((max(cells) + 1 for _, cells, _ in first if cells), default=0)
    texts = [[_text(cells.get(i)) for i in range(width)] for _, cells, _ in first]
    at = header_at(texts)
    if at is None and texts and 2 * sum(map(is_heading, texts[0])) > sum(bool(c) for c in texts[0]):
        at = 0
    if at is None:
        return _Layout(tuple(f"column {i + 1}" for i in range(width)), 0, 0)
    return _Layout(tuple(column_names(texts[at][: filled(texts[at])])), first[at][0], at)


def _text(cell: Cell | None) -> str:
    return "" if cell is None or isinstance(cell, Fault) else as_text(cell) or ""


def _batches(source: Source, book: Package, sheet: Sheet, layout: _Layout, progress: Progress) -> Iterator[Batch]:
    with _told(source):
        number = book.sheets.index(sheet) + 1
        for chunk in _chunks(row for row in rows(book, sheet) if row[0] > layout.header):
            progress(f"reading sheet {number}", chunk[-1][0], 0)
            yield _batch(sheet.name, layout.names, chunk)


def _chunks(found: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    wide: set[int] = set()
    for row in found:
        chunk.append(row)
        wide.update(row[1])
        if len(chunk) >= BATCH_ROWS or len(chunk) * len(wide) > _BATCH_CELLS:
            yield chunk
            chunk, wide = [], set()
    if chunk:
        yield chunk


def _batch(sheet: str, names: Sequence[str], chunk: Sequence[Row]) -> Batch:
    place = f"cell:{escaped(sheet)}!"
    broken = [Broken(f"{place}{n}", fault or "bad_row") for n, cells, fault in chunk if _unfit(cells, fault, names)]
    fitting = [(n, cells) for n, cells, fault in chunk if not _unfit(cells, fault, names)]
    columns: list[list[object] | None] = [None] * len(names)
    faults = []
    for at, (number, cells) in enumerate(fitting):
        for where, value in cells.items():
            if isinstance(value, Fault):
                faults.append((at, Broken(f"{place}{letters_of(where)}{number}", value.reason)))
                continue
            held = columns[where]
            if held is None:
                held = columns[where] = [None] * len(fitting)
            held[at] = value
    arrays = [pa.nulls(len(fitting), pa.string()) if c is None else column(c) for c in columns]
    return Batch(
        pa.Table.from_arrays(arrays, names=list(names)),
        pa.array([f"{place}{number}" for number, _ in fitting], pa.string()),
        tuple(broken),
        tuple(faults),
    )


def _unfit(cells: dict[int, Cell], fault: str, names: Sequence[str]) -> bool:
    """Whether a row cannot be read, or has cells beyond the header's."""
    return bool(fault) or max(cells) >= len(names)


def _pictures(source: Source) -> list[Image]:
    """The images and videos among the archive's members, hashed as they are unpacked, never held whole."""
    found = []
    room = LARGEST
    with _told(source), zipfile.ZipFile(source.path) as archive:
        for number, member in enumerate(archive.infolist()):
            with archive.open(member) as data:
                head = data.read(HEAD)
                media_type = media_type_of(head)
                if is_visual(media_type):
                    digest = hashlib.sha256(head)
                    while block := data.read(1 << 20):
                        digest.update(block)
                        if (room := room - len(block)) < 0:
                            raise TooLarge
                    found.append(Image(digest.hexdigest(), member.file_size, media_type, f"part:{number}"))
    return found


def _member(source: Source, number: int, text: str) -> tuple[Field, ...]:
    """The bytes of one member of the archive; EvidenceError when there is none or it is no image."""
    if not any(image.locator == text for image in _pictures(source)):
        raise no_such_place(source, text)
    with _told(source), zipfile.ZipFile(source.path) as archive:
        return (("bytes", archive.read(archive.infolist()[number])),)


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a sheet of cells, in the workbook's order, and one of the images beside them."""
    if only is None and (images := _pictures(source)):
        yield Part(PICTURES, (), iter(()), images)
    with _opened(source) as book:
        for sheet in book.sheets:
            if only is None or sheet.name in only:
                layout = _layout(book, sheet)
                batches = _batches(source, book, sheet, layout, progress) if layout.names else iter(())
                yield Part(sheet.name, layout.names, batches, before=layout.before)


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The cells of the row, or the one cell, that ``cell:Sheet!7`` or ``cell:Sheet!B7`` names.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    text = ">".join(map(str, place))
    if len(place) == 1 and place[0].kind == "part":
        return _member(source, int(place[0].argument), text)
    if len(place) != 1 or place[0].kind != "cell":
        raise wrong_locator(source, text, "cell:SHEET!7, cell:SHEET!B7 or part:N")
    name, _, where = place[0].argument.rpartition("!")
    letters = where.rstrip("0123456789")
    wanted = int(where[len(letters) :])
    with _opened(source) as book:
        sheet = next((s for s in book.sheets if s.name == unescaped(name)), None)
        found = next((row for row in rows(book, sheet) if row[0] == wanted), None) if sheet else None
        if sheet is None or found is None:
            raise no_such_place(source, text)
        names = _layout(book, sheet).names
    cells = found[1]
    called = [*names, *(letters_of(i) for i in range(len(names), max(cells, default=0) + 1))]
    fields = tuple((name, _value(cells.get(i))) for i, name in enumerate(called))
    if not letters:
        return fields
    if column_of(letters) >= len(fields):
        raise no_such_place(source, text)
    return (fields[column_of(letters)],)


def _value(cell: Cell | None) -> str | int | None:
    return f"cannot be read: {cell.reason}" if isinstance(cell, Fault) else cell


WORKBOOK = Reader(
    "workbook",
    "XLSX workbook, every sheet with a header row",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    sniff,
    parts,
    resolve,
)
